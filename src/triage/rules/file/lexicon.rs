//! `lexicon/*.toml`: word groups, signals, topics, points towards an urgency, labels, and the tables that the reading
//! goes by. Spread over as many files as the admin likes.

use super::company::URGENCIES;
use super::{all_texts, language};
use crate::finding::typed::{Said, Section, Value, choose, decimal_of, wrong_type};
use crate::finding::{Finding, Mistakes};
use crate::triage::report::Urgency;
use crate::triage::report::lexicon::Table;

/// All lexicon files together.
#[derive(Debug, Default)]
pub(in crate::triage::rules) struct LexiconFile {
    pub groups: Vec<GroupFile>,
    /// `[grammar.NAME]` and all others with fixed names.
    pub tables: Vec<(Table, GroupFile)>,
    pub signals: Vec<SignalFile>,
    pub components: Vec<TopicFile>,
    pub symptoms: Vec<TopicFile>,
    pub thresholds: Vec<(Said<Urgency>, f64)>,
    pub stated: Vec<(Said<Urgency>, f64)>,
    pub points: Vec<PointsFile>,
    /// Field names and the words that label them.
    pub labels: Vec<GroupFile>,
    /// Urgencies and the words that name them.
    pub urgency_names: Vec<GroupFile>,
    urgency_at: Option<crate::finding::At>,
}

/// `[words.NAME]`, `[label.FIELD]`, `[urgency_name.URGENCY]`, `[grammar.NAME]`, …: words by language.
#[derive(Debug)]
pub(in crate::triage::rules) struct GroupFile {
    pub name: Said<String>,
    pub words: Vec<(Said<String>, Vec<Said<String>>)>,
    /// Those of them that are read in mails of their own language only.
    pub own_language_only: Vec<Said<String>>,
}

/// `[[signal]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct SignalFile {
    pub id: Said<String>,
    pub say: String,
    pub any_of: Vec<Vec<Said<String>>>,
    pub if_asked: Vec<Vec<Said<String>>>,
    pub clues: Vec<Vec<Said<String>>>,
    pub within: Option<Said<i64>>,
    pub unless: Vec<Said<String>>,
    pub score: Option<Said<f64>>,
    pub keep_if_conditional: bool,
}

/// `[component.NAME]` or `[symptom.NAME]`
#[derive(Debug)]
pub(in crate::triage::rules) struct TopicFile {
    pub name: Said<String>,
    pub words: Vec<(Said<String>, Vec<Said<String>>)>,
    pub any_of: Vec<Vec<Said<String>>>,
}

/// `[[urgency.points]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct PointsFile {
    pub at: crate::finding::At,
    pub signals: Vec<Said<String>>,
    pub words: Vec<Said<String>>,
    pub points: Said<f64>,
}

pub(super) fn read(top: &mut Section<'_>, all: &mut LexiconFile) {
    all.groups
        .extend(top.named("words").into_iter().map(in_texts));
    for kind in Table::KINDS {
        all.tables.extend(tables(top, kind));
    }
    all.labels.extend(groups(top, "label"));
    all.urgency_names.extend(groups(top, "urgency_name"));
    all.signals.extend(signals(top));
    all.components.extend(topics(top, "component"));
    all.symptoms.extend(topics(top, "symptom"));
    let at = top.key_at("urgency").cloned();
    if let Some(section) = top.section("urgency", "[urgency]") {
        urgency(section, at, all);
    }
}

fn groups(top: &mut Section<'_>, key: &'static str) -> Vec<GroupFile> {
    top.named(key)
        .into_iter()
        .map(|(name, section)| GroupFile {
            name,
            words: by_language(&section, None),
            own_language_only: Vec::new(),
        })
        .collect()
}

