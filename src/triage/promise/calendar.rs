//! Business hours: a zone, windows per weekday, closed days, special days.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A stretch of one civil day in minutes after midnight, half-open; 1440 is `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First minute.
    pub from: u16,
    /// One past the last minute.
    pub to: u16,
}

/// When we are at work. Special beats closed beats week.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its name, such as `de-office`.
    pub name: String,
    /// Day and night, every day.
    pub always: bool,
    /// The zone its hours are written in.
    pub zone: TimeZone,
    /// Monday first; no windows is a closed day.
    pub week: [Vec<Window>; 7],
    /// Closed the whole day.
    pub closed: std::collections::BTreeSet<Date>,
    /// Days with hours of their own.
    pub special: BTreeMap<Date, Vec<Window>>,
    /// Until when the list of holidays reaches.
    pub covers_until: Option<Date>,
}
