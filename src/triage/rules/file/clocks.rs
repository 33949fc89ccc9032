//! `[clocks]` of `sla.toml`: when to warn, when to stand still, how long a reply reopens.

use super::{BudgetSaid, all_texts, budget};
use crate::finding::typed::{Said, Section, Value, wrong_type};
use crate::finding::{Finding, Mistakes};
use crate::triage::promise::Metric;

/// `[clocks]`
#[derive(Debug, Default)]
pub(in crate::triage::rules) struct ClocksFile {
    /// In percent; none where the key is not there.
    pub warn_at: Option<Vec<Said<u8>>>,
    /// What each promise waits for without its clock, for those that say it.
    pub pauses: Vec<(Metric, Vec<Said<String>>)>,
    pub reopen_within: Option<BudgetSaid>,
}

pub(super) fn read(top: &mut Section<'_>) -> ClocksFile {
    let Some(mut section) = top.section("clocks", "[clocks]") else {
        return ClocksFile::default();
    };
    let mistakes = section.mistakes();
    let warn_at = section.list("warn_at").map(|list| {
        let percents = list.iter().filter_map(|value| percent(value, mistakes));
        percents.collect()
    });
    let pauses = section
        .section("pause", "\"pause\" of [clocks]")
        .map(pauses)
        .unwrap_or_default();
    let reopen_within = section
        .text("reopen_within")
        .and_then(|said| budget::read(&said, mistakes));
    section.done();
    ClocksFile {
        warn_at,
        pauses,
        reopen_within,
    }
}

fn pauses(mut section: Section<'_>) -> Vec<(Metric, Vec<Said<String>>)> {
    let mut pauses = Vec::new();
    for metric in Metric::ALL {
        if let Some(reasons) = section.texts(metric.name()) {
            pauses.push((metric, all_texts(Some(reasons))));
        }
    }
    section.done();
    pauses
}

/// `"75%"`: at nothing nobody needs a warning, and at everything it comes too late.
fn percent(value: &Said<Value>, mistakes: &Mistakes) -> Option<Said<u8>> {
    const WANTED: &str = "a percentage such as \"75%\"";
    let Value::Text(text) = &value.value else {
        mistakes.note(wrong_type(value, "one of \"warn_at\"", WANTED));
        return None;
    };
    let Some(percent) = percent_of(text) else {
        let sentence = format!("\"{text}\" is not {WANTED}");
        mistakes.note(Finding::error("E102", &value.at, sentence));
        return None;
    };
    if !(1..=99).contains(&percent) {
        let sentence =
            format!("a warning at {percent}% is none: from 1% to 99% there is time left");
        mistakes.note(Finding::error("E105", &value.at, sentence));
        return None;
    }
    Some(value.with(percent))
}

/// 75 of `75%`.
pub(in crate::triage::rules) fn percent_of(text: &str) -> Option<u8> {
    text.trim().strip_suffix('%')?.trim_end().parse().ok()
}
