//! The loop around the visits: try, wait a little longer each time, and know when to stop and call somebody.
//!
//! A mailbox never gives up by itself, except after refused log-ins: providers ban the address of those who go on.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinSet;

use super::intake::Intake;
use super::pause::Pause;
use super::status::State;
use super::visit::visit;
use super::{Inbox, VisitError};
use crate::daemon::desk::DeskError;
use crate::daemon::stop::Stop;
use crate::triage::decide::Trouble;

/// How often a locked-out mailbox looks whether its secret has changed.
const SECRET_LOOK_EVERY: Duration = Duration::from_secs(30);

/// A visit that hangs at a dead server when the daemon stops is cut off: it holds nothing that would be lost.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// What the loop does after a visit.
enum Next {
    VisitAfter(Duration),
    WaitForSecret(String),
    End,
}

impl<D: Intake> Inbox<D> {
    /// Visits the server again and again.
    pub(super) async fn watch(self, stop: Stop) {
        let inbox = Arc::new(self);
        let mut pause = Pause::default();
        while !stop.is_set() {
            let outcome = visit_apart(Arc::clone(&inbox), stop.clone()).await;
            match inbox.after(outcome, &mut pause).await {
                Next::VisitAfter(wait) => inbox.back_off(wait, &stop).await,
                Next::WaitForSecret(why) => inbox.locked_out(why, &stop).await,
                Next::End => break,
            }
        }
        inbox.board.state(State::Stopped);
    }

    async fn after(&self, outcome: Result<(), VisitError>, pause: &mut Pause) -> Next {
        let Err(error) = outcome else {
            return Next::End;
        };
        if self.standing.take_progress() {
            pause.reset();
        }
        self.stumbles.failed(&error);
        self.note(&error);
        match error {
            VisitError::Desk(DeskError::Closed) => Next::End,
            VisitError::Desk(DeskError::TryLater(_) | DeskError::Refused(_)) => {
                Next::VisitAfter(pause.next_for_desk())
            }
            VisitError::LoginRefused(why) if self.standing.login_refused() => {
                Next::WaitForSecret(why)
            }
            VisitError::LoginRefused(_)
            | VisitError::Lost(_)
            | VisitError::Refused { .. }
            | VisitError::Unreadable(_)
            | VisitError::Unfit(_) => {
                if self.standing.failed() {
                    self.tell_lost(&error).await;
                }
                Next::VisitAfter(pause.next())
            }
        }
    }

    fn note(&self, error: &VisitError) {
        let mailbox = &self.mailbox.address;
        tracing::warn!(%mailbox, %error, "A visit to the mail server has ended.");
        let at = self.clock.now();
        self.board
            .change(|status| status.last_error = Some((at, error.to_string())));
    }

    async fn back_off(&self, wait: Duration, stop: &Stop) {
        let now = self.clock.now();
        let until = now.checked_add(wait).unwrap_or(now);
        let resumed = self.board.stand_still(State::BackingOff { until });
        tokio::select! {
            _stopped = stop.or_sleep(wait) => {}
            () = resumed => {}
        }
    }

    /// Stands still until somebody orders to go on, or the secret is another one.
    async fn locked_out(&self, why: String, stop: &Stop) {
        let mailbox = &self.mailbox.address;
        tracing::error!(
            mailbox,
            why,
            "The log-in was refused too often; nothing more is tried until `triaged mailbox resume`, or until the secret changes."
        );
        let resumed = self
            .board
            .stand_still(State::LockedOut { why: why.clone() });
        tokio::pin!(resumed);
        let refused = self.mailbox.secret.read().ok();
        let mut told = false;
        loop {
            if !told {
                let (mailbox, why) = (mailbox.clone(), why.clone());
                told = self.told(Trouble::MailboxLockedOut { mailbox, why }).await;
            }
            tokio::select! {
                stopped = stop.or_sleep(SECRET_LOOK_EVERY) => {
                    if stopped || self.secret_differs(refused.as_ref()) {
                        break;
                    }
                }
                () = &mut resumed => break,
            }
        }
        self.standing.welcome();
    }

    fn secret_differs(&self, refused: Option<&SecretString>) -> bool {
        let Ok(present) = self.mailbox.secret.read() else {
            return false;
        };
        refused.is_none_or(|refused| refused.expose_secret() != present.expose_secret())
    }

    async fn tell_lost(&self, error: &VisitError) {
        let mailbox = self.mailbox.address.clone();
        let why = error.to_string();
        if self.told(Trouble::MailboxLost { mailbox, why }).await {
            self.standing.told();
        }
    }
}

/// Returns when the daemon wants to stop and the work in hand, which is short, should be done.
async fn too_late(stop: &Stop) {
    stop.wait().await;
    tokio::time::sleep(FINISH_WITHIN).await;
}

/// The visit in a task of its own. The library that reads the server's lines panics on some of them, such as a date
/// that is `NIL`; a server must not be able to end our watch with that.
async fn visit_apart<D: Intake>(inbox: Arc<Inbox<D>>, stop: Stop) -> Result<(), VisitError> {
    let mut tasks = JoinSet::new();
    let theirs = stop.clone();
    tasks.spawn(async move { visit(&inbox, &theirs).await });
    let joined = tokio::select! {
        joined = tasks.join_next() => joined,
        () = too_late(&stop) => None,
    };
    match joined {
        Some(Ok(outcome)) => outcome,
        Some(Err(_panicked)) => Err(VisitError::Unreadable(
            "the server said something that our reader stumbles over".to_owned(),
        )),
        None => Ok(()),
    }
}
