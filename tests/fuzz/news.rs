//! What came out of a mail that never came out before. It stands for code coverage, which stable Rust does not offer to
//! a running program: a mail that is read in a new way is kept and changed further.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;

use triaged::triage::decide::Decision;
use triaged::triage::mail::Mail;
use triaged::triage::report::{Evidence, Report};

/// One mail in so many is read twice, to see the same come out.
const SECOND_LOOK_EVERY: u64 = 64;

/// Letters of a reason that count; what follows may be the mail's own words.
const REASON_CHARS: usize = 48;

/// Everything that has come out so far.
#[derive(Default)]
pub(crate) struct News {
    seen: HashSet<u64>,
    came: bool,
    looks: u64,
}

impl News {
    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }

    /// True once if something new came since the last call.
    pub(crate) fn came(&mut self) -> bool {
        std::mem::take(&mut self.came)
    }

    pub(crate) fn takes_a_second_look(&mut self) -> bool {
        self.looks += 1;
        self.looks.is_multiple_of(SECOND_LOOK_EVERY)
    }

    fn saw(&mut self, what: impl Hash) {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.came |= self.seen.insert(hasher.finish());
    }

    pub(crate) fn of_mail(&mut self, mail: &Mail) {
        self.saw(("kind", discriminant(&mail.kind), mail.readable));
        for defect in &mail.defects {
            self.saw(("defect", discriminant(defect)));
        }
        for sign in &mail.signs.found {
            // What follows may be an address, or anything.
            let header = sign.because.split([':', '=', ' ']).next().map(reason);
            self.saw(("sign", discriminant(&sign.kind), header));
        }
        let parts: Vec<_> = mail.segments.iter().map(|segment| segment.part).collect();
        self.saw(("parts", &parts[..parts.len().min(4)]));
        for pair in parts.windows(2) {
            self.saw(("pair", pair));
        }
        self.saw(("segments", magnitude(parts.len())));
        self.saw(("text", magnitude(mail.text.len())));
        self.saw(("lines", magnitude(mail.text.lines().count())));
        self.saw((
            "people",
            mail.from.is_some(),
            magnitude(mail.to.len()),
            magnitude(mail.reply_to.len()),
        ));
        self.saw((
            "dates",
            mail.date.is_some(),
            mail.message_id.is_some(),
            magnitude(mail.references.len()),
        ));
        for attached in &mail.attachments {
            let kind = attached.content_type.split('/').next().unwrap_or_default();
            self.saw((
                "attached",
                ["text", "image", "application", "message", "multipart"].map(|known| known == kind),
                attached.inline,
                attached.name.is_some(),
                magnitude(attached.size as usize),
            ));
        }
        if let Some(bounce) = &mail.bounce {
            let class = bounce
                .status
                .as_deref()
                .and_then(|status| status.chars().next());
            self.saw((
                "bounce",
                class,
                bounce.permanent,
                bounce.recipient.is_some(),
                bounce.quoted_ids.is_empty(),
            ));
        }
        if let Some(inner) = &mail.forwarded {
            let shape = (
                inner.from.is_some(),
                magnitude(inner.to.len()),
                inner.subject.is_some(),
                inner.date.is_some(),
            );
            self.saw(("forwarded", shape, magnitude(inner.body.len())));
        }
    }

    pub(crate) fn of_report(&mut self, report: &Report) {
        let confidences = [
            report.client.as_ref().map(|found| found.confidence),
            report.urgency.as_ref().map(|found| found.confidence),
            report.stated_urgency.as_ref().map(|found| found.confidence),
            report.description.as_ref().map(|found| found.confidence),
            report.steps.as_ref().map(|found| found.confidence),
            report.affected_users.as_ref().map(|found| found.confidence),
            report.since.as_ref().map(|found| found.confidence),
        ];
        for (field, confidence) in confidences.into_iter().enumerate() {
            self.saw((field, confidence.map(f32::to_bits)));
        }
        self.saw(("found", confidences.map(|confidence| confidence.is_some())));
        self.saw(("topic", &report.topic));
        self.saw(("language", &report.language));
        let urgency = report.urgency.as_ref().map(|found| found.value);
        let stated = report.stated_urgency.as_ref().map(|found| found.value);
        self.saw(("urgency", urgency, stated));
        let steps = report.steps.as_ref().map_or(0, |found| found.value.len());
        self.saw(("steps", magnitude(steps)));
        for points in &report.points {
            self.saw(("points", reason(&points.because), points.points.to_bits()));
        }
        for signal in &report.signals {
            self.saw(("signal", &signal.id, signal.strength));
            self.of_evidence(&signal.evidence);
        }
        self.of_evidence(&report.topic_evidence);
        self.of_evidence(report.client.iter().flat_map(|found| &found.evidence));
        self.of_evidence(report.steps.iter().flat_map(|found| &found.evidence));
        self.of_evidence(report.since.iter().flat_map(|found| &found.evidence));
    }

    fn of_evidence<'e>(&mut self, evidence: impl IntoIterator<Item = &'e Evidence>) {
        for evidence in evidence {
            self.saw(("because", &evidence.field, reason(&evidence.because)));
        }
    }

    pub(crate) fn of_decision(&mut self, decision: &Decision) {
        for because in &decision.because {
            self.saw(("reason", reason(&because.to_string())));
        }
        for change in &decision.changes {
            self.saw(("change", discriminant(change)));
        }
        for letter in &decision.letters {
            self.saw((
                "letter",
                letter.purpose,
                &letter.brand,
                letter.held.is_some(),
            ));
        }
    }
}

/// Counts that differ by less than twice are the same.
fn magnitude(count: usize) -> u32 {
    usize::BITS - count.leading_zeros()
}

/// A reason without its figures.
fn reason(because: &str) -> String {
    because
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .take(REASON_CHARS)
        .collect()
}
