//! A domain spelled out: `stodwells.example` is "St. Odwell's College" where the mail writes that.

use std::ops::Range;

use super::name_words::NameWords;
use super::names::{beginnings, letters, name_at};
use crate::triage::mail::Person;

/// The first label of a domain, letters only; nothing for a mail provider's.
pub(super) fn domain_label(person: &Person, words: &NameWords) -> Option<String> {
    let labels: Vec<&str> = person.domain().split('.').collect();
    let label = labels
        .iter()
        .rev()
        .nth(1)
        .filter(|label| label.len() > 3)
        .or(labels.first())?;
    let letters: String = label.chars().filter(|c| c.is_alphanumeric()).collect();
    (letters.len() >= 3 && !words.mail_providers.has(&letters)).then_some(letters)
}

/// Capitalised words whose letters together begin as `label` does, with the capitalised words that follow.
pub(super) fn spelled(text: &str, label: &str, words: &NameWords) -> Option<Range<usize>> {
    let mut best: Option<(usize, Range<usize>)> = None;
    let begins = |start: &usize| {
        let first = text.get(*start..).and_then(|tail| tail.chars().next());
        first
            .is_some_and(|first| !first.is_ascii() || label.starts_with(first.to_ascii_lowercase()))
    };
    for start in beginnings(text, 0..text.len())
        .take(SEARCHED_WORDS)
        .filter(begins)
    {
        let Some((name, _)) = name_at(text, start, (words, false)) else {
            continue;
        };
        let value = text.get(name.clone()).unwrap_or_default();
        if value.contains('@') {
            continue;
        }
        let linked = letters(value);
        // A domain often leaves out "de la": what follows it may still be the name's.
        let letters = if linked.starts_with(label) {
            linked
        } else {
            letters_without_links(value, words)
        };
        let common = letters
            .bytes()
            .zip(label.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        let whole = common == label.len() || common == letters.len();
        let enough = common >= 4 && common * 3 >= label.len() * 2 && (whole || common >= 6);
        let longer = best.as_ref().is_none_or(|(known, range)| {
            common > *known || (common == *known && name.len() > range.len())
        });
        if enough && longer {
            best = Some((common, name));
        }
    }
    best.map(|(_, name)| whole_name(text, name, words))
}

fn letters_without_links(name: &str, words: &NameWords) -> String {
    name.split(' ')
        .filter(|word| !is_link(word, words))
        .map(letters)
        .collect()
}

/// With a capital it is a word of the name: `De Vries`.
fn is_link(word: &str, words: &NameWords) -> bool {
    !word.starts_with(char::is_uppercase) && words.links.has_written(word)
}

/// The capitalised words in front of a name on its line: a domain often leaves the kind of company out.
fn whole_name(text: &str, name: Range<usize>, words: &NameWords) -> Range<usize> {
    let line = text.get(..name.start).unwrap_or_default();
    let line = line.get(
        line.rfind(['\n', ',', '/', '|', '(', '·'])
            .map_or(0, |at| at + 1)..,
    );
    let mut start = name.start;
    let mut at = name.start;
    for word in line.unwrap_or_default().rsplit(' ').skip(1).take(4) {
        at = at.saturating_sub(word.len() + 1);
        let other = words.prepositions.has_written(word) || words.not_first.has_written(word);
        let begins = word.starts_with(char::is_uppercase);
        if other || !(begins || is_link(word, words)) || word.ends_with(['.', ':', ';']) {
            break;
        }
        if begins {
            start = at;
        }
    }
    start..name.end
}

/// A signature stands within so many capitalised words, or nobody would read it.
const SEARCHED_WORDS: usize = 3_000;
