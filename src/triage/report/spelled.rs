//! A domain spelled out: `stodwells.example` is "St. Odwell's College" where the mail writes that.

use std::ops::Range;

use super::name_words::{FREE_MAIL, LINKS, NOT_FIRST};
use super::names::{beginnings, is_preposition, letters, name_at};
use super::normal::Folded;
use crate::triage::mail::Person;

/// The first label of a domain, letters only; nothing for a mail provider's.
pub(super) fn domain_label(person: &Person) -> Option<String> {
    let labels: Vec<&str> = person.domain().split('.').collect();
    let label = labels
        .iter()
        .rev()
        .nth(1)
        .filter(|label| label.len() > 3)
        .or(labels.first())?;
    let letters: String = label.chars().filter(|c| c.is_alphanumeric()).collect();
    (letters.len() >= 3 && !FREE_MAIL.contains(&letters.as_str())).then_some(letters)
}

/// Capitalised words whose letters together begin as `label` does, with the capitalised words that follow.
pub(super) fn spelled(text: &str, label: &str) -> Option<Range<usize>> {
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
        let Some((name, _)) = name_at(text, start) else {
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
            letters_without_links(value)
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
    best.map(|(_, name)| whole_name(text, name))
}

fn letters_without_links(name: &str) -> String {
    name.split(' ')
        .filter(|word| !LINKS.contains(word))
        .map(letters)
        .collect()
}

/// The capitalised words in front of a name on its line: a domain often leaves the kind of company out.
fn whole_name(text: &str, name: Range<usize>) -> Range<usize> {
    let line = text.get(..name.start).unwrap_or_default();
    let line = line.get(
        line.rfind(['\n', ',', '/', '|', '(', '·'])
            .map_or(0, |at| at + 1)..,
    );
    let mut start = name.start;
    let mut at = name.start;
    for word in line.unwrap_or_default().rsplit(' ').skip(1).take(4) {
        at = at.saturating_sub(word.len() + 1);
        let folded = Folded::words(word);
        let other = is_preposition(word) || NOT_FIRST.contains(&folded.as_str());
        let begins = word.starts_with(char::is_uppercase);
        if other || !(begins || LINKS.contains(&word)) || word.ends_with(['.', ':', ';']) {
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
