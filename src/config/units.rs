//! Numbers with units, as people write them: `60 seconds`, `25 MB`.

use std::time::Duration;

/// `30 seconds`, `5 minutes`, `2 hours`, `5 days`; singular or plural, but not zero: nothing that is done every so often
/// or after so long can be done at no interval.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = number_and_unit(text)?;
    let seconds = match unit.strip_suffix('s').unwrap_or(unit) {
        "second" => 1,
        "minute" => 60,
        "hour" => 60 * 60,
        "day" => 24 * 60 * 60,
        _ => return None,
    };
    let seconds = number.checked_mul(seconds)?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

/// `500 KB`, `25 MB`, `1 GB`, in powers of 1024; `26214400 bytes`.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text)?;
    let each = match unit {
        "bytes" | "B" => 1,
        "KB" => 1024,
        "MB" => 1024 * 1024,
        "GB" => 1024 * 1024 * 1024,
        _ => return None,
    };
    number.checked_mul(each)
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_have_units() {
        assert_eq!(duration("1 second"), Some(Duration::from_secs(1)));
        assert_eq!(duration("90 seconds"), Some(Duration::from_secs(90)));
        assert_eq!(duration("5 days"), Some(Duration::from_secs(432_000)));
        assert_eq!(duration("0 seconds"), None);
        assert_eq!(bytes("25 MB"), Some(26_214_400));
        assert_eq!(bytes("25MB"), Some(26_214_400));
        for wrong in [
            "",
            "60",
            "MB",
            "-1 MB",
            "1.5 MB",
            "99999999999999999999 GB",
            "1 fortnight",
        ] {
            assert_eq!(bytes(wrong), None, "{wrong}");
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
