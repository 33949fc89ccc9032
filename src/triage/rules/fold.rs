//! Texts as conditions compare them: small letters, no accents, `ß` as `ss`, single blanks. Every byte of the
//! folded text knows where it came from, so that evidence can point into the mail.

use std::ops::Range;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A folded text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folded {
    pub text: String,
    /// For every byte of `text`, the source character's range.
    from: Vec<(u32, u32)>,
}

impl Folded {
    pub(super) fn of(source: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(source.len()),
            from: Vec::with_capacity(source.len()),
        };
        for (at, character) in source.char_indices() {
            folded.push(character, at);
        }
        folded
    }

    /// Where a piece of the folded text lies in the source.
    pub(super) fn source(&self, piece: &Range<usize>) -> Range<usize> {
        let start = self.from.get(piece.start).map_or(0, |(start, _)| *start);
        let end = piece
            .end
            .checked_sub(1)
            .and_then(|last| self.from.get(last));
        let end = end.map_or(start, |(_, end)| *end);
        start as usize..end as usize
    }

    fn push(&mut self, character: char, at: usize) {
        let position = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let from = (position(at), position(at + character.len_utf8()));
        if character.is_whitespace() {
            if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.put(' ', from);
            }
            return;
        }
        if character.is_ascii() {
            return self.put(character.to_ascii_lowercase(), from);
        }
        for part in std::iter::once(character)
            .nfkd()
            .filter(|part| !is_combining_mark(*part))
        {
            match part {
                'ß' | 'ẞ' => ['s', 's'].into_iter().for_each(|s| self.put(s, from)),
                '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' => {}
                '’' | '‘' | '´' => self.put('\'', from),
                part => part.to_lowercase().for_each(|small| self.put(small, from)),
            }
        }
    }

    fn put(&mut self, character: char, from: (u32, u32)) {
        self.text.push(character);
        self.from
            .extend(std::iter::repeat_n(from, character.len_utf8()));
    }
}

/// A text for comparing names.
pub(super) fn fold(text: &str) -> String {
    Folded::of(text.trim()).text
}

/// A regular expression over folded text that finds any of the words, its first group being the word. `*` at the
/// end of a word is any ending, `*` alone is up to three words.
///
/// # Errors
/// Never for words that the check has let through; the error is the regex crate's.
pub(super) fn any_of(words: &[String]) -> Result<Regex, regex::Error> {
    let alternatives: Vec<String> = words.iter().map(|word| word_pattern(&fold(word))).collect();
    Regex::new(&format!(
        r"(?:^|[^\w])({})(?:$|[^\w])",
        alternatives.join("|")
    ))
}

fn word_pattern(word: &str) -> String {
    let mut pattern = String::new();
    for piece in word.split(' ') {
        match piece.strip_suffix('*') {
            Some("") => pattern.push_str(r"(?:\S+ ){0,3}"),
            Some(stem) => pattern.push_str(&format!(r"{}\w* ", regex::escape(stem))),
            None => pattern.push_str(&format!("{} ", regex::escape(piece))),
        }
    }
    // A word never ends in a blank of its own.
    pattern
        .strip_suffix(' ')
        .map_or(pattern.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_folded_and_know_where_they_came_from() {
        let check = |source: &str, expected: &str| assert_eq!(fold(source), expected);
        check("  Straße\n\tÄRGER  Été ", "strasse arger ete");
        check("It’s \u{200b}down", "it's down");
        let source = "Die Straße ist zu";
        let folded = Folded::of(source);
        let at = folded.text.find("strasse").unwrap();
        assert_eq!(source.get(folded.source(&(at..at + 7))), Some("Straße"));
    }

    #[test]
    fn words_are_found_as_an_admin_expects() {
        let check = |words: &[&str], text: &str, expected: Option<&str>| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let folded = fold(text);
            let found = any_of(&words)
                .unwrap()
                .captures(&folded)
                .map(|captures| captures[1].to_owned());
            assert_eq!(found.as_deref(), expected, "{words:?} {text}");
        };
        check(&["urgent"], "This is URGENT!", Some("urgent"));
        check(&["urgent"], "This is urgently needed", None);
        check(&["urgent*"], "This is urgently needed", Some("urgently"));
        check(
            &["can * not work"],
            "they can really not work",
            Some("can really not work"),
        );
        check(
            &["can * not work"],
            "they can not work",
            Some("can not work"),
        );
        check(&["c++", "500"], "error 500.", Some("500"));
        check(&["c++"], "in C++", Some("c++"));
        check(&["kündig*"], "Wir KÜNDIGEN den Vertrag", Some("kundigen"));
        check(&["no  rush"], "no\nrush", Some("no rush"));
    }

    proptest::proptest! {
        #[test]
        fn sources_lie_on_characters(source in "\\PC{0,40}") {
            let folded = Folded::of(&source);
            assert_eq!(folded.text.len(), folded.from.len());
            for (at, character) in folded.text.char_indices() {
                let place = folded.source(&(at..at + character.len_utf8()));
                assert!(source.get(place).is_some());
            }
        }
    }
}
