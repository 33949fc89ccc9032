//! What the shipped rules make of facts, and what no change of rule files may ever change.

mod properties;
mod table;

use jiff::civil::date;
use jiff::{Timestamp, tz::TimeZone};

use super::*;
use crate::triage::mail::{Kind, Mail};
use crate::triage::promise::Metric;
use crate::triage::promise::calendar::Calendar;
use crate::triage::report::{Found, Report, Signal, Topic, Within};
use crate::triage::rules::check::{Files, check};
use crate::triage::rules::criterion::Anger;
use crate::triage::rules::shipped;

/// Facts in a few words, as a row of a table gives them.
#[derive(Clone, Debug, Default)]
struct Scene {
    mail: &'static str,
    signals: Vec<(&'static str, Strength)>,
    urgency: Option<Urgency>,
    several_clients: bool,
    partner: Option<&'static str>,
    client: Option<&'static str>,
    key_client: bool,
    component: Option<&'static str>,
    steps: bool,
    handed_back: bool,
    standing: Option<(Urgency, u8)>,
    broken: Option<Metric>,
}

impl Scene {
    fn judged(&self, rules: &Rules) -> Judgement {
        let raw = format!(
            "From: jo@northwind.example\r\nSubject: Help\r\n\r\n{}\r\n",
            self.mail
        );
        let mail = Mail::read(raw.as_bytes());
        let report = self.report();
        let calendar = Calendar::always();
        let at = Timestamp::constant(1_777_885_320, 0).to_zoned(TimeZone::UTC);
        let is_mail = self.broken.is_none();
        let facts = Facts {
            mail: is_mail.then_some(&mail),
            report: is_mail.then_some(&report),
            kind: Kind::Request,
            partner: self.partner,
            client: self.client,
            key_client: self.key_client,
            address: "support@everythingcloud.com",
            white_label: false,
            first_message: self.standing.is_none(),
            reopened: false,
            handed_back: self.handed_back,
            calendar: &calendar,
            event: self.broken.map(|_| ClockEvent::PromiseBroken),
            broken: self.broken,
            at: &at,
            outlook: None,
            anger: Anger::default(),
            standing: self.standing,
        };
        judge(&facts, rules)
    }

    fn report(&self) -> Report {
        Report {
            urgency: self.urgency.map(|urgency| found(urgency, "urgency")),
            client: self.client.map(|client| found(client.to_owned(), "client")),
            steps: self
                .steps
                .then(|| found(vec!["open it".to_owned()], "steps")),
            several_clients: self.several_clients.then(|| found(true, "several clients")),
            signals: self
                .signals
                .iter()
                .map(|(id, strength)| signal(id, *strength))
                .collect(),
            topic: Topic {
                component: self.component.map(str::to_owned),
                symptom: None,
            },
            language: Some("en".to_owned()),
            ..Report::default()
        }
    }
}

fn found<T>(value: T, field: &str) -> Found<T> {
    Found {
        value,
        confidence: 0.9,
        evidence: vec![evidence(field)],
    }
}

fn signal(id: &str, strength: Strength) -> Signal {
    Signal {
        id: id.to_owned(),
        strength,
        ratio: 1.0,
        evidence: vec![evidence(id)],
    }
}

fn evidence(field: &str) -> Evidence {
    Evidence {
        field: field.to_owned(),
        text: format!("the words for {field}"),
        start: 0,
        end: 1,
        within: Within::Text,
        because: String::new(),
    }
}

/// `Critical 3 outage -> ack-critical; rules: …; ladders: …; tell: …; review`
fn in_a_line(judgement: &Judgement) -> String {
    let mut line = format!("{} {}", judgement.urgency, judgement.level);
    if let Some(reason) = judgement.third_line_reason {
        line.push_str(&format!(" {reason:?}"));
    }
    if let Some(reply) = &judgement.reply {
        line.push_str(&format!(" -> {reply}"));
    }
    let rules: Vec<&str> = judgement
        .matches
        .iter()
        .map(|matched| matched.rule.as_str())
        .collect();
    line.push_str(&format!("; {}", rules.join(" ")));
    if let Some(ask) = &judgement.ask {
        line.push_str(&format!("; ask {ask}"));
    }
    if judgement.review {
        line.push_str("; review");
    }
    line
}

/// The shipped rules with text added to one file.
fn with(path: &str, more: &str) -> Rules {
    let mut files = shipped::files();
    files
        .entry(path.to_owned())
        .or_default()
        .push_str(&format!("\n{more}\n"));
    rules_of(&files)
}

fn rules_of(files: &Files) -> Rules {
    let (rules, findings) = check(files, date(2026, 6, 1));
    rules.unwrap_or_else(|| panic!("{findings:?}"))
}

fn rule(id: &str, when: &str, then: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\nsay = \"{id}\"\nwhen = {when}\n{then}")
}
