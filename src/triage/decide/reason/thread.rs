//! Reasons about where a mail belongs.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a mail belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mail_was")]
pub enum ThreadReason {
    /// A new request.
    Opening {
        /// The new ticket's number.
        number: String,
    },
    /// Kept, and opens no ticket.
    WithoutTicket {
        /// What it is, such as `an automatic reply`.
        kind: String,
        /// The sign that says so.
        sign: String,
    },
    /// A further mail of its ticket.
    Joining {
        /// Its number.
        number: String,
        /// The clue that led there.
        clue: String,
    },
    /// A clue led to a ticket that the mail does not join: the new ticket links to it.
    Linked {
        /// That ticket's number.
        number: String,
        /// Why it does not join.
        because: String,
    },
    /// Decided before.
    Duplicate {
        /// The mailbox it came to this time.
        mailbox: String,
    },
    /// A machine's word on its ticket: kept there, changes nothing.
    FromMachine {
        /// What it is.
        kind: String,
        /// The sign that says so.
        sign: String,
    },
    /// One of our own people wrote.
    FromStaff {
        /// Who.
        from: String,
        /// The requester was among the receivers.
        to_requester: bool,
    },
    /// Nobody objected to the solution for as long as a reply opens a ticket again.
    Closing {
        /// When it had been solved.
        solved_at: Timestamp,
    },
    /// One of our own people may speak for us on this ticket.
    Heard {
        /// Who.
        from: String,
        /// What proves it.
        by: String,
    },
    /// Kept among ourselves: nobody of the client's side reads it, and no order in it is obeyed.
    KeptInside {
        /// Who wrote it.
        from: String,
        /// Why.
        because: String,
    },
    /// It says how the client found the solution.
    Rated {
        /// 1 to 5.
        stars: u8,
    },
    /// It says that all is well, and nothing else.
    Thanked,
    /// It opened the ticket again.
    Reopening {
        /// When it had been solved.
        solved_at: Timestamp,
    },
}

impl fmt::Display for ThreadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opening { number } => write!(f, "a new request: {number}"),
            Self::WithoutTicket { kind, sign } => {
                write!(f, "{kind}, kept without a ticket and not answered: {sign}")
            }
            Self::Joining { number, clue } => write!(f, "belongs to {number}, by {clue}"),
            Self::Linked { number, because } => {
                write!(f, "linked to {number}, but does not join it: {because}")
            }
            Self::Duplicate { mailbox } => write!(
                f,
                "the same mail was decided before; this time it came to {mailbox}"
            ),
            Self::FromMachine { kind, sign } => {
                write!(f, "{kind}, kept on the ticket and not answered: {sign}")
            }
            Self::FromStaff {
                from,
                to_requester: true,
            } => write!(f, "{from}, one of us, answered the requester"),
            Self::FromStaff {
                from,
                to_requester: false,
            } => write!(f, "{from}, one of us, wrote"),
            Self::Closing { solved_at } => {
                write!(
                    f,
                    "closed: nobody has objected since it was solved at {solved_at:.0}"
                )
            }
            Self::Heard { from, by } => write!(f, "{from} is on the ticket, proven by {by}"),
            Self::KeptInside { from, because } => {
                write!(f, "the mail of {from} is kept inside: {because}")
            }
            Self::Rated { stars } => write!(f, "its first line is a rating: {stars} of 5"),
            Self::Thanked => write!(f, "it says that all is well, so the ticket stays solved"),
            Self::Reopening { solved_at } => {
                write!(f, "opened again: it had been solved at {solved_at:.0}")
            }
        }
    }
}
