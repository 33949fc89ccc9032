//! What was concluded from a mail, how sure each conclusion is, and which marks it came from.

use super::marked::Marked;
use super::percent;
use crate::admin::screen;
use crate::triage::report::{Evidence, Report};

/// Prints what was concluded, with the numbers of the marks that it came from, and why each mark counts.
pub(super) fn print(report: &Report, marked: &Marked<'_>) {
    let numbers = |evidence: &[Evidence]| {
        let mut numbers: Vec<String> = evidence.iter().map(|it| marked.number(it)).collect();
        numbers.dedup();
        numbers.concat()
    };
    let told = |name: &str, value: &str, found: (f32, &[Evidence])| {
        screen::line(&format!(
            "{name:<15} {:>4}  {} {}",
            percent(found.0),
            screen::short(value, 70),
            numbers(found.1)
        ));
    };
    screen::heading("CONCLUSIONS");
    let texts = [
        ("client", &report.client),
        ("affected users", &report.affected_users),
        ("since", &report.since),
        ("description", &report.description),
    ];
    for (name, found) in texts {
        if let Some(found) = found {
            told(name, &found.value, (found.confidence, &found.evidence));
        }
    }
    if let Some(steps) = &report.steps {
        let value = screen::count(steps.value.len() as u64, "step");
        told("steps", &value, (steps.confidence, &steps.evidence));
    }
    let topic = [&report.topic.component, &report.topic.symptom];
    let topic: Vec<&str> = topic.into_iter().flatten().map(String::as_str).collect();
    if !topic.is_empty() {
        let numbers = numbers(&report.topic_evidence);
        screen::line(&format!(
            "{:<15}       {} {numbers}",
            "topic",
            topic.join(", ")
        ));
    }
    for signal in &report.signals {
        let strength = format!("{:?}", signal.strength).to_lowercase();
        let numbers = numbers(&signal.evidence);
        screen::line(&format!(
            "{:<15}       {} {strength} {numbers}",
            "signal", signal.id
        ));
    }
    if let Some(urgency) = &report.urgency {
        told("urgency", urgency.value.name(), (urgency.confidence, &[]));
    }
    for points in &report.points {
        let number = points.evidence.as_ref().map(|it| marked.number(it));
        screen::line(&format!(
            "{:<15} {:>+4.0}  {} {}",
            "",
            points.points,
            points.because,
            number.unwrap_or_default()
        ));
    }
    screen::heading("MARKS");
    marked.reasons().iter().for_each(|line| screen::line(line));
    let (quotation, signature) = report.not_looked_at;
    screen::line(&format!(
        "not looked at: {quotation} bytes of quotation, {signature} of signature"
    ));
}
