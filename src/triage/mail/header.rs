//! The header block as bytes: fields in order, unfolded, repeated ones kept.
//!
//! We scan it ourselves because the MIME parser decodes header text lossily; a raw 8-bit subject must stay readable.

use super::{charset, parameter, words};

/// Fields kept of one header block. Real mails have 30 to 100; 5,000 is an attack and costs 200 KB.
const FIELDS_MAX: usize = 5_000;

/// Bytes of one field's value that are looked at. A References line of 300 ids has 25 KB.
const FIELD_BYTES_MAX: usize = 256 * 1024;

/// One field. `raw` still has its folds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    /// As written, without blanks around it.
    pub(super) name: &'a str,
    /// After the colon, up to the last byte before the line end.
    pub(super) raw: &'a [u8],
}

/// A header block.
#[derive(Debug, Default)]
pub(super) struct Headers<'a> {
    fields: Vec<Field<'a>>,
    /// True if there were more fields than are kept, or one was too long.
    pub(super) over_bound: bool,
}

impl<'a> Headers<'a> {
    /// Reads fields up to the first empty line. Lines that are no field are passed over.
    pub(super) fn scan(bytes: &'a [u8]) -> Self {
        let mut headers = Self::default();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let length = field_length(rest);
            let (field, _) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            at += length;
            if field.trim_ascii().is_empty() {
                // Blank lines before the first field are a slip of the sender, the first one after it is the end.
                if headers.fields.is_empty() {
                    continue;
                }
                break;
            }
            headers.push(field);
        }
        headers
    }

    fn push(&mut self, field: &'a [u8]) {
        let Some(colon) = memchr::memchr(b':', field) else {
            return;
        };
        let (name, value) = field.split_at_checked(colon).unwrap_or((field, &[]));
        let Ok(name) = std::str::from_utf8(name.trim_ascii()) else {
            return;
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return;
        }
        if self.fields.len() >= FIELDS_MAX {
            self.over_bound = true;
            return;
        }
        let value = value.get(1..).unwrap_or_default();
        self.over_bound |= value.len() > FIELD_BYTES_MAX;
        let value = value.get(..FIELD_BYTES_MAX).unwrap_or(value);
        self.fields.push(Field {
            name,
            raw: value.trim_ascii(),
        });
    }

    /// All fields, top to bottom.
    pub(super) fn fields(&self) -> &[Field<'a>] {
        &self.fields
    }

    /// True if not one field was found.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Every value of `name`, top to bottom, still folded.
    pub(super) fn all_raw<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + 's {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.raw)
    }

    /// The first value of `name` that is not empty, decoded and unfolded.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let raw = self.all_raw(name).find(|raw| !raw.is_empty())?;
        Some(words::decode_text(&self.unfolded(raw)))
    }

    /// A value of this block as text, raw letters in the charset that the block declares for the body.
    pub(super) fn unfolded(&self, raw: &[u8]) -> String {
        if raw.is_ascii() {
            return plain(raw);
        }
        let body = self
            .all_raw("Content-Type")
            .find_map(|raw| parameter::decoded(&plain(raw), "charset"));
        without_folds(&charset::guess_like(raw, body.as_deref()))
    }

    /// The first value of `name`, unfolded but with its encoded words as they are; for structured fields.
    pub(super) fn plain(&self, name: &str) -> Option<String> {
        self.all_raw(name).find(|raw| !raw.is_empty()).map(plain)
    }

    /// True if `name` stands in the block.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all_raw(name).next().is_some()
    }

    /// How often `name` stands in the block.
    pub(super) fn count(&self, name: &str) -> usize {
        self.all_raw(name).count()
    }
}

/// Unfolds a value and makes text of it, whatever its charset.
pub(super) fn plain(raw: &[u8]) -> String {
    without_folds(&charset::guess(raw))
}

fn without_folds(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '\r' | '\n' | '\0' => {}
            '\t' => out.push(' '),
            ch => out.push(ch),
        }
    }
    out
}

/// Bytes of the first field with its folded lines and its line end.
fn field_length(bytes: &[u8]) -> usize {
    let mut end = 0;
    for newline in memchr::memchr_iter(b'\n', bytes) {
        let line = bytes.get(end..newline).unwrap_or_default();
        end = newline + 1;
        // A line of blanks within a fold is allowed by RFC 5322, 4.2; an empty one is the end of the header.
        let empty = matches!(line, [] | [b'\r']);
        if empty || !matches!(bytes.get(end), Some(b' ' | b'\t')) {
            return end;
        }
    }
    bytes.len()
}
