//! Reasons that ladders give.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What became of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ladder_did")]
pub enum LadderReason {
    /// It begins.
    Began {
        /// Its id.
        ladder: String,
        /// The rule that wants it.
        rule: String,
        /// When the first are told.
        first: Option<Timestamp>,
    },
    /// One more reason for a ladder that is being climbed.
    Joined {
        /// Its id.
        ladder: String,
        /// The reason.
        say: String,
    },
    /// It took the place of another, because its matter is of a higher level.
    TookOver {
        /// Its id.
        ladder: String,
        /// The other's.
        from: String,
        /// The level.
        level: u8,
    },
    /// It begins again.
    Again {
        /// Its id.
        ladder: String,
        /// Which cycle begins.
        cycle: u32,
        /// Whose acknowledgement has run out; none where everybody had been told in vain.
        after: Option<String>,
    },
    /// People are told.
    Step {
        /// Its id.
        ladder: String,
        /// Which step, from 1.
        step: u32,
        /// Of how many.
        of: u32,
        /// Which repeat of it.
        repeat: u32,
        /// How many notices fell into an outage, and are one now.
        missed: u32,
    },
    /// A notice did not arrive.
    Undelivered {
        /// Its id.
        ladder: String,
        /// Whom it was for.
        to: String,
    },
    /// Somebody has the matter.
    Taken {
        /// Its id.
        ladder: String,
        /// Who.
        by: String,
        /// Until when that holds.
        until: Option<Timestamp>,
    },
    /// Somebody wanted to take the matter.
    NotTaken {
        /// Who.
        by: String,
        /// Why not.
        because: String,
    },
}

impl LadderReason {
    /// True for what a letter to our own people tells.
    #[must_use]
    pub fn is_for_letters(&self) -> bool {
        match self {
            Self::TookOver { .. } | Self::Undelivered { .. } => true,
            Self::Began { .. }
            | Self::Joined { .. }
            | Self::Again { .. }
            | Self::Step { .. }
            | Self::Taken { .. }
            | Self::NotTaken { .. } => false,
        }
    }
}

impl fmt::Display for LadderReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Began {
                ladder,
                rule,
                first,
            } => {
                write!(f, "the ladder {ladder} begins, by rule `{rule}`")?;
                first.map_or(Ok(()), |first| {
                    write!(f, "; the first are told at {first:.0}")
                })
            }
            Self::Joined { ladder, say } => write!(f, "joins the ladder {ladder}: {say}"),
            Self::TookOver {
                ladder,
                from,
                level,
            } => write!(
                f,
                "the ladder {ladder} takes the place of {from}, because this is level {level}"
            ),
            Self::Again {
                ladder,
                after: Some(by),
                ..
            } => write!(
                f,
                "the ladder {ladder} begins again: {by} had the matter, and it is not solved"
            ),
            Self::Again {
                ladder,
                after: None,
                ..
            } => write!(
                f,
                "the ladder {ladder} begins again: nobody took the matter"
            ),
            Self::Step {
                ladder,
                step,
                of,
                repeat,
                missed,
            } => {
                write!(f, "step {step} of {of} of the ladder {ladder}")?;
                if *repeat > 0 {
                    write!(f, ", repeat {repeat}")?;
                }
                match missed {
                    0 => Ok(()),
                    1 => write!(f, "; 1 notice fell into an outage"),
                    more => write!(f, "; {more} notices fell into an outage"),
                }
            }
            Self::Undelivered { ladder, to } => {
                write!(f, "a notice of the ladder {ladder} did not reach {to}")
            }
            Self::Taken { by, until, .. } => {
                write!(f, "{by} has taken the matter")?;
                until.map_or(Ok(()), |until| write!(f, ", until {until:.0}"))
            }
            Self::NotTaken { by, because } => {
                write!(f, "{by} wanted to acknowledge, but {because}")
            }
        }
    }
}
