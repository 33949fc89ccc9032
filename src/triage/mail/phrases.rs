//! Lists of words, looked for in one pass in any ASCII case, either anywhere or at the start of a text.

use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};

/// A list of words, compiled. It is written as one text, the words parted by `|`.
pub(super) struct Phrases {
    list: Vec<&'static str>,
    anchored: Anchored,
    /// `None` only if the list were too long to compile; tests find every word of every list.
    matcher: Option<AhoCorasick>,
}

impl Phrases {
    /// Words that may stand anywhere.
    pub(super) fn anywhere(list: &'static str) -> Self {
        Self::new(list, Anchored::No)
    }

    /// Words that count only where the text begins.
    pub(super) fn at_start(list: &'static str) -> Self {
        Self::new(list, Anchored::Yes)
    }

    fn new(list: &'static str, anchored: Anchored) -> Self {
        let list: Vec<&str> = list.split('|').collect();
        let kind = if anchored == Anchored::Yes {
            StartKind::Anchored
        } else {
            StartKind::Unanchored
        };
        // Case folding is ASCII's; other alphabets get their capital first letter as a word of its own.
        let words = list
            .iter()
            .map(|word| (*word).to_owned())
            .chain(list.iter().map(|word| capital(word)));
        let matcher = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .start_kind(kind)
            .build(words)
            .ok();
        Self {
            list,
            anchored,
            matcher,
        }
    }

    /// The first word found.
    pub(super) fn find(&self, text: &str) -> Option<&'static str> {
        let found = self.search(text)?.pattern().as_usize();
        self.list.get(found % self.list.len().max(1)).copied()
    }

    /// Where the first word was found.
    pub(super) fn position(&self, text: &str) -> Option<usize> {
        Some(self.search(text)?.start())
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.search(text).is_some()
    }

    fn search(&self, text: &str) -> Option<aho_corasick::Match> {
        self.matcher
            .as_ref()?
            .find(Input::new(text).anchored(self.anchored))
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().collect::<String>())
        .unwrap_or_default();
    first + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::Phrases;

    #[test]
    fn finds_words_where_they_count() {
        let anywhere = Phrases::anywhere("über|q");
        assert_eq!(anywhere.find("x Über"), Some("über"));
        assert_eq!(anywhere.position("aQ"), Some(1));
        let start = Phrases::at_start("über|q");
        assert_eq!(start.find("Qx"), Some("q"));
        assert_eq!(start.find("x q"), None);
    }
}
