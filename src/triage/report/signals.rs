//! Signals: word groups that stand together in one sentence, weighed by the words around them.

use std::ops::Range;

use super::lexicon::{Meaning, Slots, Sought};
use super::matcher::GroupId;
use super::modifiers::Modified;
use super::reading::{Reading, overlap};
use super::sentences::Sentence;
use super::{Evidence, Found, Signal, Strength, Topic};

/// From these fractions of a signal's score on it is possible, likely, certain.
const POSSIBLE: f32 = 0.3;
pub(super) const LIKELY: f32 = 0.7;
const CERTAIN: f32 = 1.2;
/// Saying it more often does not make it truer than this.
const CAP: f32 = 1.5;
/// A clue is half a hit: one alone is only possible, two different ones are likely.
const CLUE: f32 = 0.5;
/// More evidence than this helps nobody.
const SHOWN: usize = 6;

/// Every signal that is at least possible, strongest first.
pub(super) fn signals(reading: &Reading<'_>) -> Vec<Signal> {
    let words = &reading.lexicon.words.signals;
    let mut signals: Vec<Signal> = words
        .iter()
        .zip(&reading.lexicon.signals)
        .filter_map(|(words, sought)| {
            let hits = whole_and_half(reading, sought, words.keep_if_conditional);
            let ratio = hits
                .iter()
                .map(|hit| hit.modified.weight)
                .sum::<f32>()
                .min(CAP);
            let because = |hit: &SlotHit| because(reading, &format!("signal {}", words.id), hit);
            Some(Signal {
                id: words.id.clone(),
                strength: strength(ratio)?,
                ratio,
                evidence: hits
                    .iter()
                    .filter(|hit| hit.modified.weight > 0.0)
                    .take(SHOWN)
                    .flat_map(|hit| evidence(reading, hit, &words.id, &because(hit)))
                    .collect(),
            })
        })
        .collect();
    signals.sort_by(|one, other| other.ratio.total_cmp(&one.ratio));
    signals
}

/// How strong a signal is that reached this fraction of its score.
pub(super) fn strength(ratio: f32) -> Option<Strength> {
    match ratio {
        ratio if ratio >= CERTAIN => Some(Strength::Certain),
        ratio if ratio >= LIKELY => Some(Strength::Likely),
        ratio if ratio >= POSSIBLE => Some(Strength::Possible),
        _ => None,
    }
}

/// One list of groups that stands together.
#[derive(Clone, Debug)]
struct SlotHit {
    groups: Vec<GroupId>,
    parts: Vec<Range<usize>>,
    modified: Modified,
}

impl SlotHit {
    /// True if both lie on the same words: one piece of evidence is not counted twice.
    fn shares(&self, other: &Self) -> bool {
        let mine = |part: &Range<usize>| self.parts.iter().any(|own| overlap(own, part));
        other.parts.iter().any(mine)
    }
}

/// The strongest hit of each sentence, and of each clue the strongest in the other sentences; strongest first.
fn whole_and_half(
    reading: &Reading<'_>,
    sought: &Sought,
    keep_if_conditional: bool,
) -> Vec<SlotHit> {
    let mut hits = hits(reading, sought, keep_if_conditional);
    let mut clues: Vec<SlotHit> = Vec::new();
    for clue in reading.somewhere(&sought.clues) {
        let only = Sought {
            unless: sought.unless.clone(),
            within: sought.within,
            ..Sought::plain(vec![clue.clone()])
        };
        let apart = self::hits(reading, &only, keep_if_conditional)
            .into_iter()
            .find(|found| !hits.iter().chain(&clues).any(|hit| hit.shares(found)));
        clues.extend(apart);
    }
    for clue in &mut clues {
        clue.modified.weight *= CLUE;
    }
    hits.append(&mut clues);
    hits.sort_by(|one, other| other.modified.weight.total_cmp(&one.modified.weight));
    hits
}

