//! What was promised and what was kept over a stretch of time, counted from the changes of tickets.
//!
//! An outcome counts when it happens: a promise in the period in which it was kept or its deadline passed, whenever it
//! was made, and under the urgency that the ticket had then.

mod climbs;
mod clocks;
mod counting;
mod spread;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::incident::IncidentId;
use super::promise::Metric;
use super::report::Urgency;
use super::ticket::Change;

pub use clocks::{Clocks, Turn};
pub use counting::Counting;
pub use spread::Spread;

/// The stretch of time that is counted, half-open, and the zone whose days it is shown in.
#[derive(Clone, Debug)]
pub struct Period {
    /// First second.
    pub from: Timestamp,
    /// One past the last second.
    pub until: Timestamp,
    /// Whose days.
    pub zone: TimeZone,
}

/// One decision about a ticket: when, what it changed, why.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What changed; a ticket's beginning as its urgency and its promises.
    pub changes: Vec<Change>,
    /// Why, in sentences.
    pub because: Vec<String>,
}

/// What a stretch of time amounts to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// How many tickets began, ended, began again.
    pub tickets: Tickets,
    /// Promises by partner, urgency and metric, in that order.
    pub promises: Vec<Promises>,
    /// How long our confirmations took, those too late included.
    pub acknowledged: Option<Spread>,
    /// How long the first answers of a person took, those too late included.
    pub answered: Option<Spread>,
    /// Ladders, by id.
    pub ladders: Vec<Ladders>,
    /// Incidents, by number.
    pub incidents: Vec<Incident>,
    /// Deadlines that now are later than was said before, in time order; at most [`MOVED_MAX`].
    pub moved_later: Vec<Moved>,
    /// How many such there were in all.
    pub moved_in_all: u64,
    /// What clients said about how it was.
    pub ratings: Ratings,
    /// Each day, those without anything included.
    pub days: Vec<Day>,
}

/// How many tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tickets {
    /// Opened.
    pub opened: u64,
    /// Solved, each as often as it was.
    pub solved: u64,
    /// Solved and open again.
    pub reopened: u64,
    /// Closed by silence.
    pub closed: u64,
}

/// Promises of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promises {
    /// The partner's id; none for senders of no known partner.
    pub partner: Option<String>,
    /// How pressing the tickets were.
    pub urgency: Urgency,
    /// What was promised.
    pub metric: Metric,
    /// Kept in time.
    pub kept: u64,
    /// Broken, whether or not it was done later.
    pub broken: u64,
}

/// How often a ladder was climbed, and how high.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladders {
    /// Its id.
    pub ladder: String,
    /// How often it was begun.
    pub climbed: u64,
    /// How often somebody took the matter.
    pub taken: u64,
    /// Tickets by the highest step that was needed: the first is step 1.
    pub steps: Vec<u64>,
    /// How long it took until somebody did.
    pub took: Option<Spread>,
    /// Who took how many, most first.
    pub by: Vec<(String, u64)>,
}

/// One trouble of several clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Which.
    pub incident: IncidentId,
    /// When the first ticket of the period joined it.
    pub from: Timestamp,
    /// How many tickets joined it.
    pub tickets: u64,
    /// Of which partners.
    pub partners: Vec<String>,
}

/// A deadline that is later than was said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The ticket.
    pub ticket: String,
    /// When it was moved.
    pub at: Timestamp,
    /// Which promise.
    pub metric: Metric,
    /// Until when it was due.
    pub from: Timestamp,
    /// Until when it is due since.
    pub to: Timestamp,
    /// Why.
    pub because: String,
}

/// What clients said about how it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// How many said 1, 2, 3, 4, 5.
    pub by_stars: [u64; 5],
}

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Tickets opened.
    pub opened: u64,
    /// Promises kept in time.
    pub kept: u64,
    /// Promises broken.
    pub broken: u64,
}

/// Deadlines that are listed one by one: an audit reads no more, and a report stays a page.
pub const MOVED_MAX: usize = 500;

impl Period {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

impl Ratings {
    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.by_stars.iter().sum()
    }

    /// The mean, 1 to 5; none where nobody said anything.
    #[must_use]
    pub fn average(&self) -> Option<f64> {
        let count = self.count();
        let sum: u64 = (1..)
            .zip(self.by_stars)
            .map(|(stars, count)| stars * count)
            .sum();
        (count > 0).then(|| sum as f64 / count as f64)
    }
}
