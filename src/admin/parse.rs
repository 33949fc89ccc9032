//! `triaged parse`: what triaged makes of mails, one JSON object a line, in the order of the arguments.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{DONE, UNREACHED, WRONG};
use crate::daemon::clock::Clock;
use crate::daemon::rules_files::load;
use crate::triage::decide::{Arrival, judgement};
use crate::triage::mail::{Forwarded, Mail, Person};
use crate::triage::report::{Evidence, Found, Report, Urgency, Within};
use crate::triage::rules::Rules;
use crate::triage::ticket::ThirdLineReason;

/// What the rules make of a mail, where they were asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Verdict<'v> {
    /// 1, 2 or 3, and how sure that is.
    pub level: Option<(u8, f32)>,
    /// Why it is level 3, such as `outage`.
    pub third_line_reason: Option<&'v str>,
}

/// Prints one line for each file. Files that cannot be read are named on standard error, the others are still printed;
/// the exit code is then 3. Without a folder the rules that are built in are used.
#[must_use]
pub fn run(files: &[PathBuf], rules: Option<&Path>) -> u8 {
    let now = Clock::default().now();
    match rules.map(|folder| load(folder, now.to_zoned(TimeZone::UTC).date())) {
        None => print(files, Rules::shipped(), now),
        Some(Ok(loaded)) => match loaded.rules {
            Some(rules) => print(files, &rules, now),
            None => refuse("the rules have mistakes; `triaged check` names them", WRONG),
        },
        Some(Err(error)) => refuse(&error.to_string(), UNREACHED),
    }
}

fn refuse(why: &str, code: u8) -> u8 {
    let _ = writeln!(io::stderr(), "triaged: {why}");
    code
}

fn print(files: &[PathBuf], rules: &Rules, now: Timestamp) -> u8 {
    // A mail's line may be as long as the mail; standard output alone would look for line ends in every piece of it.
    let mut out = BufWriter::new(io::stdout().lock());
    let mut exit_code = DONE;
    for path in files {
        let file = path.to_string_lossy();
        match fs::read(path) {
            Ok(bytes) => {
                let line = line(&file, &bytes, rules, now);
                if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
                    // Whoever read our output has gone; there is nobody left to print for.
                    return exit_code;
                }
            }
            Err(error) => {
                let _ = writeln!(io::stderr(), "triaged: cannot read {file}: {error}");
                exit_code = UNREACHED;
            }
        }
    }
    exit_code
}

fn line(file: &str, bytes: &[u8], rules: &Rules, now: Timestamp) -> Value {
    let mail = Mail::read(bytes);
    let report = Report::of(&mail, &rules.lexicon);
    let arrival = Arrival {
        mail: &mail,
        report: &report,
        received_at: now,
        mailbox: "",
        too_old_to_answer: false,
        first_contact: false,
        joined_by: None,
        duplicate: false,
        bounced: None,
        answers: None,
        files: &[],
        other: None,
    };
    let judgement = judgement(&arrival, rules);
    let verdict = Verdict {
        level: Some((judgement.level, judgement.level_confidence)),
        third_line_reason: judgement.third_line_reason.map(ThirdLineReason::name),
    };
    json(file, &mail, Some(&report), verdict)
}

