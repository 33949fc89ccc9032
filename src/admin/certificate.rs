//! Until when a certificate is valid. TLS has verified it by then; this only reads the date, for people.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The end of its validity (RFC 5280, 4.1.2.5); `None` if it cannot be read.
pub(super) fn valid_until(certificate: &[u8]) -> Option<Timestamp> {
    let (SEQUENCE, whole, _) = element(certificate)? else {
        return None;
    };
    let (SEQUENCE, mut to_be_signed, _) = element(whole)? else {
        return None;
    };
    if let (VERSION, _, rest) = element(to_be_signed)? {
        to_be_signed = rest;
    }
    // Serial number, signature algorithm, issuer; then the validity.
    for _ in 0..3 {
        to_be_signed = element(to_be_signed)?.2;
    }
    let (SEQUENCE, validity, _) = element(to_be_signed)? else {
        return None;
    };
    let (_, _, after_begin) = element(validity)?;
    let (kind, text, _) = element(after_begin)?;
    instant(kind, std::str::from_utf8(text).ok()?)
}

/// One DER element: its tag, its contents, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(*first & 0x7f))?;
        let length = digits.iter().try_fold(0_usize, |length, digit| {
            length.checked_mul(256)?.checked_add(usize::from(*digit))
        })?;
        (length, rest)
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((*tag, contents, rest))
}

fn instant(kind: u8, text: &str) -> Option<Timestamp> {
    let full = match kind {
        // Two digits of a year: 1950 to 2049 (RFC 5280, 4.1.2.5.1).
        UTC_TIME if text < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", full).ok()?;
    civil
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate down to its validity, with what RFC 5280 puts before it.
    fn check(validity_end: &[u8], expected: Option<&str>) {
        let begin = [&[UTC_TIME, 13][..], b"260101000000Z"].concat();
        let validity = wrapped(&[begin.as_slice(), validity_end].concat());
        let before = [0xa0, 3, 2, 1, 2, 2, 1, 1, SEQUENCE, 0, SEQUENCE, 0];
        let certificate = wrapped(&wrapped(&[&before[..], &validity].concat()));
        let until = valid_until(&certificate).map(|until| until.to_string());
        assert_eq!(until.as_deref(), expected);
    }

    fn wrapped(contents: &[u8]) -> Vec<u8> {
        let length = u8::try_from(contents.len()).unwrap();
        [&[SEQUENCE, 0x81, length][..], contents].concat()
    }

    #[test]
    fn the_end_of_validity_is_read() {
        check(
            &[&[UTC_TIME, 13][..], b"261224093000Z"].concat(),
            Some("2026-12-24T09:30:00Z"),
        );
        check(
            &[&[GENERALIZED_TIME, 15][..], b"20551224093000Z"].concat(),
            Some("2055-12-24T09:30:00Z"),
        );
        check(&[UTC_TIME, 200], None);
        check(&[], None);
        assert_eq!(valid_until(b"no certificate"), None);
    }
}
