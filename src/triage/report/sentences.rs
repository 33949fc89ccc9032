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

/// Words of the lexicon that say where sentences and clauses end: bytes of the folded text, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Breaks {
    /// Where words begin that begin a clause without a comma.
    pub(super) clauses: Vec<usize>,
    /// Where words begin that go on with the clause behind a comma.
    pub(super) goes_on: Vec<usize>,
    /// Where words end with which a sentence asks.
    pub(super) asks: Vec<usize>,
    /// Where abbreviations end: a dot there ends no sentence.
    pub(super) abbreviations: Vec<usize>,
}

impl Sentences {
    pub(super) fn of(folded: &Folded, breaks: Breaks) -> Self {
        let text = &folded.text;
        let mut sentences = Self {
            clauses: breaks.clauses,
            ..Self::default()
        };
        let mut start = 0;
        let mut within_word = false;
        for (at, byte) in text.bytes().enumerate() {
            let in_word = byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'\'';
            if in_word && !within_word {
                sentences.words.push(at);
            }
            within_word = in_word;
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
                let next_at = text.len() - next.len();
                if !within_number && breaks.goes_on.binary_search(&next_at).is_err() {
                    sentences.clauses.push(at + 1);
                }
            }
            let long = at - start > LONGEST_BYTES;
            let whole = at - start > 2 * LONGEST_BYTES && text.is_char_boundary(at + 1);
            let endless = long && !in_word || whole;
            if endless || ends_sentence(text, at, &breaks.abbreviations) {
                sentences.push(text, start..at + 1, &breaks.asks);
                start = at + 1;
            }
        }
        sentences.push(text, start..text.len(), &breaks.asks);
        sentences.clauses.sort_unstable();
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

    fn push(&mut self, text: &str, at: Range<usize>, asks: &[usize]) {
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
        let said = begin + marks.trim_end_matches(['.', '!']).len();
        self.all.push(Sentence {
            at: begin..end,
            question: marks.ends_with('?') || asks.binary_search(&said).is_ok(),
            emphatic: marks.ends_with("!!"),
        });
    }
}

fn ends_sentence(text: &str, at: usize, abbreviations: &[usize]) -> bool {
    match text.as_bytes().get(at) {
        Some(b'\n' | b'!' | b'?') => true,
        Some(b'.') => {
            let next = text.as_bytes().get(at + 1);
            let followed = next.is_none_or(|next| matches!(next, b' ' | b'\n'));
            followed && abbreviations.binary_search(&at).is_err() && !is_short(text, at)
        }
        Some(_) | None => false,
    }
}

/// One letter ("z. B.") or a date's number ("3. Mai") before a dot.
fn is_short(text: &str, dot: usize) -> bool {
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
    alone || (ordinal && !next_is_digit && start > 0)
}

#[cfg(test)]
mod tests {
    use crate::triage::mail::Mail;
    use crate::triage::report::normal::Source;
    use crate::triage::report::reading::Reading;
    use crate::triage::rules::Rules;

    #[test]
    fn a_text_falls_into_sentences() {
        let check = |text: &str, expected: &[&str]| {
            let mail = Mail::read(format!("Subject: x\n\n{text}\n").as_bytes());
            let body = crate::triage::report::normal::Body::of(&mail);
            let lexicon = &Rules::shipped().lexicon;
            let reading = Reading::of(Source::of(&mail, &body), lexicon);
            let found: Vec<&str> = reading
                .sentences
                .all
                .iter()
                .skip(1)
                .filter_map(|sentence| reading.folded.text.get(sentence.at.clone()))
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
