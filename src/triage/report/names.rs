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

/// The names of the subject and of every stretch that counts, in this order; none lies within another.
pub(super) fn names<'m>(
    source: &Source<'m>,
    words: &'m NameWords,
    language: Option<&str>,
) -> Vec<Name<'m>> {
    let subject = (source.subject, 0..source.subject.len(), Within::Subject);
    let texts = source
        .ranges()
        .map(|range| (source.text, range.clone(), Within::Text));
    let loose = language.is_some_and(|language| LOOSE.contains(&language));
    let small = loose || language == Some("nl");
    std::iter::once(subject)
        .chain(texts)
        .flat_map(|(text, range, within)| {
            let mut behind = 0;
            let mut starts = beginnings(text, range);
            std::iter::from_fn(move || {
                let start = starts.find(|start| *start >= behind)?;
                let name = name((text, start), (within, (loose, small)), words);
                if let Some(name) = &name {
                    behind = name.at.end;
                }
                Some(name)
            })
            .flatten()
        })
        .take(NAMES_MAX)
        .collect()
}

/// In these languages an adjective or a noun in small letters may stand in a name: "Coop funéraire des Deux-Rives".
const LOOSE: [&str; 4] = ["fr", "es", "it", "pt"];

fn name<'m>(
    (text, start): (&'m str, usize),
    (within, (loose, small)): (Within, (bool, bool)),
    words: &'m NameWords,
) -> Option<Name<'m>> {
    let first = word_at(text, start);
    // "At Acme", "Your Acme", "La Maison" where a sentence begins: the name begins behind the first word.
    let folded = fold(first);
    let begins_name = !words.not_first.has(&folded)
        && !words.products.has(&folded)
        && !words.is_cue(&folded)
        && !((words.articles.has(&folded) || words.prepositions.has(&folded))
            && begins_sentence(text, start));
    if !begins_name || is_shouted(text, start) {
        return None;
    }
    let (at, capitals) = name_at(text, start, (words, loose))?;
    let (at, capitals) = from_organisation(text, (at, capitals), words);
    let (at, capitals) = match kind_before(text, at.start, words).filter(|_| small) {
        Some(kind) => (kind..at.end, capitals + 1),
        None => (at, capitals),
    };
    Some(Name {
        value: text.get(at.clone())?,
        cue: cue_before(text, at.start, words),
        at,
        within,
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

/// Where a word for an organisation in small letters begins that stands before a name: "mairie de Saint-Aubrac".
fn kind_before(text: &str, start: usize, words: &NameWords) -> Option<usize> {
    let begin = text.floor_char_boundary(start.saturating_sub(KIND_BYTES));
    let before = text.get(begin..start)?;
    let mut at = start;
    for word in before.split_inclusive([' ', '\'', '’', '\n']).rev().take(3) {
        at -= word.len();
        let bare = word.strip_suffix(' ')?;
        if words.organisations.has_written(bare) && bare.starts_with(char::is_lowercase) {
            return Some(at);
        }
        if !words.links.has_written(bare) && !words.articles.has_written(bare) {
            return None;
        }
    }
    None
}

/// No word for an organisation and the links behind it are longer.
const KIND_BYTES: usize = 48;

/// The word that begins at `start`, without its marks.
fn word_at(text: &str, start: usize) -> &str {
    let tail = text.get(start..).unwrap_or_default();
    let end = tail.find(|c: char| parts_words(c) || matches!(c, ',' | '.' | ':' | ';' | '!' | '?'));
    tail.get(..end.unwrap_or(tail.len())).unwrap_or_default()
}

/// True where a sentence, a line or a piece of a subject begins.
pub(super) fn begins_sentence(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let before = before.trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
    before.is_empty() || before.ends_with(['\n', '.', '!', '?', ':', '-', '–', '—', '*', '•', '>'])
}

/// "Abgleich der Stiftung Seeland" names the Stiftung: behind a link a name begins with the word for an organisation.
fn from_organisation(
    text: &str,
    (at, capitals): (Range<usize>, usize),
    words: &NameWords,
) -> (Range<usize>, usize) {
    let value = text.get(at.clone()).unwrap_or_default();
    let (mut place, mut before, mut linked) = (0, 0, false);
    for word in value.split_inclusive(' ') {
        let bare = word.trim_end();
        if words.organisations.has_written(bare) && bare.starts_with(char::is_uppercase) {
            return if linked {
                (at.start + place..at.end, capitals - before)
            } else {
                (at, capitals)
            };
        }
        linked = !bare.starts_with(char::is_uppercase) && bare != "&" && bare != "+";
        before += usize::from(bare.starts_with(char::is_uppercase));
        place += word.len();
    }
    (at, capitals)
}

/// Where words with a capital letter or a digit in front begin.
pub(super) fn beginnings(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let start = range.start;
    let mut apart = true;
    text.get(range)
        .unwrap_or_default()
        .char_indices()
        .filter_map(move |(at, character)| {
            // Most characters are these.
            if character.is_ascii_lowercase() {
                apart = false;
                return None;
            }
            let begins = std::mem::replace(
                &mut apart,
                parts_words(character) || elides(text, start + at, character),
            ) && (character.is_uppercase() || character.is_ascii_digit());
            begins.then_some(start + at)
        })
        .filter(|start| !is_number(text, *start))
}

/// `l'Ondaine`, `dell'Ortica`: small letters and an apostrophe stand before a name and are no part of it.
fn elides(text: &str, at: usize, character: char) -> bool {
    matches!(character, '\'' | '’') && {
        let before = text.get(..at).unwrap_or_default().bytes().rev();
        let before: Vec<u8> = before.take(ELISION_BYTES + 1).collect();
        let letters = before
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        (1..=ELISION_BYTES).contains(&letters)
            && before
                .iter()
                .take(letters)
                .skip(1)
                .all(u8::is_ascii_lowercase)
            && before.first().is_some_and(|last| {
                b"ldLD".contains(last) || letters > 1 && last.is_ascii_lowercase()
            })
    }
}

/// The longest word before an apostrophe is `dell`, `nell`.
const ELISION_BYTES: usize = 5;

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
pub(super) fn parts_words(character: char) -> bool {
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
            | '>'
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
/// words are capitalised. `loose`: behind a word for an organisation one word in small letters may stand.
pub(super) fn name_at(
    text: &str,
    start: usize,
    (words, loose): (&NameWords, bool),
) -> Option<(Range<usize>, usize)> {
    let line = text.get(start..text.floor_char_boundary(start + NAME_BYTES))?;
    let (mut end, mut at, mut capitals) = (0, 0, 0);
    let mut linked = false;
    let mut loose = loose && words.organisations.has_written(word_at(text, start));
    for word in line.split_inclusive([' ', '\n']).take(NAME_WORDS + 2) {
        let cut = word.find(ends_names);
        let bare = word.get(..cut.unwrap_or(word.len()))?.trim_end();
        let follows = line.get(at + word.len()..).unwrap_or_default();
        let name_follows = cut.is_none() && follows.starts_with(char::is_uppercase);
        let core = without_genitive(bare, end > 0, name_follows);
        let link = words.links.has_written(core) || linked && words.articles.has_written(core);
        let capital = is_capital(core) && !(linked && words.not_first.has_written(core));
        if capital {
            end = at + core.len();
            capitals += 1;
        } else if end == 0 {
            break;
        } else if !link {
            let does = words.predicates.has_written(core);
            let goes_on = name_follows || !linked && links_on(follows, words);
            if !loose || does || !linked && name_follows || !goes_on || bare.len() > core.len() {
                break;
            }
            loose = false;
        }
        let ended = bare.len() > core.len() && !is_short(core);
        if cut.is_some() || (capital && ended) {
            break;
        }
        linked = !capital;
        at += word.len();
    }
    (end > 1).then_some((start..start + end, capitals))
}

/// A capital or a figure in front, or behind an elision: `d'Amblise`.
pub(super) fn is_capital(word: &str) -> bool {
    let capital = |text: &str| text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let behind = |marks: &[char]| {
        let pieces = word.split_once(marks);
        pieces.is_some_and(|(short, rest)| short.len() <= ELISION_BYTES && capital(rest))
    };
    // "e.V." and "a.G." belong to a name as well.
    capital(word) || behind(&['\'', '’']) || word.len() <= ELISION_BYTES && behind(&['.'])
}

/// "des Deux-Rives": a link and a capital.
fn links_on(text: &str, words: &NameWords) -> bool {
    let mut next = text.split(' ');
    let link = next
        .next()
        .is_some_and(|word| words.links.has_written(word));
    link && next.next().is_some_and(is_capital)
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
    parts_words(character) || matches!(character, ',' | ':' | '-' | '\'' | '’')
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
            let names = names(
                &source,
                &Rules::shipped().lexicon.names_of_clients,
                Some("de"),
            );
            let found: Vec<(&str, Option<Cue<'_>>)> =
                names.iter().map(|name| (name.value, name.cue)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "for our client Harbor Bank, it",
            &[("Harbor Bank", Some(Cue::Client("for our client")))],
        );
        check(
            "bei unserem Kunden (Müller & Söhne)",
            &[("Müller & Söhne", Some(Cue::Client("unserem kunden")))],
        );
        check("chez Dupont's", &[("Dupont", Some(Cue::Preposition))]);
        check(
            "the people at St. Odwell's College",
            &[("St. Odwell's College", Some(Cue::Client("the people at")))],
        );
        check("nothing to see", &[]);
        check("OUR CLIENT ACME CANNOT OPEN THE SALES REPORT", &[]);
    }
}
