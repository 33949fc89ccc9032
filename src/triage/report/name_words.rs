//! What names of clients are known by, made ready: `[names.*]` of the lexicon.
//!
//! A name is looked at in the mail's own letters, since folding takes its capitals away; so its words are compared one
//! by one here, and not found with all others in the folded text.

use std::collections::{HashMap, HashSet};

use super::lexicon::{Names, Table, Words};
use super::normal::Folded;

/// Words of one word each, folded; "werk*" stands for every word that begins so, "*werk" for every one that ends so.
#[derive(Clone, Debug, Default)]
pub(super) struct WordSet {
    whole: HashSet<String>,
    beginnings: Vec<String>,
    /// By their last letter, since most words end otherwise.
    endings: HashMap<u8, Vec<String>>,
    /// No word of the set has more bytes; where it has beginnings or endings, any number.
    longest: usize,
}

impl WordSet {
    fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut set = Self::default();
        for word in words {
            let folded = Folded::words(word.trim_matches('*'));
            if word.ends_with('*') {
                set.beginnings.push(folded);
                set.longest = usize::MAX;
            } else if word.starts_with('*') {
                if let Some(last) = folded.bytes().last() {
                    set.endings.entry(last).or_default().push(folded);
                }
                set.longest = usize::MAX;
            } else {
                set.longest = set.longest.max(folded.len());
                set.whole.insert(folded);
            }
        }
        set
    }

    /// True if the folded word is in it.
    pub(super) fn has(&self, folded: &str) -> bool {
        let begins = || {
            let mut beginnings = self.beginnings.iter();
            beginnings.any(|beginning| folded.starts_with(beginning.as_str()))
        };
        let ends = || {
            let last = folded.bytes().last();
            let mut endings = last
                .and_then(|last| self.endings.get(&last))
                .into_iter()
                .flatten();
            endings.any(|ending| folded.ends_with(ending.as_str()))
        };
        folded.len() <= self.longest && (self.whole.contains(folded) || begins() || ends())
    }

    /// True if a word of the set stands in letters without blanks: `tech` in `palmgrovetech`. Short words stand
    /// everywhere and do not count.
    pub(super) fn is_within(&self, letters: &str) -> bool {
        let mut words = self.whole.iter();
        words.any(|word| word.len() >= WITHIN_BYTES && letters.contains(word.as_str()))
    }

    /// True if the word, as a mail writes it, is in it.
    pub(super) fn has_written(&self, word: &str) -> bool {
        // Folding makes a word shorter by its accents at most.
        word.len() / 2 <= self.longest && self.has(&fold(word))
    }
}

/// Shorter words stand within others by chance.
const WITHIN_BYTES: usize = 4;

/// All that names of clients are known by.
#[derive(Clone, Debug, Default)]
pub(super) struct NameWords {
    /// Cues by their last word, the longest first, folded.
    cues: HashMap<String, Vec<String>>,
    /// A text of so many bytes before a name holds any cue.
    pub(super) cue_bytes: usize,
    pub(super) prepositions: WordSet,
    pub(super) near: WordSet,
    pub(super) organisations: WordSet,
    pub(super) links: WordSet,
    pub(super) articles: WordSet,
    pub(super) not_first: WordSet,
    pub(super) nobody: WordSet,
    pub(super) mail_providers: WordSet,
    pub(super) people: WordSet,
    pub(super) predicates: WordSet,
    pub(super) plurals: WordSet,
    pub(super) given: WordSet,
    pub(super) others: WordSet,
    pub(super) agencies: WordSet,
    pub(super) products: WordSet,
    pub(super) marks: NameMarks,
}

/// What marks names in languages without capitals and blanks, as written.
#[derive(Clone, Debug, Default)]
pub(super) struct NameMarks {
    pub(super) honorifics: Vec<String>,
    pub(super) of: Vec<String>,
    pub(super) presenting: Vec<String>,
    pub(super) before: Vec<String>,
    pub(super) firms: Vec<String>,
    pub(super) addressed: Vec<String>,
    pub(super) others: Vec<String>,
    pub(super) agencies: Vec<String>,
}

impl NameWords {
    pub(super) fn of(words: &Words) -> Self {
        let set = |table| WordSet::of(words.table(Table::Names(table)));
        let written = |table| {
            let words = words.table(Table::Names(table));
            words.map(str::to_owned).collect()
        };
        let cues = cues_by_end(words);
        let longest = cues.values().flatten().map(String::len).max();
        Self {
            // Accents and a second blank take room, too.
            cue_bytes: 2 * longest.unwrap_or_default() + 2,
            cues,
            prepositions: set(Names::Preposition),
            near: set(Names::Near),
            organisations: set(Names::Organisation),
            links: set(Names::Link),
            articles: set(Names::Article),
            not_first: set(Names::NotFirst),
            nobody: set(Names::Nobody),
            mail_providers: set(Names::MailProvider),
            people: set(Names::Person),
            predicates: set(Names::Predicate),
            given: set(Names::Given),
            plurals: set(Names::Plural),
            others: set(Names::Other),
            agencies: set(Names::Agency),
            products: set(Names::Product),
            marks: NameMarks {
                honorifics: written(Names::Honorific),
                of: written(Names::Of),
                presenting: written(Names::Presenting),
                before: written(Names::Before),
                firms: written(Names::Firm),
                addressed: written(Names::Addressed),
                others: written(Names::Other),
                agencies: written(Names::Agency),
            },
        }
    }

    /// True for a folded cue of one word: "client".
    pub(super) fn is_cue(&self, folded: &str) -> bool {
        let mut cues = self.cues_ending(folded).iter();
        cues.any(|cue| *cue == folded)
    }

    /// The cues that end with this word, the longest first.
    pub(super) fn cues_ending(&self, word: &str) -> &[String] {
        self.cues.get(word).map_or(&[], Vec::as_slice)
    }
}

fn cues_by_end(words: &Words) -> HashMap<String, Vec<String>> {
    let mut by_end: HashMap<String, Vec<String>> = HashMap::new();
    for cue in words.table(Table::Names(Names::Cue)).map(Folded::words) {
        let end = cue.rsplit(' ').next().unwrap_or_default().to_owned();
        by_end.entry(end).or_default().push(cue);
    }
    for cues in by_end.values_mut() {
        cues.sort_by_key(|cue| std::cmp::Reverse(cue.len()));
    }
    by_end
}

/// One word, folded.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    Folded::words(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_folded_and_with_any_ending_behind_a_star() {
        let set = WordSet::of(["Straße", "werk*", "op", "*klinik"].into_iter());
        let check = |word: &str, there: bool| assert_eq!(set.has_written(word), there, "{word}");
        check("STRASSE", true);
        check("Strasse", true);
        check("Werke", true);
        check("Stadtwerk", false);
        check("op", true);
        check("opt", false);
        check("Tierklinik", true);
        check("Klinik", true);
        check("Klinikum", false);
        check("", false);
    }
}
