//! One mail as read: who wrote it, to whom, what is new in it, and what is wrong with it.
//!
//! [`Mail::read`] is total. What cannot be read becomes a [`Defect`], and a mail that is all defects
//! still comes out, because a person may have sent it.

mod address;
mod assemble;
mod attribution;
mod block;
mod body;
mod bounce;
mod bounds;
mod charset;
mod encoding;
mod envelope;
mod failure;
mod flowed;
mod footer;
mod forward;
mod header;
mod html;
mod labels;
mod line;
pub mod machine;
mod markup;
mod paper;
mod part;
mod phrases;
mod prefix;
pub mod read;
mod sign_off;
#[cfg(test)]
mod tests;
pub mod thread;
mod trim;
pub mod trust;
mod when;
mod words;

use std::fmt;
use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A name and an address, as a header gives them. The address is in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The display name without quotes or control characters, if there is one.
    pub name: Option<String>,
    /// `local@domain` in lower case; empty for the null sender.
    pub address: String,
}

impl Person {
    /// The part after the last `@`, or nothing for a null or damaged address.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
    }
}

/// What a mail is (`kind` of `triaged parse`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person asks something new.
    Request,
    /// A person answers a mail (In-Reply-To, References, or a reply prefix with a quotation).
    Reply,
    /// Out of office, vacation, auto-generated, read receipt, feedback report.
    AutoReply,
    /// A delivery report (RFC 3464) or one of the private formats.
    Bounce,
    /// Mailing list or bulk.
    List,
    /// An invitation or its answer (RFC 5546).
    Calendar,
    /// Not even a header could be read.
    Unparsable,
}

impl Kind {
    /// True if a person wrote it, or may have: such mail is answered.
    #[must_use]
    pub fn is_from_a_person(self) -> bool {
        match self {
            Self::Request | Self::Reply | Self::Unparsable => true,
            Self::AutoReply | Self::Bounce | Self::List | Self::Calendar => false,
        }
    }
}

/// What a delivery report says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// The address that could not be reached (Final-Recipient, else by the words).
    pub recipient: Option<String>,
    /// Enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// False for "still trying" and for reports of success.
    pub permanent: bool,
    /// Message-IDs of ours that it quotes, by which it is matched to the letter.
    pub quoted_ids: Vec<String>,
}

/// The innermost message that a person forwarded with this mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forwarded {
    /// Who wrote the forwarded message.
    pub from: Option<Person>,
    /// To whom it was written.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its date, where it could be understood.
    pub date: Option<Timestamp>,
    /// Its words.
    pub body: String,
    /// How sure we are that this is a forward, 0 to 1.
    pub confidence: f32,
}

/// What a stretch of [`Mail::text`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The writer's own words of this time.
    New,
    /// Words of an earlier mail, with their attribution line.
    Quoted,
    /// A forwarded message, with its header block.
    Forwarded,
    /// Name, title, telephone, "Sent from my phone".
    Signature,
    /// The lawyers' paragraph.
    Disclaimer,
}

/// A stretch of [`Mail::text`]. All segments together cover the text without gap or overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What it is.
    pub part: Part,
    /// Where it lies: bytes into [`Mail::text`], on character boundaries.
    pub range: Range<usize>,
}

/// One attached file, described but not held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its file name (RFC 2231 or RFC 2047 decoded), if it has one.
    pub name: Option<String>,
    /// Its declared media type in lower case.
    pub content_type: String,
    /// Decoded size in bytes.
    pub size: u64,
    /// Shown within the text (Content-ID that the HTML names, or `Content-Disposition: inline`).
    pub inline: bool,
}

/// The Importance and priority headers, a hint only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Importance {
    /// `Importance: low`, `X-Priority: 4` or `5`.
    Low,
    /// Said to be normal.
    Normal,
    /// `Importance: high`, `X-Priority: 1` or `2`.
    High,
}

