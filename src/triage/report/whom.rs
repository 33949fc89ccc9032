//! People whom no number counts: all of them, a whole team, only one of them, or those of whom it is said that they suffer.
//!
//! A word for people alone says nothing: many are named who only wrote, asked or were told.

use std::ops::Range;

use super::counted::{Around, Counted};
use super::lexicon::{Meaning, People, Table};
use super::matcher::Hit;
use super::modifiers::Modifier;

/// "Everyone in the London office": a place has so many words at most.
const PLACE_WORDS: usize = 3;
/// "The nurses there still cannot": so many words may stand between people and what they suffer.
const TO_VERB_WORDS: usize = 2;
/// "The brewer of the house, who is the only one": so many bytes may stand between people and that they are alone.
const TO_ALONE_BYTES: usize = 32;
/// "Not", and a word between it and what it denies, have so many bytes.
const DENIED_BYTES: usize = 16;
/// "Shows a total of 40 users": so many words may stand between.
const TO_FIGURE_WORDS: usize = 2;

impl Around<'_> {
    /// "All our users", "every London office": at most one word between, beside those that always may stand there.
    pub(super) fn all_before(&self, people: &Range<usize>) -> Option<Counted> {
        let behind_word = self.word_before(people.start).map(|word| word.start);
        let places = [Some(people.start), behind_word];
        if self.begins(people.start, People::Of) {
            // "All of them" speaks of what was named before.
            return None;
        }
        let all = |at: usize| self.of_table(at, &[People::All]);
        let start = places.into_iter().flatten().find_map(|at| {
            let between = self.of_table(at, &[People::Between]).unwrap_or(at);
            let of = self.of_table(between, &[People::Of]);
            all(at).or_else(|| all(between)).or_else(|| all(of?))
        })?;
        Some(Counted {
            at: start..people.end,
            number: None,
            all: true,
        })
    }

    /// "Everyone in the London office".
    pub(super) fn with_place(&self, everybody: &Range<usize>) -> Counted {
        let place = everybody.end + 1;
        let is_place = self.near(place + 1).iter().any(|hit| {
            hit.at.start == place && self.reading.table(hit) == Some(Table::People(People::Place))
        });
        let mut end = everybody.end;
        for _ in 0..if is_place { 1 + PLACE_WORDS } else { 0 } {
            end = self.word_behind(end).map_or(end, |word| word.end);
        }
        Counted {
            at: everybody.start..end,
            number: None,
            all: true,
        }
    }

    /// "The whole trading floor", "das ganze Team": at most one word between.
    pub(super) fn whole_before(&self, crowd: &Range<usize>) -> Option<Counted> {
        let places = self.word_places::<2>(crowd.start);
        let start = places
            .into_iter()
            .flatten()
            .find_map(|at| self.of_table(at, &[People::Whole]))?;
        Some(everybody(start..crowd.end))
    }

    /// "Only the duty manager", "nur unsere Kassenkraft": at most one word between, beside articles.
    pub(super) fn only_before(&self, people: &Range<usize>) -> Option<Counted> {
        let places = self.word_places::<2>(people.start);
        let start = places.into_iter().flatten().find_map(|at| {
            let article = self.article_before(at).unwrap_or(at);
            self.of_table(article, &[People::Only])
                .or_else(|| self.of_table(at, &[People::Only]))
        })?;
        (!self.is_denied(start)).then_some(Counted {
            at: start..people.end,
            number: None,
            all: false,
        })
    }

    /// "The brewer is the only one": with those of whom it is said.
    pub(super) fn alone(&self, alone: &Range<usize>) -> Counted {
        let mut before = self.near(alone.start).iter().rev();
        let people = before.find(|hit| {
            let near = hit.at.end + TO_ALONE_BYTES > alone.start && hit.at.end < alone.start;
            near && self.is_of(hit, &[People::Noun])
        });
        let start = people.and_then(|people| self.article_before(people.at.start));
        one(start.unwrap_or(alone.start)..alone.end)
    }

    /// "The nurses cannot": people with an article, and a word for what they suffer right behind.
    pub(super) fn suffering(&self, people: &Range<usize>) -> Option<Counted> {
        let adjective = self.word_before(people.start).map(|word| word.start);
        let places = [Some(people.start), adjective];
        let mut articles = places.into_iter().flatten();
        let start = articles.find_map(|at| self.of_table(at, &[People::Between]))?;
        let mut end = people.end;
        for _ in 0..=TO_VERB_WORDS {
            let next = end + 1;
            let first = self.hits.partition_point(|hit| hit.at.start < next);
            let mut hits = self.hits.get(first..).unwrap_or_default().iter();
            let suffers = hits
                .by_ref()
                .take_while(|hit| hit.at.start == next)
                .any(|hit| self.is_of(hit, &[People::Suffers]));
            if suffers {
                return Some(Counted {
                    at: start..people.end,
                    number: None,
                    all: false,
                });
            }
            end = self.word_behind(end)?.end;
        }
        None
    }

    /// True behind "shows", "the cheque for": the number is a figure of a report or a contract.
    pub(super) fn is_figure(&self, number: usize) -> bool {
        let places = self.word_places::<{ TO_FIGURE_WORDS + 1 }>(number);
        let mut places = places.into_iter().flatten();
        places.any(|at| self.of_table(at, &[People::Figure]).is_some())
    }

    /// "Las tres de tráfico": a number with an article begins the sentence, and says where those people belong.
    pub(super) fn those_of(&self, number: &Range<usize>) -> Option<Counted> {
        let start = self.of_table(number.start, &[People::Between])?;
        let from = number.end + 1;
        if start != self.sentence.at.start || !self.begins(from, People::From) {
            return None;
        }
        let first = self.hits.partition_point(|hit| hit.at.start < from);
        let here = self.hits.get(first..).unwrap_or_default().iter();
        let here = here.take_while(|hit| hit.at.start == from);
        let from = here.filter(|hit| self.is_of(hit, &[People::From])).last()?;
        let end = self.word_behind(from.at.end)?.end;
        Some(Counted {
            at: start..end,
            number: None,
            all: false,
        })
    }

    /// False for what is told of the past, supposed, or said of another system.
    pub(super) fn is_now(&self, at: &Range<usize>) -> bool {
        let parts = std::slice::from_ref(at);
        let modified = self.reading.modified(parts, self.sentence, false);
        let elsewhere = [Modifier::Past, Modifier::Hypothetical];
        !elsewhere
            .iter()
            .any(|modifier| modified.names.contains(&modifier.name()))
    }

    /// True for a word that only ends as words for people do, and for "everybody else".
    pub(super) fn is_thing(&self, word: &Range<usize>) -> bool {
        self.begins(word.start, People::Thing)
    }

    /// "Not only me": a negation right before `at`, or one that reaches over it.
    pub(super) fn is_denied(&self, at: usize) -> bool {
        let from = at.saturating_sub(DENIED_BYTES).max(self.sentence.at.start);
        self.reading.hits_in(&(from..at)).iter().any(|hit| {
            let negation = matches!(
                self.reading.meaning(hit),
                Meaning::Modifier(
                    Modifier::Negation | Modifier::NegationAnywhere | Modifier::NoNegation
                )
            );
            negation && hit.at.end + 1 >= at
        })
    }

    /// "The", "our", in front of people or of a word before them.
    fn article_before(&self, at: usize) -> Option<usize> {
        self.of_table(at, &[People::Article, People::Between])
    }

    /// `at`, and where each of the words before it begins.
    fn word_places<const COUNT: usize>(&self, at: usize) -> [Option<usize>; COUNT] {
        let mut places = [None; COUNT];
        let mut next = Some(at);
        for place in &mut places {
            *place = next;
            next = next.and_then(|at| Some(self.word_before(at)?.start));
        }
        places
    }

    fn is_of(&self, hit: &Hit, tables: &[People]) -> bool {
        let Some(Table::People(people)) = self.reading.table(hit) else {
            return false;
        };
        tables.contains(&people)
    }
}

fn everybody(at: Range<usize>) -> Counted {
    Counted {
        at,
        number: None,
        all: true,
    }
}

/// One person.
pub(super) fn one(at: Range<usize>) -> Counted {
    Counted {
        at,
        number: Some(1),
        all: false,
    }
}
