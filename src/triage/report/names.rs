//! Names in a mail: capitalised words with links between them, and what introduces them ("our client", "bei").
//!
//! They are looked for in the mail's own letters, since folding takes the capitals away. In German every noun is
//! capitalised, so all that is done for one of them must be cheap; letters are folded only behind a likely cue.

use std::ops::Range;

use super::Within;
use super::name_words::{NameWords, fold};
use super::normal::{Folded, Source};

/// What stands in front of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue<'l> {
    /// "our client", "im Auftrag von": the words themselves.
    Client(&'l str),
    /// "at", "bei", "chez".
    Preposition,
}

/// A name in the subject or in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name<'m> {
    pub(super) value: &'m str,
    /// Bytes of the text that `within` names.
    pub(super) at: Range<usize>,
    pub(super) within: Within,
    pub(super) cue: Option<Cue<'m>>,
    /// How many of its words are capitalised.
    pub(super) capitals: usize,
}

/// A name has at most so many words.
const NAME_WORDS: usize = 6;
/// And no more bytes than these.
const NAME_BYTES: usize = 120;
/// A client is named early; behind so many names a text is a list of them.
const NAMES_MAX: usize = 1_000;

/// The names of the subject and of every stretch that counts, in this order.
pub(super) fn names<'m>(source: &Source<'m>, words: &'m NameWords) -> Vec<Name<'m>> {
    let subject = (source.subject, 0..source.subject.len(), Within::Subject);
    let texts = source
        .ranges()
        .map(|range| (source.text, range.clone(), Within::Text));
    std::iter::once(subject)
        .chain(texts)
        .flat_map(|(text, range, within)| {
            beginnings(text, range).filter_map(move |start| name((text, start), within, words))
        })
        .take(NAMES_MAX)
        .collect()
}

fn name<'m>(
    (text, start): (&'m str, usize),
    within: Within,
    words: &'m NameWords,
) -> Option<Name<'m>> {
    let (at, capitals) = name_at(text, start, words)?;
    if is_shouted(text, start) {
        return None;
    }
    Some(Name {
        value: text.get(at.clone())?,
        at,
        within,
        cue: cue_before(text, start, words),
        capitals,
    })
}

/// True where all is written in capitals, up to the end of the line or from its beginning: then they say nothing of names.
fn is_shouted(text: &str, start: usize) -> bool {
    let begin = text.floor_char_boundary(start.saturating_sub(SHOUTED_BYTES));
    let end = text.floor_char_boundary(start + SHOUTED_BYTES);
    let before = text.get(begin..start).unwrap_or_default();
    let behind = text.get(start..end).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(begin, |newline| begin + newline);
    let line_end = behind.find('\n').map_or(end, |newline| start + newline);
    [begin..line_end, line_start..end].into_iter().any(|range| {
        let letters = || text.get(range.clone()).unwrap_or_default().chars();
        !letters().any(char::is_lowercase)
            && letters().filter(|letter| letter.is_uppercase()).count() > SHOUTED_LETTERS
    })
}

/// So many bytes before and behind the beginning of a name are looked at.
const SHOUTED_BYTES: usize = 80;
/// Fewer capitals than these may be a name alone.
const SHOUTED_LETTERS: usize = 24;

/// Where words with a capital letter or a digit in front begin.
pub(super) fn beginnings(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let start = range.start;
    let mut apart = true;
    text.get(range)
        .unwrap_or_default()
        .char_indices()
        .filter_map(move |(at, character)| {
            let begins = std::mem::replace(&mut apart, parts_words(character))
                && (character.is_uppercase() || character.is_ascii_digit());
            begins.then_some(start + at)
        })
        .filter(|start| !is_number(text, *start))
}

/// A number is no name, but `3M` is one.
fn is_number(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes().get(start..).unwrap_or_default();
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    digits > 0
        && !bytes
            .get(digits)
            .is_some_and(|next| next.is_ascii_alphabetic() || *next == b'&')
}

#[inline]
fn parts_words(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '(' | ')' | '<' | '>' | '"' | '|' | '«' | '»' | '„' | '“'
        )
}

/// What ends a name wherever it stands.
fn ends_names(character: char) -> bool {
    matches!(
        character,
        '\n' | '('
            | ')'
            | '<'
            | '"'
            | '|'
            | '\t'
            | '«'
            | '»'
            | '“'
            | '”'
            | ':'
            | ';'
            | '/'
            | '!'
            | '?'
    )
}

