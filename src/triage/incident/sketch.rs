//! A text made small, so that the same report is recognised when it comes again: forwarded twice, or to two addresses.
//!
//! A min-hash over triples of words: the share of equal places is about the share of equal triples.

use serde::{Deserialize, Serialize};

/// The sketch of a text; empty for one that is too short to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sketch(Vec<u32>);

/// Places of a sketch: enough to tell 0.8 from chance, few enough to keep with every mail.
const PLACES: u32 = 16;

/// A text of fewer words says too little to be the same by its words alone: "Still down!" is written by many.
const WORDS_MIN: usize = 8;

/// No more of a text is looked at.
const WORDS_MAX: usize = 400;

/// From so many equal places in sixteen on, two texts are one report.
const SAME_MIN: usize = 13;

impl Sketch {
    pub(super) fn of(text: &str) -> Self {
        let words: Vec<String> = text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(WORDS_MAX)
            .map(str::to_lowercase)
            .collect();
        if words.len() < WORDS_MIN {
            return Self::default();
        }
        let triples: Vec<u64> = words.windows(3).map(hash).collect();
        let least = |place: u32| {
            let mixed = triples.iter().map(|triple| mix(*triple, place));
            mixed.min().unwrap_or_default()
        };
        Self((0..PLACES).map(least).collect())
    }

    /// True if both are one report, written or sent twice.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let equal = self.0.iter().zip(&other.0).filter(|(one, two)| one == two);
        equal.count() >= SAME_MIN
    }
}

/// FNV-1a over three words: it must be the same on every machine and for ever, because it lies in the journal.
fn hash(words: &[String]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn mix(triple: u64, place: u32) -> u32 {
    let mut mixed = triple ^ u64::from(place + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_report_is_recognised_and_another_is_not() {
        let check = |one: &str, two: &str, same: bool| {
            assert_eq!(
                Sketch::of(one).same(&Sketch::of(two)),
                same,
                "{one} | {two}"
            );
        };
        let report = "Since ten this morning nobody at Harbor Bank can open the sales dashboard, it stays white \
                      after the login and the whole branch waits for the numbers of yesterday.";
        check(report, report, true);
        check(report, &format!("FYI {report}"), true);
        check(
            report,
            "Nobody at City of Lindenau can open the sales dashboard since this morning.",
            false,
        );
        check("Still down!", "Still down!", false);
        check("", "", false);
    }
}
