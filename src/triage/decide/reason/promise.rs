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
    /// After a miss, missed as often again before anybody noticed.
    MissedAgain {
        /// Which.
        metric: Metric,
        /// How often.
        times: usize,
        /// The last deadline that passed.
        last: Timestamp,
    },
    /// So much of its time has gone by.
    Warned {
        /// Which.
        metric: Metric,
        /// How much, in percent.
        percent: u8,
        /// When that was.
        at: Timestamp,
        /// Until when it was promised.
        due: Option<Timestamp>,
        /// Nobody looked at that time.
        late: bool,
    },
    /// Its clock stands still while we wait for the client.
    StandsStill {
        /// Which.
        metric: Metric,
    },
    /// The client has not answered for days.
    WaitsLong {
        /// Since when we wait.
        since: Timestamp,
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
            Self::MissedAgain {
                metric,
                times,
                last,
            } => {
                let often = if *times == 1 {
                    "once".to_owned()
                } else {
                    format!("{times} times")
                };
                write!(f, "{metric} missed {often} more, last at {last:.0}")
            }
            Self::Warned {
                metric,
                percent,
                at,
                due,
                late,
            } => {
                write!(
                    f,
                    "{percent}% of the time for {metric} had gone by at {at:.0}"
                )?;
                if let Some(due) = due {
                    write!(f, ", it is due at {due:.0}")?;
                }
                if *late {
                    write!(f, " (this warning is late: nobody was there at that time)")?;
                }
                Ok(())
            }
            Self::StandsStill { metric } => {
                write!(f, "{metric} stands still while we wait for the client")
            }
            Self::WaitsLong { since } => {
                write!(
                    f,
                    "the client has not answered since {since:.0}, so whoever is responsible looks"
                )
            }
            Self::NotOverdue => write!(f, "nothing is overdue"),
        }
    }
}
