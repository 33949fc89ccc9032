//! Why a decision is what it is, as data: kept with the ticket, printed by `explain`, asserted in tests.
//!
//! A reason carries what it speaks of (the rule and its line, the words, the clock), so that no reader has to
//! work it out again; its `Display` is the sentence that people read.

mod letter;
mod promise;
mod thread;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::triage::report::{Evidence, Urgency};
use crate::triage::ticket::ThirdLineReason;

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
    /// Where the mail belongs.
    Thread(ThreadReason),
    /// A person ordered it.
    Ordered {
        /// Who.
        by: String,
        /// What was done, as a sentence.
        what: String,
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

impl From<ThreadReason> for Reason {
    fn from(reason: ThreadReason) -> Self {
        Self::Thread(reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrittenTo {
                address,
                header,
                brand,
            } => match header {
                Some(header) => write!(f, "written to {address} ({header}), so {brand} answers"),
                None => write!(
                    f,
                    "no header names an address of ours, so {address} it came to tells: {brand} answers"
                ),
            },
            Self::PartnerIs {
                partner: Some(partner),
                by,
            } => write!(f, "partner {partner}, by {by}"),
            Self::PartnerIs { partner: None, by } => write!(f, "{by} belongs to no known partner"),
            Self::ClientIs { client, evidence } => {
                write!(f, "client {client}")?;
                quoted(f, evidence.as_slice())
            }
            Self::UrgencyIs {
                urgency,
                computed,
                points,
            } => {
                write!(f, "urgency {urgency}")?;
                if urgency != computed {
                    write!(f, " by the rules ({computed} by the words)")?;
                }
                list(f, points)
            }
            Self::LevelIs {
                level,
                third_line_reason,
            } => match third_line_reason {
                Some(reason) => write!(f, "level {level}: {}", third_line(*reason)),
                None => write!(f, "level {level}"),
            },
            Self::RuleMatched {
                rule,
                say,
                place,
                evidence,
            } => {
                write!(f, "rule `{rule}` ({place}): {say}")?;
                quoted(f, evidence)
            }
            Self::DoneBefore { effect } => write!(f, "`{effect}` was done on this ticket before"),
            Self::ReplyChosen { template, place } => match place {
                Some(place) => write!(f, "the reply is `{template}` ({place})"),
                None => write!(f, "the reply is `{template}`"),
            },
            Self::NoAnswer { reason } => write!(f, "no letter to the sender: {reason}"),
            Self::Promise(reason) => reason.fmt(f),
            Self::Letter(reason) => reason.fmt(f),
            Self::Thread(reason) => reason.fmt(f),
            Self::Ordered { by, what } => write!(f, "{what}, ordered by {by}"),
            Self::Nothing { because } => write!(f, "nothing to do: {because}"),
            Self::Trouble { what } => write!(f, "the operators are told: {what}"),
        }
    }
}

fn third_line(reason: ThirdLineReason) -> &'static str {
    match reason {
        ThirdLineReason::MultiClient => "several clients, one trouble",
        ThirdLineReason::Outage => "a major outage",
        ThirdLineReason::Churn => "a client threatens to leave",
        ThirdLineReason::SlaBreach => "a broken contract or SLA",
        ThirdLineReason::HighProfile => "a high-profile matter",
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, evidence: &[Evidence]) -> fmt::Result {
    for (number, one) in evidence.iter().enumerate() {
        let before = if number == 0 { ": " } else { ", " };
        write!(f, "{before}\"{}\"", one.text)?;
    }
    Ok(())
}

fn list(f: &mut fmt::Formatter<'_>, items: &[String]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    write!(f, ": {}", items.join(", "))
}
