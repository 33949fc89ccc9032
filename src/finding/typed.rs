//! TOML as a person typed it: every key and value with its place, read key by key.
//!
//! A [`Section`] hands out values of the type that is asked for and notes a mistake where they are not;
//! [`Section::done`] names every key that nobody asked for. Nothing stops at the first mistake.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use toml::de::{DeArray, DeTable, DeValue};
use toml::value::Datetime;

use super::guess::{did_you_mean, known_are};
use super::{At, Finding, Mistakes};

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

/// One table while it is read.
#[derive(Debug)]
pub struct Section<'a> {
    /// What it is, for people: `[partner]`.
    pub what: String,
    /// Where it stands.
    pub at: At,
    entries: &'a [(Said<String>, Said<Value>)],
    asked: BTreeSet<&'static str>,
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
            if self.asked.contains(key.value.as_str()) {
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

#[cfg(test)]
mod tests {
    use super::super::{Colour, Texts, draw};
    use super::*;

    /// Reads `text` as a small made-up file and compares all mistakes, drawn.
    fn check(text: &str, expected: &[&str]) {
        let mistakes = Mistakes::default();
        let value = parse("a.toml", text, &mistakes);
        let mut top = Section::of(&value, "a.toml", &mistakes).unwrap();
        if let Some(mut house) = top.section("house", "[house]") {
            let _ = house.need_text("name");
            let _ = house.texts("tags");
            let _ = house.number("floors");
            let _ = house.flag("garden");
            let _ = house.date("built");
            let _ = house.one_of("colour", &[("red", 1), ("green", 2)]);
            house.done();
        }
        for mut tree in top.sections("tree", "a [[tree]]") {
            let _ = tree.decimal("height");
            tree.done();
        }
        top.done();
        let texts = Texts::from([("a.toml".to_owned(), text.to_owned())]);
        let findings = mistakes.worst_first();
        let drawn = draw(&findings, &texts, Colour::Plain);
        let found: Vec<String> = findings
            .iter()
            .map(|f| {
                let (line, column) = super::super::line_and_column(text, f.spot.span.start);
                format!("{} {line}:{column} {} {}", f.code, f.sentence, f.spot.label)
                    .trim()
                    .to_owned()
            })
            .collect();
        assert_eq!(found, expected, "{drawn}");
    }

    #[test]
    fn a_file_without_mistakes_has_none() {
        check(
            "[house]\nname = \"x\"\ntags = [\"a\"]\nfloors = 2\ngarden = true\nbuilt = 2020-01-02\ncolour = \"red\"\n[[tree]]\nheight = 2\n",
            &[],
        );
    }

    #[test]
    fn every_mistake_is_named_at_its_place() {
        check(
            "[house]\nnaem = \"x\"\ntags = [1]\nfloors = \"two\"\ngarden = 1\nbuilt = \"soon\"\ncolour = \"gren\"\n[[tree]]\nheight = \"tall\"\nheigth = 1\n",
            &[
                "E107 1:1 [house] needs \"name\" it is not written here",
                "E101 2:1 \"naem\" is not known in [house] did you mean \"name\"?",
                "E102 3:9 \"tags\" of [house] must be a text in quotes, or a list of them, not a number",
                "E102 4:10 \"floors\" of [house] must be a whole number, not a text",
                "E102 5:10 \"garden\" of [house] must be true or false, not a number",
                "E102 6:9 \"built\" of [house] must be a day such as 2026-12-31, not a text",
                "E105 7:10 \"colour\" of [house] cannot be \"gren\" did you mean \"green\"?",
                "E102 9:10 \"height\" of a [[tree]] must be a number, not a text",
                "E101 10:1 \"heigth\" is not known in a [[tree]] did you mean \"height\"?",
            ],
        );
    }

    #[test]
    fn reading_goes_on_after_a_mistake_of_syntax() {
        let mistakes = Mistakes::default();
        let _ = parse(
            "a.toml",
            "[house]\nname = \nfloors = 1\nfloors = 2\n",
            &mistakes,
        );
        let codes: Vec<&str> = mistakes.worst_first().iter().map(|f| f.code).collect();
        assert!(
            codes.len() >= 2 && codes.iter().all(|code| *code == "E103"),
            "{codes:?}"
        );
    }
}
