//! From when: so long ago, a day, or an instant.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Longer ago than this, nobody has asked for anything.
const HOURS_MAX: i64 = 100 * 366 * 24;

/// `30d`, `12h`, `2w`; `2026-05-01`, its first second in that zone; `2026-05-01T08:00:00Z`.
pub(super) fn instant(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Some(hours) = hours(text) {
        return now
            .checked_sub(SignedDuration::from_hours(hours))
            .map_err(|error| format!("\"{text}\": {error}"));
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let day = text.parse::<Date>().ok().filter(|_| !text.contains('T'));
    let start = day.and_then(|day| day.to_zoned(zone.clone()).ok());
    start.map(|start| start.timestamp()).ok_or_else(|| {
        format!(
            "\"{text}\" is no time: say how long ago (30d, 12h, 2w), a day (2026-05-01) or an instant with its zone \
             (2026-05-01T08:00:00Z)"
        )
    })
}

fn hours(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let size = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 7 * 24,
        _ => return None,
    };
    let count: i64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
    let hours = count.checked_mul(size)?;
    (0..=HOURS_MAX).contains(&hours).then_some(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_say_them() {
        let now: Timestamp = "2026-05-31T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let check = |text: &str, expected: Option<&str>| {
            let found = instant(text, now, &zone).ok().map(|at| at.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("30d", Some("2026-05-01T12:00:00Z"));
        check("12h", Some("2026-05-31T00:00:00Z"));
        check("2w", Some("2026-05-17T12:00:00Z"));
        check("2026-05-01", Some("2026-04-30T22:00:00Z"));
        check("2026-05-01T08:00:00+02:00", Some("2026-05-01T06:00:00Z"));
        check("-3d", None);
        check("99999999999d", None);
        check("yesterday", None);
        check("", None);
        check("ü", None);
    }
}
