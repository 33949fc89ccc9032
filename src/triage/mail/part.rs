//! The parts of a message as slices of the mail: what each says about itself, and its bytes decoded on demand.

use std::borrow::Cow;

use super::encoding;

/// A part, a group of parts, or a message within.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// One piece of content.
    Leaf(Leaf<'a>),
    /// multipart/*.
    Many {
        subtype: String,
        report_type: Option<String>,
        children: Vec<Node<'a>>,
    },
    /// message/rfc822: `leaf.raw` is the whole inner message, header first.
    Message {
        leaf: Leaf<'a>,
        inner: Box<Node<'a>>,
    },
}

impl Default for Node<'_> {
    fn default() -> Self {
        Self::Leaf(Leaf::default())
    }
}

/// How the bytes of a part are wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// 7bit, 8bit, binary, or anything that is not known.
    #[default]
    None,
    Base64,
    QuotedPrintable,
    /// uuencoded, declared as such.
    Uu,
}

impl From<Option<&str>> for Encoding {
    fn from(name: Option<&str>) -> Self {
        let name = name
            .unwrap_or_default()
            .trim_matches(['"', ' ', ';', '.'])
            .to_ascii_lowercase();
        match name.split([' ', ';', '(']).next().unwrap_or_default() {
            "base64" | "base-64" | "b" => Self::Base64,
            "quoted-printable" | "quoted_printable" | "quotedprintable" | "q" => {
                Self::QuotedPrintable
            }
            "x-uuencode" | "uuencode" | "x-uue" | "uue" => Self::Uu,
            _ => Self::None,
        }
    }
}

impl Encoding {
    pub(super) fn is_encoded(self) -> bool {
        match self {
            Self::None => false,
            Self::Base64 | Self::QuotedPrintable | Self::Uu => true,
        }
    }
}

/// One piece of content.
#[derive(Clone, Debug, Default)]
pub(super) struct Leaf<'a> {
    /// As it stands in the mail, still encoded.
    pub(super) raw: &'a [u8],
    /// `type/subtype` in lower case; empty if not declared.
    pub(super) content_type: String,
    pub(super) charset: Option<String>,
    pub(super) name: Option<String>,
    pub(super) report_type: Option<String>,
    pub(super) method: Option<String>,
    pub(super) disposition: Option<String>,
    pub(super) content_id: Option<String>,
    /// Content-Location: the address by which a page saved with its images names one.
    pub(super) location: Option<String>,
    pub(super) encoding: Encoding,
    /// format=flowed (RFC 3676).
    pub(super) flowed: bool,
    pub(super) delete_space: bool,
    /// True if it holds parts that were not opened because they lie too deep.
    pub(super) too_deep: bool,
}

impl<'a> Leaf<'a> {
    /// The part of the type behind the slash.
    pub(super) fn subtype(&self) -> &str {
        self.content_type
            .split_once('/')
            .map_or("", |(_, subtype)| subtype)
    }

    /// The declared type, or what RFC 2045, 5.2 says of a part without one.
    pub(super) fn media_type(&self) -> &str {
        if self.content_type.is_empty() || self.content_type == "text" {
            "text/plain"
        } else {
            &self.content_type
        }
    }

    /// The decoded bytes.
    pub(super) fn decoded(&self) -> (Cow<'a, [u8]>, bool) {
        let decoded = match self.encoding {
            Encoding::None => return (Cow::Borrowed(self.raw), false),
            Encoding::Base64 => encoding::base64(self.raw),
            Encoding::QuotedPrintable => encoding::quoted_printable(self.raw),
            Encoding::Uu => encoding::uu(self.raw),
        };
        (Cow::Owned(decoded.bytes), decoded.damaged)
    }
}
