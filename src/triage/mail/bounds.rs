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

/// Header lines of the parts in one mail: the parser keeps a record of each, twenty times its size.
const PART_HEADER_LINES_MAX: usize = 20_000;

#[derive(Default)]
struct Count {
    typed: usize,
    multiparts: usize,
    boundary_lines: usize,
    part_header_lines: usize,
    /// True from a boundary line, or a part that is a message, to the next empty line.
    in_part_header: bool,
    /// True if the header that is being passed belongs to a message within.
    message_follows: bool,
}

impl Count {
    /// Counts one line; says what is over its bound, if anything is.
    fn over(&mut self, line: &[u8], bytes: &[u8], start: usize) -> Option<&'static str> {
        if line.starts_with(b"--") {
            self.boundary_lines += usize::from(self.multiparts > 0);
            self.in_part_header = self.multiparts > 0;
            // A part of a digest is a message without saying so.
            self.message_follows = true;
        } else if is_content_type(line) {
            let holds = holds(bytes.get(start..).unwrap_or_default());
            self.typed += 1;
            self.multiparts += usize::from(holds == Holds::Parts);
            self.message_follows = holds == Holds::AMessage;
        } else if matches!(line, [] | [b'\r']) {
            self.in_part_header = self.message_follows;
            self.message_follows = false;
            return None;
        } else if self.in_part_header {
            self.part_header_lines += 1;
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
        } else if self.part_header_lines > PART_HEADER_LINES_MAX {
            Some("more than 20,000 header lines of parts")
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

/// What a part may hold, by its type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Parts,
    AMessage,
    Content,
}

/// Reads the type of the Content-Type field that begins here.
fn holds(field: &[u8]) -> Holds {
    const FIELD_BYTES_MAX: usize = 1_000;
    let window = field.get(..FIELD_BYTES_MAX).unwrap_or(field);
    let squeezed = window
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase);
    let mut letters = squeezed.skip(b"content-type:".len());
    match (letters.next(), letters.next()) {
        (Some(b'm'), Some(b'e')) => Holds::AMessage,
        (Some(b't' | b'i' | b'a' | b'v'), _) => Holds::Content,
        // The parser looks through comments inside a type, so whatever is not plainly something else counts.
        (Some(_) | None, _) => Holds::Parts,
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
    fn stops_at_endless_part_headers() {
        let mail = format!(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n{}",
            "X: y\n".repeat(50_000)
        );
        let (length, defect) = harmless(mail.as_bytes());
        assert!(length < 110_000, "{length}");
        assert!(matches!(defect, Some(Defect::TooDeep(_))));
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
