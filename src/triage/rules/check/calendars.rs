//! Calendars: zones that exist, windows that do not overlap, days on which somebody is there at all.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::Check;
use crate::finding::typed::Said;
use crate::finding::{Finding, guess};
use crate::triage::promise::calendar::{Calendar, Window};
use crate::triage::promise::zones;
use crate::triage::rules::file::CalendarFile;

/// How long before its end a list of holidays is named.
const HOLIDAYS_END_SOON_DAYS: i32 = 60;

/// `24:00`
const MIDNIGHT: u16 = 24 * 60;

/// `23:59`, which people write for the end of a day.
const LAST_MINUTE: u16 = MIDNIGHT - 1;

/// The zones that a slip of a finger is compared with.
const COMMON_ZONES: [&str; 24] = [
    "UTC",
    "Europe/Berlin",
    "Europe/Vienna",
    "Europe/Zurich",
    "Europe/London",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Warsaw",
    "Europe/Stockholm",
    "Europe/Helsinki",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Asia/Kolkata",
    "Asia/Dubai",
    "Australia/Sydney",
    "Pacific/Auckland",
];

impl Check<'_> {
    pub(super) fn calendars(&self) -> BTreeMap<String, Calendar> {
        self.no_twice(
            "calendar",
            self.said.calendars.iter().map(|calendar| &calendar.name),
        );
        self.said
            .calendars
            .iter()
            .map(|said| (said.name.value.clone(), self.calendar(said)))
            .collect()
    }

    fn calendar(&self, said: &CalendarFile) -> Calendar {
        let zone = said
            .zone
            .as_ref()
            .and_then(|zone| self.zone(zone))
            .unwrap_or(TimeZone::UTC);
        let mut calendar = Calendar {
            name: said.name.value.clone(),
            zone,
            always: said.always,
            ..Calendar::always()
        };
        for (weekday, windows) in &said.hours {
            if let Some(day) = calendar.week.get_mut(*weekday) {
                *day = self.windows(windows);
            }
        }
        calendar.closed = said.closed.iter().map(|day| day.value).collect();
        for (day, windows) in &said.special {
            if said.closed.iter().any(|closed| closed.value == day.value) {
                let sentence = format!("{} is both closed and special; special wins", day.value);
                self.note(Finding::warning("W128", &day.at, sentence));
            }
            calendar.special.insert(day.value, self.windows(windows));
        }
        calendar.covers_until = said.covers_until.as_ref().map(|until| until.value);
        let today = self.at.to_zoned(calendar.zone.clone());
        let opens = today.is_ok_and(|today| calendar.next_open(today.timestamp()).is_some());
        if !opens {
            let sentence = format!("calendar \"{}\" never opens", said.name.value);
            let help = "write hours = { mon = \"09:00-17:00\", … }, or always = true";
            self.note(Finding::error("E305", &said.name.at, sentence).help(help));
        }
        self.holidays_end_soon(said);
        calendar
    }

    /// A zone of the data in force.
    pub(super) fn zone(&self, said: &Said<String>) -> Option<TimeZone> {
        let found = zones::in_force().get(&said.value);
        if found.is_none() {
            let sentence = format!("there is no time zone \"{}\"", said.value);
            self.note(
                Finding::error("E205", &said.at, sentence)
                    .label(guess::did_you_mean(&said.value, COMMON_ZONES))
                    .help("write it as Area/City, such as Europe/Berlin; an offset or an abbreviation knows no summer time"),
            );
        }
        found
    }

    /// The windows of one day, in order.
    fn windows(&self, said: &[Said<Window>]) -> Vec<Window> {
        let mut windows: Vec<&Said<Window>> = said.iter().collect();
        windows.sort_by_key(|window| window.value);
        for window in &windows {
            self.window(window);
        }
        for (earlier, later) in windows.iter().zip(windows.iter().skip(1)) {
            if later.value.from < earlier.value.to {
                self.note(
                    Finding::error(
                        "E304",
                        &later.at,
                        "these hours overlap with others of the same day",
                    )
                    .also(&earlier.at, "with these"),
                );
            }
        }
        apart(windows.into_iter().map(|window| window.value))
    }

    fn window(&self, said: &Said<Window>) {
        let Window { from, to } = said.value;
        if from > to {
            self.note(
                Finding::error("E304", &said.at, "opening hours run over midnight").help(
                    "split them at 24:00: the evening on this day, the morning (00:00-…) on the next, so that it is clear which day a holiday closes",
                ),
            );
        } else if from == to {
            self.note(Finding::error(
                "E304",
                &said.at,
                "a window in which no time passes",
            ));
        }
        if to == LAST_MINUTE {
            self.note(
                Finding::warning("W111", &said.at, "the last minute of the day is closed")
                    .help("write 24:00 for the end of the day"),
            );
        }
    }

    /// W112
    fn holidays_end_soon(&self, said: &CalendarFile) {
        let Some(until) = &said.covers_until else {
            return;
        };
        if self.at.saturating_add(HOLIDAYS_END_SOON_DAYS.days()) <= until.value {
            return;
        }
        let sentence = format!(
            "the holidays of calendar \"{}\" are known only until {}",
            said.name.value, until.value
        );
        self.note(
            Finding::warning("W112", &until.at, sentence)
                .help("add the next year's to \"closed\" and move \"covers_until\": promises would fall on holidays"),
        );
    }
}

/// Windows that are in order, made what the calendar relies on: none is empty, and those that overlap are one. Only
/// mistakes need it; with them, too, no minute may count twice.
fn apart(windows: impl Iterator<Item = Window>) -> Vec<Window> {
    let mut apart: Vec<Window> = Vec::new();
    for window in windows.filter(|window| window.from < window.to) {
        match apart.last_mut().filter(|last| window.from < last.to) {
            Some(last) => last.to = last.to.max(window.to),
            None => apart.push(window),
        }
    }
    apart
}
