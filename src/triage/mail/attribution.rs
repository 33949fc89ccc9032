//! The sentence above a quotation: `On Friday, Jane Doe <jane@acme.example> wrote:`, in many languages and over several lines.

use super::Person;
use super::line::Line;
use super::wording::{self, OPENING, Said};

/// Lines that clients break the sentence into.
const LINES_MAX: usize = 4;

/// A longer sentence is a person's.
const SENTENCE_BYTES_MAX: usize = 400;

/// A sentence that announces a quotation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attribution {
    /// Who is quoted, where the sentence names an address.
    pub(super) person: Option<Person>,
    /// The first line behind the sentence.
    pub(super) next: usize,
}

/// The sentence that begins at line `at`, if one does.
pub(super) fn at(lines: &[Line<'_>], at: usize) -> Option<Attribution> {
    let (sentence, next) = sentence_at(lines, at)?;
    // A line that opens a sentence of its own is not the middle of this one.
    let opens = |at: &usize| {
        lines.get(*at).is_some_and(|line| OPENING.is_in(line.words))
            && sentence_at(lines, *at).is_some()
    };
    if (at + 1..next).any(|inner| opens(&inner)) {
        return None;
    }
    Some(Attribution {
        person: wording::person(&sentence),
        next,
    })
}

/// The shortest run of lines from `at` on that makes a sentence, joined, and the line behind it.
fn sentence_at(lines: &[Line<'_>], at: usize) -> Option<(String, usize)> {
    let first = lines.get(at)?;
    let start = bare(first.words);
    if start.is_empty() || !may_end(lines, at) || !may_begin(start) {
        return None;
    }
    let mut sentence = String::new();
    for (index, line) in lines.iter().enumerate().skip(at).take(LINES_MAX) {
        if line.is_blank()
            || line.depth != first.depth
            || sentence.len() + line.words.len() > SENTENCE_BYTES_MAX
        {
            return None;
        }
        if !sentence.is_empty() {
            sentence.push(' ');
        }
        sentence.push_str(line.words.trim());
        let following = lines.get(index + 1..).unwrap_or_default();
        if ends_like_one(&sentence) && is_sentence(&sentence, following, first.depth) {
            return Some((sentence, index + 1));
        }
    }
    None
}

/// Without what clients put around the sentence: dashes, stars, a byte order mark.
fn bare(words: &str) -> &str {
    words.trim_matches([' ', '\t', '\u{feff}', '\u{a0}', '*', '-', '_'])
}

/// A cheap look ahead: one of the lines that the sentence may have ends as one does. Most lines of a mail fail here.
fn may_end(lines: &[Line<'_>], at: usize) -> bool {
    let ahead = lines.get(at..).unwrap_or_default().iter().take(LINES_MAX);
    ahead
        .take_while(|line| !line.is_blank())
        .filter(|line| may_be_last(line.words))
        .any(|line| bare(line.words).is_empty() || ends_like_one(line.words))
}

/// What most lines end with, no sentence above a quotation does.
fn may_be_last(words: &str) -> bool {
    let last = words.as_bytes().last();
    last.is_none_or(|last| !last.is_ascii() || b":>et*-_ \t".contains(last))
        || words.contains(" GMT")
}

/// A cheap look at the first line: it begins with an opener, or has a date or an address in it.
fn may_begin(line: &str) -> bool {
    OPENING.is_in(line)
        || line
            .bytes()
            .any(|byte| byte.is_ascii_digit() || byte == b'@')
        || line.ends_with([':', '：'])
        || line.ends_with("wrote")
        || line.ends_with("écrit")
        || line == "On"
}

fn ends_like_one(sentence: &str) -> bool {
    let sentence = bare(sentence);
    sentence.ends_with([':', '：', '>', '…'])
        || sentence.ends_with("wrote")
        || sentence.ends_with("écrit")
        || sentence.contains(" GMT+")
        || sentence.contains(" GMT-")
}

fn is_sentence(sentence: &str, following: &[Line<'_>], depth: usize) -> bool {
    let dashed = sentence.starts_with("--") && sentence.ends_with("--");
    let sentence = bare(sentence);
    let quoted_next = following
        .iter()
        .take(3)
        .find(|line| !line.is_blank())
        .is_some_and(|line| line.depth > depth);
    let said = Said::of(sentence);
    if said.verb && (dashed || said.is_exact()) {
        return true;
    }
    if quoted_next {
        return said.announces_marked(sentence);
    }
    said.announces_unmarked(sentence)
}

#[cfg(test)]
mod tests {
    use super::super::line::lines;
    use super::at;

    fn check(text: &str, name: Option<&str>, address: Option<&str>) {
        let lines = lines(text);
        let found = at(&lines, 0).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            found
                .person
                .as_ref()
                .and_then(|person| person.name.as_deref()),
            name,
            "{text}"
        );
        assert_eq!(
            found.person.as_ref().map(|person| person.address.as_str()),
            address,
            "{text}"
        );
    }

    #[test]
    fn reads_sentences_of_clients() {
        let jane = Some("jane@acme.example");
        check(
            "On Fri, Mar 27, 2026 at 9:31 AM Jane Doe <jane@acme.example> wrote:\n> Hi",
            Some("Jane Doe"),
            jane,
        );
        check(
            "On 28/10/2026 12:46, \"Jane Doe\" <jane@acme.example> wrote:\n\n    Hi",
            Some("Jane Doe"),
            jane,
        );
        check(
            "Am 28.10.26, 12:46 schrieb \"Jane Doe\" <jane@acme.example>:\n",
            Some("Jane Doe"),
            jane,
        );
        check(
            "Le ven. 27 mars 2026 à 09:31, Jane Doe <jane@acme.example> a\nécrit :\n> Hi",
            Some("Jane Doe"),
            jane,
        );
        check(
            "Jane Doe <jane@acme.example> kirjoitti 28/10/2026 12.46:\n",
            Some("Jane Doe"),
            jane,
        );
        check(
            "2026-03-27 9:31 GMT+01:00 Jane Doe <jane@acme.example>:\n> Hi",
            Some("Jane Doe"),
            jane,
        );
        check(
            "26/10/2026 14:25 időpontban Jane Doe (<jane@acme.example>) ezt írta:\n",
            Some("Jane Doe"),
            jane,
        );
        check(
            "Dnia 26/10/2026 14:25 „Jane Doe” <jane@acme.example> napisał:\n",
            Some("Jane Doe"),
            jane,
        );
        check(
            "Op 26/10/2026 14:25 heeft Jane Doe <jane@acme.example> geschreven:\n",
            Some("Jane Doe"),
            jane,
        );
        check("Jane Doe wrote:\n> Hi", None, None);
        check(
            "On July 19, 2026 at 3:36 PM, Jane Doe wrote:\n\n> Hi",
            None,
            None,
        );
    }

    #[test]
    fn leaves_prose_alone() {
        for text in [
            "We tried this:\n1. log in",
            "On Monday we wrote to you.\nNothing happened.",
            "He said 3 things:\nno",
            "Call me at 9:30:\n",
        ] {
            assert_eq!(at(&lines(text), 0), None, "{text}");
        }
    }
}
