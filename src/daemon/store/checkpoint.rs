//! Syncs the state every few seconds of activity, off the hot path, and forgets what the loop guard needs no longer.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::StoreError;
use super::key::{self, Kind};
use super::state::State;

/// From a commit to the checkpoint after it: so much of the journal is read again after a power cut.
const EVERY: Duration = Duration::from_secs(3);

/// The longest window of the loop guard is an hour; what left before that is forgotten a little later.
const SENT_KEPT: jiff::SignedDuration = jiff::SignedDuration::from_mins(70);

/// Rows of sent letters forgotten in one go.
const FORGET_MAX: usize = 5_000;

/// The thread that syncs.
#[derive(Debug)]
pub(super) struct Checkpoints {
    wanted: Mutex<Option<SyncSender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Checkpoints {
    pub(super) fn start(state: State) -> Result<Self, StoreError> {
        let (sender, receiver) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || work(&state, &receiver));
        let thread = thread
            .map_err(|error| StoreError::Refused(format!("no thread for checkpoints: {error}")))?;
        Ok(Self {
            wanted: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Something was written; a checkpoint comes within a few seconds.
    pub(super) fn wanted(&self) {
        if let Some(sender) = &*self.wanted.lock().unwrap_or_else(PoisonError::into_inner) {
            // Full means that one is coming already.
            let _coming = sender.try_send(());
        }
    }

    /// Ends the thread.
    pub(super) fn stop(&self) {
        drop(
            self.wanted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        if let Some(thread) = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            // It panics only inside sled, whose state the next start looks at anyway.
            let _ended = thread.join();
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stop();
    }
}

fn work(state: &State, wanted: &Receiver<()>) {
    while wanted.recv().is_ok() {
        // First the pause: a checkpoint beside the first commit after a quiet time would only slow it down.
        if !pause(wanted) {
            return;
        }
        if let Err(error) = state.checkpoint().and_then(|()| forget_sent(state)) {
            tracing::warn!(%error, "A checkpoint of the state failed; the journal has everything.");
        }
    }
}

/// Waits; what is written meanwhile is part of the checkpoint that follows. False when it is time to stop.
fn pause(wanted: &Receiver<()>) -> bool {
    let begin = Instant::now();
    while let Some(left) = EVERY.checked_sub(begin.elapsed()) {
        match wanted.recv_timeout(left) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}

/// Rows that the loop guard needs no longer. They are a help for the next start, so no record speaks of it.
fn forget_sent(state: &State) -> Result<(), StoreError> {
    let Some(last) = state.all(Kind::Sent).next_back() else {
        return Ok(());
    };
    let Some((newest, _)) = key::time_and_rest(&last?.0) else {
        return Ok(());
    };
    let Ok(until) = newest.checked_sub(SENT_KEPT) else {
        return Ok(());
    };
    let old = state
        .range(
            Kind::Sent,
            vec![Kind::Sent as u8],
            Some(key::before(Kind::Sent, until)),
        )
        .take(FORGET_MAX);
    let writes = old
        .map(|entry| Ok((entry?.0, None)))
        .collect::<Result<_, StoreError>>()?;
    state.write(writes)
}
