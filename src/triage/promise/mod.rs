//! When things are due: calendars, budgets, pauses. All pure; the exact meaning is half-open sets of seconds.

pub mod calendar;
pub mod clock;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::Urgency;

/// What we promise a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Our confirmation is accepted by the next mail server.
    Acknowledge,
    /// A person answers.
    FirstResponse,
    /// A person answers each further message.
    NextResponse,
    /// The client hears from us at least this often.
    UpdateEvery,
    /// Solved, or a workaround given.
    Solve,
}

impl Metric {
    /// All of them, in the order in which they fall due.
    pub const ALL: [Self; 5] = [
        Self::Acknowledge,
        Self::FirstResponse,
        Self::NextResponse,
        Self::UpdateEvery,
        Self::Solve,
    ];

    /// As `sla.toml` writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::UpdateEvery => "update_every",
            Self::Solve => "solve",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How much time a promise has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Budget {
    /// How many seconds.
    pub seconds: u64,
    /// Counted on the partner's calendar; else day and night.
    pub business: bool,
}

/// A promise as a plan states it, with the place it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    /// The time it has.
    pub budget: Budget,
    /// File, line and plan it came from, such as `sla.standard.Critical (sla.toml:7)`.
    pub origin: String,
}

/// An SLA plan: what is promised for each urgency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Its name, such as `gold`.
    pub name: String,
    /// What is promised; a pair that is missing is not promised.
    pub promised: BTreeMap<(Urgency, Metric), Promised>,
}

/// A promise on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// What was promised.
    pub metric: Metric,
    /// Until when; `None` where the clock is suspended or the calendar never opens.
    pub due: Option<Timestamp>,
    /// The plan's cell it came from.
    pub origin: String,
    /// When it was kept.
    pub kept: Option<Timestamp>,
    /// When we noticed that it was broken; it broke at `due`.
    pub broken_noticed: Option<Timestamp>,
}
