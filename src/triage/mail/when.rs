//! Dates as mails write them (RFC 5322, 3.3 and its many relatives) to a moment.
//!
//! A date that names no zone is taken as UTC, and a two-digit year as RFC 5322, 4.3 says.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::Offset;

/// The moment that a Date header names.
pub(super) fn header_date(value: &str) -> Option<Timestamp> {
    let value = without_comments(value);
    let mut parts = Parts::default();
    for token in tokens(&value) {
        parts.take(token);
    }
    parts.moment()
}

/// The moment that a forwarded block names, if it names its zone: without one it would be invented.
pub(super) fn zoned(value: &str) -> Option<Timestamp> {
    let mut parts = Parts::default();
    for token in tokens(value) {
        parts.take(token);
    }
    parts.seconds_east.and_then(|_| parts.moment())
}

/// Comments and the blanks around colons, which RFC 5322, 4.3 still allows, taken out.
fn without_comments(value: &str) -> Cow<'_, str> {
    if !value.contains('(') && !value.contains(" :") && !value.contains(": ") {
        return Cow::Borrowed(value);
    }
    let mut depth = 0_u32;
    let mut kept = String::with_capacity(value.len());
    for ch in value.chars() {
        match ch {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && kept.ends_with(':') => {}
            ':' if depth == 0 => {
                kept.truncate(kept.trim_end().len());
                kept.push(':');
            }
            ch if depth == 0 => kept.push(ch),
            _ => {}
        }
    }
    Cow::Owned(kept)
}

/// Words of the date, comments left out. At most 16: a date has eight.
fn tokens(value: &str) -> impl Iterator<Item = &str> {
    let end = value.find('(').unwrap_or(value.len());
    let value = value.get(..end).unwrap_or(value);
    value
        .split([' ', ',', '\t', ';'])
        .filter(|token| !token.is_empty())
        .take(16)
}

#[derive(Default)]
struct Parts {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<(i8, i8, i8)>,
    seconds_east: Option<i32>,
    damaged: bool,
}

impl Parts {
    fn take(&mut self, token: &str) {
        if self.take_iso(token) || self.take_dashed(token) {
            return;
        }
        if token.contains(':') && self.time.is_none() {
            self.take_time(token);
        } else if self.month.is_none() && month(token).is_some() {
            self.month = month(token);
        } else if let Some(east) = zone(token).filter(|_| self.time.is_some()) {
            self.seconds_east.get_or_insert(east);
        } else if let Ok(number) = token.trim_end_matches('.').parse::<i16>() {
            self.take_number(number, token.len());
        }
    }

    fn take_number(&mut self, number: i16, digits: usize) {
        if self.day.is_none()
            && digits <= 2
            && let Ok(day @ 1..=31) = i8::try_from(number)
        {
            self.day = Some(day);
        } else if self.year.is_none() && number >= 0 {
            self.year = Some(full_year(number, digits));
        }
    }

    /// `14:03:59`, `14.03` never (that is a date in half of Europe), `2:03PM`.
    fn take_time(&mut self, token: &str) {
        let (digits, rest) = token.split_at(
            token
                .find(|ch: char| !(ch.is_ascii_digit() || ch == ':' || ch == '.'))
                .unwrap_or(token.len()),
        );
        let meridiem = ["", "am", "pm"]
            .iter()
            .any(|known| rest.eq_ignore_ascii_case(known));
        if !meridiem && zone(rest).is_none() {
            // A time that cannot be read makes the whole date doubtful.
            self.damaged = true;
            return;
        }
        let mut numbers = digits.split([':', '.']).map(|part| part.parse::<i8>().ok());
        let Some(Some(mut hour)) = numbers.next() else {
            return;
        };
        let Some(Some(minute)) = numbers.next() else {
            return;
        };
        let second = numbers.next().flatten().unwrap_or(0).min(59);
        if rest.eq_ignore_ascii_case("pm") && hour < 12 {
            hour += 12;
        }
        self.time = Some((hour, minute, second));
        if let Some(east) = zone(rest) {
            self.seconds_east = Some(east);
        }
    }

