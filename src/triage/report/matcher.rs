//! All words of all languages, found in one pass over a folded text.
//!
//! The automaton looks for the first fixed piece of every word; what stands behind it (further pieces, gaps,
//! endings) is then compared in place, so that no pattern costs more than its own length.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::lexicon::Word;
use super::normal::Folded;

/// A list of words under one name, by its place.
pub(super) type GroupId = usize;

/// `*` alone in a phrase stands for so many words.
const GAP_WORDS: usize = 3;

/// One word that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) group: GroupId,
    /// Bytes of the folded text.
    pub(super) at: Range<usize>,
}

/// What a word is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// These letters.
    Fixed(String),
    /// Any ending of the word before.
    Ending,
    /// One to three words.
    Gap,
}

/// A language of two small letters.
type Language = [u8; 2];

#[derive(Clone, Debug)]
struct Pattern {
    /// Each with the only language of mails that it is read in, if there is one.
    groups: Vec<(GroupId, Option<Language>)>,
    /// True for `*word`: any letters may stand before it.
    any_beginning: bool,
    /// What follows the first fixed piece.
    rest: Vec<Piece>,
}

/// The words, ready for one pass.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    automaton: Option<AhoCorasick>,
    /// For each first piece, the words that begin with it.
    patterns: Vec<Vec<Pattern>>,
}

impl Matcher {
    pub(super) fn new<'w>(words: impl Iterator<Item = (GroupId, &'w Word)>) -> Self {
        let mut firsts: Vec<String> = Vec::new();
        let mut known = std::collections::HashMap::new();
        let mut patterns: Vec<Vec<Pattern>> = Vec::new();
        for (group, word) in words {
            let any_beginning = word.text.starts_with('*');
            let group = (group, word.only_in.as_deref().and_then(language));
            let mut pieces = pieces(&word.text).into_iter();
            let Some(Piece::Fixed(first)) = pieces.next() else {
                continue;
            };
            let place = *known.entry(first.clone()).or_insert_with(|| {
                firsts.push(first);
                patterns.push(Vec::new());
                patterns.len() - 1
            });
            let rest: Vec<Piece> = pieces.collect();
            let Some(same_first) = patterns.get_mut(place) else {
                continue;
            };
            let same = |pattern: &&mut Pattern| {
                pattern.rest == rest && pattern.any_beginning == any_beginning
            };
            match same_first.iter_mut().find(same) {
                Some(pattern) => pattern.groups.push(group),
                None => same_first.push(Pattern {
                    groups: vec![group],
                    any_beginning,
                    rest,
                }),
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            // A DFA of all languages would take eleven times the memory for a hundredth of the time of a mail.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&firsts)
            .ok();
        Self {
            automaton,
            patterns,
        }
    }

    /// Every word in `text`, by where it begins. `written_in` are the text's languages, if they could be told.
    pub(super) fn find(&self, text: &str, written_in: &[&str]) -> Vec<Hit> {
        let written_in: Vec<Language> = written_in
            .iter()
            .filter_map(|code| language(code))
            .collect();
        let mut hits = Vec::new();
        let Some(automaton) = &self.automaton else {
            return hits;
        };
        for found in automaton.find_overlapping_iter(text) {
            let begins = is_border(text, found.start());
            let patterns = self.patterns.get(found.pattern().as_usize());
            let patterns = patterns.into_iter().flatten();
            let readable = |only_in: &Option<Language>| {
                only_in.is_none_or(|own| written_in.is_empty() || written_in.contains(&own))
            };
            // Most words are of other languages: that is asked first, because it costs least.
            let of_language =
                |pattern: &&Pattern| pattern.groups.iter().any(|(_, only_in)| readable(only_in));
            for pattern in patterns
                .filter(|pattern| begins || pattern.any_beginning)
                .filter(of_language)
            {
                let Some(end) = follow(text, found.end(), &pattern.rest) else {
                    continue;
                };
                let start = if begins {
                    found.start()
                } else {
                    word_start(text, found.start())
                };
                let read = pattern
                    .groups
                    .iter()
                    .filter(|(_, only_in)| readable(only_in));
                hits.extend(read.map(|(group, _)| Hit {
                    group: *group,
                    at: start..end,
                }));
            }
        }
        hits.sort_by_key(|hit| (hit.at.start, hit.at.end, hit.group));
        hits
    }
}

fn language(code: &str) -> Option<Language> {
    code.as_bytes().try_into().ok()
}

/// A word of a rule file in pieces; nothing for a word without any fixed letter in front.
fn pieces(word: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut fixed = String::new();
    // Folding would take the stars away.
    for part in word.split_whitespace() {
        if part == "*" {
            flush(&mut fixed, &mut pieces);
            pieces.push(Piece::Gap);
            continue;
        }
        if !fixed.is_empty() || matches!(pieces.last(), Some(Piece::Ending)) {
            fixed.push(' ');
        }
        fixed.push_str(&Folded::words(part.trim_end_matches('*')));
        if part.ends_with('*') {
            flush(&mut fixed, &mut pieces);
            pieces.push(Piece::Ending);
        }
    }
    flush(&mut fixed, &mut pieces);
    pieces
}

fn flush(fixed: &mut String, pieces: &mut Vec<Piece>) {
    if !fixed.is_empty() {
        pieces.push(Piece::Fixed(std::mem::take(fixed)));
    }
}

/// Where the word ends, if the rest of it stands at `at`.
fn follow(text: &str, at: usize, rest: &[Piece]) -> Option<usize> {
    match rest.split_first() {
        None => is_border(text, at).then_some(at),
        Some((Piece::Fixed(letters), rest)) => {
            let end = at + letters.len();
            (text.get(at..end)? == letters).then(|| follow(text, end, rest))?
        }
        Some((Piece::Ending, rest)) => follow(text, word_end(text, at), rest),
        Some((Piece::Gap, rest)) => over_gap(text, at, rest),
    }
}

fn over_gap(text: &str, at: usize, rest: &[Piece]) -> Option<usize> {
    if !is_border(text, at) {
        return None;
    }
    let mut at = at;
    for _ in 0..GAP_WORDS {
        let word = text.get(at..)?.strip_prefix(' ')?;
        let length = word
            .bytes()
            .take(ENDING_BYTES)
            .position(|byte| matches!(byte, b' ' | b'\n'))?;
        if length == 0 || word.get(..length)?.ends_with(['.', ',', ';', '!', '?']) {
            return None;
        }
        at += 1 + length;
        let next = text.get(at..)?.strip_prefix(' ').map(|_| at + 1);
        if let Some(end) = next.and_then(|next| follow(text, next, rest)) {
            return Some(end);
        }
    }
    None
}

/// No word of any language goes on longer than this; so endings cost the same however a text is made.
const ENDING_BYTES: usize = 64;

fn word_start(text: &str, at: usize) -> usize {
    let bound = text.floor_char_boundary(at.saturating_sub(ENDING_BYTES));
    let head = text.get(bound..at).unwrap_or_default();
    let before = head.trim_end_matches(|c: char| joins(c) || c == '\'');
    bound + before.len()
}

fn word_end(text: &str, at: usize) -> usize {
    let bound = text.floor_char_boundary(at + ENDING_BYTES);
    let tail = text.get(at..bound).unwrap_or_default();
    let length = tail
        .find(|c: char| !c.is_alphanumeric() && c != '\'')
        .unwrap_or(tail.len());
    at + length
}

/// True where two characters belong to two words, or one of them to none: an apostrophe (`l'accès`, `d'abonnement`)
/// parts words, and so do digits and Japanese letters (`12名`).
fn is_border(text: &str, at: usize) -> bool {
    let byte = |at: Option<usize>| text.as_bytes().get(at?);
    if let (Some(before), Some(after)) = (byte(at.checked_sub(1)), byte(Some(at)))
        && before.is_ascii()
        && after.is_ascii()
    {
        return !(before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric());
    }
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at..).and_then(|text| text.chars().next());
    !(before.is_some_and(joins) && after.is_some_and(joins))
}

