//! TOML as a person typed it: every key and value with its place, read key by key.
//!
//! A [`Section`] hands out values of the type that is asked for and notes a mistake where they are not;
//! [`Section::done`] names every key that nobody asked for. Nothing stops at the first mistake.

mod section;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use toml::de::{DeArray, DeTable, DeValue};
use toml::value::Datetime;

use super::guess::{did_you_mean, known_are};
use super::{At, Finding, Mistakes};

pub use section::Section;

/// A value with the place it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub at: At,
}

impl<T> Said<T> {
    /// The same place with another value.
    #[must_use]
    pub fn with<U>(&self, value: U) -> Said<U> {
        Said {
            value,
            at: self.at.clone(),
        }
    }
}

/// A value of a TOML file.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `"…"`
    Text(String),
    /// `3`
    Number(i64),
    /// `0.6`
    Decimal(f64),
    /// `true`
    Flag(bool),
    /// `2026-12-31`, or with a time.
    Date(Datetime),
    /// `[…]`, also `[[…]]`.
    List(Vec<Said<Value>>),
    /// `[…]`, `{…}` or dotted keys, in the order of the file.
    Table(Vec<(Said<String>, Said<Value>)>),
}

impl Value {
    /// What it is, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Decimal(_) => "a decimal number",
            Self::Flag(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// Reads a file, noting every mistake of syntax; what can be read comes out all the same.
#[must_use]
pub fn parse(file: &str, text: &str, mistakes: &Mistakes) -> Said<Value> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let file: Arc<str> = file.into();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let at = At {
            file: Arc::clone(&file),
            span,
        };
        mistakes.note(
            Finding::error("E103", &at, format!("this is not TOML: {}", in_plain_words(error.message())))
                .help("the file is read on as well as it goes; mistakes named below may come from this one"),
        );
    }
    table_of(&file, table.get_ref(), 0..text.len())
}

/// The reader's words for mistakes that people make every week.
fn in_plain_words(message: &str) -> &str {
    if message.contains("string values must be quoted") {
        return "here should stand a value; texts stand in \"quotes\"";
    }
    match message {
        "duplicate key" => "this name is given twice in the same table",
        other => other,
    }
}

fn table_of(file: &Arc<str>, table: &DeTable<'_>, span: Range<usize>) -> Said<Value> {
    let mut entries: Vec<(Said<String>, Said<Value>)> = table
        .iter()
        .map(|(key, value)| {
            let said = Said {
                value: key.get_ref().to_string(),
                at: At {
                    file: Arc::clone(file),
                    span: key.span(),
                },
            };
            (said, value_of(file, value.get_ref(), value.span()))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.at.span.start);
    Said {
        value: Value::Table(entries),
        at: At {
            file: Arc::clone(file),
            span,
        },
    }
}

fn value_of(file: &Arc<str>, value: &DeValue<'_>, span: Range<usize>) -> Said<Value> {
    let at = At {
        file: Arc::clone(file),
        span: span.clone(),
    };
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            Value::Number(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(i64::MAX))
        }
        DeValue::Float(number) => Value::Decimal(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Date(*date),
        DeValue::Array(list) => Value::List(list_of(file, list)),
        DeValue::Table(table) => return table_of(file, table, span),
    };
    Said { value, at }
}

fn list_of(file: &Arc<str>, list: &DeArray<'_>) -> Vec<Said<Value>> {
    list.iter()
        .map(|value| value_of(file, value.get_ref(), value.span()))
        .collect()
}

/// One of a few words; `None`, and a mistake, for any other.
pub fn choose<T: Clone>(
    said: &Said<String>,
    what: &str,
    words: &[(&str, T)],
    mistakes: &Mistakes,
) -> Option<T> {
    let found = words.iter().find(|(word, _)| *word == said.value);
    if let Some((_, value)) = found {
        return Some(value.clone());
    }
    let sentence = format!("{what} cannot be \"{}\"", said.value);
    let known = || words.iter().map(|(word, _)| *word);
    mistakes.note(
        Finding::error("E105", &said.at, sentence)
            .label(did_you_mean(&said.value, known()))
            .help(known_are(known())),
    );
    None
}

/// E102, in one wording for all.
#[must_use]
pub fn wrong_type(value: &Said<Value>, what: &str, wanted: &str) -> Finding {
    let sentence = format!("{what} must be {wanted}, not {}", value.value.kind());
    Finding::error("E102", &value.at, sentence)
}

/// A number, whole or decimal.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "numbers in files of people are small"
)]
pub fn decimal_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number as f64),
        Value::Decimal(number) => Some(*number),
        Value::Text(_) | Value::Flag(_) | Value::Date(_) | Value::List(_) | Value::Table(_) => None,
    }
}

/// A day, bare or in quotes.
#[must_use]
pub fn date_of(value: &Value) -> Option<Date> {
    match value {
        Value::Date(Datetime {
            date: Some(date),
            time: None,
            ..
        }) => Date::new(
            i16::try_from(date.year).ok()?,
            i8::try_from(date.month).ok()?,
            i8::try_from(date.day).ok()?,
        )
        .ok(),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Date(_)
        | Value::Number(_)
        | Value::Decimal(_)
        | Value::Flag(_)
        | Value::List(_)
        | Value::Table(_) => None,
    }
}
