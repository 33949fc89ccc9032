//! What steps to reproduce are known by, made ready: `[steps.*]` of the lexicon.

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
        let doing = words.tables.get(&Table::Steps(Steps::Doing));
        let doing = doing.into_iter().flatten();
        Self {
            doing: Matcher::new(doing.map(|word: &Word| (0, word))),
            outcomes: folded(Steps::Outcome),
            none: folded(Steps::None),
        }
    }

    /// True for words that tell to do something: the verb stands first in English and French, last in German.
    pub(super) fn do_something(&self, step: &str, language: Option<&str>) -> bool {
        let folded = Folded::words(step);
        let hits = self.doing.find(&folded, language.as_slice());
        hits.iter().any(|hit| {
            let words = |text: Option<&str>| text.map_or(0, words_in);
            words(folded.get(..hit.at.start)) < FIRST_WORDS
                || words(folded.get(hit.at.end..)) < LAST_WORDS
                || !folded.is_ascii() && !folded.contains(' ')
        })
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
