//! Ladders: how often each was climbed, how many steps it took until somebody answered, and who that was.
//!
//! A climb counts in the period in which it was begun, with whatever came of it since.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::spread::{Taken, spread};
use super::{Ladders, Period};
use crate::triage::ticket::{Acknowledgement, Change, Climb};

/// The climbs counted so far.
#[derive(Debug, Default)]
pub(super) struct Climbing {
    ladders: BTreeMap<String, Counted>,
    /// The climb of the ticket that is being counted.
    now: Option<OnTheWay>,
}

#[derive(Debug, Default)]
struct Counted {
    climbed: u64,
    steps: Vec<u64>,
    took: Taken,
    by: BTreeMap<String, u64>,
}

#[derive(Debug)]
struct OnTheWay {
    ladder: String,
    number: String,
    started_at: Timestamp,
    steps: usize,
    taken: Option<Acknowledgement>,
}

impl Climbing {
    pub(super) fn take(&mut self, change: &Change, (period, number): (&Period, &str)) {
        if let Change::Climbed(climb) = change {
            self.climbed(climb, (period, number));
        }
        if let (Change::Acknowledged(by), Some(now)) = (change, &mut self.now) {
            now.taken.get_or_insert_with(|| by.clone());
        }
    }

    /// No more of this ticket.
    pub(super) fn next_ticket(&mut self) {
        let Some(ended) = self.now.take() else {
            return;
        };
        let counted = self.ladders.entry(ended.ladder).or_default();
        counted.climbed += 1;
        let place = ended.steps.saturating_sub(1);
        if counted.steps.len() <= place {
            counted.steps.resize(place + 1, 0);
        }
        if let Some(count) = counted.steps.get_mut(place) {
            *count += 1;
        }
        if let Some(taken) = ended.taken {
            let seconds = taken.at.duration_since(ended.started_at).as_secs().max(0);
            counted.took.push((seconds, ended.number));
            *counted.by.entry(taken.by).or_default() += 1;
        }
    }

    pub(super) fn finish(mut self) -> Vec<Ladders> {
        self.next_ticket();
        let row = |(ladder, counted): (String, Counted)| {
            let mut by: Vec<(String, u64)> = counted.by.into_iter().collect();
            by.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            Ladders {
                ladder,
                climbed: counted.climbed,
                taken: by.iter().map(|(_, count)| count).sum(),
                steps: counted.steps,
                took: spread(counted.took),
                by,
            }
        };
        self.ladders.into_iter().map(row).collect()
    }

    fn climbed(&mut self, climb: &Climb, (period, number): (&Period, &str)) {
        let is_another = self
            .now
            .as_ref()
            .is_none_or(|now| now.ladder != climb.ladder || now.started_at != climb.started_at);
        if is_another {
            self.next_ticket();
            if !period.holds(climb.started_at) {
                return;
            }
            self.now = Some(OnTheWay {
                ladder: climb.ladder.clone(),
                number: number.to_owned(),
                started_at: climb.started_at,
                steps: 0,
                taken: None,
            });
        }
        if let Some(now) = &mut self.now {
            let highest = climb
                .rungs
                .iter()
                .take(climb.done)
                .map(|rung| rung.step)
                .max();
            let steps = highest.map_or(0, |step| step as usize + 1);
            now.steps = now.steps.max(steps);
            now.taken = now.taken.take().or_else(|| climb.acknowledged.clone());
        }
    }
}
