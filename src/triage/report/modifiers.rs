//! What the words beside a hit do to it: "not down", "was down yesterday", "is it down?", "down again".
//!
//! Every weight stands in [`Modifier::weight`] and nowhere else, the words in the lexicon. A negation takes the hit away; all others multiply.

use std::ops::Range;

use super::lexicon::{Grammar, Meaning};
use super::reading::{Reading, overlap};
use super::sentences::Sentence;

/// What stands beside a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Modifier {
    /// "not": takes the hit away, if it stands before it in its clause.
    Negation,
    /// "nicht": takes the hit away wherever it stands in the clause.
    NegationAnywhere,
    /// "not only": no negation at all.
    NoNegation,
    /// "if", "what happens when".
    Hypothetical,
    /// "yesterday", "works again".
    Past,
    /// "planned maintenance".
    Planned,
    /// "again", "since": it lasts, whatever the tense.
    Lasting,
    /// "our VPN".
    OtherSystem,
    /// "one user", "for me".
    OnePerson,
    /// "maybe", "it seems".
    Hedge,
    /// The sentence ends with a question mark: it asserts nothing, but it is worth a look.
    Question,
    /// The subject line, `!!`.
    Emphatic,
}

impl Modifier {
    /// The modifier whose words stand in a table.
    pub(super) fn of(table: Grammar) -> Option<Self> {
        match table {
            Grammar::Negation => Some(Self::Negation),
            Grammar::NegationAnywhere => Some(Self::NegationAnywhere),
            Grammar::NoNegation => Some(Self::NoNegation),
            Grammar::Hypothetical => Some(Self::Hypothetical),
            Grammar::Past => Some(Self::Past),
            Grammar::Planned => Some(Self::Planned),
            Grammar::Lasting => Some(Self::Lasting),
            Grammar::OtherSystem => Some(Self::OtherSystem),
            Grammar::OnePerson => Some(Self::OnePerson),
            Grammar::Hedge => Some(Self::Hedge),
            Grammar::Clause
            | Grammar::GoesOn
            | Grammar::AsksAtEnd
            | Grammar::AsksOfYou
            | Grammar::Abbreviation
            | Grammar::Idle => None,
        }
    }

    /// As evidence names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Negation | Self::NegationAnywhere => "negated",
            Self::NoNegation => "not a negation",
            Self::Hypothetical => "hypothetical",
            Self::Past => "past",
            Self::Planned => "planned",
            Self::Lasting => "lasting",
            Self::OtherSystem => "another system",
            Self::OnePerson => "one person",
            Self::Hedge => "hedged",
            Self::Question => "question",
            Self::Emphatic => "emphatic",
        }
    }

    /// What it multiplies a hit with.
    pub(super) fn weight(self) -> f32 {
        match self {
            Self::Negation | Self::NegationAnywhere => 0.0,
            Self::Hypothetical | Self::OnePerson | Self::Question => 0.3,
            Self::Past | Self::Planned | Self::OtherSystem => 0.15,
            Self::Hedge => 0.6,
            Self::NoNegation | Self::Lasting => 1.0,
            Self::Emphatic => 1.2,
        }
    }
}

/// A negation reaches so many words ahead.
const NEGATION_WORDS: usize = 6;

impl Reading<'_> {
    /// The modifiers in a sentence, with where they stand.
    fn modifiers<'s>(
        &'s self,
        sentence: &Sentence,
    ) -> impl Iterator<Item = (Modifier, &'s Range<usize>)> {
        self.hits_in(&sentence.at).iter().filter_map(|hit| {
            let Meaning::Modifier(modifier) = self.meaning(hit) else {
                return None;
            };
            Some((modifier, &hit.at))
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
        let mut modified = Modified::default();
        if self.is_negated(&all, parts, sentence) {
            modified.apply(Modifier::Negation);
            return modified;
        }
        if sentence.question && !keep_if_conditional {
            modified.apply(Modifier::Question);
        }
        let end = parts.iter().map(|part| part.end).max().unwrap_or_default();
        let clause = self.sentences.clause(end.saturating_sub(1), &sentence.at);
        let conditional = all.iter().any(|(modifier, at)| {
            // Japanese supposes at the end: 停止した場合.
            let ahead = at.start < end || (at.start < clause.end && !self.text(at).is_ascii());
            *modifier == Modifier::Hypothetical && clause.start <= at.start && ahead
        });
        if conditional && !sentence.question && !keep_if_conditional {
            modified.apply(Modifier::Hypothetical);
        }
        let lasting = self.lasts(&all);
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
            let there = all.iter().any(|(found, at)| {
                *found == modifier && outside(at) && !is_within_lasting(&all, at)
            });
            if there && !excused {
                modified.apply(modifier);
            }
        }
        if sentence.emphatic || self.is_subject(sentence) {
            modified.apply(Modifier::Emphatic);
        }
        modified
    }

    /// "Down again" lasts; the "again" of "works again" does not, and where it works again nothing lasts.
    fn lasts(&self, all: &[(Modifier, &Range<usize>)]) -> bool {
        let of = |wanted: Modifier| all.iter().filter(move |(modifier, _)| *modifier == wanted);
        of(Modifier::Lasting).next().is_some()
            && !of(Modifier::Past)
                .any(|(_, past)| of(Modifier::Lasting).any(|(_, lasting)| overlap(past, lasting)))
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
                Modifier::NegationAnywhere => within && near,
                Modifier::NoNegation
                | Modifier::Hypothetical
                | Modifier::Past
                | Modifier::Planned
                | Modifier::Lasting
                | Modifier::OtherSystem
                | Modifier::OnePerson
                | Modifier::Hedge
                | Modifier::Question
                | Modifier::Emphatic => false,
            };
            reaches && !excused(at)
        })
    }
}

/// "Since the maintenance": what was planned is over, and what follows is no part of it.
fn is_within_lasting(all: &[(Modifier, &Range<usize>)], at: &Range<usize>) -> bool {
    all.iter().any(|(modifier, lasting)| {
        *modifier == Modifier::Lasting && lasting.start < at.start && at.end <= lasting.end
    })
}

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
    fn apply(&mut self, modifier: Modifier) {
        self.weight *= modifier.weight();
        self.names.push(modifier.name());
    }
}
