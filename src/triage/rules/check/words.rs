//! Single words of the lexicon: where a star may stand, and which words are read in one language only.

use super::Check;
use crate::finding::Finding;
use crate::finding::typed::Said;
use crate::triage::report::lexicon::{Takes, Word};
use crate::triage::rules::file::GroupFile;

/// In `own_language_only`: every word of the table.
const EVERY: &str = "*";

impl Check<'_> {
    /// The words of a table, each with the only language that it is read in.
    pub(super) fn words_of(&self, said: &GroupFile, takes: Takes) -> Vec<Word> {
        let all = || said.words.iter().flat_map(|(_, words)| words);
        for only in &said.own_language_only {
            if takes != Takes::Phrases {
                let sentence = format!(
                    "the words of \"{}\" are read in every language",
                    said.name.value
                );
                let help = "own_language_only is for words that are looked for anywhere in a text";
                self.note(Finding::error("E105", &only.at, sentence).help(help));
            } else if only.value != EVERY && !all().any(|word| word.value == only.value) {
                let sentence = format!("\"{}\" stands in no list of this table", only.value);
                let help =
                    "own_language_only names words of the lists beside it, written in the same way";
                self.note(Finding::error("E207", &only.at, sentence).help(help));
            }
        }
        for word in all() {
            self.fits(word, takes, &said.name.value);
        }
        let is_own = |word: &Said<String>| {
            let mut own = said.own_language_only.iter();
            own.any(|only| only.value == EVERY || only.value == word.value)
        };
        let words = said.words.iter().flat_map(|(language, words)| {
            words.iter().map(move |word| Word {
                text: word.value.clone(),
                only_in: is_own(word).then(|| language.value.clone()),
            })
        });
        words.collect()
    }

    /// E105 for a word that its table could never find. `table` is the name of the table, for people.
    pub(super) fn fits(&self, word: &Said<String>, takes: Takes, table: &str) {
        let text = word.value.as_str();
        let wrong = match takes {
            Takes::Phrases if !has_good_stars(text) => {
                "a star is any ending (word*), any beginning (*word), or one to three words between two others (can * not)"
            }
            Takes::Words if text.contains(' ') => "its words are compared one by one",
            Takes::Words if !has_one_star(text) => {
                "here one star may stand at the end, for any ending (word*), or at the beginning (*word)"
            }
            Takes::Whole if text.contains('*') => {
                "its words are compared as a whole, so a star is none"
            }
            Takes::Phrases | Takes::Words | Takes::Whole => return,
        };
        let sentence = format!("\"{table}\" can never find \"{text}\"");
        self.note(Finding::error("E105", &word.at, sentence).help(wrong));
    }
}

/// The language of every word of a table, in the order of [`Check::words_of`].
pub(super) fn languages(said: &GroupFile) -> impl Iterator<Item = &str> {
    let lists = said.words.iter();
    lists.flat_map(|(language, words)| words.iter().map(|_| language.value.as_str()))
}

/// Letters first and last; stars alone, at a word's end, and at the beginning of the first word.
fn has_good_stars(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at_edge = |word: Option<&&str>| word.is_none_or(|word| *word == "*");
    let each = words.iter().enumerate().all(|(place, word)| {
        let core = word.strip_suffix('*').unwrap_or(word);
        let core = core
            .strip_prefix('*')
            .filter(|_| place == 0)
            .unwrap_or(core);
        *word == "*" || (!core.is_empty() && !core.contains('*'))
    });
    each && !at_edge(words.first()) && !at_edge(words.last())
}

/// Letters, with no star or one at either end.
fn has_one_star(word: &str) -> bool {
    let core = word.strip_suffix('*').or_else(|| word.strip_prefix('*'));
    let core = core.unwrap_or(word);
    !core.is_empty() && !core.contains('*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_has_one_star_at_most() {
        let check = |text: &str, good: bool| assert_eq!(has_one_star(text), good, "{text}");
        check("word", true);
        check("word*", true);
        check("*word", true);
        check("*word*", false);
        check("wo*rd", false);
        check("*", false);
    }

    #[test]
    fn stars_stand_at_the_edges_of_words_or_alone_between_two() {
        let check = |text: &str, good: bool| assert_eq!(has_good_stars(text), good, "{text}");
        check("word", true);
        check("word*", true);
        check("*word*", true);
        check("can * not", true);
        check("look* for", true);
        check("*", false);
        check("can *", false);
        check("* not", false);
        check("wo*rd", false);
        check("word**", false);
        check("a *word", false);
    }
}