/// A name that begins at `start` (capitalised words on one line, with links between them), and how many of its
/// words are capitalised.
pub(super) fn name_at(
    text: &str,
    start: usize,
    words: &NameWords,
) -> Option<(Range<usize>, usize)> {
    let line = text.get(start..text.floor_char_boundary(start + NAME_BYTES))?;
    let (mut end, mut at, mut capitals) = (0, 0, 0);
    for word in line.split_inclusive([' ', '\n']).take(NAME_WORDS + 2) {
        let cut = word.find(ends_names);
        let bare = word.get(..cut.unwrap_or(word.len()))?.trim_end();
        let follows = line.get(at + word.len()..).unwrap_or_default();
        let name_follows = cut.is_none() && follows.starts_with(char::is_uppercase);
        let core = without_genitive(bare, end > 0, name_follows);
        let capital = core.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if capital {
            end = at + core.len();
            capitals += 1;
        } else if end == 0 || !words.links.has_written(core) {
            break;
        }
        let ended = bare.len() > core.len() && !is_short(core);
        if cut.is_some() || (capital && ended) {
            break;
        }
        at += word.len();
    }
    (end > 1).then_some((start..start + end, capitals))
}

/// The word without comma, dot and genitive: `Acme's dashboards`, but not `Odwell's College`.
fn without_genitive(bare: &str, follows_a_word: bool, name_follows: bool) -> &str {
    let core = bare.trim_end_matches([',', '.', '\'', '’']);
    let stem = core
        .strip_suffix("'s")
        .or_else(|| core.strip_suffix("’s"))
        .filter(|_| !name_follows && (follows_a_word || bare.ends_with('s')));
    stem.unwrap_or(core)
}

/// "St." and "J." go on.
fn is_short(word: &str) -> bool {
    word.chars().nth(2).is_none()
}

/// The cue that ends right before `at`.
fn cue_before<'l>(text: &str, at: usize, words: &'l NameWords) -> Option<Cue<'l>> {
    let begin = text.floor_char_boundary(at.saturating_sub(words.cue_bytes));
    let before = text.get(begin..at)?.trim_end_matches(joins);
    cue_at_end(before, words).or_else(|| {
        // "bei der Gemeinde": the cue stands before the article.
        let article = before
            .rsplit(joins)
            .next()
            .filter(|last| words.articles.has_written(last))?;
        cue_at_end(before.strip_suffix(article)?.trim_end_matches(joins), words)
    })
}

fn cue_at_end<'l>(before: &str, words: &'l NameWords) -> Option<Cue<'l>> {
    let last = before
        .rsplit(joins)
        .next()
        .filter(|last| !last.is_empty())?;
    let last = fold(last);
    let cues = words.cues_ending(&last);
    let longer = (!cues.is_empty()).then(|| fold_words(before));
    let cue = longer.and_then(|folded| cues.iter().find(|cue| ends_with_words(&folded, cue)));
    let preposition = || words.prepositions.has(&last).then_some(Cue::Preposition);
    cue.map(|cue| Cue::Client(cue)).or_else(preposition)
}

/// What may stand between a cue and its name, and between its words.
fn joins(character: char) -> bool {
    parts_words(character) || matches!(character, ',' | ':')
}

fn ends_with_words(text: &str, words: &str) -> bool {
    text.strip_suffix(words)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
}

fn fold_words(text: &str) -> String {
    let words: Vec<String> = text
        .split(joins)
        .filter(|word| !word.is_empty())
        .map(fold)
        .collect();
    words.join(" ")
}

/// The letters and digits of a name, folded.
pub(super) fn letters(text: &str) -> String {
    let mut folded = Folded::words(text);
    folded.retain(char::is_alphanumeric);
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::rules::Rules;

    #[test]
    fn names_are_found_with_what_introduces_them() {
        let check = |text: &str, expected: &[(&str, Option<Cue<'_>>)]| {
            let source = Source {
                subject: "",
                text,
                primary: std::iter::once(0..text.len()).collect(),
                forwarded: Vec::new(),
                old_subject: false,
            };
            let names = names(&source, &Rules::shipped().lexicon.names_of_clients);
            let found: Vec<(&str, Option<Cue<'_>>)> =
                names.iter().map(|name| (name.value, name.cue)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "for our client Harbor Bank, it",
            &[
                ("Harbor Bank", Some(Cue::Client("for our client"))),
                ("Bank", None),
            ],
        );
        check(
            "bei unserem Kunden (Müller & Söhne)",
            &[
                ("Kunden", None),
                ("Müller & Söhne", Some(Cue::Client("unserem kunden"))),
                ("Söhne", None),
            ],
        );
        check("chez Dupont's", &[("Dupont", Some(Cue::Preposition))]);
        check(
            "the people at St. Odwell's College",
            &[
                ("St. Odwell's College", Some(Cue::Client("the people at"))),
                ("Odwell's College", None),
                ("College", None),
            ],
        );
        check("nothing to see", &[]);
        check("OUR CLIENT ACME CANNOT OPEN THE SALES REPORT", &[]);
    }
}
