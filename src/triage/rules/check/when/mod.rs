//! The vocabulary of conditions: from a tree of TOML tables to a tree of [`When`].
//!
//! Several keys in one table must all hold. A list as a value means "one of".

mod conditions;
mod near;
mod words;

use std::collections::BTreeMap;

use super::Check;
use crate::finding::Finding;
use crate::finding::guess::known_are;
use crate::finding::typed::{Said, Section, Value, choose};
use crate::triage::promise::Metric;
use crate::triage::promise::calendar::Calendar;
use crate::triage::rules::criterion::{ClockEvent, Criterion, When};
use crate::triage::rules::file::percent_of;
use conditions::Conditions;

const EVENTS: [(&str, ClockEvent); 4] = [
    ("promise broken", ClockEvent::PromiseBroken),
    ("nobody looked", ClockEvent::NobodyLooked),
    ("reopened", ClockEvent::Reopened),
    ("client replied", ClockEvent::ClientReplied),
];

const METRICS: [(&str, Metric); 5] = [
    ("acknowledge", Metric::Acknowledge),
    ("first_response", Metric::FirstResponse),
    ("next_response", Metric::NextResponse),
    ("update_every", Metric::UpdateEvery),
    ("solve", Metric::Solve),
];

/// Conditions of the language that this version does not have. Refused plainly: a rule that silently asks for less
/// than it says would match far too often.
const LATER: [&str; 1] = ["where"];

/// A rule's conditions, compiled.
#[derive(Debug)]
pub(super) struct Compiled {
    pub when: When,
    pub event: Option<ClockEvent>,
}

/// Reads one tree.
struct Tree<'c, 'a> {
    check: &'c Check<'a>,
    calendars: &'c BTreeMap<String, Calendar>,
    event: Option<ClockEvent>,
}

impl Check<'_> {
    /// Compiles a `when`. What is wrong in it is noted and left out.
    pub(super) fn when(
        &self,
        said: &Said<Value>,
        calendars: &BTreeMap<String, Calendar>,
    ) -> Compiled {
        let mut tree = Tree {
            check: self,
            calendars,
            event: None,
        };
        let when = tree.table(said, true);
        Compiled {
            when,
            event: tree.event,
        }
    }
}

impl Tree<'_, '_> {
    fn table(&mut self, said: &Said<Value>, top: bool) -> When {
        let Some(mut section) = Section::of(said, "a condition", self.check.mistakes) else {
            return When::All(Vec::new());
        };
        let mut all = Vec::new();
        for (key, make, is_top) in [
            ("all", When::All as fn(Vec<When>) -> When, top),
            ("any", When::Any, false),
            ("none", When::None, false),
        ] {
            if let Some(list) = section.list(key) {
                all.push(make(
                    list.iter().map(|item| self.table(item, is_top)).collect(),
                ));
            }
        }
        self.later(&mut section);
        let mut one = Conditions {
            check: self.check,
            section,
            found: Vec::new(),
        };
        one.names();
        one.near();
        one.grades();
        one.words();
        one.the_mail();
        one.time(self.calendars);
        self.events(&mut one, top);
        all.extend(one.done(all.is_empty()));
        match all.len() {
            1 => all.remove(0),
            _ => When::All(all),
        }
    }

    /// An event is what wakes the whole rule, so it stands at the top.
    fn events(&mut self, one: &mut Conditions<'_, '_>, top: bool) {
        if let Some(event) = one.section.text("event") {
            if !top {
                let sentence =
                    "an event wakes the whole rule: it cannot stand within \"any\" or \"none\"";
                self.check.note(Finding::error("E303", &event.at, sentence));
            }
            self.event = self.event(&event).or(self.event);
            one.found.push(When::All(Vec::new()));
        }
        let metrics = one.listed("promise", &METRICS);
        if !metrics.is_empty() {
            one.push(Criterion::Promise(metrics));
        }
    }

    fn event(&self, said: &Said<String>) -> Option<ClockEvent> {
        if let Some(percent) = said.value.strip_prefix("promise at ") {
            return self.promise_at(said, percent);
        }
        let later = ["no update in time", "incident opened", "acknowledged late"]
            .contains(&said.value.as_str());
        if later {
            let sentence = format!(
                "\"{}\" is an event that this version of triaged does not know yet",
                said.value
            );
            self.check.note(Finding::error("E101", &said.at, sentence));
            return None;
        }
        choose(said, "\"event\"", &EVENTS, self.check.mistakes)
    }

    /// `promise at 75%`, which is one of those at which clocks warn.
    fn promise_at(&self, said: &Said<String>, percent: &str) -> Option<ClockEvent> {
        let warn_at = self.check.warn_at();
        let percent = percent_of(percent).filter(|percent| warn_at.contains(percent));
        if percent.is_none() {
            let sentence = format!("no clock tells \"{}\"", said.value);
            let known: Vec<String> = warn_at
                .iter()
                .map(|percent| format!("\"promise at {percent}%\""))
                .collect();
            self.check.note(
                Finding::error("E105", &said.at, sentence)
                    .help(known_are(known.iter().map(String::as_str)))
                    .help("\"warn_at\" under [clocks] of sla.toml says when clocks warn"),
            );
        }
        percent.map(ClockEvent::PromiseAt)
    }

    fn later(&self, section: &mut Section<'_>) {
        for key in LATER {
            let Some(at) = section.leave(key) else {
                continue;
            };
            let sentence =
                format!("\"{key}\" is a condition that this version of triaged does not know yet");
            self.check.note(Finding::error("E101", &at, sentence));
        }
    }
}
