//! Addresses, domains, people and languages, as every file writes them.

use jiff::civil::Date;

use crate::finding::typed::{Said, Value, date_of, wrong_type};
use crate::finding::{Finding, Mistakes};
use crate::triage::mail::Person;

/// An address: one `@`, something on both sides, no blank. In lower case.
pub(in crate::triage::rules) fn address(
    said: &Said<String>,
    mistakes: &Mistakes,
) -> Option<Said<String>> {
    let text = said.value.to_lowercase();
    let fine = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    }) && !text
        .contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    if !fine {
        let sentence = format!("\"{}\" is not a mail address", said.value);
        mistakes.note(Finding::error("E105", &said.at, sentence).help("write it as name@domain"));
        return None;
    }
    Some(said.with(text))
}

/// A domain, in lower case: no blank, no `@`.
pub(in crate::triage::rules) fn domain(
    said: &Said<String>,
    mistakes: &Mistakes,
) -> Option<Said<String>> {
    let text = said.value.to_lowercase();
    let fine = !text.is_empty()
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "@<>,;\"/:".contains(c));
    if !fine {
        let sentence = format!("\"{}\" is not a mail domain", said.value);
        mistakes
            .note(Finding::error("E105", &said.at, sentence).help("write it as partner.example"));
        return None;
    }
    Some(said.with(text))
}

/// `Name <address>` or an address alone.
pub(in crate::triage::rules) fn person(
    said: &Said<String>,
    mistakes: &Mistakes,
) -> Option<Said<Person>> {
    let (name, written) = match said.value.split_once('<') {
        Some((name, rest)) => (
            name.trim().trim_matches('"'),
            rest.trim_end().trim_end_matches('>'),
        ),
        None => ("", said.value.as_str()),
    };
    let found = address(&said.with(written.trim().to_owned()), mistakes)?;
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Some(said.with(Person {
        name,
        address: found.value,
    }))
}

/// A language of letters: two small letters (ISO 639-1).
pub(in crate::triage::rules) fn language(
    said: &Said<String>,
    mistakes: &Mistakes,
) -> Option<Said<String>> {
    let fine = said.value.len() == 2 && said.value.bytes().all(|byte| byte.is_ascii_lowercase());
    if !fine {
        let sentence = format!("\"{}\" is not a language", said.value);
        let help = "two small letters (ISO 639-1), such as \"en\" or \"de\"";
        mistakes.note(Finding::error("E206", &said.at, sentence).help(help));
        return None;
    }
    Some(said.clone())
}

/// Each of a list through one of the readers above; what is wrong is left out.
pub(in crate::triage::rules) fn each<T>(
    list: Option<Said<Vec<Said<String>>>>,
    mistakes: &Mistakes,
    read: impl Fn(&Said<String>, &Mistakes) -> Option<Said<T>>,
) -> Vec<Said<T>> {
    let items = list.map(|list| list.value).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| read(item, mistakes))
        .collect()
}

/// The texts of a list; none where the key is not there.
pub(in crate::triage::rules) fn all_texts(
    list: Option<Said<Vec<Said<String>>>>,
) -> Vec<Said<String>> {
    list.map(|list| list.value).unwrap_or_default()
}

/// A day that stands as a value or as a key.
pub(in crate::triage::rules) fn day(
    said: &Said<Value>,
    what: &str,
    mistakes: &Mistakes,
) -> Option<Said<Date>> {
    let found = date_of(&said.value);
    if found.is_none() {
        mistakes.note(wrong_type(said, what, "a day such as 2026-12-31"));
    }
    found.map(|date| said.with(date))
}