/// True for a character that makes one word with its neighbour. Japanese and Chinese set no blanks between words, so
/// there a word may begin and end anywhere.
fn joins(character: char) -> bool {
    character.is_alphanumeric() && !('\u{2e80}'..='\u{9fff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_endings_and_gaps() {
        let check = |word: &str, text: &str, expected: Option<&str>| {
            let listed = Word {
                text: word.to_owned(),
                only_in: None,
            };
            let matcher = Matcher::new([(7, &listed)].into_iter());
            let text = Folded::words(text);
            let found = matcher.find(&text, &[]);
            let found = found.first().and_then(|hit| text.get(hit.at.clone()));
            assert_eq!(found, expected, "{word} in {text}");
        };
        check("down", "it is down.", Some("down"));
        check("down", "a download", None);
        check("kündig*", "die Kündigung", Some("kundigung"));
        check("kündig*", "wir kündigen", Some("kundigen"));
        check("look* for", "we are looking for help", Some("looking for"));
        check(
            "können * nicht",
            "wir können uns nicht anmelden",
            Some("konnen uns nicht"),
        );
        check(
            "können * nicht",
            "können a b c nicht",
            Some("konnen a b c nicht"),
        );
        check("können * nicht", "können a b c d nicht", None);
        check(
            "what does * mean",
            "What does 'n/a' mean?",
            Some("what does 'n/a' mean"),
        );
        check("abonnement", "fin d’abonnement", Some("abonnement"));
        check("log in", "the log-in page", Some("log in"));
        check("*", "anything", None);
        check(
            "*medewerker*",
            "de Magazijnmedewerkers",
            Some("magazijnmedewerkers"),
        );
        check("*medewerker", "de medewerkers", None);
    }

    #[test]
    fn a_word_of_one_language_is_read_in_its_own_mails_only() {
        let was = Word {
            text: "was".to_owned(),
            only_in: Some("en".to_owned()),
        };
        let matcher = Matcher::new([(7, &was)].into_iter());
        let check = |languages: &[&str], found: bool| {
            assert_eq!(
                !matcher.find("was", languages).is_empty(),
                found,
                "{languages:?}"
            );
        };
        check(&["en"], true);
        check(&["de", "en"], true);
        check(&["de"], false);
        check(&[], true);
    }
}
