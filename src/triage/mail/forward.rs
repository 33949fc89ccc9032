//! The message inside: finds what a person forwarded, inline in any client's manner or as message/rfc822.
//!
//! A reply quotes with the same blocks. What tells them apart is the announcing line, where it says "forwarded", and
//! else the subject's prefix. Of nested forwards the innermost counts, but a conversation below a forwarded message
//! is that message's own quotation.

use std::ops::Range;

use super::attribution;
use super::block::{self, Block};
use super::body::{Body, Enclosed};
use super::envelope::Envelope;
use super::footer;
use super::labels::{Announces, Label};
use super::line::{Line, lines};
use super::prefix::{self, Prefix};
use super::{Forwarded, Kind, when, words};

/// Forwards within forwards that are opened.
const NESTING_MAX: usize = 20;

/// A forwarded message and where it lies in the text, if it lies there.
pub(super) struct Found {
    pub(super) message: Forwarded,
    pub(super) range: Option<Range<usize>>,
}

/// The innermost message that a person forwarded.
pub(super) fn find(envelope: &Envelope, body: &Body, kind: Kind) -> Option<Found> {
    match kind {
        Kind::Request | Kind::Reply | Kind::List => {}
        Kind::AutoReply | Kind::Bounce | Kind::Calendar | Kind::Unparsable => return None,
    }
    let lines = lines(&body.text);
    inline(envelope, &lines).or_else(|| attached(envelope, body))
}

fn attached(envelope: &Envelope, body: &Body) -> Option<Found> {
    let mut enclosed: &Enclosed = body.enclosed.first()?;
    while let Some(inner) = enclosed.inner.first() {
        enclosed = inner;
    }
    // Mail programs attach what they answer, too.
    let stripped = prefix::strip(envelope.subject.as_deref().unwrap_or_default());
    if stripped.outermost == Some(Prefix::Reply)
        && !stripped.any_forward
        && body.enclosed.len() == 1
        && !envelope.in_reply_to.is_empty()
    {
        return None;
    }
    let inner = &enclosed.envelope;
    let message = Forwarded {
        from: inner.from.clone(),
        to: inner
            .to
            .iter()
            .map(|person| person.address.clone())
            .collect(),
        subject: inner.subject.clone(),
        date: inner.date,
        body: enclosed.text.trim().to_owned(),
        confidence: 0.95,
    };
    Some(Found {
        message,
        range: None,
    })
}

fn inline(envelope: &Envelope, lines: &[Line<'_>]) -> Option<Found> {
    let stripped = prefix::strip(envelope.subject.as_deref().unwrap_or_default());
    let answers = !envelope.in_reply_to.is_empty() || !envelope.references.is_empty();
    for at in 0..lines.len() {
        if let Some(block) = block::at(lines, at) {
            let confidence = confidence(&block, &stripped, answers, quoted_before(lines, at))?;
            return Some(with_block(lines, &block, confidence));
        }
        // Some clients forward with no more than the sentence of a reply.
        if stripped.outermost == Some(Prefix::Forward)
            && let Some(found) = attribution::at(lines, at)
        {
            return with_attribution(lines, at, &found, &stripped);
        }
    }
    None
}

/// True if a reply's attribution stands above line `at`: then what follows is quoted history.
fn quoted_before(lines: &[Line<'_>], at: usize) -> bool {
    let depth = lines.get(at).map_or(0, |line| line.depth);
    depth > 0 && (0..at).any(|before| attribution::at(lines, before).is_some())
}

/// How sure it is that a block is a forward; `None` if it is a reply's quotation.
fn confidence(
    block: &Block,
    subject: &prefix::Stripped<'_>,
    answers: bool,
    quoted: bool,
) -> Option<f32> {
    let by_subject = match subject.outermost {
        Some(Prefix::Forward) => Some(0.95),
        Some(Prefix::Reply) => None,
        None if answers => None,
        None => Some(0.75),
    };
    match block.announced {
        Some(Announces::Forward) if quoted => None,
        Some(Announces::Forward) => Some(if subject.outermost == Some(Prefix::Forward) {
            0.98
        } else {
            0.9
        }),
        Some(Announces::Original) | None => by_subject,
    }
}

fn with_block(lines: &[Line<'_>], block: &Block, confidence: f32) -> Found {
    let end = body_end(lines, block);
    let first = footer::above_rules(lines, block.first);
    let start = lines.get(first).map_or(0, |line| line.start);
    let stop = end
        .checked_sub(1)
        .and_then(|last| lines.get(last))
        .map_or(start, |line| line.end);
    let mut message = message(block, text(lines, block.body, end, block.depth), confidence);
    for _ in 0..NESTING_MAX {
        match inner(&message) {
            Some(deeper) => message = deeper,
            None => break,
        }
    }
    Found {
        message,
        range: Some(start..stop),
    }
}

/// The forward within a forwarded message, if its own subject says that it is one.
fn inner(message: &Forwarded) -> Option<Forwarded> {
    let subject = prefix::strip(message.subject.as_deref().unwrap_or_default());
    if subject.outermost != Some(Prefix::Forward) {
        return None;
    }
    let lines = lines(&message.body);
    let block = (0..lines.len()).find_map(|at| block::at(&lines, at))?;
    let end = body_end(&lines, &block);
    Some(self::message(
        &block,
        text(&lines, block.body, end, block.depth),
        message.confidence * 0.97,
    ))
}

fn message(block: &Block, body: String, confidence: f32) -> Forwarded {
    Forwarded {
        from: block.from(),
        to: block.to(),
        subject: block
            .value(Label::Subject)
            .filter(|subject| !subject.is_empty())
            .map(words::decode_text),
        date: block.value(Label::Date).and_then(when::zoned),
        body,
        confidence,
    }
}

/// A quoted block's message ends with its quotation, another's with the text.
fn body_end(lines: &[Line<'_>], block: &Block) -> usize {
    if block.depth == 0 {
        return lines.len();
    }
    let after = lines
        .iter()
        .enumerate()
        .skip(block.body)
        .find(|(_, line)| line.depth < block.depth && !line.is_blank());
    after.map_or(lines.len(), |(at, _)| at)
}

/// Lines as the forwarded writer wrote them: the forwarder's marks of quotation are taken off.
fn text(lines: &[Line<'_>], from: usize, to: usize, depth: usize) -> String {
    let body = lines.get(from..to).unwrap_or_default();
    let least = body
        .iter()
        .filter(|line| !line.is_blank())
        .map(|line| line.depth)
        .min()
        .unwrap_or(0)
        .max(depth);
    let rewritten = body.iter().map(|line| {
        let marks = ">".repeat(line.depth.saturating_sub(least));
        if marks.is_empty() {
            line.words.to_owned()
        } else {
            format!("{marks} {}", line.words)
        }
    });
    rewritten.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn with_attribution(
    lines: &[Line<'_>],
    at: usize,
    found: &attribution::Attribution,
    subject: &prefix::Stripped<'_>,
) -> Option<Found> {
    let body = text(lines, found.next, lines.len(), 0);
    let body: Vec<&str> = body
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    let message = Forwarded {
        from: Some(found.person.clone()?),
        to: Vec::new(),
        subject: Some(subject.bare.to_owned()).filter(|bare| !bare.is_empty()),
        date: None,
        body: body.join("\n").trim().to_owned(),
        confidence: 0.85,
    };
    let start = lines.get(at)?.start;
    Some(Found {
        message,
        range: Some(start..lines.last()?.end),
    })
}
