//! Business hours: a zone, windows per weekday, closed days, special days.
//!
//! An instant is open if its civil time in the zone lies in a window of its civil date; nothing else is said about
//! daylight saving. So minutes that a zone skips are never open, and minutes that it repeats are open twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

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
    pub closed: BTreeSet<Date>,
    /// Days with hours of their own.
    pub special: BTreeMap<Date, Vec<Window>>,
    /// Until when the list of holidays reaches.
    pub covers_until: Option<Date>,
}

/// A stretch of time in whole seconds since 1970 UTC, half-open and never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// How far ahead open hours are looked for: beyond a year and a month of closed days, nobody comes.
pub(super) const HORIZON_SECONDS: i64 = 400 * 24 * 60 * 60;

const DAY_SECONDS: i64 = 24 * 60 * 60;
const MINUTE_SECONDS: i64 = 60;

impl Calendar {
    /// Day and night, every day: the calendar of real time.
    #[must_use]
    pub fn always() -> Self {
        Self {
            name: "always".to_owned(),
            always: true,
            zone: TimeZone::UTC,
            week: std::array::from_fn(|_| Vec::new()),
            closed: BTreeSet::new(),
            special: BTreeMap::new(),
            covers_until: None,
        }
    }

    /// The windows of one civil day, in order.
    #[must_use]
    pub fn windows(&self, day: Date) -> &[Window] {
        if let Some(windows) = self.special.get(&day) {
            return windows;
        }
        if self.closed.contains(&day) {
            return &[];
        }
        let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
        self.week.get(weekday).map_or(&[], Vec::as_slice)
    }

    /// True if we are at work at that instant.
    #[must_use]
    pub fn open_at(&self, instant: Timestamp) -> bool {
        if self.always {
            return true;
        }
        let civil = self.zone.to_datetime(instant);
        let minute = i32::from(civil.hour()) * 60 + i32::from(civil.minute());
        self.windows(civil.date())
            .iter()
            .any(|window| i32::from(window.from) <= minute && minute < i32::from(window.to))
    }

    /// The first open second at or after that instant: when a notice goes out whose time has come. `None`: closed for
    /// 400 days.
    #[must_use]
    pub fn next_open(&self, instant: Timestamp) -> Option<Timestamp> {
        let from = instant.as_second();
        let mut open = self.open_within(from, from.checked_add(HORIZON_SECONDS)?);
        Timestamp::from_second(open.next()?.from).ok()
    }

    /// The open stretches of `[from, to)` in the order of time.
    pub(super) fn open_within(&self, from: i64, to: i64) -> impl Iterator<Item = Stretch> {
        let always = self.always.then_some(Stretch { from, to });
        let hours = (!self.always).then(|| OpenHours::new(self, from, to));
        always
            .into_iter()
            .filter(|stretch| stretch.from < stretch.to)
            .chain(hours.into_iter().flatten())
    }
}

/// Walks the days of a calendar, one regime of constant offset after the other.
///
/// Within a regime civil time and real time differ by a constant, so windows can be cut exactly. Turning the two
/// ends of a window into instants would be wrong for windows that begin or end in a gap or a fold.
struct OpenHours<'c> {
    calendar: &'c Calendar,
    end: i64,
    regime: Stretch,
    offset: i64,
    /// The civil day at hand and its first second in civil seconds; none when the regime must be entered.
    day: Option<(Date, i64)>,
    next_window: usize,
}

impl<'c> OpenHours<'c> {
    fn new(calendar: &'c Calendar, from: i64, end: i64) -> Self {
        Self {
            calendar,
            end,
            regime: Stretch { from, to: from },
            offset: 0,
            day: None,
            next_window: 0,
        }
    }

    /// Steps into the regime that begins where the last one ended.
    fn enter_regime(&mut self) -> Option<(Date, i64)> {
        let from = self.regime.to;
        if from >= self.end {
            return None;
        }
        let start = Timestamp::from_second(from).ok()?;
        let next = self.calendar.zone.following(start).next();
        let to = next.map_or(self.end, |change| {
            change.timestamp().as_second().min(self.end)
        });
        self.regime = Stretch { from, to };
        self.offset = i64::from(self.calendar.zone.to_offset(start).seconds());
        let civil = from.checked_add(self.offset)?;
        let midnight = civil.div_euclid(DAY_SECONDS) * DAY_SECONDS;
        let day = Offset::UTC.to_datetime(Timestamp::from_second(midnight).ok()?);
        Some((day.date(), midnight))
    }

    /// The next window of the day at hand, cut to the regime; `None` when the day has no more.
    fn window_of(&mut self, (day, midnight): (Date, i64)) -> Option<Option<Stretch>> {
        let window = *self.calendar.windows(day).get(self.next_window)?;
        self.next_window += 1;
        let at = |minute: u16| midnight + i64::from(minute) * MINUTE_SECONDS - self.offset;
        let stretch = Stretch {
            from: at(window.from).max(self.regime.from),
            to: at(window.to).min(self.regime.to),
        };
        Some((stretch.from < stretch.to).then_some(stretch))
    }

    /// The day after, unless the regime ends before it.
    fn day_after(&self, (day, midnight): (Date, i64)) -> Option<(Date, i64)> {
        let midnight = midnight + DAY_SECONDS;
        if midnight - self.offset >= self.regime.to {
            return None;
        }
        Some((day.checked_add(1.day()).ok()?, midnight))
    }
}

impl Iterator for OpenHours<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        loop {
            let day = match self.day {
                Some(day) => day,
                None => self.enter_regime()?,
            };
            self.day = Some(day);
            match self.window_of(day) {
                Some(Some(stretch)) => return Some(stretch),
                Some(None) => {}
                None => {
                    self.day = self.day_after(day);
                    self.next_window = 0;
                }
            }
        }
    }
}
