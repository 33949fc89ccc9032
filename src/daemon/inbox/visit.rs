//! One connection's life: log in, take in what is there, then wait, look, take in, until it breaks or the daemon stops.
//!
//! The folder is looked through before and after each wait, whatever the server has told us: a notice that got lost
//! costs at most one interval.

use std::time::Duration;

use tokio::time::Instant;

use super::cursor;
use super::drain::{Round, Work, take_in};
use super::intake::Intake;
use super::login::{self, Capabilities};
use super::mark::Marks;
use super::session::Session;
use super::status::State;
use super::{Inbox, VisitError};
use crate::daemon::stop::Stop;

/// IDLE is renewed after this at the latest. The standard asks for 29 minutes (RFC 2177); home routers forget a silent
/// connection much sooner.
const WAIT_MAX: Duration = Duration::from_secs(600);

/// Up to so many new mails are fetched without asking first what there is: that saves a round trip for each of them.
const FRESH_MAX: u64 = 16;

/// Visits the server once. Returns when the daemon stops.
pub(super) async fn visit<D: Intake>(inbox: &Inbox<D>, stop: &Stop) -> Result<(), VisitError> {
    inbox.board.state(State::Connecting);
    let (mut session, capabilities) = login::enter(&inbox.mailbox).await?;
    inbox.standing.welcome();
    let selected = session.select("SELECT", &inbox.mailbox.folder).await?;
    let mut cursor = cursor::agree(inbox, &mut session, &selected).await?;
    inbox.board.change(|status| status.cursor = Some(cursor));
    tracing::info!(
        mailbox = %inbox.mailbox.address,
        folder = %inbox.mailbox.folder,
        mails = selected.exists,
        settled_up_to = cursor.uid,
        "Logged in; the folder is being watched."
    );
    let round = Round {
        inbox,
        uid_validity: selected.uid_validity,
        stop,
    };
    let mut marks = Marks::new(&inbox.mailbox.after, &selected, &capabilities);
    marks
        .find_forgotten(&mut session, &round, cursor.uid)
        .await?;
    let mut wait = Wait::new(inbox.mailbox.poll, &capabilities);
    let mut fresh = 0;
    loop {
        let known = session.arrivals();
        let work = look(&mut session, cursor.uid, fresh, inbox).await?;
        let (settled, taken) = take_in(&mut session, &round, work).await;
        if let Some(last) = settled.last() {
            cursor.uid = cursor.uid.max(*last);
            inbox.is_well();
        }
        marks.add(settled);
        taken?;
        if stop.is_set() {
            break;
        }
        inbox.arrived_at_the_end();
        marks.set(&mut session, known).await?;
        fresh = session.arrivals().saturating_sub(known);
        if fresh == 0 {
            inbox.board.state(wait.state());
            match wait.for_mail(&mut session, known, stop).await? {
                Woken::Stop => break,
                Woken::Mail | Woken::Time => {}
            }
            fresh = session.arrivals().saturating_sub(known);
        }
    }
    // The marks that wait are few, and found again at the next start.
    session.farewell().await;
    Ok(())
}

/// What lies beyond the cursor. Where the server has just announced a few mails, their bytes come with the answer.
async fn look<D: Intake>(
    session: &mut Session,
    cursor_uid: u32,
    fresh: u64,
    inbox: &Inbox<D>,
) -> Result<Work, VisitError> {
    if session.exists() == 0 {
        // Some servers refuse `*` where there is no last mail.
        return Ok(Work::Listed(Vec::new()));
    }
    let next = cursor_uid.saturating_add(1);
    if (1..=FRESH_MAX).contains(&fresh) && inbox.stumbles.batch(next, 2) > 1 {
        inbox.stumbles.fetching(next, next);
        let pieces = session.pieces(next, "*").await?;
        if pieces.len() as u64 >= fresh {
            inbox.board.state(State::Fetching);
            return Ok(Work::Fresh(pieces));
        }
        // Somebody was faster, or the server left some out: ask properly.
        inbox.stumbles.fetched();
    }
    let uids = session.uids(next, "*").await?;
    if !uids.is_empty() {
        inbox.board.state(State::Fetching);
    }
    Ok(Work::Listed(uids))
}

/// How we wait for mail.
struct Wait {
    poll: Duration,
    idles: bool,
    refused: bool,
}

enum Woken {
    Mail,
    Time,
    Stop,
}

impl Wait {
    fn new(poll: Duration, capabilities: &Capabilities) -> Self {
        Self {
            poll: poll.min(WAIT_MAX),
            idles: capabilities.has("IDLE"),
            refused: false,
        }
    }

    fn state(&self) -> State {
        if self.idles && !self.refused {
            State::Idle
        } else {
            State::Polling
        }
    }

    async fn for_mail(
        &mut self,
        session: &mut Session,
        known: u64,
        stop: &Stop,
    ) -> Result<Woken, VisitError> {
        if self.idles {
            if let Some(idle) = session.begin_idle().await? {
                self.refused = false;
                let deadline = Instant::now() + self.poll;
                let woken = tokio::select! {
                    () = stop.wait() => Woken::Stop,
                    mail = session.wait_for_mail(known, deadline) => {
                        if mail? { Woken::Mail } else { Woken::Time }
                    }
                };
                session.end_idle(idle).await?;
                return Ok(woken);
            }
            if !std::mem::replace(&mut self.refused, true) {
                tracing::info!(
                    "The server offers IDLE, but refuses it; it is asked for mail at intervals until it does not."
                );
            }
        }
        if stop.or_sleep(self.poll).await {
            return Ok(Woken::Stop);
        }
        session.command("NOOP", |_| ()).await?;
        Ok(Woken::Time)
    }
}
