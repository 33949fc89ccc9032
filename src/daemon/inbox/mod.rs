//! IMAP to desk: one task for each mailbox, which never gives up and never takes more than the desk can decide.
//!
//! A mail is marked only after its decision is on disk. Should we die in between, it is fetched again, found settled,
//! and only marked. Nothing here looks into a mail; nothing here depends on `\Seen`.
//!
//! `watch` is the loop around visits; a `visit` logs in (`login`), finds where to begin (`cursor`), takes mails in
//! (`drain`, `long`) and marks them (`mark`). They speak through `folder`, which speaks through `session`.

mod answer;
mod cursor;
mod drain;
pub(crate) mod folder;
mod intake;
pub(crate) mod login;
mod long;
mod mark;
mod names;
mod pause;
mod piece;
pub(crate) mod session;
mod stand_in;
mod standing;
mod status;
mod stumble;
mod visit;
mod watch;

pub use self::intake::{Intake, Large};
pub use self::status::{Handle, MailboxStatus, State};

use self::standing::Standing;
use self::status::Board;
use self::stumble::Stumbles;
use super::clock::Clock;
use super::desk::DeskError;
use super::stop::Stop;
use super::tls::{ConnectError, TlsError};
use crate::config::Mailbox;
use crate::triage::decide::Trouble;

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

/// Watches a mailbox until told to stop; mails over `mail_bytes_max` go to the archive in parts. Returns a handle to look
/// at it from outside, and the task to run. What is at the desk when it ends is marked at the next start.
pub fn watch<D: Intake>(
    mailbox: Mailbox,
    mail_bytes_max: u64,
    desk: D,
    stop: Stop,
) -> (Handle, impl Future<Output = ()> + Send + 'static) {
    let (board, handle) = Board::new(&mailbox.address);
    let inbox = Inbox {
        mailbox,
        mail_bytes_max,
        desk,
        clock: Clock::default(),
        board,
        standing: Standing::default(),
        stumbles: Stumbles::default(),
    };
    (handle, inbox.watch(stop))
}

/// A mailbox that is watched.
#[derive(Debug)]
struct Inbox<D> {
    mailbox: Mailbox,
    mail_bytes_max: u64,
    desk: D,
    clock: Clock,
    board: Board,
    standing: Standing,
    stumbles: Stumbles,
}

impl<D: Intake> Inbox<D> {
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
