//! Puts a [`Mail`] together from its header, its parts and what they mean.

use super::body::{self, Body};
use super::envelope::Envelope;
use super::files::{FILES_BYTES_MAX, File};
use super::header::Headers;
use super::part::Node;
use super::{Attachment, Defect, Mail, bounce, forward, machine, ornament, trim, trust};

/// A mail of which a header could be read.
pub(super) fn mail(headers: &Headers<'_>, root: &Node<'_>, raw: &[u8]) -> Mail {
    if headers.is_empty() {
        return unreadable(raw);
    }
    let envelope = Envelope::of(headers);
    let mut body = body::body(root);
    let mut defects = envelope.defects(headers);
    defects.append(&mut body.defects);
    let reading = machine::Reading {
        headers,
        envelope: &envelope,
        body: &body,
    };
    let (kind, signs) = machine::judge(&reading);
    let bounce = (kind == super::Kind::Bounce).then(|| bounce::read(&reading));
    let forwarded = forward::find(&envelope, &body, kind);
    ornament::mark(&mut body, forwarded.is_some());
    let segments = trim::segments(
        &body,
        forwarded.as_ref().and_then(|found| found.range.clone()),
    );
    Mail {
        readable: true,
        content_hash: content_hash(&envelope, &body.text, &body.attachments),
        message_id: envelope.message_id,
        from: envelope.from,
        reply_to: envelope.reply_to,
        to: envelope.to,
        cc: envelope.cc,
        addressed: envelope.addressed,
        subject: envelope.subject,
        date: envelope.date,
        in_reply_to: envelope.in_reply_to,
        references: envelope.references,
        kind,
        signs,
        bounce,
        forwarded: forwarded.map(|found| found.message),
        text: body.text,
        segments,
        attachments: body.attachments,
        importance: envelope.importance,
        road: trust::road(headers),
        defects,
        bytes: raw.len() as u64,
    }
}

/// The files of a mail of which a header could be read, as its [`Mail::attachments`] describe them.
pub(super) fn files(headers: &Headers<'_>, root: &Node<'_>) -> Vec<File> {
    let envelope = Envelope::of(headers);
    let (mut body, kept) = body::body_with_files(root, FILES_BYTES_MAX);
    let reading = machine::Reading {
        headers,
        envelope: &envelope,
        body: &body,
    };
    let (kind, _) = machine::judge(&reading);
    let forwarded = forward::find(&envelope, &body, kind);
    ornament::mark(&mut body, forwarded.is_some());
    let described = body.attachments.into_iter().zip(body.sources);
    described
        .zip(kept)
        .map(|((attachment, content_id), bytes)| File {
            attachment,
            content_id,
            bytes,
        })
        .collect()
}

/// A mail without even a header: its text is whatever the bytes say.
pub(super) fn unreadable(raw: &[u8]) -> Mail {
    const TEXT_BYTES_MAX: usize = 1024 * 1024;
    let sample = raw.get(..TEXT_BYTES_MAX).unwrap_or(raw);
    let text = super::flowed::without_controls(&super::charset::guess(sample));
    let body = Body {
        text,
        ..Body::default()
    };
    let segments = trim::segments(&body, None);
    Mail {
        readable: false,
        message_id: None,
        from: None,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        addressed: Vec::new(),
        subject: None,
        date: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        kind: super::Kind::Unparsable,
        signs: machine::Signs::default(),
        bounce: None,
        forwarded: None,
        content_hash: content_hash(&Envelope::default(), &body.text, &[]),
        text: body.text,
        segments,
        attachments: Vec::new(),
        importance: None,
        road: trust::Road::default(),
        defects: vec![Defect::Unreadable],
        bytes: raw.len() as u64,
    }
}

/// The same on every road that a mail takes: relays add headers and re-wrap, but leave these alone.
fn content_hash(envelope: &Envelope, text: &str, attachments: &[Attachment]) -> [u8; 32] {
    let mut said = Vec::with_capacity(text.len() + 512);
    // Each field ends with a byte that none of them contains, so that no two mails run together alike.
    let mut field = |bytes: &[u8]| {
        said.extend_from_slice(bytes);
        said.push(0);
    };
    field(
        envelope
            .from
            .as_ref()
            .map_or("", |person| &person.address)
            .as_bytes(),
    );
    field(
        envelope
            .date
            .map(|date| date.to_string())
            .unwrap_or_default()
            .as_bytes(),
    );
    field(envelope.subject.as_deref().unwrap_or_default().as_bytes());
    field(
        envelope
            .message_id
            .as_deref()
            .unwrap_or_default()
            .as_bytes(),
    );
    for attachment in attachments {
        field(attachment.name.as_deref().unwrap_or_default().as_bytes());
        field(attachment.content_type.as_bytes());
        field(&attachment.size.to_be_bytes());
    }
    for word in text.split_ascii_whitespace() {
        field(word.as_bytes());
    }
    *blake3::hash(&said).as_bytes()
}
