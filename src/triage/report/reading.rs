//! One mail while it is read: its folded text, its sentences, and every word of the lexicon in it.
//!
//! Everything here is found once; the fields and signals are then drawn from it.

use std::ops::Range;

use super::Evidence;
use super::lexicon::{Lexicon, Meaning};
use super::matcher::{GroupId, Hit};
use super::modifiers::Modifier;
use super::normal::{Folded, Source};
use super::sentences::{Sentence, Sentences};

/// What is known of the words of one mail.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) source: Source<'a>,
    pub(super) folded: Folded,
    pub(super) sentences: Sentences,
    pub(super) hits: Vec<Hit>,
    present: Present,
    pub(super) language: Option<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(source: Source<'a>, lexicon: &'a Lexicon, language: Option<String>) -> Self {
        let folded = Folded::of(&source);
        let sentences = Sentences::of(&folded);
        let hits = lexicon.matcher.find(&folded.text);
        let present = Present::of(&sentences, &hits, lexicon.words.groups.len());
        Self {
            lexicon,
            source,
            folded,
            sentences,
            hits,
            present,
            language,
        }
    }

    /// True if each of these groups has a word in the sentence at that place; most have not, so this is asked first.
    pub(super) fn has_all(&self, sentence: usize, groups: &[GroupId]) -> bool {
        groups
            .iter()
            .all(|group| self.present.has(sentence, *group))
    }

    pub(super) fn meaning(&self, hit: &Hit) -> Meaning {
        let meaning = self.lexicon.meanings.get(hit.group);
        meaning.copied().unwrap_or(Meaning::Group)
    }

    /// The hits within a stretch of the folded text.
    pub(super) fn hits_in(&self, at: &Range<usize>) -> &[Hit] {
        let first = self.hits.partition_point(|hit| hit.at.start < at.start);
        let behind = self.hits.partition_point(|hit| hit.at.start < at.end);
        self.hits.get(first..behind).unwrap_or_default()
    }

    pub(super) fn text(&self, at: &Range<usize>) -> &str {
        self.folded.text.get(at.clone()).unwrap_or_default()
    }

    pub(super) fn evidence(&self, at: &Range<usize>, field: &str, because: &str) -> Evidence {
        self.folded.evidence(&self.source, at, (field, because))
    }

    /// True for the subject.
    pub(super) fn is_subject(&self, sentence: &Sentence) -> bool {
        sentence.at.start < self.folded.subject_end
    }

    /// The modifiers in a sentence, with where they stand.
    fn modifiers<'s>(
        &'s self,
        sentence: &Sentence,
    ) -> impl Iterator<Item = (Modifier, &'s Range<usize>)> {
        self.hits_in(&sentence.at).iter().filter_map(|hit| {
            let Meaning::Modifier(modifier, language) = self.meaning(hit) else {
                return None;
            };
            let read =
                language.is_empty() || self.language.as_deref().is_none_or(|ours| ours == language);
            read.then_some((modifier, &hit.at))
        })
    }

    /// What the words around `parts` (the words of one hit) do to it.
    pub(super) fn modified(
        &self,
        parts: &[Range<usize>],
        sentence: &Sentence,
        keep_if_conditional: bool,
    ) -> Modified {
        let all: Vec<(Modifier, &Range<usize>)> = self.modifiers(sentence).collect();
        let has = |wanted: Modifier| all.iter().find(|(modifier, _)| *modifier == wanted);
        let mut modified = Modified::default();
        if self.is_negated(&all, parts, sentence) {
            modified.apply(Modifier::Negation.name(), 0.0);
            return modified;
        }
        if sentence.question && !keep_if_conditional {
            modified.apply("question", QUESTION);
        }
        let end = parts.iter().map(|part| part.end).max().unwrap_or_default();
        let clause = self.sentences.clause(end.saturating_sub(1), &sentence.at);
        let conditional = all.iter().any(|(modifier, at)| {
            *modifier == Modifier::Hypothetical && clause.start <= at.start && at.start < end
        });
        if conditional && !sentence.question && !keep_if_conditional {
            modified.apply(
                Modifier::Hypothetical.name(),
                Modifier::Hypothetical.weight(),
            );
        }
        let lasting = has(Modifier::Lasting).is_some();
        let weakening = [
            Modifier::Past,
            Modifier::Planned,
            Modifier::OtherSystem,
            Modifier::OnePerson,
            Modifier::Hedge,
        ];
        for modifier in weakening {
            let excused = (lasting && modifier == Modifier::Past)
                || (keep_if_conditional
                    && matches!(modifier, Modifier::OnePerson | Modifier::Past));
            let outside = |at: &Range<usize>| !parts.iter().any(|part| overlap(part, at));
            let there = all
                .iter()
                .any(|(found, at)| *found == modifier && outside(at));
            if there && !excused {
                modified.apply(modifier.name(), modifier.weight());
            }
        }
        if sentence.emphatic || self.is_subject(sentence) {
            modified.apply("emphatic", EMPHATIC);
        }
        modified
    }

    fn is_negated(
        &self,
        all: &[(Modifier, &Range<usize>)],
        parts: &[Range<usize>],
        sentence: &Sentence,
    ) -> bool {
        let Some(start) = parts.iter().map(|part| part.start).min() else {
            return false;
        };
        let end = parts.iter().map(|part| part.end).max().unwrap_or(start);
        let clause = self.sentences.clause(end.saturating_sub(1), &sentence.at);
        let excused = |at: &Range<usize>| {
            let in_hit = parts.iter().any(|part| overlap(part, at));
            let no_negation = all
                .iter()
                .any(|(modifier, other)| *modifier == Modifier::NoNegation && overlap(other, at));
            in_hit || no_negation
        };
        all.iter().any(|(modifier, at)| {
            let near = self.sentences.word(start) <= self.sentences.word(at.start) + NEGATION_WORDS;
            let within = clause.start <= at.start && at.start < clause.end;
            let before = at.start < end;
            let reaches = match modifier {
                Modifier::Negation => before && within && near,
                Modifier::GermanNegation => within && near,
                Modifier::NoNegation
                | Modifier::Hypothetical
                | Modifier::Past
                | Modifier::Planned
                | Modifier::Lasting
                | Modifier::OtherSystem
                | Modifier::OnePerson
                | Modifier::Hedge => false,
            };
            reaches && !excused(at)
        })
    }
}

