//! Reasons about letters: written, held, refused, come back, or not written at all.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::triage::letter::{LetterId, Purpose};

/// What was written, held or came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "letter_was")]
pub enum LetterReason {
    /// A letter was written.
    Wrote {
        /// Which.
        letter: LetterId,
        /// What for.
        purpose: Purpose,
        /// To whom.
        to: String,
        /// What asked for it, such as `rule level-2-reaches-support`.
        by: String,
    },
    /// A letter must not leave.
    Held {
        /// Which.
        letter: LetterId,
        /// Why.
        because: String,
    },
    /// A letter could not be written.
    NotWritten {
        /// What for.
        purpose: Purpose,
        /// To whom.
        to: String,
        /// Why.
        because: String,
    },
    /// It asks for missing details.
    Asking {
        /// What is missing.
        missing: Vec<String>,
    },
    /// A letter of ours came back.
    Bounced {
        /// Which, where it is known.
        letter: Option<LetterId>,
        /// Who could not be reached.
        recipient: String,
        /// Enhanced status code.
        status: Option<String>,
        /// False: it is still being tried.
        permanent: bool,
    },
    /// A letter's fate.
    Settled {
        /// Which.
        letter: LetterId,
        /// What became of it, in words.
        fate: String,
    },
}

/// Why the sender gets no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum NoAnswer {
    /// It was there before triaged first looked.
    TooOld,
    /// One of our own addresses wrote it.
    OwnAddress {
        /// Which.
        address: String,
    },
    /// There is nobody to answer.
    NoSender,
    /// The writer asked for no automatic answer.
    NotWanted {
        /// The header or address that says so.
        sign: String,
    },
    /// The sender belongs to no known partner, and the rules say `note`.
    UnknownSender,
}

impl fmt::Display for LetterReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote {
                letter,
                purpose,
                to,
                by,
            } => {
                write!(
                    f,
                    "letter {} ({}) to {to}, by {by}",
                    letter.0,
                    purpose.name()
                )
            }
            Self::Held {
                letter: LetterId(id),
                because,
            } => write!(
                f,
                "letter {id} is held: {because} (`triaged outbox retry {id}` sends it, `triaged outbox drop {id}` does not)"
            ),
            Self::NotWritten {
                purpose,
                to,
                because,
            } => {
                write!(f, "no {} to {to}: {because}", purpose.name())
            }
            Self::Asking { missing } => write!(f, "it asks for {}", missing.join(", ")),
            Self::Bounced {
                letter,
                recipient,
                status,
                permanent,
            } => {
                match letter {
                    Some(letter) => write!(f, "letter {} to {recipient} ", letter.0)?,
                    None => write!(f, "a letter to {recipient} ")?,
                }
                write!(f, "{}", if *permanent { "came back" } else { "is late" })?;
                status
                    .as_ref()
                    .map_or(Ok(()), |status| write!(f, " ({status})"))
            }
            Self::Settled { letter, fate } => write!(f, "letter {} {fate}", letter.0),
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooOld => write!(f, "it was there before triaged first looked"),
            Self::OwnAddress { address } => write!(f, "{address} is our own address"),
            Self::NoSender => write!(f, "there is nobody to answer"),
            Self::NotWanted { sign } => write!(f, "the writer wants none ({sign})"),
            Self::UnknownSender => write!(f, "the sender belongs to no known partner"),
        }
    }
}
