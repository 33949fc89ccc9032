//! What one table of conditions asks about the sender, the ticket, the mail and the time.

use std::collections::BTreeMap;

use crate::finding::typed::{Said, Section, Value, choose, wrong_type};
use crate::finding::{At, Finding};
use crate::triage::promise::calendar::Calendar;
use crate::triage::report::Strength;
use crate::triage::rules::check::Check;
use crate::triage::rules::check::company::values;
use crate::triage::rules::check::known::Kind;
use crate::triage::rules::criterion::{
    Attached, Criterion, Field, Hours, NamedCalendar, OneOf, Thread, When,
};
use crate::triage::rules::file::{self, URGENCIES};

const STRENGTHS: [(&str, Strength); 3] = [
    ("possible", Strength::Possible),
    ("likely", Strength::Likely),
    ("certain", Strength::Certain),
];

const FIELDS: [(&str, Field); 4] = [
    ("client", Field::Client),
    ("steps", Field::Steps),
    ("urgency", Field::Urgency),
    ("description", Field::Description),
];

const THREADS: [(&str, Thread); 4] = [
    ("first message", Thread::First),
    ("reply", Thread::Reply),
    ("reopened", Thread::Reopened),
    ("already handed back once", Thread::HandedBack),
];

/// The keys of one table of conditions.
pub(super) struct Conditions<'c, 'a> {
    pub(super) check: &'c Check<'a>,
    pub(super) section: Section<'c>,
    pub(super) found: Vec<When>,
}

impl Conditions<'_, '_> {
    pub(super) fn push(&mut self, criterion: Criterion) {
        self.found.push(When::Is(criterion));
    }

    pub(super) fn done(self, is_alone: bool) -> Vec<When> {
        if self.found.is_empty() && is_alone && self.section.entries().is_empty() {
            let sentence = "a condition that asks for nothing is always true";
            self.check
                .note(Finding::error("E107", &self.section.at, sentence));
        }
        self.section.done();
        self.found
    }

    /// Who wrote, to whom, about what.
    pub(super) fn names(&mut self) {
        let check = self.check;
        self.one_of("partner", Criterion::Partner, |said| {
            check.follow(Kind::Partner, said)
        });
        self.one_of("client", Criterion::Client, |_| true);
        self.one_of("address", Criterion::Address, |said| {
            check.follow(Kind::Address, &said.with(said.value.to_lowercase()))
        });
        self.one_of("sender", Criterion::Sender, |said| {
            file::address(said, check.mistakes).is_some()
        });
        self.one_of("sender_domain", Criterion::SenderDomain, |said| {
            file::domain(said, check.mistakes).is_some()
        });
        self.one_of("language", Criterion::Language, |said| {
            file::language(said, check.mistakes).is_some()
        });
        self.one_of("topic", Criterion::Topic, |said| {
            check.follow(Kind::Component, said)
        });
    }

    fn one_of(
        &mut self,
        key: &'static str,
        make: impl Fn(OneOf) -> Criterion,
        fine: impl Fn(&Said<String>) -> bool,
    ) {
        let Some(said) = self.section.texts(key) else {
            return;
        };
        let (unknown, named): (Vec<_>, Vec<_>) =
            said.value.iter().partition(|said| said.value == "unknown");
        if said.value.is_empty() {
            self.empty_list(key, &said.at);
        }
        named.iter().for_each(|said| {
            fine(said);
        });
        self.push(make(OneOf {
            names: named.iter().map(|said| said.value.clone()).collect(),
            unknown: !unknown.is_empty(),
        }));
    }

    pub(super) fn empty_list(&self, key: &str, at: &At) {
        let sentence = format!("\"{key}\" is one of nothing: this is never true");
        self.check.note(Finding::error("E303", at, sentence));
    }

    /// Level, urgency, signals and how sure we are.
    pub(super) fn grades(&mut self) {
        self.levels();
        let urgencies = self.listed("urgency", &URGENCIES);
        if !urgencies.is_empty() {
            self.push(Criterion::Urgency(urgencies));
        }
        if let Some(said) = self.section.one_of("urgency_at_least", &URGENCIES) {
            self.push(Criterion::UrgencyAtLeast(said.value));
        }
        if let Some(said) = self.section.one_of("urgency_at_most", &URGENCIES) {
            self.push(Criterion::UrgencyAtMost(said.value));
        }
        self.signals();
        for (key, make) in [
            (
                "white_label",
                Criterion::WhiteLabel as fn(bool) -> Criterion,
            ),
            ("key_client", Criterion::KeyClient),
            ("several_clients", Criterion::SeveralClients),
        ] {
            if let Some(said) = self.section.flag(key) {
                self.push(make(said.value));
            }
        }
        self.confidence();
    }

