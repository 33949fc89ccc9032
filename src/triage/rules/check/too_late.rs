//! W109: a ladder that a warning starts, and a step of it that comes when the promise is already broken.
//!
//! It is tried with the clocks themselves, all over a year, on the plans and calendars that partners really have.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Check;
use super::reach::may_be_at;
use super::watched::{OF_PEOPLE, Terms, applies, calendar_of, ladders, terms};
use crate::finding::Finding;
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::clock::Clock;
use crate::triage::promise::ladder::Climb;
use crate::triage::promise::warning::warning;
use crate::triage::promise::{Budget, Metric, Promised};
use crate::triage::rules::criterion::{ClockEvent, Criterion, When};
use crate::triage::rules::{Ladder, Rule, Rules};

/// Tickets that are tried for each promise.
const STARTS: i32 = 50;

/// Between two of them: weekdays and hours of the day drift, so that evenings and weekends are among them.
const BETWEEN_STARTS: SignedDuration = SignedDuration::from_mins(365 * 24 * 60 / 50);

/// A ladder that a rule starts when a promise is at so many percent.
struct Watch<'r> {
    rule: &'r Rule,
    percent: u8,
    terms: Terms<'r>,
    ladder: &'r Ladder,
    /// Within whose hours it tells people.
    hours: &'r Calendar,
}

/// How a step of a ladder comes too late.
struct Late {
    by: SignedDuration,
    why: String,
}

/// By ladder and step, the worst of each.
type Worst<'r> = BTreeMap<(&'r str, usize), Late>;

impl Check<'_> {
    /// Names the first step of each ladder that is too late for some ticket.
    pub(super) fn too_late(&self, rules: &Rules) {
        if self.mistakes.any_error() {
            return;
        }
        let mut worst = Worst::new();
        for watch in watches(rules) {
            for (metric, promised) in promises(rules, &watch) {
                self.try_all_year(&watch, (metric, promised), &mut worst);
            }
        }
        let mut told = "";
        for ((ladder, step), late) in worst {
            if ladder != told {
                self.tell_late(ladder, step, &late);
            }
            told = ladder;
        }
    }

    fn try_all_year<'r>(
        &self,
        watch: &Watch<'r>,
        (metric, promised): (Metric, &Promised),
        worst: &mut Worst<'r>,
    ) {
        let late = self
            .starts()
            .flat_map(|start| late_steps(watch, promised, start));
        for (step, by) in late {
            let key = (watch.ladder.id.as_str(), step);
            if worst.get(&key).is_some_and(|known| known.by >= by) {
                continue;
            }
            let (rule, percent, origin) = (&watch.rule.id, watch.percent, &promised.origin);
            let why = format!(
                "\"{rule}\" starts this ladder at {percent}% of {metric}, promised by {origin}"
            );
            worst.insert(key, Late { by, why });
        }
    }

    fn starts(&self) -> impl Iterator<Item = Timestamp> {
        let first = self.at.to_zoned(jiff::tz::TimeZone::UTC);
        let first = first.map_or(Timestamp::UNIX_EPOCH, |first| first.timestamp());
        (0..STARTS).filter_map(move |number| first.checked_add(BETWEEN_STARTS * number).ok())
    }

    fn tell_late(&self, ladder: &str, step: usize, late: &Late) {
        let Some(step) = self.ladder_file(ladder).and_then(|it| it.steps.get(step)) else {
            return;
        };
        let sentence = "this step can come after the promise is already broken";
        let worst = format!("at worst it comes {} too late", in_words(late.by));
        self.note(
            Finding::warning("W109", &step.after.at, sentence)
                .help(late.why.as_str())
                .help(worst),
        );
    }
}

fn watches(rules: &Rules) -> impl Iterator<Item = Watch<'_>> {
    let warned = rules.rules.iter().filter_map(warns);
    let with_terms = warned.flat_map(move |(rule, percent)| {
        terms(rules)
            .filter(move |terms| applies(rule, terms, rules))
            .map(move |terms| (rule, percent, terms))
    });
    with_terms.flat_map(move |(rule, percent, terms)| {
        ladders(rule, rules).map(move |ladder| Watch {
            rule,
            percent,
            terms,
            ladder,
            hours: calendar_of(ladder, &terms, rules),
        })
    })
}

/// The rules that wait for a warning.
fn warns(rule: &Rule) -> Option<(&Rule, u8)> {
    match rule.event? {
        ClockEvent::PromiseAt(percent) => Some((rule, percent)),
        ClockEvent::PromiseBroken
        | ClockEvent::NobodyLooked
        | ClockEvent::Reopened
        | ClockEvent::ClientReplied => None,
    }
}

/// The promises whose warning may wake the rule.
fn promises<'r>(
    rules: &'r Rules,
    watch: &Watch<'r>,
) -> impl Iterator<Item = (Metric, &'r Promised)> {
    let when = &watch.rule.when;
    let asked = metrics(when).unwrap_or(&OF_PEOPLE);
    let plan = rules.plans.get(watch.terms.plan);
    plan.into_iter()
        .flat_map(|plan| &plan.promised)
        .filter(|((urgency, metric), _)| asked.contains(metric) && may_be_at(when, *urgency))
        .map(|((_, metric), promised)| (*metric, promised))
}

/// The promises that a rule asks for by name.
fn metrics(when: &When) -> Option<&[Metric]> {
    match when {
        When::All(list) => list.iter().find_map(metrics),
        When::Is(Criterion::Promise(metrics)) => Some(metrics),
        When::Any(_) | When::None(_) | When::Is(_) => None,
    }
}

/// The steps that come after the promise of a ticket that starts then, and by how much.
fn late_steps(
    watch: &Watch<'_>,
    promised: &Promised,
    start: Timestamp,
) -> Vec<(usize, SignedDuration)> {
    let clock = Clock {
        calendar: watch.terms.calendar,
        start,
        budget: promised.budget,
        pauses: &[],
    };
    let (Some(due), Some(warned)) = (clock.due(), warning(&clock, watch.percent)) else {
        return Vec::new();
    };
    let steps: Vec<Budget> = watch.ladder.steps.iter().map(|step| step.after).collect();
    let climb = Climb {
        calendar: watch.hours,
        steps: &steps,
        repeat_last: None,
        ack_holds_for: None,
    };
    let notices = climb.notices(warned, &[]);
    notices
        .map(|notice| (notice.step, notice.at.duration_since(due)))
        .filter(|(_, by)| *by > SignedDuration::ZERO)
        .collect()
}

/// `2 days 3 h`, `3 h 5 min`, `5 min`: the two greatest units that say how bad it is.
fn in_words(time: SignedDuration) -> String {
    let minutes = (time.as_secs() + 59) / 60;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{rest} min"),
        (0, hours) => format!("{hours} h {rest} min"),
        (1, hours) => format!("1 day {hours} h"),
        (days, hours) => format!("{days} days {hours} h"),
    }
}
