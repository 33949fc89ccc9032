//! Does somebody of ours say "I have it"? The words are the admin's, `[staff.ack]` of the lexicon.
//!
//! Only the first line counts, and it must say nothing else before its first stop: "I take it that you know" takes nothing.

use super::lexicon::{Lexicon, Staff, Table};
use super::normal::Folded;

/// What ends the first thing that a line says. A question is none of them: "ack?" asks.
const STOPS: [char; 14] = [
    ',', '.', '!', ':', ';', '–', '—', '(', '、', '。', '！', '，', '：', '；',
];

/// No acknowledgement is longer.
const LINE_CHARS_MAX: usize = 200;

impl Lexicon {
    /// True if the first line of these words acknowledges a notice.
    #[must_use]
    pub fn acknowledges(&self, words: &str) -> bool {
        let first = words.lines().map(str::trim).find(|line| !line.is_empty());
        let Some(line) = first.filter(|line| line.chars().count() <= LINE_CHARS_MAX) else {
            return false;
        };
        let begins = pieces(line);
        let mut known = self.words.table(Table::Staff(Staff::Ack));
        known.any(|word| {
            let word = Folded::words(word);
            begins.contains(&word)
        })
    }
}

/// The line up to each of its stops, and the whole of it, since some words have a stop inside.
fn pieces(line: &str) -> Vec<String> {
    let is_dash = |at: usize| line.get(at..).is_some_and(|rest| rest.starts_with(" - "));
    let stops = line
        .char_indices()
        .filter(|(at, char)| STOPS.contains(char) || is_dash(*at))
        .map(|(at, _)| at);
    stops
        .chain(std::iter::once(line.len()))
        .filter_map(|end| line.get(..end))
        .map(Folded::words)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::triage::rules::Rules;

    #[test]
    fn a_first_line_takes_the_matter_or_does_not() {
        let check = |words: &str, takes: bool| {
            let lexicon = &Rules::shipped().lexicon;
            assert_eq!(lexicon.acknowledges(words), takes, "{words}");
        };
        for words in [
            "ack",
            "ACK.",
            "Ack, looking at it now",
            "acknowledged - back in ten minutes",
            "  \n Acknowledged!\n\nMore tomorrow.",
            "I'm on it",
            "I’m on it.",
            "Übernehme ich.",
            "uebernehme",
            "Ich kümmere mich darum",
            "Je prends",
            "Je m’en occupe !",
            "Lo tomo.",
            "Ik pak het op",
            "Assumo",
            "Me ne occupo, grazie",
            "対応します",
            "私が対応します。",
            "了解しました、対応します。",
            "Eu cuido disso",
        ] {
            check(words, true);
        }
        for words in [
            "",
            "ack?",
            "Not ack",
            "I take it that somebody else has it",
            "Assumo che qualcuno lo abbia già preso",
            "Who has this?\nack",
            "Please acknowledge",
            "Backlog",
            "I am out of office, ack",
            "対応できません",
        ] {
            check(words, false);
        }
    }
}
