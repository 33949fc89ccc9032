//! When the people of a ladder are told, one step after the other, until somebody acknowledges.
//!
//! Steps count from the trigger, not from the step before. A step that falls on closed hours waits for the opening of
//! the ladder's calendar, because nobody is woken by a letter that says "during office hours".

use std::iter::successors;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::clock::{due, second_of};
use super::{Budget, Who};

/// A ladder as far as time goes.
#[derive(Clone, Copy, Debug)]
pub struct Climb<'a> {
    /// Whose hours business budgets count, and within whose hours people are told.
    pub calendar: &'a Calendar,
    /// How long after the trigger each step comes.
    pub steps: &'a [Budget],
    /// How the last step repeats.
    pub repeat_last: Option<Repeat>,
    /// After an acknowledgement, how long until the ladder begins again; `None`: never.
    pub ack_holds_for: Option<Budget>,
}

/// One step of a ladder, as rules state it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How long after the ladder's start.
    pub after: Budget,
    /// Who.
    pub notify: Vec<Who>,
}

/// How the last step of a ladder repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// How long after the last step, and after each repetition.
    pub every: Budget,
    /// How many repetitions.
    pub at_most: u32,
}

/// One notice of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// When it goes out.
    pub at: Timestamp,
    /// How often the ladder had begun again: 0 for the first time.
    pub cycle: u32,
    /// Which step, from 0.
    pub step: usize,
    /// Which repetition of it; 0 is the step itself.
    pub repeat: u32,
}

impl Climb<'_> {
    /// Every notice of a ladder triggered at `trigger` and acknowledged at `acknowledged` (in any order), as long as
    /// the ticket is not solved. An acknowledgement ends a cycle, also one in the very second of a notice, and the
    /// next cycle begins when it no longer holds; a further one until then makes it hold from there.
    pub fn notices(
        &self,
        trigger: Timestamp,
        acknowledged: &[Timestamp],
    ) -> impl Iterator<Item = Notice> {
        let cycles = self.cycles(trigger, acknowledged);
        (0..).zip(cycles).flat_map(|(cycle, (begins, ends))| {
            self.cycle(begins)
                .take_while(move |notice| ends.is_none_or(|ends| notice.at < ends))
                .map(move |notice| Notice { cycle, ..notice })
        })
    }

    /// When each cycle begins, and when it is acknowledged.
    fn cycles(
        &self,
        trigger: Timestamp,
        acknowledged: &[Timestamp],
    ) -> Vec<(Timestamp, Option<Timestamp>)> {
        let mut acknowledged: Vec<Timestamp> =
            acknowledged.iter().copied().map(second_of).collect();
        acknowledged.sort_unstable();
        let mut acknowledged = acknowledged.into_iter().peekable();
        let mut cycles = Vec::new();
        let mut begins = Some(second_of(trigger));
        while let Some(from) = begins {
            let ends = acknowledged.next();
            cycles.push((from, ends));
            begins = ends.and_then(|ends| self.begins_again(ends));
            while let Some(again) = begins
                && let Some(renewed) = acknowledged.next_if(|next| *next <= again)
            {
                begins = self.begins_again(renewed);
            }
        }
        cycles
    }

    fn begins_again(&self, acknowledged: Timestamp) -> Option<Timestamp> {
        due(self.calendar, acknowledged, self.ack_holds_for?, &[])
    }

    /// The notices of one cycle that nobody acknowledges.
    fn cycle(&self, trigger: Timestamp) -> impl Iterator<Item = Notice> {
        let after = move |budget: &Budget| due(self.calendar, trigger, *budget, &[]);
        let steps = self.steps.iter().map(after).zip(0..);
        let last = self.steps.len().saturating_sub(1);
        let mut earliest = trigger;
        steps
            .map(|(due, step)| (due, step, 0))
            .chain(
                self.repeats(self.steps.last().and_then(after))
                    .map(move |(due, repeat)| (Some(due), last, repeat)),
            )
            .map_while(move |(due, step, repeat)| {
                // Real and business time in one ladder can cross; nobody is told before those below.
                let at = self.calendar.next_open(due?)?.max(earliest);
                earliest = at;
                Some(Notice {
                    at,
                    cycle: 0,
                    step,
                    repeat,
                })
            })
    }

    /// When the last step, itself due at `last`, is due again.
    fn repeats(&self, last: Option<Timestamp>) -> impl Iterator<Item = (Timestamp, u32)> {
        let repeat = self.repeat_last;
        let (every, at_most) = (repeat.map(|repeat| repeat.every), repeat.map(|r| r.at_most));
        successors(last, move |before| due(self.calendar, *before, every?, &[]))
            .skip(1)
            .zip(1..=at_most.unwrap_or(0))
    }
}
