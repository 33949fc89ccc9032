//! Bytes to [`Mail`]: the only file that knows the MIME parser. Bounds come before parsing.
//!
//! The parser finds the parts and nothing more: it is told not to look at transfer encodings, so that every part stays
//! a slice of the mail, nothing is decoded that is not wanted, and no encoded message is parsed behind our back.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::files::File;
use super::header::{self, Headers};
use super::part::{Leaf, Node};
use super::{Defect, Mail, assemble, bounds, parameter, seal};

/// The headers that may name one of our addresses, most believed first. Repeated headers all count.
pub const RECIPIENT_HEADERS: [&str; 9] = [
    "Resent-To",
    "Envelope-To",
    "X-Envelope-To",
    "To",
    "Cc",
    "X-Forwarded-To",
    "X-Original-To",
    "X-Forwarded-For",
    "Delivered-To",
];

/// Mails up to this size are read whole, as most mail servers accept no more than 25 MB.
const MAIL_BYTES_MAX: usize = 25 * 1024 * 1024;

/// What is read of a larger one.
const BEGINNING_BYTES: usize = 1024 * 1024;

/// Messages within messages that are looked into.
const LEVELS_MAX: usize = 50;

impl Mail {
    /// Reads one mail. Never fails and never panics; costs time and memory linear in its size.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        if bytes.len() > MAIL_BYTES_MAX {
            let beginning = bytes.get(..BEGINNING_BYTES).unwrap_or(bytes);
            return Self::read_beginning(beginning, bytes.len() as u64);
        }
        // No panic is known; this is the last net under a parser that strangers feed.
        catch_unwind(AssertUnwindSafe(|| read_bounded(bytes)))
            .unwrap_or_else(|_| assemble::unreadable(bytes))
    }

    /// Reads the beginning of a mail that is over the size limit: its header and what is there of its body.
    #[must_use]
    pub fn read_beginning(bytes: &[u8], whole_bytes: u64) -> Self {
        let beginning = bytes.get(..MAIL_BYTES_MAX).unwrap_or(bytes);
        let mut mail = Self::read(beginning);
        mail.bytes = whole_bytes;
        mail.defects.push(Defect::TooLarge { bytes: whole_bytes });
        mail
    }
}

/// The files of a mail with their bytes, one for each of [`Mail::attachments`] and in the same order. Never fails and
/// never panics; of a mail over the size limit there are none.
#[must_use]
pub fn files(bytes: &[u8]) -> Vec<File> {
    if bytes.len() > MAIL_BYTES_MAX {
        return Vec::new();
    }
    catch_unwind(AssertUnwindSafe(|| files_bounded(bytes))).unwrap_or_default()
}

fn files_bounded(bytes: &[u8]) -> Vec<File> {
    let lines = with_line_feeds(bytes);
    let (harmless, _) = bounds::harmless(&lines);
    let raw = lines.get(..harmless).unwrap_or(&lines);
    let headers = Headers::scan(raw);
    if headers.is_empty() {
        return Vec::new();
    }
    let short = headers.over_bound.then(|| with_short_header(&headers, raw));
    let sealed = seal::seal(short.as_deref().unwrap_or(raw));
    assemble::files(&headers, &parse(&sealed))
}

fn read_bounded(bytes: &[u8]) -> Mail {
    let lines = with_line_feeds(bytes);
    let (harmless, defect) = bounds::harmless(&lines);
    let raw = lines.get(..harmless).unwrap_or(&lines);
    let headers = Headers::scan(raw);
    let short = headers.over_bound.then(|| with_short_header(&headers, raw));
    let sealed = seal::seal(short.as_deref().unwrap_or(raw));
    let root = parse(&sealed);
    let mut mail = assemble::mail(&headers, &root, raw);
    mail.bytes = bytes.len() as u64;
    mail.defects.extend(defect);
    if headers.over_bound {
        mail.defects
            .push(Defect::TooDeep("header fields".to_owned()));
    }
    if has_control_bytes(bytes) {
        mail.defects.push(Defect::ControlBytes);
    }
    mail
}

/// The same mail with no more header than its parts need: the parser keeps a record of every field.
fn with_short_header(headers: &Headers<'_>, raw: &[u8]) -> Vec<u8> {
    let mut short = Vec::with_capacity(raw.len());
    for field in headers
        .fields()
        .iter()
        .filter(|field| field.name.to_ascii_lowercase().starts_with("content-"))
        .take(20)
    {
        short.extend_from_slice(field.name.as_bytes());
        short.extend_from_slice(b": ");
        short.extend_from_slice(field.raw);
        short.push(b'\n');
    }
    short.push(b'\n');
    short.extend_from_slice(after_header(raw));
    short
}

/// Old machines end lines with a bare carriage return; without any line feed that is what they are.
fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', bytes).is_none() && memchr::memchr(b'\r', bytes).is_some() {
        return bytes
            .iter()
            .map(|byte| if *byte == b'\r' { b'\n' } else { *byte })
            .collect();
    }
    Cow::Borrowed(bytes)
}

fn has_control_bytes(bytes: &[u8]) -> bool {
    memchr::memchr(0, bytes).is_some()
        || memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// The parts of one message, already known to be harmless.
pub(super) fn parse(raw: &[u8]) -> Node<'_> {
    static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
        MessageParser::new()
            .with_mime_headers()
            .ignore_header(HeaderName::ContentTransferEncoding)
            .ignore_header(HeaderName::ContentId)
            .ignore_header(HeaderName::ContentLocation)
            .default_header_ignore()
    });
    match PARSER.parse(raw) {
        Some(message) => root(&message, raw, 0),
        None => Node::Leaf(Leaf {
            raw: after_header(raw),
            ..Leaf::default()
        }),
    }
}