/// The strongest hit of each sentence, strongest first.
fn hits(reading: &Reading<'_>, sought: &Sought, keep_if_conditional: bool) -> Vec<SlotHit> {
    let mut hits: Vec<SlotHit> = Vec::new();
    let any_of: Vec<&Vec<GroupId>> = reading.somewhere(&sought.any_of).collect();
    let if_asked: Vec<&Vec<GroupId>> = reading.somewhere(&sought.if_asked).collect();
    if any_of.is_empty() && if_asked.is_empty() {
        return hits;
    }
    for (place, sentence) in reading.sentences.all.iter().enumerate() {
        let excused = |group: &GroupId| reading.has_all(place, std::slice::from_ref(group));
        if reading.is_old(sentence) || sought.unless.iter().any(excused) {
            continue;
        }
        let asked = if_asked.iter().filter(|_| sentence.question);
        let strongest = any_of
            .iter()
            .map(|groups| (groups, false))
            .chain(asked.map(|groups| (groups, true)))
            .filter(|(groups, _)| reading.has_all(place, groups))
            .filter_map(|(groups, asked)| {
                let parts = together(reading, groups, sentence, sought.within)?;
                Some(SlotHit {
                    // "How do I move it without losing it?" is asked, whatever it denies.
                    modified: if asked {
                        Modified::default()
                    } else {
                        reading.modified(&parts, sentence, keep_if_conditional)
                    },
                    groups: groups.to_vec(),
                    parts,
                })
            })
            .max_by(|one, other| one.modified.weight.total_cmp(&other.modified.weight));
        hits.extend(strongest);
    }
    hits.sort_by(|one, other| other.modified.weight.total_cmp(&one.modified.weight));
    hits
}

/// One hit of each group, as near to each other as they stand; none where a group is missing.
///
/// One sweep from left to right: at each hit the latest ones of the other groups are the nearest before it.
fn together(
    reading: &Reading<'_>,
    groups: &[GroupId],
    sentence: &Sentence,
    within: usize,
) -> Option<Vec<Range<usize>>> {
    let hits = reading.hits_in(&sentence.at);
    if let [group] = groups {
        let mut hits = hits.iter();
        let first = hits.find(|hit| hit.group == *group)?;
        return Some(vec![first.at.clone()]);
    }
    let mut latest: Vec<Latest<'_>> = vec![Latest::default(); groups.len()];
    let mut parts: Vec<&Range<usize>> = Vec::with_capacity(groups.len());
    let mut best: Option<(usize, Vec<Range<usize>>)> = None;
    for hit in hits {
        for (place, _) in groups
            .iter()
            .enumerate()
            .filter(|(_, group)| **group == hit.group)
        {
            if let Some(latest) = latest.get_mut(place) {
                latest.pass(&hit.at);
            }
            if !nearest(&latest, place, &hit.at, &mut parts) {
                continue;
            }
            let words = parts.iter().map(|part| reading.sentences.word(part.start));
            let span = words.clone().max()? - words.min()?;
            if span <= within && best.as_ref().is_none_or(|(known, _)| span < *known) {
                best = Some((span, parts.iter().copied().cloned().collect()));
            }
        }
    }
    best.map(|(_, parts)| parts)
}

/// The last two hits of a group: one word may stand in two groups, but counts for one of them.
#[derive(Clone, Copy, Default)]
struct Latest<'h> {
    last: Option<&'h Range<usize>>,
    before: Option<&'h Range<usize>>,
}

impl<'h> Latest<'h> {
    fn pass(&mut self, at: &'h Range<usize>) {
        self.before = self.last.replace(at);
    }
}

/// Makes `parts` the hit at `at` for the group at `place`, and for each other group its latest other hit; false if there
/// is none of some group.
fn nearest<'h>(
    latest: &[Latest<'h>],
    place: usize,
    at: &'h Range<usize>,
    parts: &mut Vec<&'h Range<usize>>,
) -> bool {
    parts.clear();
    for (other, latest) in latest.iter().enumerate() {
        let free = |hit: &&'h Range<usize>| *hit != at && !parts.contains(hit);
        let part = if other == place {
            Some(at)
        } else {
            let last = latest.last.filter(free);
            last.or_else(|| latest.before.filter(free))
        };
        let Some(part) = part else { return false };
        parts.push(part);
    }
    true
}

