//! Counts tickets one after the other, change by change, each with its time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::climbs::Climbing;
use super::spread::{Taken, spread};
use super::{Clocks, Day, Incident, MOVED_MAX, Moment, Moved, Period, Promises, Tally, Turn};
use crate::triage::incident::IncidentId;
use crate::triage::promise::{Metric, Promise};
use crate::triage::report::Urgency;
use crate::triage::ticket::{Change, Ticket};

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