fn root<'a>(message: &Message<'_>, raw: &'a [u8], level: usize) -> Node<'a> {
    let mut parts = Parts {
        message,
        raw,
        taken: vec![false; message.parts.len()],
    };
    let root = parts.take(0, level).unwrap_or_default();
    let forgotten: Vec<Node<'a>> = (1..message.parts.len())
        .filter_map(|id| parts.take(id, level + 1))
        .collect();
    if forgotten.is_empty() {
        return root;
    }
    match root {
        Node::Many {
            subtype,
            report_type,
            mut children,
        } => {
            children.extend(forgotten);
            Node::Many {
                subtype,
                report_type,
                children,
            }
        }
        root @ (Node::Leaf(_) | Node::Message { .. }) => Node::Many {
            subtype: "mixed".to_owned(),
            report_type: None,
            children: std::iter::once(root).chain(forgotten).collect(),
        },
    }
}

/// The parts of one message on their way into a tree. Of a broken mail the parser may name a part as its own child, under
/// two parents or nowhere: each is taken once, and what nobody names stands behind the others.
struct Parts<'m, 'a> {
    message: &'m Message<'m>,
    raw: &'a [u8],
    taken: Vec<bool>,
}

impl<'m, 'a> Parts<'m, 'a> {
    fn take(&mut self, id: usize, level: usize) -> Option<Node<'a>> {
        let part = self.first_time(id)?;
        let leaf = leaf(part, self.raw);
        Some(match &part.body {
            PartType::Multipart(children) if level < LEVELS_MAX => Node::Many {
                subtype: leaf.subtype().to_owned(),
                report_type: leaf.report_type.clone(),
                children: children
                    .iter()
                    .filter_map(|child| self.take(*child as usize, level + 1))
                    .collect(),
            },
            PartType::Message(inner) if level < LEVELS_MAX && !leaf.encoding.is_encoded() => {
                Node::Message {
                    inner: Box::new(root(inner, self.raw, level + 1)),
                    leaf,
                }
            }
            PartType::Multipart(children) => {
                self.pass_over(children);
                Node::Leaf(Leaf {
                    too_deep: true,
                    ..leaf
                })
            }
            PartType::Message(_) => Node::Leaf(Leaf {
                too_deep: !leaf.encoding.is_encoded(),
                ..leaf
            }),
            PartType::Text(_)
            | PartType::Html(_)
            | PartType::Binary(_)
            | PartType::InlineBinary(_) => Node::Leaf(leaf),
        })
    }

    /// A part that was not asked for before.
    fn first_time(&mut self, id: usize) -> Option<&'m MessagePart<'m>> {
        let message = self.message;
        let part = message.parts.get(id)?;
        let taken = self.taken.get_mut(id)?;
        (!std::mem::replace(taken, true)).then_some(part)
    }

    /// Parts within one that is not opened.
    fn pass_over(&mut self, children: &[u32]) {
        let mut left = children.to_vec();
        while let Some(id) = left.pop() {
            if let Some(PartType::Multipart(children)) =
                self.first_time(id as usize).map(|part| &part.body)
            {
                left.extend(children);
            }
        }
    }
}

fn leaf<'a>(part: &MessagePart<'_>, raw: &'a [u8]) -> Leaf<'a> {
    let slice = |from: u32, to: u32| raw.get(from as usize..to as usize).unwrap_or_default();
    let text = |name: HeaderName<'static>| {
        let found = part.headers.iter().find(|header| header.name == name)?;
        Some(
            header::plain(slice(found.offset_start, found.offset_end))
                .trim()
                .to_owned(),
        )
    };
    let mut leaf = Leaf {
        raw: slice(part.offset_body, part.offset_end),
        ..Leaf::default()
    };
    if let Some(kind) = part.content_type() {
        leaf.content_type = seal::opened(match kind.subtype() {
            Some(subtype) => format!("{}/{}", token(kind.ctype()), token(subtype)),
            None => token(kind.ctype()),
        });
        let attribute = |name: &str| kind.attribute(name).map(str::to_owned);
        leaf.charset = attribute("charset");
        leaf.report_type = attribute("report-type").map(|kind| kind.to_ascii_lowercase());
        leaf.method = attribute("method");
        leaf.flowed =
            attribute("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
        leaf.delete_space =
            attribute("delsp").is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
    }
    if let Some(disposition) = part.content_disposition() {
        leaf.disposition = Some(disposition.ctype().to_ascii_lowercase());
    }
    leaf.name = text(HeaderName::ContentDisposition)
        .and_then(|field| parameter::file_name(&field, "filename"))
        .or_else(|| parameter::file_name(&text(HeaderName::ContentType)?, "name"));
    leaf.encoding = text(HeaderName::ContentTransferEncoding).as_deref().into();
    leaf.location = text(HeaderName::ContentLocation).filter(|location| !location.is_empty());
    leaf.content_id = text(HeaderName::ContentId).map(|id| id.trim_matches(['<', '>']).to_owned());
    leaf
}

/// A type or subtype in lower case, without what cannot stand in one (RFC 2045, 5.1).
fn token(text: &str) -> String {
    /// RFC 6838, 4.2.
    const CHARS_MAX: usize = 127;
    text.chars()
        .filter(char::is_ascii_graphic)
        .take(CHARS_MAX)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// What follows the first empty line; everything if there is none.
fn after_header(raw: &[u8]) -> &[u8] {
    let blank = memchr::memmem::find(raw, b"\n\n").map(|at| at + 2);
    let blank = blank.or_else(|| memchr::memmem::find(raw, b"\n\r\n").map(|at| at + 3));
    blank.and_then(|at| raw.get(at..)).unwrap_or(raw)
}
