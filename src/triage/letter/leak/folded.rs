//! Texts as names are compared in them: only letters and digits, whatever encoding or ornament they hide behind.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A letter or digit as it is compared, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) folded: char,
    pub(super) source: Range<usize>,
}

/// Letters and digits without case, accents and what stands between them.
pub(super) fn folded(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        // Nearly every character is a plain one; only these may begin something else.
        let plain = character.is_ascii() && !matches!(character, '%' | '&' | 'x' | 'X');
        if plain {
            push(character.to_ascii_lowercase(), &(at..at + 1), &mut letters);
            at += 1;
            continue;
        }
        let (meant, length) = read_one(text, at, character);
        push_folded(&meant, &(at..at + length), &mut letters);
        at += length;
    }
    letters
}

fn push_folded(meant: &str, source: &Range<usize>, letters: &mut Vec<Letter>) {
    let parts = meant.nfkd().filter(|part| !is_combining_mark(*part));
    for small in parts.flat_map(char::to_lowercase) {
        if small == 'ß' {
            push('s', source, letters);
            push('s', source, letters);
        } else {
            push(small, source, letters);
        }
    }
}

/// What glues the pieces of a name together is not compared: Everything-Cloud, everything_cloud.
fn push(folded: char, source: &Range<usize>, letters: &mut Vec<Letter>) {
    if !is_glue(folded) {
        letters.push(Letter {
            folded,
            source: source.clone(),
        });
    }
}

/// Blanks, hyphens and underscores hide no name; soft hyphens and zero-width characters neither.
fn is_glue(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '-' | '_' | '\u{2010}'..='\u{2015}')
        || is_glue_within_a_word(character)
}

pub(super) fn is_glue_within_a_word(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// What one written thing means: `%45`, `&#69;`, `&nbsp;`, a punycode label, or the character itself. With its
/// length in bytes.
fn read_one(text: &str, at: usize, character: char) -> (String, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let special = match character {
        '%' => percent(rest),
        '&' => entity(rest),
        'x' | 'X' => punycode(text, at),
        _ => None,
    };
    special.unwrap_or_else(|| (character.to_string(), character.len_utf8()))
}

/// A run of `%XX`, as UTF-8.
fn percent(rest: &str) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    let mut tail = rest;
    while let Some(after) = tail.strip_prefix('%') {
        let Some(byte) = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        else {
            break;
        };
        bytes.push(byte);
        tail = after.get(2..).unwrap_or_default();
    }
    let length = bytes.len() * 3;
    (!bytes.is_empty()).then(|| (String::from_utf8_lossy(&bytes).into_owned(), length))
}

/// The few named entities that can stand within a name, and all numbered ones.
fn entity(rest: &str) -> Option<(String, usize)> {
    const NAME_BYTES_MAX: usize = 12;
    let end = rest
        .bytes()
        .take(NAME_BYTES_MAX)
        .position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let meant = match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "shy" | "zwnj" | "zwj" => '\u{ad}',
        "amp" => '&',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((meant.to_string(), end + 1))
}

/// A label of a domain in punycode (RFC 5890: `xn--…`), as people would read it.
fn punycode(text: &str, at: usize) -> Option<(String, usize)> {
    let begins_a_label = text
        .get(..at)
        .and_then(|before| before.chars().next_back())
        .is_none_or(|before| !before.is_alphanumeric() && before != '-');
    let rest = text.get(at..).unwrap_or_default();
    let marked = rest
        .get(..4)
        .is_some_and(|mark| mark.eq_ignore_ascii_case("xn--"));
    if !begins_a_label || !marked {
        return None;
    }
    let length = rest
        .bytes()
        .position(|byte| !byte.is_ascii_alphanumeric() && byte != b'-')
        .unwrap_or(rest.len());
    let label = rest.get(..length)?;
    let (meant, result) = idna::domain_to_unicode(label);
    result.is_ok().then_some((meant, length))
}
