//! The description: a labelled one, else the sentence with the most to say about the trouble, and its neighbour.

use std::ops::Range;

use super::labels::Labelled;
use super::lexicon::{Grammar, Meaning, Table};
use super::reading::Reading;
use super::sentences::Sentence;
use super::{Found, Within};

/// Behind so many sentences nobody begins to tell what it is about.
const LOOKED_AT_SENTENCES: usize = 80;
/// A key sentence with fewer words takes its neighbour along.
const SHORT_WORDS: usize = 14;

/// What it is about, in the writer's words.
pub(super) fn description(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<String>> {
    by_label(reading, labels)
        .or_else(|| by_sentence(reading))
        .or_else(|| by_subject(reading))
}

fn by_label(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<String>> {
    let label = labels
        .iter()
        .find(|label| label.field == "description" && !label.value.is_empty())?;
    let text = reading.source.text;
    let tail = text.get(label.value.start..)?;
    let block = tail.split("\n\n").next()?.split("\r\n\r\n").next()?;
    let next = labels
        .iter()
        .map(|other| other.line.start)
        .find(|start| *start > label.value.start);
    let end = next.map_or(label.value.start + block.len(), |next| {
        next.min(label.value.start + block.len())
    });
    let range = label.value.start..end.max(label.value.end);
    let value = one_line(text.get(range.clone())?);
    Some(Found {
        value,
        confidence: 0.92,
        evidence: vec![
            reading
                .source
                .evidence("description", &range, "labelled line"),
        ],
    })
}

fn by_sentence(reading: &Reading<'_>) -> Option<Found<String>> {
    let sentences: Vec<(&Sentence, f32)> = reading
        .sentences
        .all
        .iter()
        .enumerate()
        .filter(|(_, sentence)| !reading.is_subject(sentence))
        .take(LOOKED_AT_SENTENCES)
        .enumerate()
        .map(|(early, (place, sentence))| (sentence, score(reading, sentence, (place, early))))
        .collect();
    let best = (0..sentences.len()).max_by(|one, other| {
        let score = |place: &usize| sentences.get(*place).map_or(0.0, |(_, score)| *score);
        // Of equals the first.
        score(one).total_cmp(&score(other)).then(other.cmp(one))
    })?;
    let (key, key_score) = sentences.get(best)?;
    if *key_score <= 0.0 {
        return None;
    }
    let mut range = key.at.clone();
    if word_count(reading, &range) < SHORT_WORDS {
        let telling = |place: Option<usize>| {
            let (sentence, score) = sentences.get(place?)?;
            (*score > 0.5 && adjoin(reading, &sentence.at, &key.at)).then_some((*sentence, *score))
        };
        // What went before sets the scene more often than what follows.
        let before = telling(best.checked_sub(1));
        let behind = telling(Some(best + 1));
        match (before, behind) {
            (Some((before, score)), behind) if behind.is_none_or(|(_, other)| score >= other) => {
                range.start = before.at.start;
            }
            (_, Some((behind, _))) => range.end = behind.at.end,
            (Some(_), None) | (None, None) => {}
        }
    }
    let (_, origin) = reading.folded.origin(&range);
    let evidence = reading
        .source
        .evidence("description", &origin, "the sentence that says most");
    Some(Found {
        value: one_line(&evidence.text),
        confidence: if *key_score >= 3.0 { 0.8 } else { 0.65 },
        evidence: vec![evidence],
    })
}

fn by_subject(reading: &Reading<'_>) -> Option<Found<String>> {
    let subject = reading.source.subject.trim();
    let range: Range<usize> = 0..reading.source.subject.len();
    (subject.chars().count() >= 4).then(|| Found {
        value: subject.to_owned(),
        confidence: 0.5,
        evidence: vec![super::Evidence {
            field: "description".to_owned(),
            text: reading.source.subject.to_owned(),
            start: range.start,
            end: range.end,
            within: Within::Subject,
            because: "only the subject says it".to_owned(),
        }],
    })
}

/// What a sentence says about the trouble: components, symptoms, word groups, a question that asks how.
///
/// `place` is the sentence's in the mail, `early` the number of sentences of the text before it.
fn score(reading: &Reading<'_>, sentence: &Sentence, (place, early): (usize, usize)) -> f32 {
    let text = reading.text(&sentence.at);
    let words = text.split_whitespace().count();
    if words < 3 || is_idle(reading, sentence) {
        return if words < 6 { 0.0 } else { 0.2 };
    }
    let mut component: f32 = 0.0;
    let mut symptom: f32 = 0.0;
    let mut groups: f32 = 0.0;
    for hit in reading.hits_in(&sentence.at) {
        match reading.meaning(hit) {
            Meaning::Component(_) => component += 1.0,
            Meaning::Symptom(_) => symptom += 1.2,
            Meaning::Group if reading.lexicon.tells(hit.group) => groups += 0.4,
            Meaning::Group => {}
            Meaning::ClientName(_) | Meaning::ClientDomain(_) => groups += 0.3,
            Meaning::Points(_)
            | Meaning::UrgencyLabel
            | Meaning::UrgencyName(_)
            | Meaning::Modifier(_)
            | Meaning::Table(_) => {}
        }
    }
    let signals = reading.lexicon.signals.iter();
    let mut signals = signals
        .filter(|sought| sought.tells)
        .flat_map(|sought| &sought.any_of);
    let signal = signals.any(|groups| reading.has_all(place, groups));
    let mut score = 0.5 + component.min(2.0) + symptom.min(2.4) + groups.min(2.0);
    if signal {
        score += 1.5;
    }
    if sentence.question {
        score += 0.6;
    }
    // The trouble is told early, and in a sentence of some length.
    score -= 0.2 * early.min(20) as f32;
    if words < 5 {
        score -= 0.8;
    }
    score
}

/// True if nothing stands between two sentences. What is read one after the other may be apart in the mail: a quotation
/// lies between, or a forward above the words of one's own.
fn adjoin(reading: &Reading<'_>, one: &Range<usize>, other: &Range<usize>) -> bool {
    let (first, second) = if one.start < other.start {
        (one, other)
    } else {
        (other, one)
    };
    let (_, first) = reading.folded.origin(first);
    let (_, second) = reading.folded.origin(second);
    let between = reading.source.text.get(first.end..second.start);
    between.is_some_and(|between| !between.contains(char::is_alphanumeric))
}

/// Greets, thanks or hands over.
fn is_idle(reading: &Reading<'_>, sentence: &Sentence) -> bool {
    let idle = Some(Table::Grammar(Grammar::Idle));
    let hits = reading.of_tables_in(&sentence.at).iter();
    hits.take_while(|hit| hit.at.start == sentence.at.start)
        .any(|hit| reading.table(hit) == idle)
}

fn word_count(reading: &Reading<'_>, range: &Range<usize>) -> usize {
    reading.text(range).split_whitespace().count()
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !word.bytes().all(|byte| byte == b'>'))
        .collect();
    words.join(" ")
}
