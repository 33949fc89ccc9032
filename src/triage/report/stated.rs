//! The urgency that the sender states: in a field, in a sentence, or as a mark in the subject.
//!
//! A statement in so many words is believed; a choice that a form offers and a word that is only spoken of are none.

use std::ops::Range;

use super::labels::Labelled;
use super::lexicon::Meaning;
use super::matcher::Hit;
use super::normal::Folded;
use super::reading::{Reading, overlap};
use super::sentences::Sentence;
use super::{Evidence, Found, Urgency, Within};

/// What the sender states in so many words: a labelled line, or a mark in the subject.
pub(super) fn stated(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<Urgency>> {
    let by_label = labels
        .iter()
        .filter(|label| label.field == "urgency")
        .find_map(|label| {
            let at = ticked(reading.source.text, label).unwrap_or_else(|| label.value.clone());
            let value = reading.source.text.get(at.clone())?;
            let (urgency, _) = named(&Folded::words(value), &reading.lexicon.urgency_names)?;
            Some(Found {
                value: urgency,
                confidence: 0.95,
                evidence: vec![reading.source.evidence("urgency", &at, "labelled line")],
            })
        });
    by_label
        .or_else(|| by_prose(reading))
        .or_else(|| by_mark(reading))
}

/// "Priority is high", "hohe Dringlichkeit", or a sentence that is little else: "Hoch, weil …".
fn by_prose(reading: &Reading<'_>) -> Option<Found<Urgency>> {
    reading.sentences.all.iter().find_map(|sentence| {
        if sentence.question || reading.is_subject(sentence) {
            return None;
        }
        let hits = reading.hits_in(&sentence.at);
        if is_choice(reading, hits) {
            return None;
        }
        let (urgency, at) =
            beside_label(reading, hits).or_else(|| alone(reading, hits, sentence))?;
        let modified = reading.modified(std::slice::from_ref(&at), sentence, false);
        (modified.weight >= 0.5 && counts(reading, &at, None)).then(|| Found {
            value: urgency,
            confidence: 0.9,
            evidence: vec![reading.evidence(&at, "urgency", "stated in a sentence")],
        })
    })
}

/// "Urgency (low/medium/high)" offers a choice, it states nothing.
pub(super) fn is_choice(reading: &Reading<'_>, hits: &[Hit]) -> bool {
    let names = hits.iter().filter_map(|hit| name_of(reading.meaning(hit)));
    let mut seen: Vec<Urgency> = names.collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() > 2
}

/// So many words may stand between "priority" and "high".
const LABEL_WORDS: usize = 3;

/// And no more bytes than these, so that a list of labels stays linear.
const NEAR_BYTES: usize = 120;

/// The name of an urgency right before its label or soon behind it; of two at one place the longer.
fn beside_label(reading: &Reading<'_>, hits: &[Hit]) -> Option<(Urgency, Range<usize>)> {
    let word = |at: usize| reading.sentences.word(at);
    let labels = hits
        .iter()
        .filter(|hit| reading.meaning(hit) == Meaning::UrgencyLabel);
    for label in labels {
        let apart = |at: &Range<usize>| {
            let before = word(label.at.start).checked_sub(word(at.end.saturating_sub(1)));
            if before == Some(1) {
                return Some(0);
            }
            let behind = word(at.start).checked_sub(word(label.at.end.saturating_sub(1)))?;
            // Japanese has no blanks between its words.
            let follows = at.start >= label.at.end;
            (follows && behind <= LABEL_WORDS).then_some(behind)
        };
        let first = label.at.start.saturating_sub(NEAR_BYTES);
        let first = hits.partition_point(|hit| hit.at.start < first);
        let last = hits.partition_point(|hit| hit.at.start < label.at.end + NEAR_BYTES);
        let near = hits.get(first..last).unwrap_or_default();
        let others = near.iter().filter(|hit| !overlap(&hit.at, &label.at));
        let names = others
            .filter_map(|hit| Some((apart(&hit.at)?, name_of(reading.meaning(hit))?, &hit.at)));
        let nearest = names.min_by_key(|(apart, _, at)| (*apart, std::cmp::Reverse(at.len())));
        if let Some((_, urgency, at)) = nearest {
            return Some((urgency, at.clone()));
        }
    }
    None
}

/// A sentence of no more words that begins with a name is that name: "Medium please."
const FEW_WORDS: usize = 2;
/// And so much may stand behind it, because Japanese has no blanks to count words by.
const FEW_BYTES: usize = 30;

fn alone(
    reading: &Reading<'_>,
    hits: &[Hit],
    sentence: &Sentence,
) -> Option<(Urgency, Range<usize>)> {
    let bare = reading.text(&sentence.at).trim_end_matches(['.', '!', ' ']);
    let whole = sentence.at.start..sentence.at.start + bare.len();
    let last = reading.sentences.word(whole.end.saturating_sub(1));
    let short = last < reading.sentences.word(whole.start) + FEW_WORDS;
    // "No hurry, obviously" is no statement.
    let one_word = |hit: &Hit| !reading.text(&hit.at).contains(' ');
    let said = |hit: &&Hit| {
        let behind = hit.at.end..sentence.at.end;
        let begins = hit.at.start == whole.start;
        let short = short && whole.end.saturating_sub(hit.at.end) <= FEW_BYTES;
        let named = short || (one_word(hit) && reading.text(&behind).starts_with(','));
        hit.at == whole || (begins && named)
    };
    hits.iter()
        .filter(said)
        .find_map(|hit| Some((name_of(reading.meaning(hit))?, hit.at.clone())))
}

fn name_of(meaning: Meaning) -> Option<Urgency> {
    match meaning {
        Meaning::UrgencyName(urgency) => Some(urgency),
        Meaning::Group
        | Meaning::Component(_)
        | Meaning::Symptom(_)
        | Meaning::Points(_)
        | Meaning::ClientName(_)
        | Meaning::ClientDomain(_)
        | Meaning::UrgencyLabel
        | Meaning::Modifier(_)
        | Meaning::Table(_) => None,
    }
}

/// `☐ Low ☒ High`: the choice that is ticked, where a field's value is a row of boxes.
fn ticked(text: &str, label: &Labelled) -> Option<Range<usize>> {
    let value = text.get(label.value.clone())?;
    let begins = |tick: &&str| value.starts_with(*tick);
    EMPTY.iter().chain(&TICKED).any(begins).then_some(())?;
    let behind = text.floor_char_boundary(label.value.start + FIELD_BYTES);
    let field = text.get(label.value.start..behind)?;
    let ticks = TICKED
        .iter()
        .filter_map(|tick| Some((field.find(tick)?, tick.len())));
    let (at, length) = ticks.min()?;
    let choice = field.get(at + length..)?;
    let bare = choice.trim_start();
    let end = bare.find(['\n', '☐', '[', '(']).unwrap_or(bare.len());
    let begin = label.value.start + at + length + (choice.len() - bare.len());
    Some(begin..begin + end)
}

const EMPTY: [&str; 4] = ["☐", "[ ]", "( )", "()"];
const TICKED: [&str; 7] = ["☒", "☑", "[x]", "[X]", "(x)", "(X)", "✓"];
/// A row of boxes is no longer.
const FIELD_BYTES: usize = 200;

/// `[URGENT]`, `(dringend)`, `Urgent:` in the subject.
fn by_mark(reading: &Reading<'_>) -> Option<Found<Urgency>> {
    if reading.source.old_subject {
        return None;
    }
    let subject = reading.source.subject;
    let mut marks: Vec<Range<usize>> = Vec::new();
    for (open, close) in [('[', ']'), ('(', ')'), ('*', '*')] {
        let inner = subject.split_once(open).and_then(|(before, rest)| {
            let start = before.len() + open.len_utf8();
            Some(start..start + rest.find(close)?)
        });
        marks.extend(inner);
    }
    let mut at = 0;
    for piece in subject.split_inclusive([':', '!', '-', '–', '|']) {
        let word = piece.trim_end_matches([':', '!', '-', '–', '|']);
        if word.len() < piece.len() || at > 0 {
            marks.push(at..at + word.len());
        }
        at += piece.len();
    }
    marks.into_iter().find_map(|mark| {
        let folded = Folded::words(subject.get(mark.clone())?);
        let (_, urgency) = reading
            .lexicon
            .urgency_names
            .iter()
            .find(|(name, _)| *name == folded.trim())?;
        Some(Found {
            value: *urgency,
            confidence: 0.75,
            evidence: vec![Evidence {
                field: "urgency".to_owned(),
                text: subject.get(mark.clone()).unwrap_or_default().to_owned(),
                start: mark.start,
                end: mark.end,
                within: Within::Subject,
                because: "mark in the subject".to_owned(),
            }],
        })
    })
}

/// The first urgency that a folded text names; of two at one place the longer name.
fn named(text: &str, names: &[(String, Urgency)]) -> Option<(Urgency, usize)> {
    let mut apart = true;
    text.char_indices().find_map(|(at, character)| {
        if !std::mem::replace(&mut apart, !character.is_alphanumeric()) {
            return None;
        }
        let rest = text.get(at..)?;
        let begins = names.iter().filter(|(name, _)| is_word(rest, name));
        let (_, urgency) = begins.min_by_key(|(name, _)| std::cmp::Reverse(name.len()))?;
        Some((*urgency, at))
    })
}

/// True if a text begins with this word.
fn is_word(text: &str, word: &str) -> bool {
    let behind = text.strip_prefix(word);
    behind.is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
}

/// False for the words of the statement itself, and for a word between quotation marks: it is spoken of, not said.
pub(super) fn counts(
    reading: &Reading<'_>,
    at: &Range<usize>,
    stated: Option<&Found<Urgency>>,
) -> bool {
    let (within, origin) = reading.folded.origin(at);
    let stated = stated.and_then(|stated| stated.evidence.first());
    let said = stated.is_some_and(|evidence| {
        evidence.within == within && overlap(&(evidence.start..evidence.end), &origin)
    });
    let text = match within {
        Within::Subject => reading.source.subject,
        Within::Text | Within::Forwarded | Within::Header => reading.source.text,
    };
    let before = text.get(..origin.start).unwrap_or_default();
    let behind = text.get(origin.end..).unwrap_or_default();
    let quoted = before.ends_with(QUOTES) && behind.starts_with(QUOTES);
    !said && !quoted
}

const QUOTES: [char; 9] = ['"', '„', '“', '”', '«', '»', '\'', '‘', '’'];
