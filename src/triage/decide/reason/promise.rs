//! Reasons that clocks give.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::triage::promise::Metric;

/// What was promised, kept or broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "promise")]
pub enum PromiseReason {
    /// Made, or moved to an earlier time.
    Made {
        /// What.
        metric: Metric,
        /// Until when; none where the clock never runs out.
        due: Option<Timestamp>,
        /// The plan's cell.
        origin: String,
    },
    /// Kept.
    Kept {
        /// Which.
        metric: Metric,
        /// By what.
        by: String,
    },
    /// Passed unkept.
    Broken {
        /// Which.
        metric: Metric,
        /// When it was due.
        due: Option<Timestamp>,
        /// The plan's cell.
        origin: String,
    },
    /// The alarm rang, and nothing is overdue.
    NotOverdue,
}

impl fmt::Display for PromiseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made {
                metric,
                due: Some(due),
                origin,
            } => {
                write!(f, "{metric} promised until {due:.0} ({origin})")
            }
            Self::Made {
                metric,
                due: None,
                origin,
            } => {
                write!(
                    f,
                    "{metric} promised, but its calendar never opens ({origin})"
                )
            }
            Self::Kept { metric, by } => write!(f, "{metric} kept by {by}"),
            Self::Broken {
                metric,
                due,
                origin,
            } => {
                write!(f, "{metric} passed unkept")?;
                if let Some(due) = due {
                    write!(f, " at {due:.0}")?;
                }
                write!(f, " ({origin})")
            }
            Self::NotOverdue => write!(f, "nothing is overdue"),
        }
    }
}