/// Which groups have a word in which sentence: one bit each.
#[derive(Debug)]
struct Present {
    bits: Vec<u64>,
    /// How many of them belong to one sentence.
    stride: usize,
}

impl Present {
    /// `groups` is the number of word groups; they come before all other lists.
    fn of(sentences: &Sentences, hits: &[Hit], groups: usize) -> Self {
        let stride = groups.div_ceil(64);
        let mut bits = vec![0; stride * sentences.all.len()];
        let mut place = 0;
        for hit in hits.iter().filter(|hit| hit.group < groups) {
            while let Some(sentence) = sentences.all.get(place)
                && sentence.at.end <= hit.at.start
            {
                place += 1;
            }
            if let Some(word) = bits.get_mut(place * stride + hit.group / 64) {
                *word |= 1 << (hit.group % 64);
            }
        }
        Self { bits, stride }
    }

    fn has(&self, sentence: usize, group: GroupId) -> bool {
        let word = self.bits.get(sentence * self.stride + group / 64);
        word.is_some_and(|word| word & (1 << (group % 64)) != 0)
    }
}

/// A question asserts nothing, but it is worth a look.
const QUESTION: f32 = 0.3;
/// The subject line, `!!`.
const EMPHATIC: f32 = 1.2;
/// A negation reaches so many words ahead.
const NEGATION_WORDS: usize = 6;

/// What modifiers leave of a hit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Modified {
    pub(super) weight: f32,
    /// Their names, for the evidence.
    pub(super) names: Vec<&'static str>,
}

impl Default for Modified {
    fn default() -> Self {
        Self {
            weight: 1.0,
            names: Vec::new(),
        }
    }
}

impl Modified {
    fn apply(&mut self, name: &'static str, weight: f32) {
        self.weight *= weight;
        self.names.push(name);
    }
}

pub(super) fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}
