//! `contacts.toml`: our people, whose turn it is, and ladders.

use jiff::civil::Date;

use super::{BudgetSaid, RuleFiles, address, all_texts, budget, each, language};
use crate::finding::Finding;
use crate::finding::typed::{Said, Section};

/// Whoever has not answered so many repeats will not answer the next one either.
const REPEATS_MAX: u32 = 100;

/// `[contact.NAME]`
#[derive(Debug)]
pub(in crate::triage::rules) struct ContactFile {
    pub id: Said<String>,
    pub name: Option<Said<String>>,
    pub email: Option<Said<String>>,
    pub languages: Vec<Said<String>>,
    pub members: Vec<Said<String>>,
    pub away: Vec<AwayFile>,
}

/// One of `away`.
#[derive(Debug)]
pub(in crate::triage::rules) struct AwayFile {
    pub from: Said<Date>,
    pub to: Said<Date>,
    pub instead: Option<Said<String>>,
}

/// `[on_call.NAME]`
#[derive(Debug)]
pub(in crate::triage::rules) struct OnCallFile {
    pub id: Said<String>,
    pub zone: Option<Said<String>>,
    pub turns: Vec<Said<String>>,
    pub change: Option<Said<String>>,
    pub starts: Option<Said<Date>>,
}

/// `[ladder.NAME]`
#[derive(Debug)]
pub(in crate::triage::rules) struct LadderFile {
    pub id: Said<String>,
    pub say: Option<Said<String>>,
    pub calendar: Option<Said<String>>,
    pub steps: Vec<StepFile>,
    pub repeat_last: Option<RepeatFile>,
    pub ack_holds_for: Option<BudgetSaid>,
    pub if_all_fails: Option<Said<String>>,
}

/// `repeat_last`
#[derive(Debug)]
pub(in crate::triage::rules) struct RepeatFile {
    pub every: BudgetSaid,
    pub at_most: Said<u32>,
}

/// One of `steps`.
#[derive(Debug)]
pub(in crate::triage::rules) struct StepFile {
    pub after: BudgetSaid,
    pub notify: Vec<Said<String>>,
}

pub(super) fn read(top: &mut Section<'_>, all: &mut RuleFiles) {
    all.contacts = top
        .named("contact")
        .into_iter()
        .map(|(id, section)| contact(id, section))
        .collect();
    all.on_call = top
        .named("on_call")
        .into_iter()
        .map(|(id, section)| on_call(id, section))
        .collect();
    all.ladders = top
        .named("ladder")
        .into_iter()
        .map(|(id, section)| ladder(id, section))
        .collect();
}

fn contact(id: Said<String>, mut section: Section<'_>) -> ContactFile {
    let mistakes = section.mistakes();
    let file = ContactFile {
        id,
        name: section.text("name"),
        email: section
            .text("email")
            .and_then(|said| address(&said, mistakes)),
        languages: each(section.texts("languages"), mistakes, language),
        members: all_texts(section.texts("members")),
        away: section
            .sections("away", "one of \"away\"")
            .into_iter()
            .filter_map(away)
            .collect(),
    };
    section.done();
    file
}

fn away(mut section: Section<'_>) -> Option<AwayFile> {
    let days = (section.date("from"), section.date("to"));
    for (key, day) in [("from", &days.0), ("to", &days.1)] {
        if day.is_none() && section.key_at(key).is_none() {
            section.missing(key);
        }
    }
    let instead = section.text("instead");
    section.done();
    Some(AwayFile {
        from: days.0?,
        to: days.1?,
        instead,
    })
}

fn on_call(id: Said<String>, mut section: Section<'_>) -> OnCallFile {
    let starts = section.date("starts");
    if starts.is_none() && section.key_at("starts").is_none() {
        section.missing("starts");
    }
    let file = OnCallFile {
        id,
        zone: section.need_text("zone"),
        turns: all_texts(section.texts("turns")),
        change: section.need_text("change"),
        starts,
    };
    section.done();
    file
}

fn ladder(id: Said<String>, mut section: Section<'_>) -> LadderFile {
    let mistakes = section.mistakes();
    let file = LadderFile {
        id,
        say: section.text("say"),
        calendar: section.text("calendar"),
        steps: section
            .sections("steps", "one of \"steps\"")
            .into_iter()
            .filter_map(step)
            .collect(),
        repeat_last: section
            .section("repeat_last", "\"repeat_last\"")
            .and_then(repeat),
        ack_holds_for: section
            .text("ack_holds_for")
            .and_then(|said| budget::read(&said, mistakes)),
        if_all_fails: section.text("if_all_fails"),
    };
    section.done();
    file
}

fn step(mut section: Section<'_>) -> Option<StepFile> {
    let mistakes = section.mistakes();
    let after = section
        .need_text("after")
        .and_then(|said| budget::read(&said, mistakes));
    let notify = all_texts(section.texts("notify"));
    if notify.is_empty() && section.key_at("notify").is_none() {
        section.missing("notify");
    }
    section.done();
    Some(StepFile {
        after: after?,
        notify,
    })
}

fn repeat(mut section: Section<'_>) -> Option<RepeatFile> {
    let mistakes = section.mistakes();
    let every = section
        .need_text("every")
        .and_then(|said| budget::read(&said, mistakes));
    let at_most = section.number("at_most");
    if at_most.is_none() && section.key_at("at_most").is_none() {
        section.missing("at_most");
    }
    section.done();
    let at_most = at_most?;
    let fine = u32::try_from(at_most.value)
        .ok()
        .filter(|times| (1..=REPEATS_MAX).contains(times));
    if fine.is_none() {
        let sentence = format!("\"at_most\" is a number from 1 to {REPEATS_MAX}");
        mistakes.note(Finding::error("E105", &at_most.at, sentence));
    }
    Some(RepeatFile {
        every: every?,
        at_most: at_most.with(fine?),
    })
}