/// One mail as `triaged parse` prints it. Without a report, what only a report knows is null.
#[must_use]
pub fn json(file: &str, mail: &Mail, report: Option<&Report>, verdict: Verdict<'_>) -> Value {
    let mut line = json!({
        "file": file,
        "ok": mail.readable,
        "message_id": mail.message_id,
        "from": mail.from.as_ref().map(person),
        "to": addresses(&mail.to),
        "cc": addresses(&mail.cc),
        "subject": mail.subject,
        "date": mail.date.map(|date| date.to_string()),
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "kind": mail.kind,
        "bounce": mail.bounce.as_ref().map(|bounce| json!({
            "recipient": bounce.recipient,
            "status": bounce.status,
            "permanent": bounce.permanent,
            "quoted_ids": bounce.quoted_ids,
        })),
        "forwarded": mail.forwarded.as_ref().map(forwarded),
        "text": mail.text,
        "new_text": mail.new_text(),
        "signature": mail.signature(),
        "attachments": mail.attachments,
        "importance": mail.importance,
        "signs": mail.signs.found,
        "defects": mail.defects.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    if let Value::Object(fields) = &mut line {
        fields.extend(meaning(report, verdict));
        let confidence = confidence(mail, report, verdict);
        fields.insert("confidence".to_owned(), confidence);
    }
    line
}

fn person(person: &Person) -> Value {
    let address = Some(person.address.as_str()).filter(|address| !address.is_empty());
    json!({"name": person.name, "address": address})
}

fn addresses(people: &[Person]) -> Vec<&str> {
    people
        .iter()
        .map(|person| person.address.as_str())
        .filter(|address| !address.is_empty())
        .collect()
}

fn forwarded(message: &Forwarded) -> Value {
    json!({
        "from": message.from.as_ref().map(person),
        "to": message.to,
        "subject": message.subject,
        "date": message.date.map(|date| date.to_string()),
        "body": message.body,
    })
}

/// What only a report and the rules know.
fn meaning(report: Option<&Report>, verdict: Verdict<'_>) -> serde_json::Map<String, Value> {
    let mut fields = serde_json::Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("level", json!(verdict.level.map(|(level, _)| level)));
    set("third_line_reason", json!(verdict.third_line_reason));
    let Some(report) = report else {
        for name in ["fields", "topic"] {
            set(name, Value::Null);
        }
        set("signals", json!([]));
        set("evidence", json!([]));
        return fields;
    };
    set(
        "fields",
        json!({
            "client": value(&report.client),
            "urgency": report.urgency.as_ref().map(|found| urgency(found.value)),
            "description": value(&report.description),
            "steps": report.steps.as_ref().map(|found| found.value.clone()).unwrap_or_default(),
            "affected_users": value(&report.affected_users),
            "since": value(&report.since),
        }),
    );
    set(
        "topic",
        json!({"component": report.topic.component, "symptom": report.topic.symptom}),
    );
    set(
        "signals",
        report
            .signals
            .iter()
            .map(|signal| json!({"id": signal.id, "strength": signal.strength}))
            .collect(),
    );
    set("language", json!(report.language));
    set(
        "evidence",
        report.evidence().into_iter().map(evidence).collect(),
    );
    fields
}

fn value(found: &Option<Found<String>>) -> Option<&str> {
    found.as_ref().map(|found| found.value.as_str())
}

fn urgency(urgency: Urgency) -> String {
    urgency.name().to_lowercase()
}

fn evidence(piece: &Evidence) -> Value {
    let within = match piece.within {
        Within::Text => "text",
        Within::Forwarded => "forwarded",
        Within::Subject => "subject",
        Within::Header => "header",
    };
    json!({
        "field": piece.field,
        "text": piece.text,
        "start": piece.start,
        "end": piece.end,
        "in": within,
        "because": piece.because,
    })
}

/// How sure each conclusion is, 0 to 1; only conclusions that were drawn are listed.
fn confidence(mail: &Mail, report: Option<&Report>, verdict: Verdict<'_>) -> Value {
    let text = |found: &Option<Found<String>>| found.as_ref().map(|found| found.confidence);
    let drawn = [
        (
            "forwarded",
            mail.forwarded.as_ref().map(|message| message.confidence),
        ),
        ("level", verdict.level.map(|(_, confidence)| confidence)),
        ("client", report.and_then(|report| text(&report.client))),
        (
            "urgency",
            report
                .and_then(|report| report.urgency.as_ref())
                .map(|found| found.confidence),
        ),
        (
            "description",
            report.and_then(|report| text(&report.description)),
        ),
        (
            "steps",
            report
                .and_then(|report| report.steps.as_ref())
                .map(|found| found.confidence),
        ),
        (
            "affected_users",
            report.and_then(|report| text(&report.affected_users)),
        ),
        ("since", report.and_then(|report| text(&report.since))),
    ];
    drawn
        .into_iter()
        .filter_map(|(name, confidence)| Some((name.to_owned(), rounded(confidence?))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Two digits: more would pretend.
fn rounded(confidence: f32) -> Value {
    json!((f64::from(confidence) * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Mail, Verdict};

    #[test]
    fn says_null_where_the_mail_says_nothing() {
        let mail = Mail::read(
            b"From: Jane <Jane@Acme.example>\nMessage-ID: <1@acme.example>\n\nIt fails.\n",
        );
        let line = super::json("a.eml", &mail, None, Verdict::default());
        assert_eq!(
            line["from"],
            json!({"name": "Jane", "address": "jane@acme.example"})
        );
        assert_eq!(line["message_id"], json!("1@acme.example"));
        assert_eq!(line["defects"], json!(["no usable Date"]));
        for field in [
            "subject",
            "date",
            "bounce",
            "forwarded",
            "signature",
            "level",
            "third_line_reason",
        ] {
            assert_eq!(line[field], json!(null), "{field}");
        }
    }

    #[test]
    fn says_how_sure_it_is() {
        let mail = Mail::read(b"From: a@b.example\nSubject: Fwd: x\n\n---------- Forwarded message ---------\nFrom: Client <c@d.example>\nSubject: x\n\nHelp\n");
        let verdict = Verdict {
            level: Some((3, 0.876)),
            third_line_reason: Some("outage"),
        };
        let line = super::json("a.eml", &mail, None, verdict);
        assert_eq!(line["forwarded"]["from"]["address"], json!("c@d.example"));
        assert_eq!(
            (&line["level"], &line["third_line_reason"]),
            (&json!(3), &json!("outage"))
        );
        assert_eq!(
            line["confidence"],
            json!({"forwarded": 0.98, "level": 0.88})
        );
    }
}
