//! Letters to our own people: notices, escalations with evidence and trust line, broken promises, digests, alarms.
//!
//! They are never held back by a template: where one cannot be filled in, the same facts go out as plain lines,
//! because an escalation that is late for the sake of its looks is no escalation.

use super::Letter;
use super::echo::{self, Said, View};
use super::template::{
    BrandValues, BrokenValues, DigestValues, EvidenceValues, PartnerValues, Rendered,
    TroubleValues, Values,
};
use crate::triage::mail::{Mail, Person};
use crate::triage::promise::Promise;
use crate::triage::report::Evidence;
use crate::triage::ticket::Ticket;

/// What a letter to our own people needs besides the ticket and the mail.
#[derive(Clone, Debug, Default)]
pub struct Briefing {
    /// Under which name the letter leaves.
    pub brand: BrandValues,
    /// The partner, by name.
    pub partner: Option<String>,
    /// Who really wrote, by which road.
    pub trust: String,
    /// The words that decided.
    pub evidence: Vec<Evidence>,
    /// Why the ticket is what it is, one sentence each.
    pub reasons: Vec<String>,
}

/// Pieces of evidence that a notice shows; the ticket has them all.
const EVIDENCE_MAX: usize = 12;

/// Characters of a letter that a digest shows.
const FOLDED_CHARS_MAX: usize = 600;

/// Letters of which a digest shows more than the subject.
const FOLDED_MAX: usize = 50;

/// The values of a letter about a ticket to one of our people.
#[must_use]
pub fn values(
    ticket: &Ticket,
    said: Option<&Said<'_>>,
    briefing: &Briefing,
    view: &View<'_>,
) -> Values {
    Values {
        partner: PartnerValues {
            name: briefing.partner.clone(),
        },
        brand: briefing.brand.clone(),
        trust: Some(briefing.trust.clone()).filter(|line| !line.is_empty()),
        evidence: evidence(&briefing.evidence),
        reasons: briefing.reasons.clone(),
        ..echo::values(ticket, said, view)
    }
}

/// The values with the reader's own name in them.
#[must_use]
pub fn for_reader(mut values: Values, reader: &Person, view: &View<'_>) -> Values {
    values.reader = view.person(reader);
    values
}

/// The promise that passed unkept.
#[must_use]
pub fn broken(promise: &Promise, view: &View<'_>) -> BrokenValues {
    BrokenValues {
        promise: promise.metric.name().to_owned(),
        due: promise.due.map(|due| view.at(due)),
        origin: promise.origin.clone(),
    }
}

/// Something wrong, what the other side said, what to do about it.
#[must_use]
pub fn trouble(what: String, why: Option<String>, to_do: &str, instance: &str) -> TroubleValues {
    TroubleValues {
        what,
        why: why.filter(|why| !why.trim().is_empty()),
        what_to_do: Some(to_do.to_owned()).filter(|text| !text.is_empty()),
        instance: instance.to_owned(),
    }
}

/// The letters that a digest stands for, each with the beginning of its words; of very many the last by their subjects.
#[must_use]
pub fn digest(folded: &[Letter], view: &View<'_>) -> Vec<DigestValues> {
    let shown = |(n, letter): (usize, &Letter)| DigestValues {
        subject: letter.subject.clone(),
        written: view.at(letter.written_at),
        text: if n < FOLDED_MAX {
            summary(&words(letter))
        } else {
            String::new()
        },
    };
    folded.iter().enumerate().map(shown).collect()
}

/// What a finished letter says. It is a mail like any other, so reading it gives its words back.
#[must_use]
pub fn words(letter: &Letter) -> String {
    Mail::read(letter.mime.as_bytes()).text
}

/// The same facts as plain lines, for the day on which a template fails.
#[must_use]
pub fn in_plain_words(values: &Values, why_plain: &str) -> Rendered {
    let ticket = &values.ticket;
    let headline = [
        &values.trouble.what,
        ticket.subject.as_ref().unwrap_or(&ticket.id),
    ]
    .into_iter()
    .find(|text| !text.is_empty());
    let headline = headline.map_or("A notice", String::as_str);
    let subject = if ticket.id.is_empty() {
        headline.to_owned()
    } else {
        format!(
            "[{}] level {}, {}: {headline}",
            ticket.id, ticket.level, ticket.urgency
        )
    };
    let mut lines = vec![headline.to_owned()];
    lines.extend(values.trust.clone());
    lines.extend(values.trouble.why.clone());
    lines.extend(values.trouble.what_to_do.clone());
    lines.extend(
        values
            .broken
            .due
            .as_ref()
            .map(|due| format!("The promise {} was due {due}.", values.broken.promise)),
    );
    lines.extend(ticket.summary.clone());
    lines.extend(
        values
            .evidence
            .iter()
            .map(|one| format!("\"{}\" ({})", one.text, one.because)),
    );
    lines.extend(values.reasons.iter().cloned());
    lines.extend(
        values
            .digest
            .iter()
            .map(|one| format!("{}\n{}", one.subject, one.text)),
    );
    lines.extend(values.mail.link.clone());
    lines.push(format!("(This letter is plain because {why_plain}.)"));
    let text = lines.join("\n\n");
    let html = format!("<pre>{}</pre>", escaped(&text));
    Rendered {
        subject,
        text,
        html,
        language: "en".to_owned(),
    }
}

/// The beginning of a text, without the blank lines.
fn summary(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    let text = lines.join("\n");
    match text.char_indices().nth(FOLDED_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn evidence(found: &[Evidence]) -> Vec<EvidenceValues> {
    found
        .iter()
        .take(EVIDENCE_MAX)
        .map(|evidence| EvidenceValues {
            field: evidence.field.clone(),
            text: evidence.text.clone(),
            because: evidence.because.clone(),
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
