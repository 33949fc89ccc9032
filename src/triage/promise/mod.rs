//! When things are due: calendars, budgets, pauses. All pure; the exact meaning is half-open sets of seconds.
//!
//! [`clock`] says when a budget is used up, [`warning`] when a part of it is, [`regrade`] what becomes of a promise
//! whose terms change, [`cadence`] which updates were missed, [`ladder`] when the next person is told. A promise is
//! kept by what happens at or before its due time; it is broken one second later, not at it.

pub mod cadence;
pub mod calendar;
pub mod clock;
pub mod ladder;
pub mod regrade;
#[cfg(test)]
mod tests;
pub mod warning;
mod who;
pub mod zones;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::Urgency;
use calendar::Calendar;

pub use who::Who;

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
    /// Until when, as of now; `None` where the clock is suspended or the calendar never opens.
    pub due: Option<Timestamp>,
    /// The plan's cell it came from.
    pub origin: String,
    /// When it was kept.
    pub kept: Option<Timestamp>,
    /// When we noticed that it was broken; it broke at `due`.
    pub broken_noticed: Option<Timestamp>,
    /// Which of its kind on this ticket: the next answers and the updates are promised again and again.
    #[serde(default)]
    pub cycle: u32,
    /// From when its budget counts. Journals of earlier versions do not say it, nor what follows.
    #[serde(default)]
    pub start: Option<Timestamp>,
    /// When its clock was first started; `start` is later where stricter terms bind since.
    #[serde(default)]
    pub began: Option<Timestamp>,
    /// How much time it has.
    #[serde(default)]
    pub budget: Option<Budget>,
    /// Until when it was promised first; `due` may have moved since.
    #[serde(default)]
    pub first_due: Option<Timestamp>,
    /// When its clock stood still. They are its own: rules that change later do not change what has been.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<clock::Pause>,
    /// When to warn that it may break, in time order.
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

/// The instant at which so much of a promise's time has gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// 1 to 99.
    pub percent: u8,
    /// When.
    pub at: Timestamp,
    /// It was given, or was too late when it was noticed.
    pub given: bool,
}

impl Plan {
    /// The promise that this plan makes for one metric, its clock started at `start`; nothing where the plan is silent.
    #[must_use]
    pub fn promise(
        &self,
        (urgency, metric): (Urgency, Metric),
        calendar: &Calendar,
        start: Timestamp,
    ) -> Option<Promise> {
        let promised = self.promised.get(&(urgency, metric))?;
        let due = clock::due(calendar, start, promised.budget, &[]);
        Some(Promise {
            metric,
            due,
            origin: promised.origin.clone(),
            kept: None,
            broken_noticed: None,
            cycle: 0,
            start: Some(start),
            began: Some(start),
            budget: Some(promised.budget),
            first_due: due,
            pauses: Vec::new(),
            warnings: Vec::new(),
        })
    }
}

impl Promise {
    /// A promise without a plan: until that instant, its first cycle, nothing known of its clock.
    #[must_use]
    pub fn until(metric: Metric, due: Option<Timestamp>) -> Self {
        Self {
            metric,
            due,
            origin: String::new(),
            kept: None,
            broken_noticed: None,
            cycle: 0,
            start: None,
            began: None,
            budget: None,
            first_due: due,
            pauses: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// True while its clock runs: neither kept nor found broken.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.kept.is_none() && self.broken_noticed.is_none()
    }

    /// True if it is neither kept nor in time any more. What happens exactly at the deadline is in time.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.kept.is_none() && self.due.is_some_and(|due| now > due)
    }

    /// The first second at which it is broken if nothing happens.
    #[must_use]
    pub fn breaks_at(&self) -> Option<Timestamp> {
        let due = self.due.filter(|_| self.is_running())?;
        Timestamp::from_second(due.as_second().checked_add(1)?).ok()
    }

    /// When the next warning is due, while its clock runs.
    #[must_use]
    pub fn warns_at(&self) -> Option<Timestamp> {
        self.due.filter(|_| self.is_running())?;
        let waiting = self.warnings.iter().filter(|warning| !warning.given);
        waiting.map(|warning| warning.at).min()
    }

    /// Its clock on that calendar; `None` where a journal of an earlier version does not say enough.
    #[must_use]
    pub fn clock<'a>(&'a self, calendar: &'a Calendar) -> Option<clock::Clock<'a>> {
        Some(clock::Clock {
            calendar,
            start: self.start?,
            budget: self.budget?,
            pauses: &self.pauses,
        })
    }
}
