//! Names in a mail: capitalised words with links between them, and what introduces them ("our client", "bei").
//!
//! They are looked for in the mail's own letters, since folding takes the capitals away. In German every noun is
//! capitalised, so all that is done for one of them must be cheap; letters are folded only behind a likely cue.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::Within;
use super::name_words::{ARTICLES, CUES, LINKS, WEAK_CUES};
use super::normal::{Folded, Source};

/// What stands in front of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// "our client", "im Auftrag von": the words themselves.
    Client(&'static str),
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
    pub(super) cue: Option<Cue>,
    /// How many of its words are capitalised.
    pub(super) capitals: usize,
}

/// A name has at most so many words.
const NAME_WORDS: usize = 6;
/// And no more bytes than these.
const NAME_BYTES: usize = 120;
/// A client is named early; behind so many names a text is a list of them.
const NAMES_MAX: usize = 1_000;
/// The longest cue has fewer bytes.
const CUE_BYTES: usize = 48;

/// Cues by their last word, the longest first.
static CUES_BY_END: LazyLock<HashMap<&str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_end: HashMap<&str, Vec<&str>> = HashMap::new();
    for cue in CUES {
        let end = cue.rsplit(' ').next().unwrap_or(cue);
        by_end.entry(end).or_default().push(cue);
    }
    by_end
        .values_mut()
        .for_each(|cues| cues.sort_by_key(|cue| std::cmp::Reverse(cue.len())));
    by_end
});

/// The names of the subject and of every stretch that counts, in this order.
pub(super) fn names<'m>(source: &Source<'m>) -> Vec<Name<'m>> {
    let subject = (source.subject, 0..source.subject.len(), Within::Subject);
    let texts = source
        .ranges()
        .map(|range| (source.text, range.clone(), Within::Text));
    std::iter::once(subject)
        .chain(texts)
        .flat_map(|(text, range, within)| {
            beginnings(text, range).filter_map(move |start| name(text, start, within))
        })
        .take(NAMES_MAX)
        .collect()
}

fn name(text: &str, start: usize, within: Within) -> Option<Name<'_>> {
    let (at, capitals) = name_at(text, start)?;
    Some(Name {
        value: text.get(at.clone())?,
        at,
        within,
        cue: cue_before(text, start),
        capitals,
    })
}

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
pub(super) fn name_at(text: &str, start: usize) -> Option<(Range<usize>, usize)> {
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
        } else if !LINKS.contains(&core) || end == 0 {
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
fn cue_before(text: &str, at: usize) -> Option<Cue> {
    let begin = text.floor_char_boundary(at.saturating_sub(CUE_BYTES));
    let before = text.get(begin..at)?.trim_end_matches(joins);
    cue_at_end(before).or_else(|| {
        // "bei der Gemeinde": the cue stands before the article.
        let article = before
            .rsplit(joins)
            .next()
            .filter(|last| is_article(last))?;
        cue_at_end(before.strip_suffix(article)?.trim_end_matches(joins))
    })
}

fn is_article(word: &str) -> bool {
    word.len() <= 3 && ARTICLES.contains(&fold(word).as_str())
}

fn cue_at_end(before: &str) -> Option<Cue> {
    let last = before
        .rsplit(joins)
        .next()
        .filter(|last| !last.is_empty())?;
    let last = fold(last);
    let longer = CUES_BY_END.get(last.as_str()).and_then(|cues| {
        let folded = fold_words(before);
        cues.iter()
            .find(|cue| ends_with_words(&folded, cue))
            .copied()
    });
    let preposition = || {
        WEAK_CUES
            .contains(&last.as_str())
            .then_some(Cue::Preposition)
    };
    longer.map(Cue::Client).or_else(preposition)
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

fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    Folded::words(word)
}

/// True for a preposition that a sentence begins with: `At Acme` names Acme.
pub(super) fn is_preposition(word: &str) -> bool {
    word.len() <= 5 && WEAK_CUES.contains(&fold(word).as_str())
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

    #[test]
    fn names_are_found_with_what_introduces_them() {
        let check = |text: &str, expected: &[(&str, Option<Cue>)]| {
            let source = Source {
                subject: "",
                text,
                primary: std::iter::once(0..text.len()).collect(),
                forwarded: Vec::new(),
                old_subject: false,
            };
            let names = names(&source);
            let found: Vec<(&str, Option<Cue>)> =
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
    }
}
