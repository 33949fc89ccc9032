//! What was promised and what was kept over a stretch of time, counted from the changes of tickets.
//!
//! An outcome counts when it happens: a promise in the period in which it was kept or its deadline passed, whenever it
//! was made, and under the urgency that the ticket had then.

mod climbs;
mod clocks;
mod spread;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::incident::IncidentId;
use super::promise::{Metric, Promise};
use super::report::Urgency;
use super::ticket::{Change, Ticket};

use climbs::Climbing;
use spread::{Taken, spread};

pub use clocks::{Clocks, Turn};
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

/// Days that are counted one by one; a longer stretch is told without them.
const DAYS_MAX: usize = 1_100;

/// A tally in the making: give it each ticket, then finish it.
#[derive(Debug)]
pub struct Counting {
    period: Period,
    tally: Tally,
    promises: BTreeMap<(Option<String>, Urgency, Metric), (u64, u64)>,
    acknowledged: Taken,
    answered: Taken,
    climbs: Climbing,
    incidents: BTreeMap<IncidentId, (Timestamp, BTreeSet<String>, BTreeSet<String>)>,
    days: BTreeMap<Date, Day>,
}

impl Counting {
    /// Nothing is counted yet.
    #[must_use]
    pub fn new(period: Period) -> Self {
        let days = days(&period);
        Self {
            period,
            tally: Tally::default(),
            promises: BTreeMap::new(),
            acknowledged: Taken::new(),
            answered: Taken::new(),
            climbs: Climbing::default(),
            incidents: BTreeMap::new(),
            days,
        }
    }

    /// Counts a ticket: all its moments in time order, those before the period included, because they say what was
    /// promised in it.
    pub fn add(&mut self, ticket: &Ticket, moments: &[Moment]) {
        if self.is_in(ticket.opened_at) {
            self.tally.tickets.opened += 1;
            self.on(ticket.opened_at, |day| day.opened += 1);
        }
        let mut clocks = Clocks::default();
        for moment in moments {
            for change in &moment.changes {
                self.climbs.take(change, (&self.period, &ticket.number));
                match clocks.take(change) {
                    Some(turn) => self.turn(&turn, clocks.urgency(), (ticket, moment)),
                    None => self.step(change, (ticket, moment)),
                }
            }
        }
        self.climbs.next_ticket();
    }

    /// All that was counted.
    #[must_use]
    pub fn finish(mut self) -> Tally {
        let row = |((partner, urgency, metric), (kept, broken))| Promises {
            partner,
            urgency,
            metric,
            kept,
            broken,
        };
        self.tally.promises = self.promises.into_iter().map(row).collect();
        self.tally.acknowledged = spread(self.acknowledged);
        self.tally.answered = spread(self.answered);
        self.tally.ladders = self.climbs.finish();
        let row =
            |(incident, (from, tickets, partners)): (_, (_, BTreeSet<String>, BTreeSet<_>))| {
                Incident {
                    incident,
                    from,
                    tickets: u64::try_from(tickets.len()).unwrap_or(u64::MAX),
                    partners: partners.into_iter().collect(),
                }
            };
        self.tally.incidents = self.incidents.into_iter().map(row).collect();
        self.tally.moved_later.sort_by_key(|moved| moved.at);
        self.tally.moved_later.truncate(MOVED_MAX);
        self.tally.days = self.days.into_values().collect();
        self.tally
    }

    fn turn(&mut self, turn: &Turn, urgency: Urgency, (ticket, moment): (&Ticket, &Moment)) {
        match turn {
            Turn::Made(_) => {}
            Turn::Moved { promise, from } => self.moved(promise, *from, (ticket, moment)),
            Turn::Kept { promise, at } if self.is_in(*at) => {
                self.took(ticket, promise, *at);
                // What was broken counts as that, however soon it was done afterwards.
                if promise.broken_noticed.is_none() {
                    self.outcome(ticket, urgency, promise.metric).0 += 1;
                    self.on(*at, |day| day.kept += 1);
                }
            }
            Turn::Broken { promise, .. } => {
                if let Some(due) = promise.due.filter(|due| self.is_in(*due)) {
                    self.outcome(ticket, urgency, promise.metric).1 += 1;
                    self.on(due, |day| day.broken += 1);
                }
            }
            Turn::Kept { .. } => {}
        }
    }

