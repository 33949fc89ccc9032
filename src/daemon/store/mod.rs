//! Never loses: the journal makes a decision durable, sled holds the state that follows from it, the archive keeps
//! every mail as it came.
//!
//! [`Store::commit`] appends all records of a batch to the journal with one sync, and only then applies them to
//! sled. Whatever happens to sled, [`Store::open`] brings it back from the journal.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::triage::decide::{Decision, Order};
use crate::triage::letter::{Letter, LetterId, Outcome};
use crate::triage::mail::thread::Clue;
use crate::triage::ticket::{Ticket, TicketId};

/// Where a message lies on a mail server. Unique for ever: a server that renumbers its mailbox must change
/// UIDVALIDITY (RFC 9051, 2.3.1.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The address of the mailbox.
    pub mailbox: String,
    /// The folder's UIDVALIDITY.
    pub uid_validity: u32,
    /// The message's UID.
    pub uid: u32,
}

/// How far a mailbox has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The UIDVALIDITY that `uid` counts in.
    pub uid_validity: u32,
    /// Every UID up to this one is settled; 0: none.
    pub uid: u32,
    /// Mail whose INTERNALDATE is before this instant is kept, but not answered.
    pub answer_since: Timestamp,
}

/// What a decision settles. A cause that is settled is never decided again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A mail.
    Mail(Place),
    /// An alarm of a ticket.
    Alarm(TicketId, Timestamp),
    /// The n-th outcome of a letter.
    Letter(LetterId, u32),
    /// A digest to a contact.
    Digest(String, Timestamp),
    /// A person's order, by the random id that its request bore.
    Order(String),
    /// Something wrong with our own work: a key such as `mailbox support@… locked out`, and when.
    Trouble(String, Timestamp),
    /// First contact with a mailbox, or a new UIDVALIDITY: sets the cursor.
    Cursor(String, u32),
}

/// Where a raw mail lies in the archive, and its BLAKE3 hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// Segment file or, for a large mail, its own file: the name within the archive folder.
    pub file: String,
    /// Where its frame begins.
    pub offset: u64,
    /// Uncompressed bytes.
    pub bytes: u64,
    /// BLAKE3 of the raw mail, hexadecimal.
    pub hash: String,
}

/// What the journal keeps of a mail besides its raw text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRecord {
    /// Where it lies in the archive.
    pub archived: Archived,
    /// From, as an address.
    pub from: String,
    /// Its subject, at most 200 characters.
    pub subject: String,
    /// What kind of mail.
    pub kind: crate::triage::mail::Kind,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// Dedupe key: Message-ID and content hash, or the hash of the raw mail alone. Hexadecimal.
    pub dedupe: String,
    /// What is wrong with it, in words.
    pub defects: Vec<String>,
    /// When our server took it over.
    pub received_at: Timestamp,
}

/// One decision with everything it causes: a line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// What it settles.
    pub cause: Cause,
    /// When it was decided.
    pub at: Timestamp,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// The ticket's version before it; a commit against another version is refused.
    pub on_version: Option<u64>,
    /// The decision.
    pub decision: Decision,
    /// For a mail.
    pub mail: Option<MailRecord>,
    /// For an outcome: the letter and what became of it.
    pub outcome: Option<(LetterId, Outcome)>,
    /// The cursor of the mailbox after it.
    pub cursor: Option<(String, Cursor)>,
    /// The person's order behind it.
    pub order: Option<Order>,
}

/// A letter that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The letter.
    pub letter: Letter,
    /// How often it was tried.
    pub tries: u32,
    /// When to try next; `None` for held and folded letters.
    pub next_try: Option<Timestamp>,
    /// The relay's last words.
    pub last_answer: Option<String>,
    /// It may have been sent already.
    pub ambiguous: bool,
    /// It is kept for the digest due then.
    pub folded_until: Option<Timestamp>,
}

/// Where the store lies.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The whole store.
    pub root: PathBuf,
}

impl Folders {
    /// The folders below `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }
}

/// Kept for the skeleton: the store engineer replaces this with the real thing.
#[derive(Debug)]
pub struct Store {}

#[expect(dead_code, reason = "names for the skeleton")]
type Used = (Clue, Ticket);

/// A large mail on its way into the archive, in parts. Kept for the skeleton: the store engineer makes it real.
#[derive(Debug)]
pub struct LargeMail {}

impl LargeMail {
    /// Takes the next part.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn write(&mut self, part: &[u8]) -> std::io::Result<()> {
        let _ = part;
        todo!()
    }

    /// Makes it durable and tells where it lies.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn finish(self) -> std::io::Result<Archived> {
        todo!()
    }
}
