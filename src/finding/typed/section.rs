//! One table while it is read: values by key and type, mistakes on the way, unknown keys at the end.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Said, Value, choose, date_of, decimal_of, wrong_type};
use crate::finding::guess::{did_you_mean, known_are};
use crate::finding::{At, Finding, Mistakes};

/// One table while it is read.
#[derive(Debug)]
pub struct Section<'a> {
    /// What it is, for people: `[partner]`.
    pub what: String,
    /// Where it stands.
    pub at: At,
    entries: &'a [(Said<String>, Said<Value>)],
    asked: BTreeSet<&'static str>,
    /// Keys that are answered for, but not offered where another key is unknown.
    known_elsewhere: BTreeSet<&'static str>,
    mistakes: &'a Mistakes,
}

impl<'a> Section<'a> {
    /// Begins to read a table. `what` names it for people. `None`, and a mistake, where it is no table.
    #[must_use]
    pub fn of(value: &'a Said<Value>, what: &str, mistakes: &'a Mistakes) -> Option<Self> {
        let Value::Table(entries) = &value.value else {
            mistakes.note(wrong_type(value, what, "a table"));
            return None;
        };
        Some(Self {
            what: what.to_owned(),
            at: value.at.clone(),
            entries,
            asked: BTreeSet::new(),
            known_elsewhere: BTreeSet::new(),
            mistakes,
        })
    }