    /// `2026-03-27`, `2026-03-27T15:50:00Z`, `2026-03-27T15:50:00+01:00`.
    fn take_iso(&mut self, token: &str) -> bool {
        let (date, time) = token.split_once('T').unwrap_or((token, ""));
        let numbers: Vec<&str> = date.split(['-', '/']).collect();
        let [year, month, day] = numbers.as_slice() else {
            return false;
        };
        if year.len() != 4 {
            return false;
        }
        let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else {
            return false;
        };
        (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        if !time.is_empty() {
            self.take_time(time);
        }
        true
    }

    /// `27-Mar-2026`.
    fn take_dashed(&mut self, token: &str) -> bool {
        let numbers: Vec<&str> = token.split('-').collect();
        let [day, name, year] = numbers.as_slice() else {
            return false;
        };
        let (Ok(day), Some(month), Ok(number)) = (day.parse(), month(name), year.parse()) else {
            return false;
        };
        (self.day, self.month, self.year) =
            (Some(day), Some(month), Some(full_year(number, year.len())));
        true
    }

    fn moment(&self) -> Option<Timestamp> {
        if self.damaged {
            return None;
        }
        let (hour, minute, second) = self.time.unwrap_or_default();
        let date = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        let time = civil::Time::new(hour, minute, second, 0).ok()?;
        let offset = Offset::from_seconds(self.seconds_east.unwrap_or(0)).ok()?;
        offset.to_timestamp(date.to_datetime(time)).ok()
    }
}

fn full_year(number: i16, digits: usize) -> i16 {
    match (digits, number) {
        (..=2, 0..=49) => number + 2000,
        (..=3, _) => number + 1900,
        _ => number,
    }
}

fn month(token: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let start = token.get(..3)?;
    let at = MONTHS
        .iter()
        .position(|month| start.eq_ignore_ascii_case(month))?;
    i8::try_from(at + 1).ok()
}

/// Seconds east of Greenwich of `+0100`, `+01:00`, `Z`, `EST` and the like.
pub(super) fn zone(token: &str) -> Option<i32> {
    const NAMED: [(&str, i32); 24] = [
        ("Z", 0),
        ("UT", 0),
        ("UTC", 0),
        ("GMT", 0),
        ("WET", 0),
        ("EST", -5),
        ("EDT", -4),
        ("CST", -6),
        ("CDT", -5),
        ("MST", -7),
        ("MDT", -6),
        ("PST", -8),
        ("PDT", -7),
        ("CET", 1),
        ("MEZ", 1),
        ("CEST", 2),
        ("MESZ", 2),
        ("BST", 1),
        ("WEST", 1),
        ("EET", 2),
        ("EEST", 3),
        ("MSK", 3),
        ("JST", 9),
        ("KST", 9),
    ];
    const HOUR: i32 = 3_600;
    let token = token
        .strip_prefix("GMT")
        .or_else(|| token.strip_prefix("UTC"))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(token);
    if let Some((_, hours)) = NAMED
        .iter()
        .find(|(name, _)| token.eq_ignore_ascii_case(name))
    {
        return Some(hours * HOUR);
    }
    let (sign, digits) = match (token.strip_prefix('+'), token.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|ch| *ch != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        3 | 4 => digits.split_at(digits.len() - 2),
        _ => return None,
    };
    Some(sign * (hours.parse::<i32>().ok()? * HOUR + minutes.parse::<i32>().ok()? * 60))
}

#[cfg(test)]
mod tests {
    use super::header_date;

    #[test]
    fn reads_what_mailers_write() {
        let table = [
            ("Fri, 27 Mar 2026 16:50:00 +0100", "2026-03-27T15:50:00Z"),
            ("27 Mar 26 16:50 GMT (Greenwich)", "2026-03-27T16:50:00Z"),
            (
                "Fri, 27 Mar 2026 16:50:00 +0100 (CET)",
                "2026-03-27T15:50:00Z",
            ),
            ("Fri Mar 27 16:50:00 2026", "2026-03-27T16:50:00Z"),
            ("Fri Mar 27 16:50:00 2026 -0700", "2026-03-27T23:50:00Z"),
            ("2026-03-27T15:50:00Z", "2026-03-27T15:50:00Z"),
            ("2026-03-27 15:50:00 +02:00", "2026-03-27T13:50:00Z"),
            (
                "Fri, 27 Mar 2026 16(hours): 50 :00 +0100",
                "2026-03-27T15:50:00Z",
            ),
            ("Sat, 27-Mar-2026 15:50:60 EST", "2026-03-27T20:50:59Z"),
            ("Fri, 27 March 2026 15:50:00 PDT", "2026-03-27T22:50:00Z"),
            ("Wed, 4 Feb 98 01:02:03 MESZ", "1998-02-03T23:02:03Z"),
        ];
        for (value, moment) in table {
            assert_eq!(
                header_date(value).map(|at| at.to_string()).as_deref(),
                Some(moment),
                "{value}"
            );
        }
        for nonsense in ["", "yesterday", "Fri, 99 Foo 2026", "0 0 0", "12:00"] {
            assert_eq!(header_date(nonsense), None, "{nonsense}");
        }
    }
}
