//! IMAP to desk: one task for each mailbox, which never gives up and never takes more than the desk can decide.
//!
//! A mail is marked only after its decision is on disk. Should we die in between, it is fetched again, found settled,
//! and only marked. Nothing here looks into a mail; nothing here depends on `\Seen`.

mod cursor;
mod drain;
pub(crate) mod folder;
mod intake;
pub(crate) mod login;
mod long;
mod mark;
mod names;
mod pause;
pub(crate) mod session;
mod stand_in;
mod standing;
mod status;
mod stumble;
mod visit;

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinSet;

pub use self::intake::{Intake, Large};
pub use self::status::{Handle, MailboxStatus, State};

use self::pause::Pause;
use self::standing::Standing;
use self::status::Board;
use self::stumble::Stumbles;
use super::clock::Clock;
use super::desk::DeskError;
use super::stop::Stop;
use super::tls::{ConnectError, TlsError};
use crate::config::Mailbox;
use crate::triage::decide::Trouble;

/// How often a locked-out mailbox looks whether its secret has changed.
const SECRET_LOOK_EVERY: Duration = Duration::from_secs(30);

/// A visit that hangs at a dead server when the daemon stops is cut off: it holds nothing that would be lost.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// Why a visit ended, sorted by what to do next.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The server is gone, silent, or was never reached. Again, a little later.
    #[error("{0}")]
    Lost(String),
    /// The server said NO or BAD to this command. The connection is still good.
    #[error("the server refuses {command}: {words}")]
    Refused {
        /// The command, without its arguments.
        command: &'static str,
        /// The server's words.
        words: String,
    },
    /// The server said something that we do not understand; nothing after it can be trusted. Again, a little later.
    #[error("{0}")]
    Unreadable(String),
    /// The server does not want our name and password. A few more times, then never again by itself.
    #[error("the server refuses our log-in: {0}")]
    LoginRefused(String),
    /// It will not work as it is configured. Again, later: the operator may have changed something.
    #[error("{0}")]
    Unfit(String),
    /// The desk takes nothing at present.
    #[error("the desk takes no mail: {0}")]
    Desk(#[from] DeskError),
}

impl From<ConnectError> for VisitError {
    fn from(error: ConnectError) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<TlsError> for VisitError {
    fn from(error: TlsError) -> Self {
        Self::Unfit(error.to_string())
    }
}

/// A mailbox to watch.
#[derive(Debug)]
pub struct Inbox<D> {
    mailbox: Mailbox,
    mail_bytes_max: u64,
    desk: D,
    clock: Arc<Clock>,
    board: Board,
    standing: Standing,
    stumbles: Stumbles,
}

/// What the loop does after a visit.
enum Next {
    VisitAfter(Duration),
    WaitForSecret(String),
    End,
}

impl<D: Intake> Inbox<D> {
    /// A mailbox whose mails over `mail_bytes_max` go to the archive in parts, and a handle to look at it from outside.
    #[must_use]
    pub fn new(
        mailbox: Mailbox,
        mail_bytes_max: u64,
        desk: D,
        clock: Arc<Clock>,
    ) -> (Self, Handle) {
        let (board, handle) = Board::new(&mailbox.address);
        let inbox = Self {
            mailbox,
            mail_bytes_max,
            desk,
            clock,
            board,
            standing: Standing::default(),
            stumbles: Stumbles::default(),
        };
        (inbox, handle)
    }

    /// Watches the mailbox until told to stop. What is at the desk by then is decided and marked at the next start.
    pub async fn watch(self, stop: Stop) {
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
            VisitError::Desk(DeskError::TryLater(_)) => Next::VisitAfter(pause.next_for_desk()),
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
        self.board.state(State::BackingOff { until });
        tokio::select! {
            _stopped = stop.or_sleep(wait) => {}
            () = self.board.resumed() => {}
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
        self.board.state(State::LockedOut { why: why.clone() });
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
                () = self.board.resumed() => break,
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

    /// Tells the operators what else is wrong.
    async fn tell(&self, what: String) -> Result<(), VisitError> {
        Ok(self.desk.trouble(Trouble::Other { what }).await?)
    }

    async fn told(&self, trouble: Trouble) -> bool {
        match self.desk.trouble(trouble).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "An alarm could not be raised; it is tried again.");
                false
            }
        }
    }

    /// The folder holds nothing that is not settled.
    fn arrived_at_the_end(&self) {
        let now = self.clock.now();
        self.board.change(|status| status.last_visit = Some(now));
        self.is_well();
    }

    /// Mails are coming in, or there are none.
    fn is_well(&self) {
        if let Some(outage) = self.standing.well() {
            tracing::info!(mailbox = %self.mailbox.address, ?outage, "The mailbox is reached again.");
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
    tasks.spawn(async move { visit::visit(&inbox, &theirs).await });
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
