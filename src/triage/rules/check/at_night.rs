//! W110: a promise runs day and night, and all ladders that may watch over it rest at night.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::Check;
use super::reach::may_be_at;
use super::watched::{OF_PEOPLE, Terms, applies, calendar_of, ladders, terms};
use crate::finding::Finding;
use crate::triage::promise::Promised;
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::clock::elapsed;
use crate::triage::report::Urgency;
use crate::triage::rules::{Ladder, Rules};

/// Long enough to see every weekday, whatever the zone.
const FORTNIGHT: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Check<'_> {
    /// Names each such ladder once.
    pub(super) fn nobody_at_night(&self, rules: &Rules) {
        if self.mistakes.any_error() {
            return;
        }
        let mut by_day: BTreeMap<&str, &Promised> = BTreeMap::new();
        for terms in terms(rules) {
            for urgency in Urgency::ALL {
                let resting = self.resting(rules, &terms, urgency);
                by_day.extend(resting.into_iter().flatten());
            }
        }
        for (ladder, promised) in by_day {
            self.tell_resting(ladder, promised);
        }
    }

    /// The ladders for an urgency with the promise that needs one by night, if none of them is there by night.
    fn resting<'r>(
        &self,
        rules: &'r Rules,
        terms: &Terms<'r>,
        urgency: Urgency,
    ) -> Option<Vec<(&'r str, &'r Promised)>> {
        let promised = by_night(rules, terms, urgency)?;
        let called: Vec<&Ladder> = rules
            .rules
            .iter()
            .filter(|rule| applies(rule, terms, rules) && may_be_at(&rule.when, urgency))
            .flat_map(|rule| ladders(rule, rules))
            .collect();
        let is_there = |ladder: &&Ladder| self.never_closes(calendar_of(ladder, terms, rules));
        if called.iter().any(is_there) {
            return None;
        }
        let called = called.into_iter();
        Some(
            called
                .map(|ladder| (ladder.id.as_str(), promised))
                .collect(),
        )
    }

    fn never_closes(&self, calendar: &Calendar) -> bool {
        let from = self.at.to_zoned(TimeZone::UTC).map(|from| from.timestamp());
        from.is_ok_and(|from| {
            let whole = FORTNIGHT.as_secs().unsigned_abs();
            from.checked_add(FORTNIGHT)
                .is_ok_and(|to| elapsed(calendar, from, to, &[]) == whole)
        })
    }

    fn tell_resting(&self, ladder: &str, promised: &Promised) {
        let Some(said) = self.ladder_file(ladder) else {
            return;
        };
        let at = said.calendar.as_ref().map_or(&said.id.at, |said| &said.at);
        let sentence =
            "nobody on this ladder is told anything by night, but a promise runs day and night";
        let origin = format!(
            "the promise is {}, and no other ladder watches over it",
            promised.origin
        );
        self.note(
            Finding::warning("W110", at, sentence)
                .help(origin)
                .help("write calendar = \"always\" for the ladder, or promise business hours"),
        );
    }
}

/// A promise of that urgency that people must keep, and that runs day and night.
fn by_night<'r>(rules: &'r Rules, terms: &Terms<'_>, urgency: Urgency) -> Option<&'r Promised> {
    let plan = rules.plans.get(terms.plan)?;
    let promised = |metric| plan.promised.get(&(urgency, metric));
    let mut of_people = OF_PEOPLE.into_iter().filter_map(promised);
    of_people.find(|promised| !promised.budget.business)
}
