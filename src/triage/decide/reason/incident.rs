//! Reasons about one trouble of several clients, the negative case included.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::triage::incident::{IncidentId, Surge};

/// What a mail or a ticket has to do with an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "incident_was")]
pub enum IncidentReason {
    /// Several clients, more than chance.
    Opens {
        /// Its number.
        incident: IncidentId,
        /// It may be one; people look.
        maybe: bool,
        /// How unusual.
        surge: Surge,
        /// What the reports share.
        shared: Vec<String>,
    },
    /// A further report of one that stands.
    Joins {
        /// Its number.
        incident: IncidentId,
        /// What it is about.
        about: String,
        /// It may be one.
        maybe: bool,
        /// What they share.
        shared: Vec<String>,
    },
    /// A report that fits one that was solved.
    Back {
        /// Its number.
        incident: IncidentId,
        /// What it is about.
        about: String,
        /// It is open again.
        reopens: bool,
    },
    /// A ticket that came before the incident was seen belongs to it.
    Reached {
        /// Its number.
        incident: IncidentId,
        /// What it is about.
        about: String,
        /// It may be one.
        maybe: bool,
        /// How unusual.
        surge: Surge,
        /// What they share.
        shared: Vec<String>,
    },
    /// Others report the same, but not more than usual.
    None {
        /// How usual.
        surge: Surge,
    },
    /// People have said of late that it is none.
    Cooling {
        /// The one they dismissed.
        incident: IncidentId,
        /// How unusual.
        surge: Surge,
    },
    /// It was solved, and further clients report it.
    IsBack {
        /// Its number.
        incident: IncidentId,
        /// What it is about.
        about: String,
    },
    /// No further report for hours.
    Quiet {
        /// Its number.
        incident: IncidentId,
        /// What it is about.
        about: String,
        /// The last report.
        since: Timestamp,
    },
}

impl IncidentReason {
    /// True for what a letter to our own people tells.
    #[must_use]
    pub fn is_for_letters(&self) -> bool {
        match self {
            Self::Opens { .. }
            | Self::Joins { .. }
            | Self::Back { .. }
            | Self::Reached { .. }
            | Self::IsBack { .. }
            | Self::Quiet { .. } => true,
            Self::None { .. } | Self::Cooling { .. } => false,
        }
    }
}

impl fmt::Display for IncidentReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opens {
                incident,
                maybe,
                surge,
                shared,
            } => {
                let what = if *maybe {
                    "perhaps one trouble"
                } else {
                    "one trouble"
                };
                write!(f, "{incident}, {what} of several clients: {surge}")?;
                listed(f, shared)
            }
            Self::Joins {
                incident,
                about,
                maybe,
                shared,
            } => {
                let what = if *maybe { "may belong" } else { "belongs" };
                write!(f, "it {what} to {incident} ({about})")?;
                listed(f, shared)
            }
            Self::Back {
                incident,
                about,
                reopens: true,
            } => write!(
                f,
                "{incident} ({about}) was solved and is open again: others report it as well"
            ),
            Self::Back {
                incident,
                about,
                reopens: false,
            } => write!(
                f,
                "{incident} ({about}) was solved, and this is the first report since"
            ),
            Self::Reached {
                incident,
                about,
                maybe,
                surge,
                shared,
            } => {
                let what = if *maybe { "may belong" } else { "belongs" };
                write!(f, "it {what} to {incident} ({about}): {surge}")?;
                listed(f, shared)
            }
            Self::None { surge } => write!(f, "no incident: {surge}, not a surge"),
            Self::Cooling { incident, surge } => {
                write!(
                    f,
                    "no incident, because {incident} was dismissed a short time ago: {surge}"
                )
            }
            Self::IsBack { incident, about } => {
                write!(
                    f,
                    "{incident} ({about}) is back: further clients report it since it was solved"
                )
            }
            Self::Quiet {
                incident,
                about,
                since,
            } => write!(
                f,
                "{incident} ({about}) has had no further report since {since:.0}: if it is over, `triaged incident solve {incident}`"
            ),
        }
    }
}

fn listed(f: &mut fmt::Formatter<'_>, shared: &[String]) -> fmt::Result {
    if shared.is_empty() {
        return Ok(());
    }
    write!(f, "; {}", shared.join(", "))
}
