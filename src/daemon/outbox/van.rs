//! Vans carry letters to a relay: a few connections each, kept while there is work, closed when it is quiet.
//!
//! A relay that is down or does not accept us keeps its vans waiting; the other relays' go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex, mpsc};

use super::relay::{Connection, PATIENCE, SendError};
use super::status::Board;
use super::{Parts, pace};
use crate::config::Relay;
use crate::daemon::clock::Clock;
use crate::daemon::desk::Desk;
use crate::daemon::store::Waiting;
use crate::triage::decide::Trouble;
use crate::triage::letter::{LetterId, Outcome};

/// Letters waiting for a van of one relay.
const LETTERS_WAITING_MAX: usize = 256;

/// A quiet connection is closed: relays count open ones.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// A relay that does not accept us is tried again so often: somebody may have mended it.
const LOCKED_OUT_PAUSE: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// A letter that came back, with what became of it.
#[derive(Clone, Debug)]
pub(super) struct Delivered {
    pub(super) letter: LetterId,
    pub(super) tries: u32,
    pub(super) outcome: Outcome,
}

impl Delivered {
    /// True if the letter will not be tried again.
    pub(super) fn is_final(&self) -> bool {
        match self.outcome {
            Outcome::Sent { .. }
            | Outcome::Refused { .. }
            | Outcome::Withheld { .. }
            | Outcome::Dropped => true,
            Outcome::Later { .. } | Outcome::Folded { .. } | Outcome::Released => false,
        }
    }
}

/// The vans of all relays.
pub(super) struct Fleet {
    waiting: BTreeMap<String, mpsc::Sender<Waiting>>,
}

impl Fleet {
    pub(super) fn new(parts: &Parts, board: Board, delivered: mpsc::Sender<Delivered>) -> Self {
        let mut waiting = BTreeMap::new();
        for relay in parts.relays.values() {
            let (sender, receiver) = mpsc::channel(LETTERS_WAITING_MAX);
            let receiver = Arc::new(Mutex::new(receiver));
            for _ in 0..relay.connections {
                let van = Van {
                    relay: relay.clone(),
                    letters: Arc::clone(&receiver),
                    delivered: delivered.clone(),
                    board: board.clone(),
                    desk: parts.desk.clone(),
                    clock: Arc::clone(&parts.clock),
                    give_up_after: parts.limits.give_up_after,
                };
                tokio::spawn(van.drive());
            }
            waiting.insert(relay.name.clone(), sender);
        }
        Self { waiting }
    }

    /// Hands a letter to its relay's vans; a relay that the configuration does not name is the default one.
    pub(super) async fn send(&self, waiting: Waiting) {
        let relay = self
            .waiting
            .get(&waiting.letter.relay)
            .or_else(|| self.waiting.get("default"));
        if let Some(relay) = relay {
            // The vans live as long as this sender.
            let _gone = relay.send(waiting).await;
        }
    }

    /// Lets the vans come home when they have delivered what they hold.
    pub(super) fn no_more(&mut self) {
        self.waiting.clear();
    }
}

struct Van {
    relay: Relay,
    letters: Arc<Mutex<mpsc::Receiver<Waiting>>>,
    delivered: mpsc::Sender<Delivered>,
    board: Board,
    desk: Desk,
    clock: Arc<Clock>,
    give_up_after: Duration,
}

impl Van {
    /// Delivers until there are no more letters to come.
    async fn drive(self) {
        let mut connection: Option<Connection> = None;
        loop {
            let next = async { self.letters.lock().await.recv().await };
            let waiting = match tokio::time::timeout(IDLE_MAX, next).await {
                Ok(Some(waiting)) => waiting,
                Ok(None) => break,
                Err(_quiet) => {
                    if let Some(connection) = connection.take() {
                        connection.quit().await;
                    }
                    continue;
                }
            };
            let outcome = self.deliver(&mut connection, &waiting).await;
            let delivered = Delivered {
                letter: waiting.letter.id,
                tries: waiting.tries + 1,
                outcome,
            };
            if self.delivered.send(delivered).await.is_err() {
                break;
            }
        }
        if let Some(connection) = connection {
            connection.quit().await;
        }
    }

    async fn deliver(&self, kept: &mut Option<Connection>, waiting: &Waiting) -> Outcome {
        let reused = kept.is_some();
        let mut sent = self.try_once(kept, waiting).await;
        // A relay may close a connection that was quiet; that says nothing about the letter.
        if reused && matches!(sent, Err(SendError::TryLater(_))) && kept.is_none() {
            sent = self.try_once(kept, waiting).await;
        }
        let now = self.clock.now();
        match sent {
            Ok(answer) => {
                self.board.change(&self.relay.name, |status| {
                    status.sent += 1;
                    status.last_sent = Some(now);
                    status.locked_out = None;
                });
                Outcome::Sent { answer }
            }
            Err(error) => self.failed(&error, waiting, now).await,
        }
    }

    /// One try; the connection is kept only after success.
    async fn try_once(
        &self,
        kept: &mut Option<Connection>,
        waiting: &Waiting,
    ) -> Result<String, SendError> {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => Connection::open(&self.relay, PATIENCE).await?,
        };
        let answer = connection.send(&waiting.letter).await?;
        *kept = Some(connection);
        Ok(answer)
    }

    async fn failed(&self, error: &SendError, waiting: &Waiting, now: Timestamp) -> Outcome {
        let letter = &waiting.letter;
        let age = pace::age(letter.written_at, now);
        tracing::warn!(letter = letter.id.0, to = %letter.to, relay = %self.relay.name, %error, age, tries = waiting.tries + 1, "A letter did not leave.");
        self.board.change(&self.relay.name, |status| {
            status.last_error = Some((now, error.to_string()))
        });
        match error {
            SendError::Refused(why) => Outcome::Refused { why: why.clone() },
            SendError::LockedOut(why) => {
                self.locked_out(why).await;
                let next_try = now.checked_add(LOCKED_OUT_PAUSE).unwrap_or(now);
                self.later(waiting, now, Some(next_try), why, false)
            }
            SendError::TryLater(why) => self.later(waiting, now, None, why, false),
            SendError::Ambiguous(_) => self.later(waiting, now, None, &error.to_string(), true),
        }
    }

    fn later(
        &self,
        waiting: &Waiting,
        now: Timestamp,
        at: Option<Timestamp>,
        why: &str,
        ambiguous: bool,
    ) -> Outcome {
        let written_at = waiting.letter.written_at;
        match pace::next_try(
            written_at,
            waiting.tries + 1,
            now,
            self.give_up_after,
            fastrand::f64(),
        ) {
            Some(next_try) => Outcome::Later {
                next_try: at.unwrap_or(next_try),
                why: why.to_owned(),
                ambiguous,
            },
            None => Outcome::Refused {
                why: format!("given up, {}; last: {why}", pace::age(written_at, now)),
            },
        }
    }

    /// The operators are told; the desk tells the same thing only once an hour.
    async fn locked_out(&self, why: &str) {
        self.board.change(&self.relay.name, |status| {
            status.locked_out = Some(why.to_owned())
        });
        let trouble = Trouble::RelayLockedOut {
            relay: self.relay.name.clone(),
            why: why.to_owned(),
        };
        if let Err(error) = self.desk.trouble(trouble).await {
            tracing::warn!(%error, "The operators could not be told.");
        }
    }
}
