//! The brand firewall: does a white-label letter name the vendor anywhere in our own words, headers or links?
//!
//! Case, accents, blanks, percent signs, HTML entities and punycode do not hide a name.

use std::ops::Range;

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

/// What [`leaks`] looks at. Headers as names and decoded values.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked<'a> {
    /// Decoded.
    pub subject: &'a str,
    /// The text part.
    pub text: &'a str,
    /// The HTML part, with its attributes.
    pub html: &'a str,
    /// Decoded, addresses and Message-IDs too.
    pub headers: &'a [(String, String)],
    /// Addresses that the letter links to, the envelope's among them.
    pub links: &'a [String],
}

/// Every place at which a letter names one of `words`.
#[must_use]
pub fn leaks(words: &[String], letter: &Looked<'_>) -> Vec<Leak> {
    let _ = (words, letter);
    todo!()
}

/// Where `text` names one of `words`: byte ranges in order, without overlap, each with the word.
#[must_use]
pub fn places<'w>(text: &str, words: &'w [String]) -> Vec<(Range<usize>, &'w str)> {
    let _ = (text, words);
    todo!()
}

/// The sender's own words without the vendor's name, which is marked as left out. For echoes in white-label letters.
#[must_use]
pub fn without_vendor(text: &str, words: &[String]) -> String {
    let _ = (text, words);
    todo!()
}
