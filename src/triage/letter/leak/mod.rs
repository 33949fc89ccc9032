//! The brand firewall: does a white-label letter name the vendor anywhere in our own words, headers or links?
//!
//! Case, accents, blanks, percent signs, HTML entities and punycode do not hide a name.

mod folded;
#[cfg(test)]
mod tests;

use std::ops::Range;

use folded::{Letter, folded, is_glue_within_a_word};

/// A place at which a letter names the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// `subject`, `text`, `html`, `header Reply-To` or `link`.
    pub within: String,
    /// The vendor's word, as the rules write it.
    pub word: String,
    /// What stands there.
    pub found: String,
}

/// What [`leaks`] looks at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked<'a> {
    /// Decoded.
    pub subject: &'a str,
    /// The text part.
    pub text: &'a str,
    /// The HTML part, with its attributes.
    pub html: &'a str,
    /// Names and decoded values, addresses and Message-IDs too.
    pub headers: &'a [(String, String)],
    /// Addresses that the letter links to, the envelope's among them.
    pub links: &'a [String],
}

/// What stands in an echo where the sender's words named the vendor.
pub const LEFT_OUT: &str = "[…]";

/// A word of so few letters is looked for as a whole word only: "EC" stands within "second".
const SHORT_WORD_CHARS_MAX: usize = 3;

/// Every place at which a letter names one of `words`.
#[must_use]
pub fn leaks(words: &[String], letter: &Looked<'_>) -> Vec<Leak> {
    let fixed = [
        ("subject", letter.subject),
        ("text", letter.text),
        ("html", letter.html),
    ]
    .map(|(within, text)| (within.to_owned(), text));
    let headers = letter
        .headers
        .iter()
        .map(|(name, value)| (format!("header {name}"), value.as_str()));
    let links = letter
        .links
        .iter()
        .map(|link| ("link".to_owned(), link.as_str()));
    fixed
        .into_iter()
        .chain(headers)
        .chain(links)
        .flat_map(|(within, text)| {
            places(text, words)
                .into_iter()
                .map(move |(place, word)| Leak {
                    within: within.clone(),
                    word: word.to_owned(),
                    found: text.get(place).unwrap_or_default().to_owned(),
                })
        })
        .collect()
}

/// Where `text` names one of `words`: byte ranges in order, without overlap, each with the word.
#[must_use]
pub fn places<'w>(text: &str, words: &'w [String]) -> Vec<(Range<usize>, &'w str)> {
    let wanted: Vec<(Vec<char>, &str)> = words
        .iter()
        .map(|word| {
            (
                folded(word)
                    .into_iter()
                    .map(|letter| letter.folded)
                    .collect(),
                word.as_str(),
            )
        })
        .filter(|(letters, _): &(Vec<char>, &str)| !letters.is_empty())
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let letters = folded(text);
    let mut found: Vec<(Range<usize>, &str)> = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let rest = letters.get(at..).unwrap_or_default();
        let hit = wanted
            .iter()
            .filter(|(word, _)| begins_with(rest, word))
            .max_by_key(|(word, _)| word.len());
        let Some((word, written)) =
            hit.filter(|(word, _)| stands_alone(text, &letters, at, word.len()))
        else {
            at += 1;
            continue;
        };
        let end = rest
            .get(word.len() - 1)
            .map_or(text.len(), |letter| letter.source.end);
        let start = rest.first().map_or(0, |letter| letter.source.start);
        found.push((start..end, written));
        at += word.len();
    }
    found
}

/// The sender's own words without the vendor's name; [`LEFT_OUT`] stands there. For echoes in white-label letters.
#[must_use]
pub fn without_vendor(text: &str, words: &[String]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for (place, _) in places(text, words) {
        kept.push_str(text.get(at..place.start).unwrap_or_default());
        kept.push_str(LEFT_OUT);
        at = place.end;
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    kept
}

fn begins_with(letters: &[Letter], word: &[char]) -> bool {
    letters.len() >= word.len()
        && letters
            .iter()
            .zip(word)
            .all(|(letter, wanted)| letter.folded == *wanted)
}

/// Long words count wherever they stand, short ones only as whole words.
fn stands_alone(text: &str, letters: &[Letter], at: usize, length: usize) -> bool {
    if length > SHORT_WORD_CHARS_MAX {
        return true;
    }
    let touches = |one: Option<&Letter>, other: Option<&Letter>| match (one, other) {
        (Some(one), Some(other)) => text
            .get(one.source.end..other.source.start)
            .is_none_or(|between| between.chars().all(is_glue_within_a_word)),
        (None, _) | (_, None) => false,
    };
    let before = at.checked_sub(1).and_then(|before| letters.get(before));
    let last = letters.get(at + length - 1);
    !touches(before, letters.get(at)) && !touches(last, letters.get(at + length))
}