    fn levels(&mut self) {
        let Some(list) = self.section.list("level") else {
            return;
        };
        let mut levels = Vec::new();
        for item in list {
            match &item.value {
                Value::Number(number) => levels.extend(self.check.level(&item.with(*number))),
                Value::Text(_)
                | Value::Decimal(_)
                | Value::Flag(_)
                | Value::Date(_)
                | Value::List(_)
                | Value::Table(_) => {
                    self.check
                        .note(wrong_type(item, "\"level\" of a condition", "1, 2 or 3"));
                }
            }
        }
        self.push(Criterion::Level(levels));
    }

    fn signals(&mut self) {
        // Beside a count it is a number, and the count's.
        let counts = self.section.key_at("count").is_some();
        let at_least = (!counts).then(|| self.section.one_of("at_least", &STRENGTHS));
        let at_least = at_least.flatten();
        let Some(said) = self.section.texts("signal") else {
            if let Some(at) = at_least.map(|said| said.at) {
                let sentence = "\"at_least\" goes with \"signal\"";
                self.check.note(
                    Finding::error("E101", &at, sentence).help("for an urgency: urgency_at_least"),
                );
            }
            return;
        };
        if said.value.is_empty() {
            self.empty_list("signal", &said.at);
        }
        for id in &said.value {
            self.check.follow(Kind::Signal, id);
        }
        self.push(Criterion::Signal {
            ids: values(&said.value),
            at_least: at_least.map_or(Strength::Likely, |said| said.value),
        });
    }

    fn confidence(&mut self) {
        let of = self.section.one_of("of", &FIELDS);
        let Some(below) = self.section.decimal("confidence_below") else {
            if let Some(of) = of {
                self.check.note(Finding::error(
                    "E101",
                    &of.at,
                    "\"of\" goes with \"confidence_below\"",
                ));
            }
            return;
        };
        if !(below.value > 0.0 && below.value <= 1.0) {
            let sentence = "a confidence lies between 0 and 1";
            self.check.note(Finding::error("E105", &below.at, sentence));
        }
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
        let bound = below.value as f32;
        self.push(Criterion::ConfidenceBelow {
            below: bound,
            of: of.map(|said| said.value),
        });
    }

    /// What the mail has, and where it stands.
    pub(super) fn the_mail(&mut self) {
        let missing = self.listed("missing", &FIELDS);
        if !missing.is_empty() {
            self.push(Criterion::Missing(missing));
        }
        let threads = self.listed("thread", &THREADS);
        if !threads.is_empty() {
            self.push(Criterion::Thread(threads));
        }
        let Some(said) = self.section.texts("attachment") else {
            return;
        };
        let kinds = values(&said.value);
        let attached = match kinds.as_slice() {
            [one] if one == "any" => Attached::Any,
            [one] if one == "image" => Attached::Image,
            _ => Attached::Ending(
                kinds
                    .iter()
                    .map(|ending| ending.trim_start_matches('.').to_lowercase())
                    .collect(),
            ),
        };
        if kinds.is_empty() {
            self.empty_list("attachment", &said.at);
        }
        self.push(Criterion::Attachment(attached));
    }

    pub(super) fn time(&mut self, calendars: &BTreeMap<String, Calendar>) {
        if let Some(hours) = self.section.text("time").and_then(|said| self.hours(&said)) {
            self.push(Criterion::Time(hours));
        }
        let Some(said) = self.section.text("during") else {
            return;
        };
        if !self.check.follow(Kind::Calendar, &said) {
            return;
        }
        if let Some(calendar) = calendars.get(&said.value) {
            self.push(Criterion::During(NamedCalendar(Box::new(calendar.clone()))));
        }
    }

    fn hours(&self, said: &Said<String>) -> Option<Hours> {
        let days = said
            .value
            .strip_prefix("last ")
            .and_then(|rest| rest.strip_suffix(" working days of the month"))
            .and_then(|number| number.trim().parse::<u8>().ok())
            .filter(|days| (1..=23).contains(days));
        if let Some(days) = days {
            return Some(Hours::LastWorkingDays(days));
        }
        let words = [
            ("office hours", Hours::Office),
            ("outside office hours", Hours::Outside),
            (
                "last 2 working days of the month",
                Hours::LastWorkingDays(2),
            ),
        ];
        choose(said, "\"time\"", &words, self.check.mistakes)
    }

    /// One or several of a few words.
    pub(super) fn listed<T: Clone>(&mut self, key: &'static str, words: &[(&str, T)]) -> Vec<T> {
        let Some(said) = self.section.texts(key) else {
            return Vec::new();
        };
        if said.value.is_empty() {
            self.empty_list(key, &said.at);
        }
        let what = format!("\"{key}\" of a condition");
        said.value
            .iter()
            .filter_map(|word| choose(word, &what, words, self.check.mistakes))
            .collect()
    }
}
