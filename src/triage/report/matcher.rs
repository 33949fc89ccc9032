//! All words of all languages, found in one pass over a folded text.
//!
//! The automaton looks for the first fixed piece of every word; what stands behind it (further pieces, gaps,
//! endings) is then compared in place, so that no pattern costs more than its own length.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

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

#[derive(Clone, Debug)]
struct Pattern {
    groups: Vec<GroupId>,
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
    pub(super) fn new<'w>(words: impl Iterator<Item = (GroupId, &'w str)>) -> Self {
        let mut firsts: Vec<String> = Vec::new();
        let mut known = std::collections::HashMap::new();
        let mut patterns: Vec<Vec<Pattern>> = Vec::new();
        for (group, word) in words {
            let mut pieces = pieces(word).into_iter();
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
            match same_first.iter_mut().find(|pattern| pattern.rest == rest) {
                Some(pattern) => pattern.groups.push(group),
                None => same_first.push(Pattern {
                    groups: vec![group],
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

    /// Every word in `text`, by where it begins.
    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let Some(automaton) = &self.automaton else {
            return hits;
        };
        for found in automaton.find_overlapping_iter(text) {
            if !begins_word(text, found.start()) {
                continue;
            }
            let patterns = self.patterns.get(found.pattern().as_usize());
            for pattern in patterns.into_iter().flatten() {
                let Some(end) = follow(text, found.end(), &pattern.rest) else {
                    continue;
                };
                hits.extend(pattern.groups.iter().map(|group| Hit {
                    group: *group,
                    at: found.start()..end,
                }));
            }
        }
        hits.sort_by_key(|hit| (hit.at.start, hit.at.end, hit.group));
        hits
    }
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
        None => ends_word(text, at).then_some(at),
        Some((Piece::Fixed(letters), rest)) => {
            let end = at + letters.len();
            (text.get(at..end)? == letters).then(|| follow(text, end, rest))?
        }
        Some((Piece::Ending, rest)) => follow(text, word_end(text, at), rest),
        Some((Piece::Gap, rest)) => over_gap(text, at, rest),
    }
}

fn over_gap(text: &str, at: usize, rest: &[Piece]) -> Option<usize> {
    if !ends_word(text, at) {
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

fn word_end(text: &str, at: usize) -> usize {
    let bound = text.floor_char_boundary(at + ENDING_BYTES);
    let tail = text.get(at..bound).unwrap_or_default();
    let length = tail
        .find(|c: char| !c.is_alphanumeric() && c != '\'')
        .unwrap_or(tail.len());
    at + length
}

/// True where a word may begin. An apostrophe begins one too: `l'accès`, `d'abonnement`.
fn begins_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    before.is_none_or(|before| !joins(before))
}

fn ends_word(text: &str, at: usize) -> bool {
    let after = text.get(at..).and_then(|text| text.chars().next());
    after.is_none_or(|after| !joins(after))
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
            let matcher = Matcher::new([(7, word)].into_iter());
            let text = Folded::words(text);
            let found = matcher.find(&text);
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
    }
}
