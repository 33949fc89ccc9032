//! The desk: the one writer. Everything that happens comes here, is decided, and is on disk when the call returns.
//!
//! Inbox, outbox, alarm and control never meet one another; they meet here. Work that waits while a batch is
//! being written goes into the next batch, so one disk sync serves many.

use jiff::Timestamp;

use super::store::{Archived, Cursor, Place};
use crate::triage::decide::{Order, Trouble};
use crate::triage::letter::{LetterId, Outcome};
use crate::triage::ticket::TicketId;

/// A mail as the inbox fetched it.
#[derive(Debug)]
pub struct Arrived {
    /// Where it lies on the server.
    pub place: Place,
    /// INTERNALDATE: when the mail server took it over.
    pub received_at: Timestamp,
    /// Its bytes.
    pub raw: Raw,
}

/// The bytes of a mail.
#[derive(Debug)]
pub enum Raw {
    /// All of them.
    Whole(Vec<u8>),
    /// It is over the size limit and has been streamed to the archive.
    Large {
        /// Where it lies.
        archived: Archived,
        /// Its header and first megabyte.
        beginning: Vec<u8>,
    },
}

/// Why the desk did not take something. Nothing of it has happened; the same call may be made again.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The disk is full, or refuses for now.
    #[error("not now: {0}")]
    TryLater(String),
    /// The daemon is stopping.
    #[error("the desk is closed")]
    Closed,
}

/// A handle to the desk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {}

impl Desk {
    /// How far a mailbox has been read; `None` before the first contact.
    ///
    /// # Errors
    /// [`DeskError::Closed`] when the daemon is stopping.
    pub async fn cursor(&self, mailbox: &str) -> Result<Option<Cursor>, DeskError> {
        let _ = mailbox;
        todo!()
    }

    /// Sets the cursor at the first contact with a mailbox, or after its UIDVALIDITY has changed. Durable on return.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn begin_mailbox(&self, mailbox: &str, cursor: Cursor) -> Result<(), DeskError> {
        let _ = (mailbox, cursor);
        todo!()
    }

    /// Takes mails of one mailbox, in ascending order of UID, with every UID between them either in the batch, settled
    /// or gone from the server. When it returns, all of them are decided and on disk, and the cursor has passed them.
    ///
    /// # Errors
    /// [`DeskError`]: none of them may be marked on the server.
    pub async fn arrive(&self, mails: Vec<Arrived>) -> Result<(), DeskError> {
        let _ = mails;
        todo!()
    }

    /// Which of these have been decided before.
    ///
    /// # Errors
    /// [`DeskError::Closed`]
    pub async fn settled(&self, places: &[Place]) -> Result<Vec<bool>, DeskError> {
        let _ = places;
        todo!()
    }

    /// Begins to stream a large mail to the archive. The writer does blocking I/O in short pieces; call it through
    /// `spawn_blocking` or between awaits of a megabyte each.
    ///
    /// # Errors
    /// [`DeskError`]
    pub fn large_mail(&self) -> Result<super::store::LargeMail, DeskError> {
        todo!()
    }

    /// Tells what became of letters: id, how often each was tried (this time included), and the outcome. Durable on return.
    ///
    /// # Errors
    /// [`DeskError`]: report again.
    pub async fn outcomes(&self, outcomes: Vec<(LetterId, u32, Outcome)>) -> Result<(), DeskError> {
        let _ = outcomes;
        todo!()
    }

    /// The folded letters to this contact are due as one digest.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn digest_due(&self, to: &str) -> Result<(), DeskError> {
        let _ = to;
        todo!()
    }

    /// Alarms that may be due: `decide` looks at each ticket's deadline again.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn alarms(&self, due: Vec<(Timestamp, TicketId)>) -> Result<(), DeskError> {
        let _ = due;
        todo!()
    }

    /// Something is wrong with our own work: the operators are told, at most once an hour for the same thing.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn trouble(&self, trouble: Trouble) -> Result<(), DeskError> {
        let _ = trouble;
        todo!()
    }

    /// A person's order about a ticket or a letter, with the random id of the request; the answer is a sentence.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn order(
        &self,
        id: String,
        ticket: Option<TicketId>,
        order: Order,
    ) -> Result<String, DeskError> {
        let _ = (id, ticket, order);
        todo!()
    }
}
