//! `[[rule]]` and `[[choose.reply]]`.

use super::RuleFiles;
use super::all_texts;
use super::company::URGENCIES;
use crate::finding::typed::{Said, Section, Value};
use crate::finding::{At, Finding};
use crate::triage::report::Urgency;
use crate::triage::rules::IncidentEffect;

/// `[[rule]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct RuleFile {
    pub at: At,
    pub id: Said<String>,
    pub say: Option<Said<String>>,
    /// A tree until the check, which knows the vocabulary.
    pub when: Option<Said<Value>>,
    pub then: EffectsFile,
}

/// `then.…`
#[derive(Debug, Default)]
pub(in crate::triage::rules) struct EffectsFile {
    pub urgency_at_least: Option<Said<Urgency>>,
    pub urgency_at_most: Option<Said<Urgency>>,
    pub level: Option<Said<i64>>,
    pub labels: Vec<Said<String>>,
    pub ladders: Vec<Said<String>>,
    pub tell: Vec<Said<String>>,
    pub ask: Option<Said<String>>,
    pub review: bool,
    pub incident: Option<Said<IncidentEffect>>,
    /// Nothing is written in it at all.
    pub is_empty: bool,
}

/// `[[choose.reply]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct ChoiceFile {
    pub at: At,
    pub when: Option<Said<Value>>,
    pub otherwise: Option<Said<bool>>,
    pub template: Option<Said<String>>,
}

/// Effects of the language that this version does not have.
const EFFECTS_OF_LATER: [&str; 2] = ["assign", "hold_updates_until"];

const INCIDENTS: [(&str, IncidentEffect); 2] = [
    ("open or join", IncidentEffect::Open),
    ("maybe", IncidentEffect::Maybe),
];

/// Lists of the language that this version does not have.
const CHOICES_OF_LATER: [&str; 3] = ["sla", "assign", "topic_owner"];

pub(super) fn read(top: &mut Section<'_>, all: &mut RuleFiles) {
    all.rules = rules(top);
    let Some(mut choose) = top.section("choose", "[[choose.…]]") else {
        return;
    };
    all.replies = choose
        .sections("reply", "a [[choose.reply]]")
        .into_iter()
        .map(choice)
        .collect();
    for key in CHOICES_OF_LATER {
        later(&mut choose, key, "a [[choose.…]] list");
    }
    choose.done();
}

pub(super) fn rules(top: &mut Section<'_>) -> Vec<RuleFile> {
    top.sections("rule", "a [[rule]]")
        .into_iter()
        .filter_map(rule)
        .collect()
}

fn rule(mut section: Section<'_>) -> Option<RuleFile> {
    let id = section.need_text("id");
    let say = section.need_text("say");
    let when = section.value("when").cloned();
    if when.is_none() {
        section.missing("when");
    }
    let then = section.section("then", "\"then\" of a rule").map(effects);
    if then.is_none() && section.key_at("then").is_none() {
        section.missing("then");
    }
    let at = id
        .as_ref()
        .map_or_else(|| section.at.clone(), |id| id.at.clone());
    section.done();
    Some(RuleFile {
        at,
        id: id?,
        say,
        when,
        then: then.unwrap_or_default(),
    })
}

fn effects(mut section: Section<'_>) -> EffectsFile {
    for key in EFFECTS_OF_LATER {
        later(&mut section, key, "an effect");
    }
    let file = EffectsFile {
        is_empty: section.entries().is_empty(),
        urgency_at_least: section.one_of("urgency_at_least", &URGENCIES),
        urgency_at_most: section.one_of("urgency_at_most", &URGENCIES),
        level: section.number("level"),
        labels: all_texts(section.texts("label")),
        ladders: all_texts(section.texts("ladder")),
        tell: all_texts(section.texts("tell")),
        ask: section.text("ask"),
        review: section.flag("review").is_some_and(|said| said.value),
        incident: section.one_of("incident", &INCIDENTS),
    };
    section.done();
    file
}

fn choice(mut section: Section<'_>) -> ChoiceFile {
    let file = ChoiceFile {
        at: section.at.clone(),
        when: section.value("when").cloned(),
        otherwise: section.flag("otherwise"),
        template: section.need_text("template"),
    };
    section.done();
    file
}

/// Refused plainly: a rule that silently does less than it says is worse than one that is refused.
fn later(section: &mut Section<'_>, key: &'static str, what: &str) {
    let Some(at) = section.leave(key) else {
        return;
    };
    let sentence = format!("\"{key}\" is {what} that this version of triaged does not know yet");
    section
        .mistakes()
        .note(Finding::error("E101", &at, sentence));
}
