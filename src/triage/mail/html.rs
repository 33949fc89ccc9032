//! HTML to plain text: block boundaries, list marks, tables and link targets are kept; scripts and hidden text are not.
//!
//! Quotations become lines with `> `, so that the same eyes read them as in plain text; what else the clients' mark-up
//! says (signatures, quoted containers) comes out as marks beside the text. One pass, no tree.

mod element;

use std::ops::Range;

use super::markup::{after, from_windows, tag_and_rest};
use super::paper::Paper;
use element::Open;

/// What mark-up says about a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) kind: MarkKind,
    pub(super) range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkKind {
    /// A container in which a client puts the mail it answers.
    Quote,
    /// A container in which a client puts the signature.
    Signature,
}

impl Mark {
    pub(super) fn shifted(self, by: usize) -> Self {
        Self {
            range: self.range.start + by..self.range.end + by,
            ..self
        }
    }
}

/// An image that a document shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Image {
    /// The Content-ID or Content-Location that it is shown from.
    pub(super) source: String,
    /// Where it stands in the text.
    pub(super) at: usize,
    /// Its height or width in pixels, whichever is less and said.
    pub(super) pixels: Option<u32>,
}

/// A document as people see it.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
    pub(super) images: Vec<Image>,
}

/// The text of an HTML document, and what its mark-up says about it.
pub(super) fn to_text(html: &str) -> (String, Vec<Mark>) {
    let page = page(html);
    (page.text, page.marks)
}

/// The same with the images.
pub(super) fn page(html: &str) -> Page {
    let mut reader = Reader {
        paper: Paper::with_capacity(html.len() / 4),
        ..Reader::default()
    };
    reader.read(html);
    reader.close_all();
    if let Some(start) = reader.history {
        let range = start..reader.paper.text.len();
        reader.marks.push(Mark {
            kind: MarkKind::Quote,
            range,
        });
    }
    reader.marks.retain(|mark| !mark.range.is_empty());
    Page {
        text: reader.paper.text,
        marks: reader.marks,
        images: reader.images,
    }
}

/// The Content-IDs that a document shows (`cid:` links).
pub(super) fn shown_ids(html: &[u8]) -> Vec<String> {
    memchr::memmem::find_iter(html, b"cid:")
        .take(1_000)
        .map(|at| {
            let tail = html.get(at + 4..).unwrap_or_default();
            let end = tail
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\'' | b'>' | b' ' | b')' | b'\n' | b'\r'))
                .unwrap_or(tail.len());
            String::from_utf8_lossy(tail.get(..end).unwrap_or_default()).replace("%40", "@")
        })
        .collect()
}

#[derive(Default)]
struct Reader {
    paper: Paper,
    open: Vec<Open>,
    hidden: usize,
    quotes: usize,
    preformatted: usize,
    /// Cells since the row began.
    cells: usize,
    marks: Vec<Mark>,
    images: Vec<Image>,
    /// Where a client's divider says that the old words begin.
    history: Option<usize>,
}

impl Reader {
    fn read(&mut self, html: &str) {
        let mut rest = html;
        while !rest.is_empty() {
            let at = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            let (text, markup) = rest.split_at(at);
            self.text(text);
            rest = self.markup(markup);
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 || text.is_empty() {
            return;
        }
        if memchr::memchr(b'&', text.as_bytes()).is_none() {
            self.plain(text);
            return;
        }
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
            let (before, entity) = rest.split_at(at);
            self.plain(before);
            let length = self.entity(entity);
            rest = entity.get(length..).unwrap_or_default();
        }
        self.plain(rest);
    }

    fn plain(&mut self, text: &str) {
        if self.preformatted > 0 {
            self.paper.preformatted(&text.replace('\r', ""));
        } else {
            self.paper.flowing(text);
        }
    }

    /// Writes one character reference; returns how many bytes it took.
    fn entity(&mut self, text: &str) -> usize {
        const ENTITY_BYTES_MAX: usize = 32;
        let window = text
            .as_bytes()
            .get(..ENTITY_BYTES_MAX)
            .unwrap_or(text.as_bytes());
        let name_end = window
            .iter()
            .skip(1)
            .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'#'))
            .map_or(window.len(), |at| at + 1);
        let ended = window.get(name_end) == Some(&b';');
        let Some(name) = text.get(..name_end).filter(|name| name.len() > 1) else {
            self.paper.word("&");
            return 1;
        };
        let mut decoded = String::new();
        mail_parser::decoders::html::add_html_token(
            &mut decoded,
            format!("{};", from_windows(name)).as_bytes(),
            false,
        );
        if decoded.starts_with('&') && decoded.len() > 1 {
            self.paper.word(name);
            return name_end;
        }
        match decoded.as_str() {
            "\u{a0}" if self.preformatted == 0 => self.paper.word(" "),
            "\u{200b}" | "\u{200c}" | "\u{200d}" | "\u{ad}" | "\u{feff}" | "\0" => {}
            blank if blank.trim().is_empty() => self.plain(blank),
            decoded => self.paper.word(decoded),
        }
        name_end + usize::from(ended)
    }

    /// Takes one tag, comment or declaration, and returns what follows it.
    fn markup<'t>(&mut self, markup: &'t str) -> &'t str {
        let Some(inner) = markup.get(1..) else {
            return "";
        };
        if let Some(comment) = inner.strip_prefix("!--") {
            return after(comment, "-->");
        }
        match inner.bytes().next() {
            Some(b'!' | b'?') => after(inner, ">"),
            Some(b'/') => {
                let (tag, rest) = tag_and_rest(inner.get(1..).unwrap_or_default());
                self.close(tag);
                rest.1
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                let (tag, (attributes, rest)) = tag_and_rest(inner);
                self.element(tag, attributes, rest)
            }
            Some(_) | None => {
                if self.hidden == 0 {
                    self.paper.word("<");
                }
                inner
            }
        }
    }

    fn unhidden(&mut self, write: impl FnOnce(&mut Paper)) {
        if self.hidden == 0 {
            write(&mut self.paper);
        }
    }
}

#[cfg(test)]
mod tests;
