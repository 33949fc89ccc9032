//! What the mails of this table mean, written by hand: the table tests deciding, and stands whatever reading learns.

use triaged::triage::mail::Mail;
use triaged::triage::report::{Evidence, Found, Report, Signal, Strength, Topic, Urgency, Within};

/// The report of a mail, by the phrases that the table uses.
pub(crate) fn understood(mail: &Mail) -> Report {
    let subject = mail.subject.as_deref().unwrap_or_default();
    let text = format!("{subject}\n{}", mail.new_text());
    let says = |phrase: &str| text.contains(phrase);
    let outage = says("down for all users");
    let how_to = says("how can I");
    let complaint = says("breach of contract");
    let perhaps = says("may be down");
    let urgency = [
        ("Urgency: Critical", Urgency::Critical),
        ("Urgency: High", Urgency::High),
        ("down for all users", Urgency::High),
    ];
    let steps = ["Open the sales report", "Click on Export"];
    Report {
        client: says("Harbor Bank").then(|| found("Harbor Bank".to_owned(), "Harbor Bank")),
        urgency: urgency
            .iter()
            .find(|(phrase, _)| says(phrase))
            .map(|(phrase, urgency)| found(*urgency, phrase)),
        steps: says("Steps to reproduce")
            .then(|| found(steps.map(str::to_owned).to_vec(), steps[0])),
        topic: Topic {
            component: how_to.then(|| "login".to_owned()),
            symptom: None,
        },
        signals: [
            outage.then(|| signal("outage", "down for all users")),
            how_to.then(|| signal("asks-for-help", "how can I")),
            complaint.then(|| signal("sla-complaint", "breach of contract")),
            perhaps.then(|| Signal {
                strength: Strength::Possible,
                ..signal("outage", "may be down")
            }),
        ]
        .into_iter()
        .flatten()
        .collect(),
        language: Some(if says("Guten Tag") { "de" } else { "en" }.to_owned()),
        ..Report::default()
    }
}

fn found<T>(value: T, words: &str) -> Found<T> {
    Found {
        value,
        confidence: 0.95,
        evidence: vec![evidence(words)],
    }
}

fn signal(id: &str, words: &str) -> Signal {
    Signal {
        id: id.to_owned(),
        strength: Strength::Certain,
        ratio: 1.5,
        evidence: vec![evidence(words)],
    }
}

fn evidence(words: &str) -> Evidence {
    Evidence {
        field: "signal".to_owned(),
        text: words.to_owned(),
        start: 0,
        end: 0,
        within: Within::Text,
        because: "by hand".to_owned(),
    }
}
