//! The parts of a message to one text, its attachments, and the reports and messages within.
//!
//! Of alternatives the plain text is taken, unless it only says that the HTML should have been read.

use super::envelope::Envelope;
use super::header::Headers;
use super::html::{self, Mark};
use super::part::{Leaf, Node};
use super::{Attachment, Defect, bounds, charset, flowed, read, seal, tnef};

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

fn body_within(root: &Node<'_>, openings: u8) -> Body {
    let mut gathering = Gathering {
        openings,
        ..Gathering::default()
    };
    gathering.take(root);
    gathering.finish()
}

/// An attachment before it is known whether the text shows it.
struct File {
    attachment: Attachment,
    content_id: Option<String>,
}

#[derive(Default)]
struct Gathering<'n, 'a> {
    body: Body,
    files: Vec<File>,
    /// HTML that was not taken as text may still show images.
    html_seen: Vec<&'n Leaf<'a>>,
    openings: u8,
    leaves: usize,
    /// The text of a winmail.dat, wanted if the mail has no other.
    packed_text: Option<String>,
}

impl<'n, 'a> Gathering<'n, 'a> {
    fn take(&mut self, node: &'n Node<'a>) {
        match node {
            Node::Many {
                subtype, children, ..
            } if subtype == "alternative" => self.alternative(children),
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
                self.file(leaf, leaf.raw.len());
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

    /// A file, or the files that Outlook packed into one.
    fn attached(&mut self, leaf: &'n Leaf<'a>) {
        let (bytes, damaged) = leaf.decoded();
        let called = || leaf.name.as_deref().unwrap_or("without a name");
        if damaged {
            self.defect(Defect::Encoding(format!("attachment {}", called())));
        }
        let Some(unpacked) = Some(&bytes)
            .filter(|_| is_tnef(leaf))
            .and_then(|bytes| tnef::unpack(bytes))
        else {
            self.file(leaf, bytes.len());
            return;
        };
        if unpacked.damaged {
            self.defect(Defect::Encoding(format!("attachment {}", called())));
        }
        if let Some(method) = unpacked.calendar {
            self.body.calendar = Some(method.to_owned());
        }
        self.packed_text = self.packed_text.take().or(unpacked.text);
        if unpacked.files.is_empty() {
            self.file(leaf, bytes.len());
        }
        self.files
            .extend(unpacked.files.into_iter().map(|packed| File {
                attachment: Attachment {
                    name: packed.name,
                    content_type: packed.content_type.map_or_else(
                        || "application/octet-stream".to_owned(),
                        |kind| kind.to_ascii_lowercase(),
                    ),
                    size: packed.size as u64,
                    inline: false,
                },
                content_id: packed.content_id,
            }));
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
    fn string(&mut self, leaf: &Leaf<'_>) -> String {
        let (bytes, damaged) = leaf.decoded();
        if damaged {
            self.defect(Defect::Encoding("the text".to_owned()));
        }
        let decoded = charset::decode(&bytes, leaf.charset.as_deref());
        if let Some(what) = decoded.defect {
            self.defect(Defect::Charset(what));
        }
        decoded.text.into_owned()
    }

    fn defect(&mut self, defect: Defect) {
        if !self.body.defects.contains(&defect) && self.body.defects.len() < 100 {
            self.body.defects.push(defect);
        }
    }

    fn file(&mut self, leaf: &Leaf<'_>, size: usize) {
        let attachment = Attachment {
            name: leaf.name.clone(),
            content_type: leaf.media_type().to_owned(),
            size: size as u64,
            inline: leaf.disposition.as_deref() == Some("inline"),
        };
        self.files.push(File {
            attachment,
            content_id: leaf.content_id.clone(),
        });
    }

    fn open(&mut self, leaf: &Leaf<'_>) {
        let (bytes, _) = leaf.decoded();
        self.file(leaf, bytes.len());
        if self.openings > 0 {
            let openings = std::mem::replace(&mut self.openings, 0);
            self.openings = openings - 1;
            let (harmless, defect) = bounds::harmless(&bytes);
            let raw = seal::seal(bytes.get(..harmless).unwrap_or(&bytes));
            self.enclose(&raw, &read::parse(&raw));
            defect.into_iter().for_each(|defect| self.defect(defect));
            self.openings = openings;
        } else {
            self.defect(Defect::TooDeep(
                "encoded messages in encoded messages".to_owned(),
            ));
        }
    }

    fn enclose(&mut self, raw: &[u8], inner: &Node<'_>) {
        let envelope = Envelope::of(&Headers::scan(raw));
        let body = body_within(inner, self.openings);
        for defect in body.defects {
            self.defect(defect);
        }
        self.body.enclosed.push(Enclosed {
            envelope,
            text: body.text,
            inner: body.enclosed,
        });
    }

    fn finish(mut self) -> Body {
        if self.body.text.trim().is_empty()
            && let Some(packed) = self.packed_text.take()
        {
            self.body.marks.clear();
            self.body.text = flowed::tidy(&packed, false, false);
        }
        if self.files.iter().any(|file| file.content_id.is_some()) {
            let shown: Vec<String> = self
                .html_seen
                .iter()
                .flat_map(|leaf| html::shown_ids(&leaf.decoded().0))
                .collect();
            for file in &mut self.files {
                file.attachment.inline |= file
                    .content_id
                    .as_ref()
                    .is_some_and(|id| shown.contains(id));
            }
        }
        self.body.attachments = self.files.into_iter().map(|file| file.attachment).collect();
        self.body
    }
}

/// Outlook's container, by its type or by the name it always has.
fn is_tnef(leaf: &Leaf<'_>) -> bool {
    let named = || {
        leaf.name
            .as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
    };
    matches!(
        leaf.media_type(),
        "application/ms-tnef" | "application/vnd.ms-tnef"
    ) || named()
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
