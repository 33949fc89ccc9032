//! `calendars.toml`: when we are at work.

use jiff::civil::Date;

use super::day;
use crate::finding::typed::{Said, Section, Value, wrong_type};
use crate::finding::{Finding, Mistakes};
use crate::triage::promise::calendar::Window;

/// `[calendar.NAME]`
#[derive(Debug)]
pub(in crate::triage::rules) struct CalendarFile {
    pub name: Said<String>,
    pub always: bool,
    pub zone: Option<Said<String>>,
    /// By weekday, Monday is 0.
    pub hours: Vec<(usize, Vec<Said<Window>>)>,
    pub closed: Vec<Said<Date>>,
    pub special: Vec<(Said<Date>, Vec<Said<Window>>)>,
    pub covers_until: Option<Said<Date>>,
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) fn read(top: &mut Section<'_>) -> Vec<CalendarFile> {
    top.named("calendar")
        .into_iter()
        .map(|(name, section)| calendar(name, section))
        .collect()
}

fn calendar(name: Said<String>, mut section: Section<'_>) -> CalendarFile {
    let mistakes = section.mistakes();
    let always = section.flag("always").is_some_and(|said| said.value);
    let file = CalendarFile {
        always,
        zone: if always {
            section.text("zone")
        } else {
            section.need_text("zone")
        },
        hours: section
            .section("hours", "\"hours\"")
            .map(week)
            .unwrap_or_default(),
        closed: section
            .list("closed")
            .unwrap_or_default()
            .iter()
            .filter_map(|value| day(value, "a closed day", mistakes))
            .collect(),
        special: section
            .section("special", "\"special\"")
            .map(special)
            .unwrap_or_default(),
        covers_until: section.date("covers_until"),
        name,
    };
    section.done();
    file
}

fn week(mut section: Section<'_>) -> Vec<(usize, Vec<Said<Window>>)> {
    let mistakes = section.mistakes();
    let mut hours = Vec::new();
    for (weekday, name) in WEEKDAYS.into_iter().enumerate() {
        if let Some(value) = section.value(name) {
            hours.push((weekday, windows(value, mistakes)));
        }
    }
    section.done();
    hours
}

fn special(section: Section<'_>) -> Vec<(Said<Date>, Vec<Said<Window>>)> {
    let mistakes = section.mistakes();
    section
        .entries()
        .iter()
        .filter_map(|(key, value)| {
            let date = day(
                &key.with(Value::Text(key.value.clone())),
                "a special day",
                mistakes,
            )?;
            Some((date, windows(value, mistakes)))
        })
        .collect()
}

/// One window or a list of them; `[]` is closed.
fn windows(value: &Said<Value>, mistakes: &Mistakes) -> Vec<Said<Window>> {
    let items = match &value.value {
        Value::List(items) => items.as_slice(),
        Value::Text(_)
        | Value::Number(_)
        | Value::Decimal(_)
        | Value::Flag(_)
        | Value::Date(_)
        | Value::Table(_) => std::slice::from_ref(value),
    };
    items
        .iter()
        .filter_map(|item| window(item, mistakes))
        .collect()
}

fn window(value: &Said<Value>, mistakes: &Mistakes) -> Option<Said<Window>> {
    const WANTED: &str = "hours such as \"09:00-17:00\"";
    let Value::Text(text) = &value.value else {
        mistakes.note(wrong_type(value, "a window", WANTED));
        return None;
    };
    let ends = text
        .split_once('-')
        .and_then(|(from, to)| Some((minutes(from.trim())?, minutes(to.trim())?)));
    let Some((from, to)) = ends else {
        let sentence = format!("\"{text}\" is not a window of a day");
        mistakes.note(Finding::error("E102", &value.at, sentence).help(format!("write {WANTED}")));
        return None;
    };
    Some(value.with(Window { from, to }))
}

/// Minutes after midnight of `HH:MM`; `24:00` is the end of the day.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 24 * 60).then_some(total)
}
