//! Does the mail ask how something is used, or report that it does not work?
//!
//! A sum, because most mails do a little of both: who asks where a button is may say that it is "gone", and who reports
//! a fault ends with "can you have a look?". What the signals heard counts, and how the mail is built: how much of it
//! asks, whether it tells figures or steps. So a question is known in words nobody foresaw.

use super::lexicon::{Grammar, Table};
use super::reading::Reading;
use super::sentences::Sentence;
use super::signals::{LIKELY, strength};
use super::{Evidence, Signal, Strength};

/// The signal's id, in the lexicon and in rules.
const ID: &str = "asks-for-help";

/// Fractions of the signal's score. They were fitted to labelled mails in eight languages, then rounded; no single one
/// decides, a question beside a fault least of all.
mod weight {
    /// Without a question and a signal a mail is short of one that asks.
    pub(super) const BEGIN: f32 = 0.37;
    /// A signal that is likely; half as much where it is possible, and half again where it is certain.
    pub(super) const SIGNALS: [(&str, f32); 5] = [
        ("how-to", 0.25),
        ("asks-how", 0.6),
        ("fault", -0.2),
        ("oddity", -0.1),
        ("fault-between-lines", -0.35),
    ];
    /// A fault or an oddity is at least likely.
    pub(super) const REPORTS: f32 = -0.13;
    /// Some sentence asks …
    pub(super) const QUESTION: f32 = 0.3;
    /// … and this much more if every word is part of a question.
    pub(super) const ALL_QUESTION: f32 = 0.15;
    /// A figure outside questions: who reports a fault counts, and tells the time.
    pub(super) const FIGURE: f32 = -0.09;
    /// Steps to reproduce.
    pub(super) const STEPS: f32 = -0.15;
}
/// More figures say no more.
const FIGURES: usize = 6;
/// A sum as high as this is as sure as a signal gets.
const CAP: f32 = 1.5;

/// The signal that the mail asks for help with use, if it is at least likely.
pub(super) fn asking(reading: &Reading<'_>, signals: &[Signal], steps: bool) -> Option<Signal> {
    let build = Build::of(reading);
    let ratio = build.sum() + by_signals(signals) + if steps { weight::STEPS } else { 0.0 };
    let known = reading
        .lexicon
        .words
        .signals
        .iter()
        .any(|signal| signal.id == ID);
    (known && ratio > LIKELY).then(|| Signal {
        id: ID.to_owned(),
        strength: strength(ratio).unwrap_or(Strength::Likely),
        ratio: ratio.min(CAP),
        evidence: evidence(reading, signals),
    })
}

fn by_signals(signals: &[Signal]) -> f32 {
    let of = |id: &str| signals.iter().find(|signal| signal.id == id);
    let heard = |(id, weight): (&str, f32)| of(id).map_or(0.0, |signal| weight * worth(signal));
    let reports = ["fault", "oddity"]
        .into_iter()
        .filter_map(of)
        .any(|signal| signal.strength >= Strength::Likely);
    let sum: f32 = weight::SIGNALS.into_iter().map(heard).sum();
    sum + if reports { weight::REPORTS } else { 0.0 }
}

fn worth(signal: &Signal) -> f32 {
    match signal.strength {
        Strength::Possible => 0.5,
        Strength::Likely => 1.0,
        Strength::Certain => 1.5,
    }
}

/// How a mail is built, whatever its words.
#[derive(Debug, Default)]
struct Build {
    /// Bytes of sentences that ask, and of all.
    asked: usize,
    said: usize,
    figures: usize,
}

impl Build {
    fn of(reading: &Reading<'_>) -> Self {
        let mut build = Self::default();
        let sentences = reading.sentences.all.iter();
        for sentence in sentences.filter(|sentence| !reading.is_subject(sentence)) {
            build.said += sentence.at.len();
            if asks(reading, sentence) {
                build.asked += sentence.at.len();
                continue;
            }
            build.figures += figures(reading.text(&sentence.at));
        }
        build
    }

    fn sum(&self) -> f32 {
        let asked = if self.asked > 0 {
            weight::QUESTION + weight::ALL_QUESTION * self.asked as f32 / self.said.max(1) as f32
        } else {
            0.0
        };
        weight::BEGIN + asked + weight::FIGURE * self.figures.min(FIGURES) as f32
    }
}

/// True for a question that is none about our doing something: "can you look into it?" asks for no help with use.
fn asks(reading: &Reading<'_>, sentence: &Sentence) -> bool {
    let of_you = Some(Table::Grammar(Grammar::AsksOfYou));
    let words = reading.of_tables_in(&sentence.at);
    sentence.question && !words.iter().any(|hit| reading.table(hit) == of_you)
}

/// Words that are figures: "412", "9.30"; "v2" and "en-gb-2" are none.
fn figures(text: &str) -> usize {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | ',' | ':')));
    words
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|word| word.bytes().all(|byte| !byte.is_ascii_alphabetic()))
        .count()
}

/// The sentences that ask; where none does, the words that the signals heard.
fn evidence(reading: &Reading<'_>, signals: &[Signal]) -> Vec<Evidence> {
    let asking = reading.sentences.all.iter();
    let shown: Vec<Evidence> = asking
        .filter(|sentence| asks(reading, sentence))
        .take(SHOWN)
        .map(|sentence| reading.evidence(&sentence.at, ID, "a question, and little that reports"))
        .collect();
    if !shown.is_empty() {
        return shown;
    }
    let heard = signals
        .iter()
        .filter(|signal| matches!(signal.id.as_str(), "how-to" | "asks-how"));
    let heard = heard.flat_map(|signal| signal.evidence.iter().cloned());
    heard
        .take(SHOWN)
        .map(|piece| Evidence {
            field: ID.to_owned(),
            ..piece
        })
        .collect()
}

/// More evidence than this helps nobody.
const SHOWN: usize = 3;
