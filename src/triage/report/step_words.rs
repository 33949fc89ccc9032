//! What steps to reproduce are known by, made ready: `[steps.*]` of the lexicon.

use std::collections::HashMap;

use super::lexicon::{Steps, Table, Word, Words};
use super::matcher::Matcher;
use super::normal::Folded;

/// What one does stands among so many words from the beginning of a step: "first click", "then you open" …
const FIRST_WORDS: usize = 3;
/// … or among so many from its end, where German has its verbs.
const LAST_WORDS: usize = 2;

/// All that steps are known by.
#[derive(Debug, Default)]
pub(super) struct StepWords {
    doing: Matcher,
    cue: Matcher,
    when: Matcher,
    request: Matcher,
    by_itself: Matcher,
    /// By their first letter: folded, the longest first, with the only language that each is read in.
    joints: HashMap<char, Vec<(String, Option<String>)>>,
    /// Folded.
    outcomes: Vec<String>,
    /// Folded.
    none: Vec<String>,
}

impl StepWords {
    pub(super) fn of(words: &Words) -> Self {
        let folded = |table| {
            let words = words.table(Table::Steps(table));
            words.map(Folded::words).collect()
        };
        let matcher = |table| {
            let list = words.tables.get(&Table::Steps(table)).into_iter().flatten();
            Matcher::new(list.map(|word: &Word| (0, word)))
        };
        let joints = words.tables.get(&Table::Steps(Steps::Joint));
        let joints = joints.into_iter().flatten();
        let joints = joints.map(|word| (Folded::words(&word.text), word.only_in.clone()));
        let mut listed: Vec<(String, Option<String>)> = joints.collect();
        listed.sort_by_key(|(joint, _)| std::cmp::Reverse(joint.len()));
        let mut joints: HashMap<char, Vec<_>> = HashMap::new();
        for joint in listed {
            if let Some(first) = joint.0.chars().next() {
                joints.entry(first).or_default().push(joint);
            }
        }
        Self {
            doing: matcher(Steps::Doing),
            cue: matcher(Steps::Cue),
            when: matcher(Steps::When),
            request: matcher(Steps::Request),
            by_itself: matcher(Steps::ByItself),
            joints,
            outcomes: folded(Steps::Outcome),
            none: folded(Steps::None),
        }
    }

    /// True for words that tell to do something: the verb stands first in English and French, last in German.
    pub(super) fn do_something(&self, step: &str, language: Option<&str>) -> bool {
        self.folded_does_something(&Folded::words(step), language)
    }

    /// The same of a text that is folded already.
    pub(super) fn folded_does_something(&self, folded: &str, language: Option<&str>) -> bool {
        let hits = self.doing.find(folded, language.as_slice());
        hits.iter().any(|hit| {
            let words = |text: Option<&str>| text.map_or(0, words_in);
            words(folded.get(..hit.at.start)) < FIRST_WORDS
                || words(folded.get(hit.at.end..)) < LAST_WORDS
                || !folded.is_ascii() && !folded.contains(' ')
        })
    }

    /// True for folded words that announce steps: "what I did".
    pub(super) fn announce(&self, folded: &str, language: Option<&str>) -> bool {
        !self.cue.find(folded, language.as_slice()).is_empty()
    }

    /// True for a folded sentence that begins with what was done before something happened: "when I …".
    pub(super) fn when(&self, folded: &str, language: Option<&str>) -> bool {
        let hits = self.when.find(folded, language.as_slice());
        hits.iter().any(|hit| {
            let before = folded.get(..hit.at.start).unwrap_or_default();
            before.is_empty() || before.trim_end().ends_with([',', ':', '-', '('])
        })
    }

    /// True for a folded sentence that asks to do something, or says that somebody will.
    pub(super) fn request(&self, folded: &str, language: Option<&str>) -> bool {
        !self.request.find(folded, language.as_slice()).is_empty()
    }

