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
mod defect;
mod delivery;
mod encoding;
mod ending;
mod envelope;
mod failure;
mod files;
mod flowed;
mod footer;
mod forward;
mod header;
mod html;
mod labels;
mod line;
pub mod machine;
mod markup;
mod ornament;
mod overlap;
mod paper;
mod parameter;
mod part;
mod phrases;
mod prefix;
pub mod read;
mod redirect;
mod rtf;
mod seal;
mod segment;
mod sign_off;
#[cfg(test)]
mod tests;
pub mod thread;
mod tnef;
mod trim;
pub mod trust;
mod vouching;
mod when;
mod wording;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use defect::Defect;
pub use files::{FILES_BYTES_MAX, File};
pub use segment::{Part, Segment};
pub use vouching::Vouching;

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

/// One attached file, described but not held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its file name (RFC 2231 or RFC 2047 decoded), if it has one.
    pub name: Option<String>,
    /// Its declared media type in lower case.
    pub content_type: String,
    /// Decoded size in bytes.
    pub size: u64,
    /// Shown within the text (Content-ID or Content-Location that the HTML names, or `Content-Disposition: inline`).
    pub inline: bool,
    /// Shown, but nothing to look at: the logo of a signature, an icon, a tracking pixel, an image of the quoted mail.
    #[serde(default)]
    pub ornament: bool,
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
    /// The From address, or the empty string.
    #[must_use]
    pub fn from_address(&self) -> &str {
        self.from
            .as_ref()
            .map_or("", |person| person.address.as_str())
    }
}