fn because(reading: &Reading<'_>, what: &str, hit: &SlotHit) -> String {
    let names: Vec<&str> = hit
        .groups
        .iter()
        .filter_map(|group| reading.lexicon.names.get(*group).map(String::as_str))
        .collect();
    let mut because = format!("{what}: {}", names.join(" + "));
    if !hit.modified.names.is_empty() {
        because.push_str(&format!(" ({})", hit.modified.names.join(", ")));
    }
    because
}

fn evidence(reading: &Reading<'_>, hit: &SlotHit, field: &str, because: &str) -> Vec<Evidence> {
    let start = hit
        .parts
        .iter()
        .map(|part| part.start)
        .min()
        .unwrap_or_default();
    let end = hit.parts.iter().map(|part| part.end).max().unwrap_or(start);
    vec![reading.evidence(&(start..end), field, because)]
}

/// What the mail is about, with the words.
pub(super) fn topic(reading: &Reading<'_>) -> (Topic, Vec<Evidence>) {
    let mut shown = Vec::new();
    let component = best(reading, &reading.lexicon.components, |meaning| {
        if let Meaning::Component(place) = meaning {
            return Some(place);
        }
        None
    });
    let symptom = best(reading, &reading.lexicon.symptoms, |meaning| {
        if let Meaning::Symptom(place) = meaning {
            return Some(place);
        }
        None
    });
    let mut name = |found: Option<(String, Range<usize>)>, what: &str| {
        let (name, at) = found?;
        shown.push(reading.evidence(&at, "topic", &format!("{what} {name}")));
        Some(name)
    };
    let topic = Topic {
        component: name(component, "component"),
        symptom: name(symptom, "symptom"),
    };
    (topic, shown)
}

/// A word group counts more than a word, and the subject more than the text; of equals the first in the text.
fn best(
    reading: &Reading<'_>,
    topics: &[(String, Slots)],
    place_of: impl Fn(Meaning) -> Option<usize>,
) -> Option<(String, Range<usize>)> {
    let mut scores: Vec<(f32, Option<Range<usize>>)> = vec![(0.0, None); topics.len()];
    let mut add = |place: usize, at: &Range<usize>, score: f32| {
        if let Some((sum, first)) = scores.get_mut(place) {
            *sum += score;
            first.get_or_insert_with(|| at.clone());
        }
    };
    for hit in &reading.hits {
        if let Some(place) = place_of(reading.meaning(hit)) {
            let in_subject = hit.at.start < reading.folded.subject_end;
            add(place, &hit.at, if in_subject { 1.5 } else { 1.0 });
        }
    }
    for (place, (_, slots)) in topics.iter().enumerate() {
        let sought = Sought::plain(slots.clone());
        for hit in hits(reading, &sought, true) {
            if let Some(at) = hit.parts.first() {
                add(place, at, 1.5 * hit.modified.weight);
            }
        }
    }
    let mut found: Option<(f32, &str, Range<usize>)> = None;
    for ((score, at), (name, _)) in scores.into_iter().zip(topics) {
        let Some(at) = at.filter(|_| score > 0.0) else {
            continue;
        };
        let better = found.as_ref().is_none_or(|(best, _, first)| {
            score > *best || (score >= *best && at.start < first.start)
        });
        if better {
            found = Some((score, name, at));
        }
    }
    found.map(|(_, name, at)| (name.to_owned(), at))
}

/// One trouble for several clients: a signal of that name, at least likely.
pub(super) fn several_clients(signals: &[Signal]) -> Option<Found<bool>> {
    let signal = signals
        .iter()
        .find(|signal| signal.id == "several-clients")?;
    (signal.strength >= Strength::Likely).then(|| Found {
        value: true,
        confidence: if signal.strength == Strength::Certain {
            0.9
        } else {
            0.75
        },
        evidence: signal.evidence.clone(),
    })
}
