//! What is written down, and what can be asked for: plain values, as the journal and the state keep them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Archived;
use crate::triage::decide::{Decision, Order};
use crate::triage::incident::IncidentId;
use crate::triage::letter::{Letter, LetterId, Outcome, Purpose};
use crate::triage::mail::Kind;
use crate::triage::ticket::TicketId;

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
    /// INTERNALDATE of the youngest mail that was left alone at the first contact. Until the server renumbers the folder,
    /// UIDs tell such mails from new ones; afterwards only this does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_alone_until: Option<Timestamp>,
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
    /// What became of an incident, as of that version, reaches one of its tickets.
    Incident(IncidentId, TicketId, u64),
    /// An incident's own alarm.
    IncidentAlarm(IncidentId, Timestamp),
    /// Something wrong with our own work: a key such as `mailbox support@… locked out`, and when.
    Trouble(String, Timestamp),
    /// First contact with a mailbox, or a new UIDVALIDITY: sets the cursor.
    Cursor(String, u32),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail(place) => write!(f, "mail {} in {}", place.uid, place.mailbox),
            Self::Alarm(..) => write!(f, "a deadline"),
            Self::Letter(letter, tries) => write!(f, "letter {}, try {tries}", letter.0),
            Self::Digest(to, _) => write!(f, "a digest to {to}"),
            Self::Order(_) => write!(f, "an order"),
            Self::Incident(incident, ..) => write!(f, "incident {incident}"),
            Self::IncidentAlarm(incident, _) => write!(f, "incident {incident} was looked at"),
            Self::Trouble(..) => write!(f, "a trouble of our own work"),
            Self::Cursor(mailbox, _) => write!(f, "first contact with {mailbox}"),
        }
    }
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
    pub kind: Kind,
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
    /// Letters that a digest has taken up: they wait no longer.
    #[serde(default)]
    pub folded: Vec<LetterId>,
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

/// The letter of ours that bears a Message-ID: what a bounce is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLetter {
    /// Which letter.
    pub letter: LetterId,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// What it is for.
    pub purpose: Purpose,
}

/// A letter that left, for the loop guard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentRow {
    /// When its acceptance was noted.
    pub at: Timestamp,
    /// Which letter.
    pub letter: LetterId,
    /// The ticket it was about.
    pub ticket: Option<TicketId>,
    /// To whom.
    pub to: String,
    /// The brand it left under.
    pub brand: String,
    /// What it was for.
    pub purpose: Purpose,
}

/// Which tickets are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only open ones.
    pub open_only: bool,
    /// Only of this partner.
    pub partner: Option<String>,
    /// Only of this level.
    pub level: Option<u8>,
    /// At most so many.
    pub limit: usize,
}
