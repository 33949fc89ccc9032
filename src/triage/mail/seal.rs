//! Encoded messages within a mail, hidden from the MIME parser until they are decoded.
//!
//! The parser never looks at transfer encodings (so it cannot recurse behind our bounds), and would take the letters
//! of a base64 message for its header. Under another type they are a part like any other.

use std::borrow::Cow;

/// As long as `message`, so that every offset stays.
const SEALED: &[u8; 7] = b"enclose";

/// How far around its type the header of a part is looked at.
const HEADER_BYTES_MAX: usize = 2_000;

/// The same mail with the type of every encoded message changed.
pub(super) fn seal(raw: &[u8]) -> Cow<'_, [u8]> {
    let places: Vec<usize> = memchr::memmem::find_iter(raw, b"essage/")
        .filter_map(|at| at.checked_sub(1))
        .filter(|at| is_encoded_type(raw, *at))
        .take(1_000)
        .collect();
    if places.is_empty() {
        return Cow::Borrowed(raw);
    }
    let mut sealed = raw.to_vec();
    for at in places {
        if let Some(word) = sealed.get_mut(at..at + SEALED.len()) {
            word.copy_from_slice(SEALED);
        }
    }
    Cow::Owned(sealed)
}

/// The type as the sender declared it.
pub(super) fn opened(content_type: String) -> String {
    match content_type.strip_prefix("enclose/") {
        Some(subtype) => format!("message/{subtype}"),
        None => content_type,
    }
}

/// True if `message/` at this place is the type of a part that is wrapped in base64 or quoted-printable.
fn is_encoded_type(raw: &[u8], at: usize) -> bool {
    let before = raw
        .get(at.saturating_sub(HEADER_BYTES_MAX)..at)
        .unwrap_or_default();
    let after = raw
        .get(at..(at + HEADER_BYTES_MAX).min(raw.len()))
        .unwrap_or_default();
    let start = last_of(before, &[b"\n\n", b"\r\n\r\n", b"\n--"]);
    let end = first_of(after, &[b"\n\n", b"\r\n\r\n", b"\n--"]);
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let line = before
        .get(line_start..)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let typed =
        line.starts_with(b"content-type") || (line.trim_ascii().is_empty() && !line.is_empty());
    if !typed {
        return false;
    }
    let mut header = before.get(start..).unwrap_or_default().to_ascii_lowercase();
    header.extend(after.get(..end).unwrap_or_default().to_ascii_lowercase());
    let Some(encoding) = memchr::memmem::find(&header, b"content-transfer-encoding") else {
        return false;
    };
    let value = header.get(encoding..).unwrap_or_default();
    let value = value
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    [b"base64" as &[u8], b"quoted-printable"]
        .iter()
        .any(|name| memchr::memmem::find(value, name).is_some())
}

fn last_of(bytes: &[u8], marks: &[&[u8]]) -> usize {
    marks
        .iter()
        .filter_map(|mark| memchr::memmem::rfind(bytes, mark))
        .max()
        .unwrap_or(0)
}

fn first_of(bytes: &[u8], marks: &[&[u8]]) -> usize {
    marks
        .iter()
        .filter_map(|mark| memchr::memmem::find(bytes, mark))
        .min()
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::seal;

    #[test]
    fn seals_only_encoded_messages() {
        let part = |encoding: &str| {
            format!(
                "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: {encoding}\r\n\r\nx\r\n--b--\r\n"
            )
        };
        assert!(
            seal(part("base64").as_bytes()).starts_with(b"--b\r\nContent-Type: enclose/rfc822")
        );
        assert_eq!(&*seal(part("7bit").as_bytes()), part("7bit").as_bytes());
        let text = b"Content-Transfer-Encoding: base64\n\nsend a message/rfc822";
        assert_eq!(&*seal(text), text);
    }
}
