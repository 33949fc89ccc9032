//! What we write, and under which brand. A [`Letter`] is finished to its last header when it is decided;
//! sending it again sends the same bytes.

pub mod acknowledgement;
mod attachments;
pub mod compose;
pub mod echo;
pub mod enclosures;
pub mod escalation;
pub mod leak;
pub mod template;
#[cfg(test)]
mod tests;
pub mod trust_line;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::mail::Person;
use super::mail::thread::TokenKey;
use super::ticket::TicketId;

/// A letter's place in the order of all letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LetterId(pub u64);

/// What a letter is for. The loop guard and the outbox treat each kind in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To the sender: we have it, this is what we understood, this is when you hear from us.
    Acknowledgement,
    /// To the sender: pointers, and back to the partner's own team.
    HandBack,
    /// To the client's side: what one of our people wrote, under the brand's name.
    Answer,
    /// To our own people: a ticket of level 2, a reply, a matter to look at.
    Notice,
    /// To the Partner Manager or the designated contact: level 3.
    Escalation,
    /// To the Partner Manager: a promise was broken.
    Broken,
    /// To a contact: several notices that the caps held back, in one letter.
    Digest,
    /// To the operators: something is wrong with triaged's own work.
    Alarm,
}

impl Purpose {
    /// In words, as people read it in tables and sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::HandBack => "hand-back",
            Self::Answer => "answer",
            Self::Notice => "notice",
            Self::Escalation => "escalation",
            Self::Broken => "broken promise",
            Self::Digest => "digest",
            Self::Alarm => "alarm",
        }
    }

    /// True for a person's words, which no header may call automatic: robots answer those, and people's rules file them away.
    #[must_use]
    pub fn is_of_a_person(self) -> bool {
        match self {
            Self::Answer => true,
            Self::Acknowledgement
            | Self::HandBack
            | Self::Notice
            | Self::Escalation
            | Self::Broken
            | Self::Digest
            | Self::Alarm => false,
        }
    }

    /// True for letters to the client's side, which the brand firewall looks at.
    #[must_use]
    pub fn is_to_the_client(self) -> bool {
        match self {
            Self::Acknowledgement | Self::HandBack | Self::Answer => true,
            Self::Notice | Self::Escalation | Self::Broken | Self::Digest | Self::Alarm => false,
        }
    }
}

/// The sheet that a letter is written on: under which name it leaves, by which road, and what it must not name.
#[derive(Clone, Debug)]
pub struct Stationery<'a> {
    /// `company` or the partner's id.
    pub brand: &'a str,
    /// From, and the address at which bounces come back.
    pub from: Person,
    /// The right side of Message-IDs.
    pub message_id_domain: &'a str,
    /// `local+tag@domain` reaches us, so answers and bounces can carry the ticket in their address.
    pub plus_address: bool,
    /// A relay of `triaged.toml`.
    pub relay: &'a str,
    /// What a white-label letter must not name; empty for other letters.
    pub never_mention: &'a [String],
    /// The name of this instance, for the loop header.
    pub instance: &'a str,
    /// For the tokens in Message-IDs and addresses.
    pub key: &'a TokenKey,
    /// When the letter is written: its Date.
    pub written_at: Timestamp,
}

/// One letter to one address, finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its place in the order of all letters.
    pub id: LetterId,
    /// The ticket it is about; none for alarms about triaged itself.
    pub ticket: Option<TicketId>,
    /// What it is for.
    pub purpose: Purpose,
    /// The brand it leaves under: a partner's id, or `company`. Caps count by it.
    pub brand: String,
    /// The relay of `triaged.toml` that takes it.
    pub relay: String,
    /// MAIL FROM: an address of the brand at which a bounce comes back. Never null.
    pub envelope_from: String,
    /// RCPT TO: one address, lower case.
    pub to: String,
    /// Without angle brackets.
    pub message_id: String,
    /// As a person reads it.
    pub subject: String,
    /// Header and body as they go over the wire, CRLF line ends, 7-bit. Shared, for it is long and never changes.
    pub mime: Arc<str>,
    /// When it was decided.
    pub written_at: Timestamp,
    /// Why it must not leave: the brand firewall found the vendor named in our own words. Held, with an alarm.
    pub held: Option<String>,
}

/// What became of a try to send a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The relay took responsibility (250 after DATA).
    Sent {
        /// The relay's words, such as `2.0.0 Ok: queued as 4F2…`.
        answer: String,
    },
    /// Not now: same letter, later.
    Later {
        /// When to try next.
        next_try: Timestamp,
        /// The relay's words.
        why: String,
        /// The connection broke after the letter was handed over: it may have been sent.
        ambiguous: bool,
    },
    /// Never (5xx, or given up after five days).
    Refused {
        /// The relay's words.
        why: String,
    },
    /// The loop guard holds it back for good: an acknowledgement beyond a cap, or to an address that must not be written to.
    Withheld {
        /// The cap or rule, in words.
        why: String,
    },
    /// The loop guard keeps a letter to a contact for the next digest.
    Folded {
        /// The cap, in words.
        why: String,
        /// When the digest is due.
        digest_at: Timestamp,
    },
    /// A person dropped it.
    Dropped,
    /// A person released it, held or waiting: it goes out now.
    Released,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent { answer } => write!(f, "accepted by the relay ({answer})"),
            Self::Later {
                next_try,
                why,
                ambiguous,
            } => {
                let perhaps = if *ambiguous { ", perhaps sent" } else { "" };
                write!(f, "later, next try {next_try:.0}{perhaps}: {why}")
            }
            Self::Refused { why } => write!(f, "refused for good: {why}"),
            Self::Withheld { why } => write!(f, "withheld: {why}"),
            Self::Folded { why, digest_at } => {
                write!(f, "kept for the digest at {digest_at}: {why}")
            }
            Self::Dropped => write!(f, "dropped by a person"),
            Self::Released => write!(f, "released by a person"),
        }
    }
}
