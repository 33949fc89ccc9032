//! Words and regular expressions within conditions.

use regex::RegexBuilder;

use super::conditions::Conditions;
use crate::finding::Finding;
use crate::finding::typed::Said;
use crate::triage::rules::check::company::values;
use crate::triage::rules::criterion::{Criterion, Look, Pattern};
use crate::triage::rules::fold;

const LOOKS: [(&str, Look); 3] = [
    ("subject", Look::Subject),
    ("text", Look::Text),
    ("attachment names", Look::AttachmentNames),
];

/// A compiled expression may take this many bytes; far more than any that a person can read.
const REGEX_BYTES_MAX: usize = 1 << 20;

impl Conditions<'_, '_> {
    /// Words and expressions.
    pub(super) fn words(&mut self) {
        let within = self.section.one_of("words_in", &LOOKS);
        let words = self.section.texts("words");
        let matches = self.section.text("matches");
        if let Some(at) = within
            .as_ref()
            .filter(|_| words.is_none() && matches.is_none())
            .map(|said| &said.at)
        {
            self.check.note(Finding::error(
                "E101",
                at,
                "\"words_in\" goes with \"words\" or \"matches\"",
            ));
        }
        let within = within.map_or(Look::Everywhere, |said| said.value);
        if let Some(words) = words {
            self.plain_words(&words, within);
        }
        if let Some(said) = matches {
            self.expression(&said, within);
        }
    }

    fn plain_words(&mut self, words: &Said<Vec<Said<String>>>, within: Look) {
        if words.value.is_empty() {
            self.empty_list("words", &words.at);
        }
        for word in &words.value {
            let letters = word
                .value
                .chars()
                .filter(|character| character.is_alphanumeric())
                .count();
            if letters == 0 {
                self.check.note(Finding::error(
                    "E105",
                    &word.at,
                    "a word needs at least one letter or digit",
                ));
            }
        }
        let written = values(&words.value);
        match fold::any_of(&written) {
            Ok(regex) => self.push(Criterion::Words {
                pattern: Pattern { written, regex },
                within,
            }),
            Err(error) => self.check.note(Finding::error(
                "E105",
                &words.at,
                format!("too many words: {error}"),
            )),
        }
    }

    fn expression(&mut self, said: &Said<String>, within: Look) {
        let regex = RegexBuilder::new(&said.value)
            .size_limit(REGEX_BYTES_MAX)
            .build();
        let regex = match regex {
            Ok(regex) => regex,
            Err(error) => {
                let sentence = format!(
                    "this is no regular expression: {}",
                    last_line(&error.to_string())
                );
                self.check.note(Finding::error("E105", &said.at, sentence));
                return;
            }
        };
        if regex.is_match("") {
            let sentence = "this expression matches every text";
            self.check.note(
                Finding::warning("W105", &said.at, sentence).help("it matches even the empty text"),
            );
        }
        if has_capitals(&said.value) || said.value.contains("\\n") || said.value.contains("  ") {
            self.check.note(
                Finding::warning("W104", &said.at, "this pattern cannot match")
                    .help("texts are compared in small letters without accents, on one line, with single blanks")
                    .help("plain words do that by themselves: words = [\"…\"]"),
            );
        }
        self.push(Criterion::Matches {
            pattern: Pattern {
                written: vec![said.value.clone()],
                regex,
            },
            within,
        });
    }
}

/// A capital that is no class such as `\S`, `\W` or `\pL`.
fn has_capitals(pattern: &str) -> bool {
    let mut escaped = false;
    for character in pattern.chars() {
        if !escaped && character.is_uppercase() {
            return true;
        }
        // `\p{Lu}` names a class in capitals of its own; whoever writes that knows what it means.
        if escaped && matches!(character, 'p' | 'P') {
            return false;
        }
        escaped = !escaped && character == '\\';
    }
    false
}

fn last_line(text: &str) -> &str {
    text.lines()
        .last()
        .unwrap_or(text)
        .trim_start_matches("error: ")
}