    /// True for a piece of a sentence that tells what happened by itself: "and it drops you back".
    pub(super) fn by_itself(&self, piece: &str, language: Option<&str>) -> bool {
        let folded = Folded::words(piece);
        let hits = self.by_itself.find(&folded, language.as_slice());
        hits.first().is_some_and(|hit| hit.at.start == 0)
    }

    /// The words that join a text, as a mail writes it, to a step before: "and then".
    pub(super) fn joint(&self, text: &str, language: Option<&str>) -> Joint {
        let mut joint = Joint::default();
        // "And" and "afterwards" may stand together, though no list has both.
        for _ in 0..2 {
            let rest = text.get(joint.length..).unwrap_or_default();
            let listed = first_letter(rest).and_then(|first| self.joints.get(&first));
            let read = listed.into_iter().flatten().filter(|(_, only_in)| {
                language.is_none() || only_in.is_none() || only_in.as_deref() == language
            });
            let found = read.into_iter().find_map(|(joint, _)| {
                let length = begins_with(rest, joint)?;
                let behind = rest.get(length..)?;
                behind.starts_with(' ').then_some((joint, length + 1))
            });
            if let Some((words, length)) = found {
                joint.length += length;
                joint.in_turn |= words.len() >= IN_TURN_BYTES;
            }
        }
        joint
    }

    /// True for a folded label of what comes of the steps: "expected".
    pub(super) fn is_outcome(&self, label: &str) -> bool {
        self.outcomes.iter().any(|outcome| outcome == label)
    }

    /// "none", "-", "n/a": a form that was not filled in.
    pub(super) fn is_none(&self, step: &str) -> bool {
        let folded = Folded::words(step);
        let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
        bare.is_empty() || self.none.iter().any(|none| none == bare)
    }
}

/// The first letter, folded.
fn first_letter(text: &str) -> Option<char> {
    let first = text.chars().next()?;
    if first.is_ascii() {
        return Some(first.to_ascii_lowercase());
    }
    Folded::words(first.encode_utf8(&mut [0; 4])).chars().next()
}

/// How many bytes of a text are these folded words; nothing if it begins otherwise.
fn begins_with(text: &str, folded: &str) -> Option<usize> {
    let mut letters = folded.chars();
    for (at, character) in text.char_indices() {
        let Some(letter) = letters.next() else {
            return Some(at);
        };
        if character.is_ascii() {
            // Most texts differ at their first letter, and most letters are these.
            if character.to_ascii_lowercase() != letter {
                return None;
            }
            continue;
        }
        let same = character == letter || character.to_lowercase().eq(std::iter::once(letter));
        let mut written = [0; 4];
        let written = character.encode_utf8(&mut written);
        if !same && Folded::words(written) != letter.to_string() {
            return None;
        }
    }
    letters.next().is_none().then_some(text.len())
}

/// What joins two steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Joint {
    /// Its bytes, with the blank behind it; 0: there is none.
    pub(super) length: usize,
    /// "Then", not only "and": one thing was done after the other.
    pub(super) in_turn: bool,
}

/// "And" has fewer letters in every language, "then" has not.
const IN_TURN_BYTES: usize = 4;

fn words_in(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use crate::triage::rules::Rules;

    #[test]
    fn a_step_does_something_at_its_edge() {
        let check = |step: &str, does: bool| {
            let steps = &Rules::shipped().lexicon.steps;
            assert_eq!(steps.do_something(step, None), does, "{step}");
        };
        check("Open the dashboard", true);
        check("Then you click on it", true);
        check("Den Bericht von gestern noch einmal öffnen", true);
        check(
            "The numbers of last week are lower than those we upload to you",
            false,
        );
        check("ダッシュボードの画面を開く", true);
        check("", false);
    }

    #[test]
    fn a_field_may_hold_nothing() {
        let check = |step: &str, none: bool| {
            assert_eq!(Rules::shipped().lexicon.steps.is_none(step), none, "{step}");
        };
        check("n/a", true);
        check("- keine -", true);
        check("---", true);
        check("None of the tabs open", false);
    }
}
