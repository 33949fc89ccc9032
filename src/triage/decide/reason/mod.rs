//! Why a decision is what it is, as data: kept with the ticket, printed by `explain`, asserted in tests.
//!
//! A reason carries what it speaks of (the rule and its line, the words, the clock), so that no reader has to
//! work it out again; its `Display` is the sentence that people read.

mod incident;
mod ladder;
mod letter;
mod promise;
mod sentence;
mod thread;

use serde::{Deserialize, Serialize};

use crate::triage::report::{Evidence, Urgency};
use crate::triage::ticket::ThirdLineReason;

pub use incident::IncidentReason;
pub use ladder::LadderReason;
pub use letter::{LetterReason, NoAnswer};
pub use promise::PromiseReason;
pub use thread::ThreadReason;

/// One reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Reason {
    /// Which of our addresses was written to, so which brand answers.
    WrittenTo {
        /// Our address.
        address: String,
        /// The header that names it; none where only the polled mailbox tells.
        header: Option<String>,
        /// The brand that answers there.
        brand: String,
    },
    /// The partner, and how it was known.
    PartnerIs {
        /// Its id; none for a sender of no known partner.
        partner: Option<String>,
        /// The address that told.
        by: String,
    },
    /// The client that the mail is about.
    ClientIs {
        /// The client.
        client: String,
        /// The words.
        evidence: Option<Evidence>,
    },
    /// How pressing it is.
    UrgencyIs {
        /// After floors and caps of rules.
        urgency: Urgency,
        /// By the words alone, or the default.
        computed: Urgency,
        /// The sum, line by line.
        points: Vec<String>,
    },
    /// Whose matter it is.
    LevelIs {
        /// 1, 2 or 3.
        level: u8,
        /// For level 3.
        third_line_reason: Option<ThirdLineReason>,
    },
    /// A rule applied.
    RuleMatched {
        /// Its id.
        rule: String,
        /// What it means.
        say: String,
        /// `routing.toml:12`.
        place: String,
        /// The words that made it hold.
        evidence: Vec<Evidence>,
    },
    /// A rule's effect has been carried out on this ticket before.
    DoneBefore {
        /// `rule/effect/target`.
        effect: String,
    },
    /// Which reply was chosen.
    ReplyChosen {
        /// Its template.
        template: String,
        /// Where it was chosen.
        place: Option<String>,
    },
    /// The sender gets no answer.
    NoAnswer {
        /// Why.
        reason: NoAnswer,
    },
    /// What was promised, kept or broken.
    Promise(PromiseReason),
    /// What was written, held or came back.
    Letter(LetterReason),
    /// What became of a ladder.
    Ladder(LadderReason),
    /// Where the mail belongs.
    Thread(ThreadReason),
    /// One trouble of several clients.
    Incident(IncidentReason),
    /// A person ordered it.
    Ordered {
        /// Who.
        by: String,
        /// What was done, as a sentence.
        what: String,
    },
    /// A person ordered what cannot be done.
    Refused {
        /// Why not, and what can be done, as a sentence.
        because: String,
    },
    /// There was nothing to do.
    Nothing {
        /// Why, as a sentence.
        because: String,
    },
    /// Something is wrong with our own work, and the operators are told.
    Trouble {
        /// What.
        what: String,
    },
}

impl Reason {
    /// Why an order was not carried out, if that is what this says.
    #[must_use]
    pub fn refused(&self) -> Option<&str> {
        if let Self::Refused { because } = self {
            return Some(because);
        }
        None
    }

    /// True for what became of an order.
    #[must_use]
    pub fn is_of_an_order(&self) -> bool {
        matches!(
            self,
            Self::Ordered { .. } | Self::Refused { .. } | Self::Nothing { .. }
        )
    }

    /// True for what a letter to our own people tells: why the matter is theirs. What the letter shows anyway (the
    /// client, the times that were promised) and our own bookkeeping stay on the ticket.
    #[must_use]
    pub fn is_for_letters(&self) -> bool {
        match self {
            Self::RuleMatched { .. }
            | Self::UrgencyIs { .. }
            | Self::LevelIs { .. }
            | Self::NoAnswer { .. }
            | Self::Trouble { .. }
            | Self::WrittenTo { .. }
            | Self::PartnerIs { partner: None, .. } => true,
            Self::PartnerIs {
                partner: Some(_), ..
            }
            | Self::ClientIs { .. }
            | Self::DoneBefore { .. }
            | Self::ReplyChosen { .. }
            | Self::Ordered { .. }
            | Self::Refused { .. }
            | Self::Nothing { .. } => false,
            Self::Incident(reason) => reason.is_for_letters(),
            Self::Promise(reason) => match reason {
                PromiseReason::Broken { .. }
                | PromiseReason::MissedAgain { .. }
                | PromiseReason::Warned { .. }
                | PromiseReason::WaitsLong { .. } => true,
                PromiseReason::Made { .. }
                | PromiseReason::Kept { .. }
                | PromiseReason::StandsStill { .. }
                | PromiseReason::NotOverdue => false,
            },
            Self::Letter(reason) => match reason {
                LetterReason::Held { .. }
                | LetterReason::NotWritten { .. }
                | LetterReason::Bounced { .. } => true,
                LetterReason::Wrote { .. }
                | LetterReason::Asking { .. }
                | LetterReason::Settled { .. } => false,
            },
            Self::Ladder(reason) => reason.is_for_letters(),
            Self::Thread(reason) => match reason {
                ThreadReason::Linked { .. }
                | ThreadReason::Reopening { .. }
                | ThreadReason::Rated { .. }
                | ThreadReason::Thanked => true,
                ThreadReason::Opening { .. }
                | ThreadReason::WithoutTicket { .. }
                | ThreadReason::Joining { .. }
                | ThreadReason::Duplicate { .. }
                | ThreadReason::FromMachine { .. }
                | ThreadReason::Closing { .. }
                | ThreadReason::Heard { .. }
                | ThreadReason::KeptInside { .. }
                | ThreadReason::FromStaff { .. } => false,
            },
        }
    }
}

impl From<IncidentReason> for Reason {
    fn from(reason: IncidentReason) -> Self {
        Self::Incident(reason)
    }
}

impl From<PromiseReason> for Reason {
    fn from(reason: PromiseReason) -> Self {
        Self::Promise(reason)
    }
}

impl From<LetterReason> for Reason {
    fn from(reason: LetterReason) -> Self {
        Self::Letter(reason)
    }
}

impl From<LadderReason> for Reason {
    fn from(reason: LadderReason) -> Self {
        Self::Ladder(reason)
    }
}

impl From<ThreadReason> for Reason {
    fn from(reason: ThreadReason) -> Self {
        Self::Thread(reason)
    }
}