    /// Where mistakes go.
    #[must_use]
    pub fn mistakes(&self) -> &'a Mistakes {
        self.mistakes
    }

    /// The raw value of a key.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Said<Value>> {
        self.asked.insert(key);
        self.entries
            .iter()
            .find(|(name, _)| name.value == key)
            .map(|(_, value)| value)
    }

    /// The place of a key that has been or will be named in another way: [`Section::done`] is silent about it and
    /// does not offer it.
    pub fn leave(&mut self, key: &'static str) -> Option<At> {
        self.known_elsewhere.insert(key);
        self.key_at(key).cloned()
    }

    /// True if somebody asked for that key.
    #[must_use]
    pub fn was_asked(&self, key: &str) -> bool {
        self.asked.contains(key)
    }

    /// Where a key is written, if it is.
    #[must_use]
    pub fn key_at(&self, key: &str) -> Option<&'a At> {
        self.entries
            .iter()
            .find(|(name, _)| name.value == key)
            .map(|(name, _)| &name.at)
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<Said<String>> {
        let value = self.value(key)?;
        if let Value::Text(text) = &value.value {
            return Some(value.with(text.trim().to_owned()));
        }
        self.wrong(value, key, "a text in quotes")
    }

    /// A text that must be there and must not be empty.
    pub fn need_text(&mut self, key: &'static str) -> Option<Said<String>> {
        let written = self.key_at(key).is_some();
        let text = self.text(key);
        match &text {
            None if written => None,
            None => {
                self.missing(key);
                None
            }
            // An empty place is what the reader puts where it could not read on; that is named already.
            Some(said) if said.value.is_empty() && said.at.span.is_empty() => None,
            Some(said) if said.value.is_empty() => {
                let sentence = format!("\"{key}\" of {} must not be empty", self.what);
                self.mistakes
                    .note(Finding::error("E105", &said.at, sentence));
                None
            }
            Some(_) => text,
        }
    }

    /// True or false.
    pub fn flag(&mut self, key: &'static str) -> Option<Said<bool>> {
        let value = self.value(key)?;
        if let Value::Flag(flag) = &value.value {
            return Some(value.with(*flag));
        }
        self.wrong(value, key, "true or false")
    }

    /// A whole number.
    pub fn number(&mut self, key: &'static str) -> Option<Said<i64>> {
        let value = self.value(key)?;
        if let Value::Number(number) = &value.value {
            return Some(value.with(*number));
        }
        self.wrong(value, key, "a whole number")
    }

    /// A number, whole or decimal.
    pub fn decimal(&mut self, key: &'static str) -> Option<Said<f64>> {
        let value = self.value(key)?;
        let number = decimal_of(&value.value);
        match number {
            Some(number) => Some(value.with(number)),
            None => self.wrong(value, key, "a number"),
        }
    }

    /// A day, bare or in quotes.
    pub fn date(&mut self, key: &'static str) -> Option<Said<Date>> {
        let value = self.value(key)?;
        match date_of(&value.value) {
            Some(date) => Some(value.with(date)),
            None => self.wrong(value, key, "a day such as 2026-12-31"),
        }
    }

    /// One text, or a list of them.
    pub fn texts(&mut self, key: &'static str) -> Option<Said<Vec<Said<String>>>> {
        let value = self.value(key)?;
        let items = match &value.value {
            Value::List(items) => items.iter().collect(),
            Value::Text(_)
            | Value::Number(_)
            | Value::Decimal(_)
            | Value::Flag(_)
            | Value::Date(_)
            | Value::Table(_) => vec![value],
        };
        let mut texts = Vec::new();
        for item in items {
            if let Value::Text(text) = &item.value {
                texts.push(item.with(text.trim().to_owned()));
            } else {
                let wanted = "a text in quotes, or a list of them";
                self.mistakes.note(wrong_type(
                    item,
                    &format!("\"{key}\" of {}", self.what),
                    wanted,
                ));
            }
        }
        Some(value.with(texts))
    }

    /// The values of a list; a single value counts as a list of one.
    pub fn list(&mut self, key: &'static str) -> Option<&'a [Said<Value>]> {
        let value = self.value(key)?;
        match &value.value {
            Value::List(items) => Some(items),
            Value::Text(_)
            | Value::Number(_)
            | Value::Decimal(_)
            | Value::Flag(_)
            | Value::Date(_)
            | Value::Table(_) => Some(std::slice::from_ref(value)),
        }
    }

    /// One of a few words.
    pub fn one_of<T: Clone>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<Said<T>> {
        let said = self.text(key)?;
        let what = format!("\"{key}\" of {}", self.what);
        choose(&said, &what, words, self.mistakes).map(|value| said.with(value))
    }

    /// A table within this one. `what` names it for people.
    pub fn section(&mut self, key: &'static str, what: &str) -> Option<Self> {
        let value = self.value(key)?;
        Section::of(value, what, self.mistakes)
    }

    /// The tables of `[[key]]`.
    pub fn sections(&mut self, key: &'static str, what: &str) -> Vec<Self> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Value::List(items) = &value.value else {
            let wanted = format!("a list of tables, written [[{key}]]");
            self.mistakes
                .note(wrong_type(value, &format!("\"{key}\""), &wanted));
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| Section::of(item, what, self.mistakes))
            .collect()
    }

    /// The tables of `[key.NAME]`, each with its name.
    pub fn named(&mut self, key: &'static str) -> Vec<(Said<String>, Self)> {
        let Some(table) = self.section(key, &format!("[{key}.…]")) else {
            return Vec::new();
        };
        table
            .entries()
            .iter()
            .filter_map(|(name, value)| {
                let what = format!("[{key}.{}]", name.value);
                let mut section = Section::of(value, &what, self.mistakes)?;
                section.at = name.at.clone();
                Some((name.clone(), section))
            })
            .collect()
    }

    /// All entries, for tables whose keys are names that the admin chooses.
    #[must_use]
    pub fn entries(&self) -> &'a [(Said<String>, Said<Value>)] {
        self.entries
    }

    /// Notes that a key is not there.
    pub fn missing(&self, key: &str) {
        let sentence = format!("{} needs \"{key}\"", self.what);
        self.mistakes
            .note(Finding::error("E107", &self.at, sentence).label("it is not written here"));
    }

    /// Names every key that nobody asked for.
    pub fn done(self) {
        for (key, _) in self.entries {
            let key_name = key.value.as_str();
            if self.asked.contains(key_name) || self.known_elsewhere.contains(key_name) {
                continue;
            }
            let sentence = format!("\"{}\" is not known in {}", key.value, self.what);
            let known = || self.asked.iter().copied();
            self.mistakes.note(
                Finding::error("E101", &key.at, sentence)
                    .label(did_you_mean(&key.value, known()))
                    .help(known_are(known())),
            );
        }
    }

    fn wrong<T>(&self, value: &Said<Value>, key: &str, wanted: &str) -> Option<T> {
        let what = format!("\"{key}\" of {}", self.what);
        self.mistakes.note(wrong_type(value, &what, wanted));
        None
    }
}
