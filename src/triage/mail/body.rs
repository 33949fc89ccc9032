//! The parts of a message to one text, its attachments, and the reports and messages within.
//!
//! Of alternatives the plain text is taken, unless it only says that the HTML should have been read.

use super::envelope::Envelope;
use super::files::Found;
use super::html::{self, Mark, Page};
use super::part::{Leaf, Node};
use super::{Attachment, Defect, charset, flowed};

/// Encoded messages within encoded messages that are opened; each opening costs a copy.
const OPENINGS_MAX: u8 = 3;

/// A message within the mail.
#[derive(Clone, Debug, Default)]
pub(super) struct Enclosed {
    pub(super) envelope: Envelope,
    pub(super) text: String,
    /// What it encloses in turn.
    pub(super) inner: Vec<Enclosed>,
}

/// All that the body says.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) text: String,
    /// What the HTML's mark-up says about stretches of `text`.
    pub(super) marks: Vec<Mark>,
    pub(super) attachments: Vec<Attachment>,
    /// The Content-ID or Content-Location of each attachment.
    pub(super) sources: Vec<Option<String>>,
    /// The HTML, if it may show attachments.
    pub(super) pages: Vec<Page>,
    pub(super) enclosed: Vec<Enclosed>,
    /// message/delivery-status as text.
    pub(super) delivery_status: Option<String>,
    /// text/rfc822-headers as text.
    pub(super) returned_headers: Option<String>,
    /// `report-type` of a multipart/report, or the type of a report part that stands alone.
    pub(super) report_type: Option<String>,
    /// The `method` of a calendar part; empty if it has none.
    pub(super) calendar: Option<String>,
    pub(super) defects: Vec<Defect>,
}

/// Reads the parts of a message.
pub(super) fn body(root: &Node<'_>) -> Body {
    body_within(root, OPENINGS_MAX)
}

/// Reads the parts of a message, and keeps so many bytes of its files: one list of bytes for each attachment.
pub(super) fn body_with_files(root: &Node<'_>, room: usize) -> (Body, Vec<Vec<u8>>) {
    let mut gathering = Gathering {
        openings: OPENINGS_MAX,
        room,
        ..Gathering::default()
    };
    gathering.take(root);
    let kept = gathering.files.iter_mut();
    let kept = kept.map(|found| std::mem::take(&mut found.bytes)).collect();
    (gathering.finish(), kept)
}

pub(super) fn body_within(root: &Node<'_>, openings: u8) -> Body {
    let mut gathering = Gathering {
        openings,
        ..Gathering::default()
    };
    gathering.take(root);
    gathering.finish()
}

#[derive(Default)]
pub(super) struct Gathering<'n, 'a> {
    pub(super) body: Body,
    pub(super) files: Vec<Found>,
    /// HTML that was not taken as text may still show images.
    pub(super) html_seen: Vec<&'n Leaf<'a>>,
    pub(super) openings: u8,
    /// How many bytes of files may still be kept; nothing where nobody asks for them.
    pub(super) room: usize,
    leaves: usize,
    /// The text of a winmail.dat, wanted if the mail has no other.
    pub(super) packed_text: Option<String>,
}

impl<'n, 'a> Gathering<'n, 'a> {
    fn take(&mut self, node: &'n Node<'a>) {
        match node {
            Node::Many {
                subtype, children, ..
            } if subtype == "alternative" => self.alternative(children),
            Node::Many {
                subtype, children, ..
            } if subtype == "related" => self.related(children),
            Node::Many {
                report_type,
                children,
                ..
            } => {
                if report_type.is_some() {
                    self.body.report_type.clone_from(report_type);
                }
                children.iter().for_each(|child| self.take(child));
            }
            Node::Message { leaf, inner } => {
                self.enclose(leaf.raw, inner);
                self.file(leaf, leaf.raw);
            }
            Node::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn leaf(&mut self, leaf: &'n Leaf<'a>) {
        self.leaves += 1;
        if leaf.too_deep {
            self.defect(Defect::TooDeep("parts within parts".to_owned()));
        }
        if leaf.report_type.is_some() {
            self.body.report_type.clone_from(&leaf.report_type);
        }
        let named = leaf.name.is_some() && self.leaves > 1;
        let apart = leaf.disposition.as_deref() == Some("attachment") || named;
        match leaf.media_type() {
            "text/plain" | "text/html" | "text/enriched" | "text/richtext" if !apart => {
                self.text(leaf)
            }
            "text/x-amp-html" | "text/watch-html" if !apart => {}
            kind if kind.starts_with("multipart/") => self.text(leaf),
            "message/delivery-status" | "message/global-delivery-status" => {
                self.body
                    .report_type
                    .get_or_insert_with(|| "delivery-status".to_owned());
                let status = self.string(leaf);
                self.body
                    .delivery_status
                    .get_or_insert_default()
                    .push_str(&status);
            }
            "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers" => {
                let headers = self.string(leaf);
                self.body.returned_headers.get_or_insert(headers);
            }
            "message/disposition-notification" | "message/feedback-report" => {
                let kind = leaf.subtype().to_owned();
                self.body.report_type.get_or_insert(kind);
            }
            "message/rfc822" | "message/global" if leaf.encoding.is_encoded() => self.open(leaf),
            kind => {
                if kind == "text/calendar" || kind == "application/ics" {
                    self.body.calendar =
                        Some(leaf.method.clone().unwrap_or_default().to_ascii_uppercase());
                }
                self.attached(leaf);
            }
        }
    }

    /// Takes a document and what belongs to it: behind the document, texts are files as images are (RFC 8621, 4.1.4).
    fn related(&mut self, children: &'n [Node<'a>]) {
        for (at, child) in children.iter().enumerate() {
            match child {
                Node::Leaf(leaf)
                    if at > 0 && !self.body.text.trim().is_empty() && is_text(leaf) =>
                {
                    self.attached(leaf);
                }
                Node::Leaf(_) | Node::Many { .. } | Node::Message { .. } => self.take(child),
            }
        }
    }

    /// Takes one text of several that say the same.
    fn alternative(&mut self, children: &'n [Node<'a>]) {
        let plain = children.iter().position(is_plain);
        let rich = children.iter().position(has_html);
        let chosen = match (plain, rich) {
            (Some(plain), Some(rich)) => match children.get(plain) {
                Some(Node::Leaf(leaf)) if is_only_a_notice(&self.string(leaf)) => Some(rich),
                Some(_) | None => Some(plain),
            },
            (plain, rich) => plain.or(rich),
        };
        for (at, child) in children.iter().enumerate() {
            match child {
                child
                    if chosen.is_none()
                        || chosen == Some(at)
                        || (chosen == plain && is_plain(child)) =>
                {
                    self.take(child)
                }
                Node::Leaf(leaf) if leaf.media_type() == "text/html" => self.html_seen.push(leaf),
                Node::Leaf(leaf)
                    if leaf.media_type() == "text/plain"
                        || leaf.media_type() == "text/enriched" => {}
                Node::Leaf(_) | Node::Many { .. } | Node::Message { .. } => {
                    self.without_text(child)
                }
            }
        }
    }

