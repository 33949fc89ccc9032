//! How far a mail may be parsed: finds, in one pass over its lines, where nesting or parts go beyond the bound.
//!
//! The MIME parser has no bounds of its own: many thousands of nested messages overflow its stack, and multiparts that
//! never close cost it quadratic time. So it only gets the stretch of the mail that is harmless.

use super::Defect;

/// Content-Type lines in one mail: nesting and parts in one number, since each level and each part needs one.
/// A digest of a busy list has 200; the parser's stack holds 20,000 levels.
const TYPED_PARTS_MAX: usize = 1_000;

/// Multiparts in one mail. Real mails have fewer than ten.
const MULTIPARTS_MAX: usize = 100;

/// Multiparts times bytes behind them: an unclosed multipart makes the parser look through all that follows.
const MULTIPART_BYTES_MAX: usize = 400 * 1024 * 1024;

/// Lines that begin with `--` in a mail that has parts: each may be a part of its own without any header.
const BOUNDARY_LINES_MAX: usize = 10_000;

/// The length of the harmless beginning, and the defect if that is not everything.
pub(super) fn harmless(bytes: &[u8]) -> (usize, Option<Defect>) {
    let mut count = Count::default();
    let mut start = 0;
    for newline in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let line = bytes.get(start..newline).unwrap_or_default();
        if let Some(what) = count.over(line, bytes, start) {
            return (start, Some(Defect::TooDeep(what.to_owned())));
        }
        start = newline + 1;
    }
    (bytes.len(), None)
}

#[derive(Default)]
struct Count {
    typed: usize,
    multiparts: usize,
    boundary_lines: usize,
}

impl Count {
    /// Counts one line; says what is over its bound, if anything is.
    fn over(&mut self, line: &[u8], bytes: &[u8], start: usize) -> Option<&'static str> {
        if line.starts_with(b"--") {
            self.boundary_lines += usize::from(self.multiparts > 0);
        } else if is_content_type(line) {
            self.typed += 1;
            self.multiparts += usize::from(names_multipart(bytes.get(start..).unwrap_or_default()));
        } else {
            return None;
        }
        let behind = bytes.len() - start.min(bytes.len());
        if self.typed > TYPED_PARTS_MAX {
            Some("more than 1,000 parts or levels")
        } else if self.multiparts > MULTIPARTS_MAX
            || (self.multiparts > 8 && self.multiparts * behind > MULTIPART_BYTES_MAX)
        {
            Some("too many multiparts for the size")
        } else if self.boundary_lines > BOUNDARY_LINES_MAX {
            Some("more than 10,000 boundary lines")
        } else {
            None
        }
    }
}

/// True for `Content-Type:` in any case and with blanks anywhere in the name, which is what the parser accepts.
fn is_content_type(line: &[u8]) -> bool {
    let mut wanted = b"content-type:".iter();
    let mut expected = wanted.next();
    for byte in line {
        if byte.is_ascii_whitespace() {
            continue;
        }
        match expected {
            Some(letter) if byte.to_ascii_lowercase() == *letter => expected = wanted.next(),
            Some(_) => return false,
            None => return true,
        }
    }
    expected.is_none()
}

/// True if the field that begins here mentions `multipart` anywhere in its first bytes, folds included.
fn names_multipart(field: &[u8]) -> bool {
    const FIELD_BYTES_MAX: usize = 1_000;
    let window = field.get(..FIELD_BYTES_MAX).unwrap_or(field);
    let mut letters = window
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .skip(b"content-type:".len());
    // Comments inside the type are read by the parser, so everything but a plain other type counts as a multipart.
    match letters.next() {
        Some(b'm') => letters.next() == Some(b'u'),
        Some(b't' | b'i' | b'a' | b'v') => false,
        Some(_) | None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;
    use crate::triage::mail::Defect;

    #[test]
    fn ordinary_mail_is_harmless() {
        let mail = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHi\n--b--\n";
        assert_eq!(harmless(mail), (mail.len(), None));
    }

    #[test]
    fn stops_where_it_gets_too_deep() {
        for (level, bound) in [
            ("Content-Type: message/rfc822\n\n", 1_000),
            ("Con tent-Type : message/(x)rfc822\n\n", 1_000),
            ("content-type: multipart/mixed; boundary=b\n\n--b\n", 100),
        ] {
            let (length, defect) = harmless(level.repeat(50_000).as_bytes());
            assert_eq!(length, level.len() * bound, "{level}");
            assert!(matches!(defect, Some(Defect::TooDeep(_))), "{level}");
        }
    }
}
