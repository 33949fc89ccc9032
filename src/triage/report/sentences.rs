//! Sentences and clauses of a folded text, and where its words begin.
//!
//! A clause ends at a comma or at "but"; "the system, that I know, …" costs nothing, because a negation is
//! looked for near its hit only. "I do not think that …" reaches over its comma, so "that" never begins a clause.

use std::ops::Range;

use super::normal::Folded;

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) at: Range<usize>,
    pub(super) question: bool,
    /// Two exclamation marks or more.
    pub(super) emphatic: bool,
}

/// All sentences of a text, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentences {
    pub(super) all: Vec<Sentence>,
    /// Where words begin.
    words: Vec<usize>,
    /// Where clauses begin, beside where sentences do.
    clauses: Vec<usize>,
}

/// No person writes a longer sentence; what is longer is cut, so that reading stays linear.
const LONGEST_BYTES: usize = 1_200;
/// A dot behind one of these ends no sentence.
const ABBREVIATIONS: [&str; 32] = [
    "eg", "ie", "etc", "ca", "bzw", "usw", "dr", "mr", "mrs", "ms", "nr", "no", "st", "approx",
    "inkl", "evtl", "ggf", "vs", "tel", "prof", "inc", "ltd", "co", "mme", "sr", "sra", "max",
    "min", "vgl", "abt", "uhr", "hr",
];
/// What begins a clause without a comma.
const CLAUSE_WORDS: [&str; 18] = [
    "but",
    "however",
    "unless",
    "although",
    "though",
    "because",
    "aber",
    "jedoch",
    "sondern",
    "weil",
    "obwohl",
    "mais",
    "cependant",
    "parce",
    "pero",
    "sino",
    "porque",
    "aunque",
];
/// What goes on with the clause behind a comma.
const GOING_ON: [&str; 5] = ["dass ", "that ", "que ", "ob ", "whether "];

impl Sentences {
    pub(super) fn of(folded: &Folded) -> Self {
        let text = &folded.text;
        let mut sentences = Self::default();
        let mut start = 0;
        let mut word: Option<usize> = None;
        for (at, byte) in text.bytes().enumerate() {
            let in_word = byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'\'';
            match (word, in_word) {
                (None, true) => {
                    word = Some(at);
                    sentences.words.push(at);
                }
                (Some(begin), false) => {
                    word = None;
                    if CLAUSE_WORDS.contains(&text.get(begin..at).unwrap_or_default()) {
                        sentences.clauses.push(begin);
                    }
                }
                (None, false) | (Some(_), true) => {}
            }
            if matches!(byte, b',' | b';' | b':' | b'(' | b')') {
                let next = text
                    .get(at + 1..)
                    .unwrap_or_default()
                    .trim_start_matches(' ');
                let within_number = next.len() + at + 1 == text.len()
                    && next
                        .bytes()
                        .next()
                        .is_some_and(|next| next.is_ascii_digit());
                if !within_number && !GOING_ON.iter().any(|word| next.starts_with(word)) {
                    sentences.clauses.push(at + 1);
                }
            }
            let endless = byte == b' ' && at - start > LONGEST_BYTES;
            if endless || ends_sentence(text, at, byte) {
                sentences.push(text, start..at + 1);
                start = at + 1;
            }
        }
        sentences.push(text, start..text.len());
        sentences
    }

    /// The number of words before `at`.
    pub(super) fn word(&self, at: usize) -> usize {
        self.words.partition_point(|begin| *begin <= at)
    }

    /// The clause around `at`, within its sentence.
    pub(super) fn clause(&self, at: usize, sentence: &Range<usize>) -> Range<usize> {
        let next = self.clauses.partition_point(|begin| *begin <= at);
        let start = next
            .checked_sub(1)
            .and_then(|before| self.clauses.get(before))
            .map_or(sentence.start, |begin| sentence.start.max(*begin));
        let end = self
            .clauses
            .get(next)
            .map_or(sentence.end, |end| sentence.end.min(*end));
        start..end
    }

    /// The place of the sentence that `at` lies in.
    pub(super) fn place(&self, at: usize) -> usize {
        self.all.partition_point(|sentence| sentence.at.end <= at)
    }

    fn push(&mut self, text: &str, at: Range<usize>) {
        let words = text.get(at.clone()).unwrap_or_default();
        let begin = at.start + (words.len() - words.trim_start().len());
        let end = begin + words.trim().len();
        if begin >= end {
            // Marks of their own ("!!", "?!") belong to the sentence before.
            return;
        }
        let marks = words.trim();
        if marks.bytes().all(|byte| byte.is_ascii_punctuation()) {
            if let Some(last) = self.all.last_mut() {
                last.question |= marks.contains('?');
                last.emphatic |= marks.contains('!');
            }
            return;
        }
        self.all.push(Sentence {
            at: begin..end,
            question: marks.ends_with('?'),
            emphatic: marks.ends_with("!!"),
        });
    }
}

fn ends_sentence(text: &str, at: usize, byte: u8) -> bool {
    match byte {
        b'\n' => true,
        b'!' | b'?' => true,
        b'.' => {
            let next = text.as_bytes().get(at + 1);
            let followed = next.is_none_or(|next| matches!(next, b' ' | b'\n'));
            followed && !is_abbreviation(text, at)
        }
        _ => false,
    }
}

fn is_abbreviation(text: &str, dot: usize) -> bool {
    let before = text.get(..dot).unwrap_or_default();
    let start = before
        .bytes()
        .rposition(|byte| !(byte.is_ascii_alphanumeric() || byte >= 0x80))
        .map_or(0, |at| at + 1);
    let word = before.get(start..).unwrap_or_default();
    let next_is_digit = text
        .get(dot + 1..)
        .unwrap_or_default()
        .trim_start()
        .starts_with(|c: char| c.is_ascii_digit());
    let alone = word.len() == 1 && !word.bytes().all(|byte| byte.is_ascii_digit());
    let ordinal =
        !word.is_empty() && word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    alone || (ordinal && !next_is_digit && start > 0) || ABBREVIATIONS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::mail::Mail;
    use crate::triage::report::normal::Source;

    #[test]
    fn a_text_falls_into_sentences() {
        let check = |text: &str, expected: &[&str]| {
            let mail = Mail::read(format!("Subject: x\n\n{text}\n").as_bytes());
            let body = crate::triage::report::normal::Body::of(&mail);
            let source = Source::of(&mail, &body);
            let folded = Folded::of(&source);
            let sentences = Sentences::of(&folded);
            let found: Vec<&str> = sentences
                .all
                .iter()
                .skip(1)
                .filter_map(|sentence| folded.text.get(sentence.at.clone()))
                .collect();
            assert_eq!(found, expected);
        };
        check("It is down. Why?", &["it is down.", "why?"]);
        check(
            "At approx. 9.30 it failed.",
            &["at approx. 9.30 it failed."],
        );
        check("Am 3. Mai ging es.", &["am 3. mai ging es."]);
        check("- one\n- two", &["one", "two"]);
    }
}