    /// Takes the attachments of an alternative whose text is not wanted.
    fn without_text(&mut self, child: &'n Node<'a>) {
        let (text, marks) = (
            std::mem::take(&mut self.body.text),
            std::mem::take(&mut self.body.marks),
        );
        self.note_html(child);
        self.take(child);
        (self.body.text, self.body.marks) = (text, marks);
    }

    fn note_html(&mut self, node: &'n Node<'a>) {
        match node {
            Node::Leaf(leaf) if leaf.media_type() == "text/html" => self.html_seen.push(leaf),
            Node::Many { children, .. } => children.iter().for_each(|child| self.note_html(child)),
            Node::Leaf(_) | Node::Message { .. } => {}
        }
    }

    fn text(&mut self, leaf: &'n Leaf<'a>) {
        let decoded = self.string(leaf);
        let (text, marks) = if leaf.media_type() == "text/html" {
            self.html_seen.push(leaf);
            html::to_text(&decoded)
        } else if leaf.subtype() == "enriched" || leaf.subtype() == "richtext" {
            html::to_text(&decoded.replace("\n", "<br>"))
        } else {
            (
                flowed::tidy(&decoded, leaf.flowed, leaf.delete_space),
                Vec::new(),
            )
        };
        let body = &mut self.body;
        if !body.text.is_empty() && !text.trim().is_empty() {
            let newlines = if body.text.ends_with('\n') {
                "\n"
            } else {
                "\n\n"
            };
            body.text.push_str(newlines);
        }
        let offset = body.text.len();
        body.marks
            .extend(marks.into_iter().map(|mark| mark.shifted(offset)));
        body.text.push_str(&text);
    }

    /// The text of a part; what was wrong with it is noted once.
    pub(super) fn string(&mut self, leaf: &Leaf<'_>) -> String {
        let (bytes, damaged) = leaf.decoded();
        if damaged {
            self.defect(Defect::Encoding("the text".to_owned()));
        }
        let asks_document = leaf.charset.is_none() && leaf.media_type() == "text/html";
        let in_document = Some(&bytes)
            .filter(|_| asks_document)
            .and_then(|html| charset::of_html(html));
        let label = leaf.charset.as_deref().or(in_document.as_deref());
        let decoded = charset::decode(&bytes, label);
        if let Some(what) = decoded.defect {
            self.defect(Defect::Charset(what));
        }
        decoded.text.into_owned()
    }

    pub(super) fn defect(&mut self, defect: Defect) {
        if !self.body.defects.contains(&defect) && self.body.defects.len() < 100 {
            self.body.defects.push(defect);
        }
    }

    fn finish(mut self) -> Body {
        if self.body.text.trim().is_empty()
            && let Some(packed) = self.packed_text.take()
        {
            self.body.marks.clear();
            self.body.text = flowed::tidy(&packed, false, false);
        }
        if self.files.iter().any(|file| file.source.is_some()) {
            self.note_shown();
        }
        self.body.sources = self.files.iter().map(|file| file.source.clone()).collect();
        self.body.attachments = self.files.into_iter().map(|file| file.attachment).collect();
        self.body
    }
}

fn is_text(leaf: &Leaf<'_>) -> bool {
    matches!(leaf.media_type(), "text/plain" | "text/html")
}

fn is_plain(node: &Node<'_>) -> bool {
    matches!(node, Node::Leaf(leaf) if leaf.media_type() == "text/plain" && leaf.name.is_none())
}

fn has_html(node: &Node<'_>) -> bool {
    match node {
        Node::Leaf(leaf) => leaf.media_type() == "text/html",
        Node::Many { children, .. } => children.iter().any(has_html),
        Node::Message { .. } => false,
    }
}

/// "Your mail program does not show HTML", or nothing at all.
fn is_only_a_notice(text: &str) -> bool {
    const NOTICE_BYTES_MAX: usize = 300;
    let text = text.trim();
    text.is_empty()
        || (text.len() < NOTICE_BYTES_MAX
            && text.to_ascii_lowercase().contains("html")
            && !text.contains("\n\n"))
}
