//! One mail while it is read: its folded text, its sentences, and every word of the lexicon in it.
//!
//! Everything here is found once; the fields and signals are then drawn from it.

use std::ops::Range;

use super::Evidence;
use super::language::Sample;
use super::lexicon::{Grammar, Lexicon, Meaning, Table};
use super::matcher::{GroupId, Hit};
use super::normal::{Folded, Source};
use super::sentences::{Breaks, Sentence, Sentences};

/// What is known of the words of one mail.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) source: Source<'a>,
    pub(super) folded: Folded,
    pub(super) sentences: Sentences,
    pub(super) hits: Vec<Hit>,
    /// Words of [`Meaning::Table`]: small and many, and asked for in few places, so they lie apart.
    of_tables: Vec<Hit>,
    present: Present,
    pub(super) language: Option<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(source: Source<'a>, lexicon: &'a Lexicon) -> Self {
        let folded = Folded::of(&source);
        let sample = Sample::of(&source);
        let all = lexicon
            .matcher
            .find(&folded.text, &sample.languages_in_use());
        let (mut of_tables, hits): (Vec<Hit>, Vec<Hit>) = all
            .into_iter()
            .partition(|hit| matches!(lexicon.meaning(hit), Meaning::Table(_)));
        let breaks = Breaks::taken_from(&mut of_tables, lexicon);
        let sentences = Sentences::of(&folded, breaks);
        let present = Present::of(&sentences, &hits, lexicon.words.groups.len());
        Self {
            lexicon,
            language: sample.language(),
            source,
            folded,
            sentences,
            hits,
            of_tables,
            present,
        }
    }

    /// True if each of these groups has a word in the sentence at that place; most have not, so this is asked first.
    pub(super) fn has_all(&self, sentence: usize, groups: &[GroupId]) -> bool {
        groups
            .iter()
            .all(|group| self.present.has(sentence, *group))
    }

    /// The lists of which each group has a word somewhere in the mail; few have, so this saves looking at sentences.
    pub(super) fn somewhere<'s>(
        &'s self,
        lists: &'s [Vec<GroupId>],
    ) -> impl Iterator<Item = &'s Vec<GroupId>> {
        let there = |group: &GroupId| self.present.anywhere(*group);
        lists.iter().filter(move |list| list.iter().all(there))
    }

    pub(super) fn meaning(&self, hit: &Hit) -> Meaning {
        self.lexicon.meaning(hit)
    }

    /// The table that a hit is a word of, where it is one of those with fixed names.
    pub(super) fn table(&self, hit: &Hit) -> Option<Table> {
        match self.meaning(hit) {
            Meaning::Table(table) => Some(table),
            Meaning::Group
            | Meaning::Component(_)
            | Meaning::Symptom(_)
            | Meaning::Points(_)
            | Meaning::ClientName(_)
            | Meaning::ClientDomain(_)
            | Meaning::UrgencyLabel
            | Meaning::UrgencyName(_)
            | Meaning::Modifier(_) => None,
        }
    }

    /// The hits within a stretch of the folded text, without those of [`Meaning::Table`].
    pub(super) fn hits_in(&self, at: &Range<usize>) -> &[Hit] {
        within(&self.hits, at)
    }

    /// The words of tables with fixed names within a stretch of the folded text.
    pub(super) fn of_tables_in(&self, at: &Range<usize>) -> &[Hit] {
        within(&self.of_tables, at)
    }

    pub(super) fn text(&self, at: &Range<usize>) -> &str {
        self.folded.text.get(at.clone()).unwrap_or_default()
    }

    pub(super) fn evidence(&self, at: &Range<usize>, field: &str, because: &str) -> Evidence {
        self.folded.evidence(&self.source, at, (field, because))
    }

    /// True for the subject of an earlier mail: what it says was said then.
    pub(super) fn is_old(&self, sentence: &Sentence) -> bool {
        self.source.old_subject && self.is_subject(sentence)
    }

    /// True for the subject.
    pub(super) fn is_subject(&self, sentence: &Sentence) -> bool {
        sentence.at.start < self.folded.subject_end
    }
}

fn within<'h>(hits: &'h [Hit], at: &Range<usize>) -> &'h [Hit] {
    let first = hits.partition_point(|hit| hit.at.start < at.start);
    let behind = hits.partition_point(|hit| hit.at.start < at.end);
    hits.get(first..behind).unwrap_or_default()
}

impl Breaks {
    /// Takes the words out of `hits` that only say where sentences and clauses end: they are asked for once.
    fn taken_from(hits: &mut Vec<Hit>, lexicon: &Lexicon) -> Self {
        let mut breaks = Self::default();
        hits.retain(|hit| {
            let (places, at) = match lexicon.meaning(hit) {
                Meaning::Table(Table::Grammar(Grammar::Clause)) => {
                    (&mut breaks.clauses, hit.at.start)
                }
                Meaning::Table(Table::Grammar(Grammar::GoesOn)) => {
                    (&mut breaks.goes_on, hit.at.start)
                }
                Meaning::Table(Table::Grammar(Grammar::AsksAtEnd)) => {
                    (&mut breaks.asks, hit.at.end)
                }
                Meaning::Table(Table::Grammar(Grammar::Abbreviation)) => {
                    (&mut breaks.abbreviations, hit.at.end)
                }
                Meaning::Table(_)
                | Meaning::Group
                | Meaning::Component(_)
                | Meaning::Symptom(_)
                | Meaning::Points(_)
                | Meaning::ClientName(_)
                | Meaning::ClientDomain(_)
                | Meaning::UrgencyLabel
                | Meaning::UrgencyName(_)
                | Meaning::Modifier(_) => return true,
            };
            places.push(at);
            false
        });
        breaks.abbreviations.sort_unstable();
        breaks.asks.sort_unstable();
        breaks
    }
}

/// Which groups have a word in which sentence: one bit each.
#[derive(Debug)]
struct Present {
    bits: Vec<u64>,
    /// Those of all sentences together.
    all: Vec<u64>,
    /// How many of them belong to one sentence.
    stride: usize,
}

impl Present {
    /// `groups` is the number of word groups; they come before all other lists.
    fn of(sentences: &Sentences, hits: &[Hit], groups: usize) -> Self {
        let stride = groups.div_ceil(64);
        let mut bits = vec![0; stride * sentences.all.len()];
        let mut all = vec![0; stride];
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
            if let Some(word) = all.get_mut(hit.group / 64) {
                *word |= 1 << (hit.group % 64);
            }
        }
        Self { bits, all, stride }
    }

    fn anywhere(&self, group: GroupId) -> bool {
        let word = self.all.get(group / 64);
        word.is_some_and(|word| word & (1 << (group % 64)) != 0)
    }

    fn has(&self, sentence: usize, group: GroupId) -> bool {
        let word = self.bits.get(sentence * self.stride + group / 64);
        word.is_some_and(|word| word & (1 << (group % 64)) != 0)
    }
}

pub(super) fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}