/// Something that is wrong with a mail. Named, kept, shown; never a reason to drop it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// Not even a header could be read.
    Unreadable,
    /// No usable From.
    NoSender,
    /// No Message-ID: a synthetic one stands in for it.
    NoMessageId,
    /// No Date, or none that can be understood.
    NoDate,
    /// A header that must be single stands more than once.
    RepeatedHeader(String),
    /// A charset that was wrong or missing; what was taken instead.
    Charset(String),
    /// An encoding that broke off or was wrong.
    Encoding(String),
    /// Too deeply nested, too many parts: read as far as the bound.
    TooDeep(String),
    /// Over the size limit: the header and the first part were read.
    TooLarge {
        /// Size of the whole mail in bytes.
        bytes: u64,
    },
    /// NUL bytes or bare carriage returns.
    ControlBytes,
    /// Anything else, in a few words.
    Other(String),
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => write!(f, "not even a header could be read"),
            Self::NoSender => write!(f, "no usable From"),
            Self::NoMessageId => write!(f, "no Message-ID"),
            Self::NoDate => write!(f, "no usable Date"),
            Self::RepeatedHeader(name) => write!(f, "{name} stands more than once"),
            Self::Charset(what) => write!(f, "charset: {what}"),
            Self::Encoding(what) => write!(f, "encoding: {what}"),
            Self::TooDeep(what) => write!(f, "too deep: {what}"),
            Self::TooLarge { bytes } => write!(
                f,
                "{bytes} bytes are over the size limit; only the beginning was read"
            ),
            Self::ControlBytes => write!(f, "NUL bytes or bare carriage returns"),
            Self::Other(what) => write!(f, "{what}"),
        }
    }
}

/// An address that a header names as a receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressed {
    /// The header, written as in the list of [`read::RECIPIENT_HEADERS`].
    pub header: String,
    /// The address in lower case.
    pub address: String,
}

/// One mail as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// False only where not even a header could be read.
    pub readable: bool,
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// Who wrote it, by From (or its stand-ins: Reply-To, Return-Path, Sender).
    pub from: Option<Person>,
    /// Where answers shall go, if not to From.
    pub reply_to: Vec<Person>,
    /// To, as written.
    pub to: Vec<Person>,
    /// Cc, as written.
    pub cc: Vec<Person>,
    /// Every receiver that any header names, in the order in which headers are believed (Resent-To,
    /// X-Envelope-To, To, Cc, X-Forwarded-To, X-Original-To, Delivered-To, …).
    pub addressed: Vec<Addressed>,
    /// Decoded, unfolded.
    pub subject: Option<String>,
    /// The writer's clock; shown, never believed.
    pub date: Option<Timestamp>,
    /// Message-IDs without angle brackets.
    pub in_reply_to: Vec<String>,
    /// Message-IDs without angle brackets, oldest first.
    pub references: Vec<String>,
    /// What it is, judged by the mail alone; see [`machine::Signs::kind_behind`] for configured forwarders.
    pub kind: Kind,
    /// Why `kind` is what it is: every sign of a machine that was found.
    pub signs: machine::Signs,
    /// What the delivery report says, if it is one.
    pub bounce: Option<Bounce>,
    /// The innermost forwarded message.
    pub forwarded: Option<Forwarded>,
    /// The whole decoded body as plain text.
    pub text: String,
    /// What is what in `text`: covers it without gap or overlap, in order.
    pub segments: Vec<Segment>,
    /// In the order of the mail.
    pub attachments: Vec<Attachment>,
    /// Importance, X-Priority, Priority: the strongest.
    pub importance: Option<Importance>,
    /// By which road it came and who vouches for it.
    pub road: trust::Road,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
    /// BLAKE3 over what stays the same on every road: From, Date, Subject, Message-ID, text, attachments.
    pub content_hash: [u8; 32],
    /// Size of the raw mail in bytes.
    pub bytes: u64,
}

impl Mail {
    /// What the writer wrote now: no quotation, signature, disclaimer or forwarded message. If nothing
    /// would be left and nothing was forwarded, everything.
    #[must_use]
    pub fn new_text(&self) -> String {
        self.joined(Part::New)
    }

    /// The signature with its phone footers.
    #[must_use]
    pub fn signature(&self) -> Option<String> {
        let joined = self.joined(Part::Signature);
        // The mark itself is no part of what it announces.
        let first_line_end = joined.find('\n').unwrap_or(joined.len());
        let marked = joined
            .get(..first_line_end)
            .is_some_and(|line| footer::signature_mark(line).is_some());
        let words = if marked {
            joined.get(first_line_end..)
        } else {
            Some(joined.as_str())
        };
        words
            .map(|words| words.trim().to_owned())
            .filter(|words| !words.is_empty())
    }

    fn joined(&self, part: Part) -> String {
        let pieces: Vec<&str> = self
            .segments
            .iter()
            .filter(|segment| segment.part == part)
            .filter_map(|segment| self.text.get(segment.range.clone()))
            .collect();
        pieces.concat().trim().to_owned()
    }

    /// The From address, or the empty string.
    #[must_use]
    pub fn from_address(&self) -> &str {
        self.from
            .as_ref()
            .map_or("", |person| person.address.as_str())
    }
}
