//! The vocabulary of conditions: from a tree of TOML tables to a tree of [`When`].
//!
//! Several keys in one table must all hold. A list as a value means "one of".

use std::collections::BTreeMap;

use regex::RegexBuilder;

use super::Check;
use super::company::values;
use super::known::Kind;
use crate::finding::typed::{Said, Section, Value, choose, wrong_type};
use crate::finding::{At, Finding};
use crate::triage::promise::Metric;
use crate::triage::promise::calendar::Calendar;
use crate::triage::report::{Strength, Urgency};
use crate::triage::rules::criterion::{
    Attached, ClockEvent, Criterion, Field, Hours, Look, NamedCalendar, OneOf, Pattern, Thread,
    When,
};
use crate::triage::rules::{file, fold};

const URGENCIES: [(&str, Urgency); 4] = [
    ("Low", Urgency::Low),
    ("Medium", Urgency::Medium),
    ("High", Urgency::High),
    ("Critical", Urgency::Critical),
];

const STRENGTHS: [(&str, Strength); 3] = [
    ("possible", Strength::Possible),
    ("likely", Strength::Likely),
    ("certain", Strength::Certain),
];

const LOOKS: [(&str, Look); 3] = [
    ("subject", Look::Subject),
    ("text", Look::Text),
    ("attachment names", Look::AttachmentNames),
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

const METRICS: [(&str, Metric); 5] = [
    ("acknowledge", Metric::Acknowledge),
    ("first_response", Metric::FirstResponse),
    ("next_response", Metric::NextResponse),
    ("update_every", Metric::UpdateEvery),
    ("solve", Metric::Solve),
];

const EVENTS: [(&str, ClockEvent); 3] = [
    ("promise broken", ClockEvent::PromiseBroken),
    ("reopened", ClockEvent::Reopened),
    ("client replied", ClockEvent::ClientReplied),
];

/// Conditions of the language that this version does not have. Refused plainly: a rule that silently asks for less
/// than it says would match far too often.
const LATER: [&str; 5] = ["count", "same", "within", "where", "unusual_for"];

/// A compiled expression may take this many bytes; far more than any that a person can read.
const REGEX_BYTES_MAX: usize = 1 << 20;

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
        let later = said.value.starts_with("promise at ")
            || ["no update in time", "incident opened", "acknowledged late"]
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

    fn later(&self, section: &mut Section<'_>) {
        for key in LATER {
            if section.value(key).is_none() {
                continue;
            }
            let at = section.key_at(key).cloned().unwrap_or_default();
            let sentence =
                format!("\"{key}\" is a condition that this version of triaged does not know yet");
            self.check.note(Finding::error("E101", &at, sentence));
        }
        // It only goes with `unusual_for`.
        let _ = section.value("chance_below");
    }
}

/// The keys of one table of conditions.
struct Conditions<'c, 'a> {
    check: &'c Check<'a>,
    section: Section<'c>,
    found: Vec<When>,
}

impl Conditions<'_, '_> {
    fn push(&mut self, criterion: Criterion) {
        self.found.push(When::Is(criterion));
    }

    fn done(self, is_alone: bool) -> Vec<When> {
        if self.found.is_empty() && is_alone && self.section.entries().is_empty() {
            let sentence = "a condition that asks for nothing is always true";
            self.check
                .note(Finding::error("E107", &self.section.at, sentence));
        }
        self.section.done();
        self.found
    }

    /// Who wrote, to whom, about what.
    fn names(&mut self) {
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

    fn empty_list(&self, key: &str, at: &At) {
        let sentence = format!("\"{key}\" is one of nothing: this is never true");
        self.check.note(Finding::error("E303", at, sentence));
    }

    /// Level, urgency, signals and how sure we are.
    fn grades(&mut self) {
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
        let at_least = self.section.one_of("at_least", &STRENGTHS);
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

    /// Words and expressions.
    fn words(&mut self) {
        let within = self.section.one_of("words_in", &LOOKS);
        let words = self.section.texts("words");
        let matches = self.section.text("matches");
        if let Some(at) = within
            .as_ref()
            .filter(|_| words.is_none() && matches.is_none())
            .map(|said| &said.at)
        {
            self.check.note(Finding::error(
                "E101",
                at,
                "\"words_in\" goes with \"words\" or \"matches\"",
            ));
        }
        let within = within.map_or(Look::Everywhere, |said| said.value);
        if let Some(words) = words {
            self.plain_words(&words, within);
        }
        if let Some(said) = matches {
            self.expression(&said, within);
        }
    }

    fn plain_words(&mut self, words: &Said<Vec<Said<String>>>, within: Look) {
        if words.value.is_empty() {
            self.empty_list("words", &words.at);
        }
        for word in &words.value {
            let letters = word
                .value
                .chars()
                .filter(|character| character.is_alphanumeric())
                .count();
            if letters == 0 {
                self.check.note(Finding::error(
                    "E105",
                    &word.at,
                    "a word needs at least one letter or digit",
                ));
            }
        }
        let written = values(&words.value);
        match fold::any_of(&written) {
            Ok(regex) => self.push(Criterion::Words {
                pattern: Pattern { written, regex },
                within,
            }),
            Err(error) => self.check.note(Finding::error(
                "E105",
                &words.at,
                format!("too many words: {error}"),
            )),
        }
    }

    fn expression(&mut self, said: &Said<String>, within: Look) {
        let regex = RegexBuilder::new(&said.value)
            .size_limit(REGEX_BYTES_MAX)
            .build();
        let regex = match regex {
            Ok(regex) => regex,
            Err(error) => {
                let sentence = format!(
                    "this is no regular expression: {}",
                    last_line(&error.to_string())
                );
                self.check.note(Finding::error("E105", &said.at, sentence));
                return;
            }
        };
        if regex.is_match("") {
            let sentence = "this expression matches every text";
            self.check.note(
                Finding::warning("W105", &said.at, sentence).help("it matches even the empty text"),
            );
        }
        if has_capitals(&said.value) || said.value.contains("\\n") || said.value.contains("  ") {
            self.check.note(
                Finding::warning("W104", &said.at, "this pattern cannot match")
                    .help("texts are compared in small letters without accents, on one line, with single blanks")
                    .help("plain words do that by themselves: words = [\"…\"]"),
            );
        }
        self.push(Criterion::Matches {
            pattern: Pattern {
                written: vec![said.value.clone()],
                regex,
            },
            within,
        });
    }

    /// What the mail has, and where it stands.
    fn the_mail(&mut self) {
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

    fn time(&mut self, calendars: &BTreeMap<String, Calendar>) {
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
    fn listed<T: Clone>(&mut self, key: &'static str, words: &[(&str, T)]) -> Vec<T> {
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

/// A capital that is no class such as `\S`, `\W` or `\pL`.
fn has_capitals(pattern: &str) -> bool {
    let mut escaped = false;
    for character in pattern.chars() {
        if !escaped && character.is_uppercase() {
            return true;
        }
        // `\p{Lu}` names a class in capitals of its own; whoever writes that knows what it means.
        if escaped && matches!(character, 'p' | 'P') {
            return false;
        }
        escaped = !escaped && character == '\\';
    }
    false
}

fn last_line(text: &str) -> &str {
    text.lines()
        .last()
        .unwrap_or(text)
        .trim_start_matches("error: ")
}