    fn outcome(&mut self, ticket: &Ticket, urgency: Urgency, metric: Metric) -> &mut (u64, u64) {
        let cell = (ticket.partner.clone(), urgency, metric);
        self.promises.entry(cell).or_default()
    }

    /// How long the sender waited, from the mail and whatever was promised later.
    fn took(&mut self, ticket: &Ticket, promise: &Promise, at: Timestamp) {
        let seconds = at.duration_since(ticket.opened_at).as_secs().max(0);
        let taken = (seconds, ticket.number.clone());
        match promise.metric {
            Metric::Acknowledge => self.acknowledged.push(taken),
            Metric::FirstResponse => self.answered.push(taken),
            Metric::NextResponse | Metric::UpdateEvery | Metric::Solve => {}
        }
    }

    fn moved(&mut self, promise: &Promise, from: Timestamp, (ticket, moment): (&Ticket, &Moment)) {
        let Some(to) = promise.due.filter(|to| *to > from && self.is_in(moment.at)) else {
            return;
        };
        self.tally.moved_in_all += 1;
        self.tally.moved_later.push(Moved {
            ticket: ticket.number.clone(),
            at: moment.at,
            metric: promise.metric,
            from,
            to,
            because: moment.because.first().cloned().unwrap_or_default(),
        });
    }

    /// What is counted besides promises and ladders.
    fn step(&mut self, change: &Change, (ticket, moment): (&Ticket, &Moment)) {
        if !self.is_in(moment.at) {
            return;
        }
        let tickets = &mut self.tally.tickets;
        if let Change::Solved { .. } = change {
            tickets.solved += 1;
        }
        if let Change::Reopened { .. } = change {
            tickets.reopened += 1;
        }
        if let Change::Closed { .. } = change {
            tickets.closed += 1;
        }
        if let Change::Rated { stars, .. } = change {
            let place = usize::from(*stars).saturating_sub(1);
            if let Some(count) = self.tally.ratings.by_stars.get_mut(place) {
                *count += 1;
            }
        }
        if let Change::InIncident(Some(incident)) = change {
            let unknown = || "unknown".to_owned();
            let (_, tickets, partners) = self
                .incidents
                .entry(*incident)
                .or_insert_with(|| (moment.at, BTreeSet::new(), BTreeSet::new()));
            tickets.insert(ticket.number.clone());
            partners.insert(ticket.partner.clone().unwrap_or_else(unknown));
        }
    }

    fn is_in(&self, at: Timestamp) -> bool {
        self.period.holds(at)
    }

    fn on(&mut self, at: Timestamp, count: impl FnOnce(&mut Day)) {
        let date = at.to_zoned(self.period.zone.clone()).date();
        if let Some(day) = self.days.get_mut(&date) {
            count(day);
        }
    }
}

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

/// Every day that the period touches; none where there are too many to show.
fn days(period: &Period) -> BTreeMap<Date, Day> {
    let first = period.from.to_zoned(period.zone.clone()).date();
    let last = period.until.to_zoned(period.zone.clone()).date();
    let mut days = BTreeMap::new();
    let mut date = first;
    while date <= last
        && date
            .to_zoned(period.zone.clone())
            .is_ok_and(|day| day.timestamp() < period.until)
    {
        if days.len() == DAYS_MAX {
            return BTreeMap::new();
        }
        let day = Day {
            date,
            opened: 0,
            kept: 0,
            broken: 0,
        };
        days.insert(date, day);
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    days
}
