//! What mails mean, as tables that an admin can read, by the rules that ship with triaged.
//!
//! A row is one mail; rows that stand together differ in a word or two, and the answer turns on that word.

mod fields;
mod properties;
mod signals;
mod urgency;

use super::{Report, Strength, Urgency};
use crate::triage::mail::Mail;
use crate::triage::rules::Rules;

fn mail(subject: &str, body: &str) -> Mail {
    let raw = format!(
        "From: Ina Berg <ina@sundial.example>\nTo: support@everythingcloud.example\nSubject: {subject}\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
    );
    Mail::read(raw.as_bytes())
}

pub(super) fn report(subject: &str, body: &str) -> Report {
    Report::of(&mail(subject, body), &Rules::shipped().lexicon)
}

fn client(subject: &str, body: &str) -> Option<String> {
    report(subject, body).client.map(|found| found.value)
}

fn urgency(subject: &str, body: &str) -> Option<Urgency> {
    report(subject, body).urgency.map(|found| found.value)
}

fn steps(body: &str) -> Vec<String> {
    let report = report("", body);
    report.steps.map(|found| found.value).unwrap_or_default()
}

fn strength(report: &Report, signal: &str) -> Option<Strength> {
    report.signal(signal).map(|signal| signal.strength)
}
