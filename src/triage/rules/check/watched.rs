//! Which ladders watch over whose promises: the plans and calendars that tickets can have, and the rules for them.

use super::Check;
use crate::triage::promise::Metric;
use crate::triage::promise::calendar::Calendar;
use crate::triage::rules::file::LadderFile;
use crate::triage::rules::{Ladder, Rule, Rules};

/// Promises that a person keeps. Acknowledging is triaged's own work, which no warning speeds up.
pub(super) const OF_PEOPLE: [Metric; 4] = [
    Metric::FirstResponse,
    Metric::NextResponse,
    Metric::UpdateEvery,
    Metric::Solve,
];

/// A plan and a calendar of a partner; without a partner, those of senders whom nobody knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'r> {
    pub partner: Option<&'r str>,
    pub plan: &'r str,
    pub calendar: &'r Calendar,
}

/// Every plan and calendar that some ticket can have.
pub(super) fn terms(rules: &Rules) -> impl Iterator<Item = Terms<'_>> {
    let of_partners = rules.partners.values().map(|partner| {
        let id = Some(partner.id.as_str());
        (id, partner.plan.as_str(), partner.calendar.as_str())
    });
    let company = &rules.company;
    let of_nobody = (
        None,
        company.default_plan.as_str(),
        company.default_calendar.as_str(),
    );
    of_partners
        .chain(std::iter::once(of_nobody))
        .filter_map(|(partner, plan, calendar)| {
            Some(Terms {
                partner,
                plan,
                calendar: rules.calendars.get(calendar)?,
            })
        })
}

/// True if a rule is judged for such tickets at all.
pub(super) fn applies(rule: &Rule, terms: &Terms<'_>, rules: &Rules) -> bool {
    let own = rule.partner.as_deref();
    let suppressed = terms.partner.is_some_and(|partner| {
        let key = (partner.to_owned(), rule.id.clone());
        rules.suppressed.contains_key(&key)
    });
    (own.is_none() || own == terms.partner) && !suppressed
}

/// The ladders that a rule starts.
pub(super) fn ladders<'r>(rule: &'r Rule, rules: &'r Rules) -> impl Iterator<Item = &'r Ladder> {
    let ladders = rule.then.ladders.iter();
    ladders.filter_map(|ladder| rules.ladders.get(ladder))
}

/// Within whose hours a ladder tells people.
pub(super) fn calendar_of<'r>(
    ladder: &Ladder,
    terms: &Terms<'r>,
    rules: &'r Rules,
) -> &'r Calendar {
    let own = ladder.calendar.as_ref();
    own.and_then(|own| rules.calendars.get(own))
        .unwrap_or(terms.calendar)
}

impl Check<'_> {
    pub(super) fn ladder_file(&self, id: &str) -> Option<&LadderFile> {
        let mut ladders = self.said.ladders.iter();
        ladders.find(|ladder| ladder.id.value == id)
    }
}
