//! Where words are looked for: subject, what the sender wrote now, names of attachments.

use super::criterion::{Look, Pattern};
use super::fold::Folded;
use crate::triage::mail::{Mail, Part};
use crate::triage::report::{Evidence, Within};

/// A text that words are looked for in.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) look: Look,
    within: Within,
    /// Where the text begins in the text that `within` names.
    offset: usize,
    folded: Folded,
}

/// Every text that conditions may look into, what is forwarded included: never quotations, signatures or disclaimers.
pub(super) fn looked(mail: &Mail) -> Vec<Looked> {
    let subject = mail.subject.iter().map(|subject| Looked {
        look: Look::Subject,
        within: Within::Subject,
        offset: 0,
        folded: Folded::of(subject),
    });
    let new = mail
        .segments
        .iter()
        .filter(|segment| matches!(segment.part, Part::New | Part::Forwarded))
        .filter_map(|segment| {
            Some(Looked {
                look: Look::Text,
                within: Within::Text,
                offset: segment.range.start,
                folded: Folded::of(mail.text.get(segment.range.clone())?),
            })
        });
    let is_inline = mail.segments.iter().any(|it| it.part == Part::Forwarded);
    let attached = mail.forwarded.iter().filter(|_| !is_inline);
    let attached = attached.map(|message| Looked {
        look: Look::Text,
        within: Within::Forwarded,
        offset: 0,
        folded: Folded::of(&message.body),
    });
    let names = mail.attachments.iter().filter_map(|attachment| {
        Some(Looked {
            look: Look::AttachmentNames,
            within: Within::Header,
            offset: 0,
            folded: Folded::of(attachment.name.as_deref()?),
        })
    });
    subject.chain(new).chain(attached).chain(names).collect()
}

pub(super) fn find(pattern: &Pattern, looked: &Looked, mail: &Mail) -> Option<Evidence> {
    let captures = pattern.regex.captures(&looked.folded.text)?;
    let hit = captures.get(1).or_else(|| captures.get(0))?;
    let place = looked.folded.source(&hit.range());
    let (start, end) = (looked.offset + place.start, looked.offset + place.end);
    let source = match looked.within {
        Within::Text => mail.text.get(start..end),
        Within::Subject => mail
            .subject
            .as_deref()
            .and_then(|subject| subject.get(start..end)),
        Within::Forwarded => mail
            .forwarded
            .as_ref()
            .and_then(|message| message.body.get(start..end)),
        Within::Header => None,
    };
    let is_named = looked.within == Within::Header;
    Some(Evidence {
        field: "words".to_owned(),
        text: source.unwrap_or_else(|| hit.as_str()).to_owned(),
        start: if is_named { 0 } else { start },
        end: if is_named { 0 } else { end },
        within: looked.within,
        because: format!("the rule asks for {}", pattern.written.join(", ")),
    })
}
