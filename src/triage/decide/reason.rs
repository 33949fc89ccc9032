//! Why a decision is what it is, as data: kept with the ticket, printed by `explain`, asserted in tests.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One reason. Replaced and extended by the engineer of `decide`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Reason {
    /// A rule applied.
    RuleMatched {
        /// Its id.
        rule: String,
        /// Its place.
        place: String,
    },
    /// No answer, because a machine wrote it.
    SenderIsMachine {
        /// The sign.
        sign: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RuleMatched { rule, place } => write!(f, "rule `{rule}` matched ({place})"),
            Self::SenderIsMachine { sign } => {
                write!(f, "no answer, because a machine wrote it: {sign}")
            }
        }
    }
}
