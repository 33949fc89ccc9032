//! What a mail has beside its text: attached files, files within files, attached messages, and images that the text shows.

use std::collections::HashSet;

use super::body::{Enclosed, Gathering, body_within};
use super::envelope::Envelope;
use super::header::Headers;
use super::part::{Leaf, Node};
use super::{Attachment, Defect, bounds, html, read, seal, tnef, words};

/// HTML parts in which the place of each image is looked at. People's mails have one or two.
const PAGES_MAX: usize = 10;

/// An attachment before it is known whether the text shows it.
pub(super) struct Found {
    pub(super) attachment: Attachment,
    /// By what the HTML names it.
    pub(super) source: Option<String>,
    /// What it holds, where somebody asked for it.
    pub(super) bytes: Vec<u8>,
}

/// An attached file with all that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As [`Mail::attachments`](super::Mail::attachments) describes it.
    pub attachment: Attachment,
    /// What the HTML calls it, where it is shown within the text.
    pub content_id: Option<String>,
    /// Its bytes, decoded. Empty where they are more than [`FILES_BYTES_MAX`] together with those before it.
    pub bytes: Vec<u8>,
}

/// What is kept of the files of one mail. Most mail servers take no more than 25 MB a mail.
pub const FILES_BYTES_MAX: usize = 25 * 1024 * 1024;

impl<'n, 'a> Gathering<'n, 'a> {
    /// A file, or the files that Outlook packed into one.
    pub(super) fn attached(&mut self, leaf: &'n Leaf<'a>) {
        let (bytes, damaged) = leaf.decoded();
        let called = || leaf.name.as_deref().unwrap_or("without a name");
        if damaged {
            self.defect(Defect::Encoding(format!("attachment {}", called())));
        }
        let Some(mut unpacked) = Some(&bytes)
            .filter(|_| is_tnef(leaf))
            .and_then(|bytes| tnef::unpack(bytes))
        else {
            self.file(leaf, &bytes);
            return;
        };
        if unpacked.damaged {
            self.defect(Defect::Encoding(format!("attachment {}", called())));
        }
        if let Some(method) = unpacked.calendar {
            self.body.calendar = Some(method.to_owned());
        }
        self.packed_text = self.packed_text.take().or(unpacked.text.take());
        if unpacked.files.is_empty() {
            self.file(leaf, &bytes);
        }
        for packed in unpacked.files {
            let found = Found {
                attachment: Attachment {
                    name: packed.name.map(|name| words::tidy(&name)),
                    content_type: packed.content_type.map_or_else(
                        || "application/octet-stream".to_owned(),
                        |kind| words::tidy(&kind).to_ascii_lowercase(),
                    ),
                    size: packed.bytes.len() as u64,
                    inline: false,
                    ornament: false,
                },
                source: packed.content_id,
                bytes: self.kept(packed.bytes),
            };
            self.files.push(found);
        }
    }

    /// The bytes, if somebody asked for them and there is room for them.
    fn kept(&mut self, bytes: &[u8]) -> Vec<u8> {
        match self.room.checked_sub(bytes.len()) {
            Some(room) => {
                self.room = room;
                bytes.to_vec()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn file(&mut self, leaf: &Leaf<'_>, bytes: &[u8]) {
        let attachment = Attachment {
            name: leaf.name.clone(),
            content_type: leaf.media_type().to_owned(),
            size: bytes.len() as u64,
            inline: leaf.disposition.as_deref() == Some("inline"),
            ornament: false,
        };
        let bytes = self.kept(bytes);
        self.files.push(Found {
            attachment,
            source: leaf.content_id.clone().or(leaf.location.clone()),
            bytes,
        });
    }

    pub(super) fn open(&mut self, leaf: &Leaf<'_>) {
        let (bytes, _) = leaf.decoded();
        self.file(leaf, &bytes);
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

    pub(super) fn enclose(&mut self, raw: &[u8], inner: &Node<'_>) {
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

    /// Looks through the HTML for the files that it shows, in images or in style sheets.
    pub(super) fn note_shown(&mut self) {
        let mut shown: HashSet<String> = HashSet::new();
        for leaf in std::mem::take(&mut self.html_seen) {
            let html = self.string(leaf);
            shown.extend(html::shown_ids(html.as_bytes()));
            let page = html::page(&html);
            shown.extend(page.images.iter().map(|image| image.source.clone()));
            if self.body.pages.len() < PAGES_MAX {
                self.body.pages.push(page);
            }
        }
        for file in &mut self.files {
            let source = file.source.as_ref();
            file.attachment.inline |= source.is_some_and(|source| shown.contains(source));
        }
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
