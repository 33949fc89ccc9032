//! Ladders: steps go on in time, everybody on them can be found, and there is more than one of them.
//!
//! Who that is depends on the partner: the same step tells another manager.

use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use super::known::Kind;
use crate::finding::{At, Finding};
use crate::triage::promise::ladder::Repeat;
use crate::triage::rules::file::{LadderFile, RepeatFile};
use crate::triage::rules::{Ladder, Partner, Rules, Step, Who};

/// The calendar name that means the partner's own.
const PARTNERS_CALENDAR: &str = "partner";

impl Check<'_> {
    pub(super) fn ladders(&self) -> BTreeMap<String, Ladder> {
        self.said
            .ladders
            .iter()
            .map(|said| (said.id.value.clone(), self.ladder(said)))
            .collect()
    }

    fn ladder(&self, said: &LadderFile) -> Ladder {
        self.goes_on_in_time(said);
        let calendar = said
            .calendar
            .as_ref()
            .filter(|calendar| calendar.value != PARTNERS_CALENDAR);
        Ladder {
            id: said.id.value.clone(),
            say: said
                .say
                .as_ref()
                .map(|say| say.value.clone())
                .unwrap_or_default(),
            calendar: calendar
                .filter(|calendar| self.follow(Kind::Calendar, calendar))
                .map(|calendar| calendar.value.clone()),
            steps: said
                .steps
                .iter()
                .map(|step| Step {
                    after: step.after.value,
                    notify: step.notify.iter().filter_map(|who| self.who(who)).collect(),
                })
                .collect(),
            repeat_last: said
                .repeat_last
                .as_ref()
                .map(|repeat| self.repeat(said, repeat)),
            ack_holds_for: said.ack_holds_for.as_ref().map(|holds| {
                self.takes_time(&holds.at, holds.value.seconds);
                holds.value
            }),
            if_all_fails: said.if_all_fails.as_ref().and_then(|who| self.who(who)),
        }
    }

    fn repeat(&self, ladder: &LadderFile, said: &RepeatFile) -> Repeat {
        self.takes_time(&said.every.at, said.every.value.seconds);
        if ladder.steps.is_empty() {
            let sentence = "there is no last step that could repeat";
            self.note(Finding::error("E107", &said.every.at, sentence));
        }
        Repeat {
            every: said.every.value,
            at_most: said.at_most.value,
        }
    }

    fn takes_time(&self, at: &At, seconds: u64) {
        if seconds == 0 {
            self.note(Finding::error("E306", at, "this takes no time at all"));
        }
    }

    /// E306
    fn goes_on_in_time(&self, said: &LadderFile) {
        if said.steps.is_empty() {
            let sentence = format!("ladder \"{}\" has no steps", said.id.value);
            self.note(Finding::error("E107", &said.id.at, sentence));
        }
        for (earlier, later) in said.steps.iter().zip(said.steps.iter().skip(1)) {
            let (before, after) = (earlier.after.value, later.after.value);
            if before.business == after.business && after.seconds <= before.seconds {
                self.note(
                    Finding::error(
                        "E306",
                        &later.after.at,
                        "the steps of a ladder must go on in time",
                    )
                    .also(&earlier.after.at, "the step before"),
                );
            }
        }
    }

    /// W114: a ladder on which one person stands alone ends where that person sleeps.
    pub(super) fn more_than_one_person(&self, rules: &Rules) {
        let Some(first) = self.said.ladders.first() else {
            return;
        };
        if self.mistakes.any_error() {
            return;
        }
        let sides = rules.partners.values().map(Some).chain([None]);
        for partner in sides {
            let steps = rules.ladders.values().flat_map(|ladder| &ladder.steps);
            let addresses: BTreeSet<&str> = steps
                .flat_map(|step| &step.notify)
                .flat_map(|who| people(who, partner, rules))
                .filter_map(|id| rules.contacts.get(id))
                .map(|contact| contact.email.as_str())
                .collect();
            let mut addresses = addresses.into_iter();
            if let (Some(alone), None) = (addresses.next(), addresses.next()) {
                let whose = partner.map_or("senders of no known partner", |own| &own.name);
                let sentence =
                    format!("{alone} alone receives every step of every ladder, for {whose}");
                self.note(
                    Finding::warning("W114", &first.id.at, sentence)
                        .help("add a step for somebody else, or an on-call list with turns"),
                );
                return;
            }
        }
    }
}

/// Everybody whom a name may mean on some day.
fn people<'r>(who: &'r Who, partner: Option<&'r Partner>, rules: &'r Rules) -> Vec<&'r String> {
    let manager = partner.map_or(&rules.company.default_manager, |partner| &partner.manager);
    match who {
        Who::Contact(id) => vec![id],
        Who::PartnerManager => vec![manager],
        Who::EscalationContact => {
            let own = partner.and_then(|partner| partner.escalation_contact.as_ref());
            vec![own.unwrap_or(manager)]
        }
        Who::OnCall(list) => rules
            .on_call
            .get(list)
            .map(|list| list.turns.iter().collect())
            .unwrap_or_default(),
    }
}