/// Words that are looked for in texts, some of them in texts of their language only.
fn in_texts((name, mut section): (Said<String>, Section<'_>)) -> GroupFile {
    GroupFile {
        name,
        words: by_language(&section, Some(OWN_LANGUAGE_ONLY)),
        own_language_only: all_texts(section.texts(OWN_LANGUAGE_ONLY)),
    }
}

/// The key of a table of words that is no language.
const OWN_LANGUAGE_ONLY: &str = "own_language_only";

/// The tables of a kind; a name that no table has is a mistake, because nobody would read its words.
fn tables(top: &mut Section<'_>, kind: &'static str) -> Vec<(Table, GroupFile)> {
    let mistakes = top.mistakes();
    let known: Vec<(&str, Table)> = Table::of_kind(kind).collect();
    let mut found = Vec::new();
    for entry in top.named(kind) {
        let name = &entry.0;
        let table = match Table::number(&name.value).filter(|_| kind == "number") {
            None if kind == "number" => {
                let sentence = format!("a table of [number] cannot be \"{}\"", name.value);
                let help = "name it by its number, such as [number.12], or [number.many]";
                mistakes.note(Finding::error("E105", &name.at, sentence).help(help));
                None
            }
            None => choose(name, &format!("a table of [{kind}]"), &known, mistakes),
            number => number,
        };
        found.extend(table.map(|table| (table, in_texts(entry))));
    }
    found
}

/// Every key is a language, except the one named.
fn by_language(
    section: &Section<'_>,
    except: Option<&str>,
) -> Vec<(Said<String>, Vec<Said<String>>)> {
    let mistakes = section.mistakes();
    section
        .entries()
        .iter()
        .filter(|(key, _)| except != Some(key.value.as_str()))
        .filter_map(|(key, value)| {
            let language = language(key, mistakes)?;
            Some((language, words(value, &section.what, mistakes)))
        })
        .collect()
}

fn words(value: &Said<Value>, what: &str, mistakes: &Mistakes) -> Vec<Said<String>> {
    let Value::List(items) = &value.value else {
        mistakes.note(wrong_type(
            value,
            &format!("the words of {what}"),
            "a list of texts",
        ));
        return Vec::new();
    };
    let mut words = Vec::new();
    for item in items {
        match &item.value {
            Value::Text(text) if !text.trim().is_empty() => {
                words.push(item.with(text.trim().to_owned()))
            }
            Value::Text(_) => {
                mistakes.note(Finding::error("E105", &item.at, "a word must not be empty"))
            }
            Value::Number(_)
            | Value::Decimal(_)
            | Value::Flag(_)
            | Value::Date(_)
            | Value::List(_)
            | Value::Table(_) => mistakes.note(wrong_type(item, "a word", "a text in quotes")),
        }
    }
    words
}

fn signals(top: &mut Section<'_>) -> Vec<SignalFile> {
    let mut signals = Vec::new();
    for mut section in top.sections("signal", "a [[signal]]") {
        let id = section.need_text("id");
        let say = section.need_text("say").map(|said| said.value);
        let any_of = groups_of(&mut section, "any_of");
        let if_asked = groups_of(&mut section, "if_asked");
        let clues = groups_of(&mut section, "clues");
        let within = section.number("within");
        let unless = all_texts(section.texts("unless"));
        if any_of.is_empty() && clues.is_empty() && section.key_at("any_of").is_none() {
            section.missing("any_of");
        }
        let score = section.decimal("score");
        if score.is_none() && section.key_at("score").is_none() {
            section.missing("score");
        }
        let keep_if_conditional = section
            .flag("keep_if_conditional")
            .is_some_and(|said| said.value);
        section.done();
        if let Some(id) = id {
            signals.push(SignalFile {
                id,
                say: say.unwrap_or_default(),
                any_of,
                if_asked,
                clues,
                within,
                unless,
                score,
                keep_if_conditional,
            });
        }
    }
    signals
}

/// Lists of names of word groups.
fn groups_of(section: &mut Section<'_>, key: &'static str) -> Vec<Vec<Said<String>>> {
    let mistakes = section.mistakes();
    let what = section.what.clone();
    let lists = section.list(key).unwrap_or_default();
    lists
        .iter()
        .map(|list| words(list, &format!("\"{key}\" of {what}"), mistakes))
        .filter(|list| !list.is_empty())
        .collect()
}

fn topics(top: &mut Section<'_>, key: &'static str) -> Vec<TopicFile> {
    top.named(key)
        .into_iter()
        .map(|(name, mut section)| TopicFile {
            name,
            any_of: groups_of(&mut section, "any_of"),
            words: by_language(&section, Some("any_of")),
        })
        .collect()
}

fn urgency(mut section: Section<'_>, at: Option<crate::finding::At>, all: &mut LexiconFile) {
    let mistakes = section.mistakes();
    if let (Some(first), Some(again)) = (&all.urgency_at, &at) {
        let finding = Finding::error("E106", again, "[urgency] stands in two files")
            .label("again here")
            .also(first, "first here");
        mistakes.note(finding);
        return;
    }
    all.urgency_at = at;
    all.thresholds = per_urgency(section.section("thresholds", "\"thresholds\""));
    all.stated = per_urgency(section.section("stated_by_sender", "\"stated_by_sender\""));
    for mut entry in section.sections("points", "an [[urgency.points]]") {
        let signals = all_texts(entry.texts("signal"));
        let words = all_texts(entry.texts("words"));
        let points = entry.decimal("points");
        if points.is_none() && entry.key_at("points").is_none() {
            entry.missing("points");
        }
        let at = entry.at.clone();
        entry.done();
        if let Some(points) = points {
            all.points.push(PointsFile {
                at,
                signals,
                words,
                points,
            });
        }
    }
    section.done();
}

fn per_urgency(section: Option<Section<'_>>) -> Vec<(Said<Urgency>, f64)> {
    let Some(section) = section else {
        return Vec::new();
    };
    let mistakes = section.mistakes();
    let mut found = Vec::new();
    for (key, value) in section.entries() {
        let urgency = choose(key, "an urgency", &URGENCIES, mistakes);
        match (urgency, decimal_of(&value.value)) {
            (Some(urgency), Some(number)) => found.push((key.with(urgency), number)),
            (_, None) => mistakes.note(wrong_type(value, "points", "a number")),
            (None, Some(_)) => {}
        }
    }
    found
}
