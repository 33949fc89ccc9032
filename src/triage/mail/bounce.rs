//! What a delivery report says: whose mail came back, why, and for good or for now.
//!
//! Reports after RFC 3464 say it in fields. Older servers and some large ones say it in prose of their own, which
//! [`failure`] reads; a robot's address alone proves nothing, since people write as postmaster too.

use super::delivery::Fields;
use super::header::{self, Headers};
use super::machine::Reading;
use super::{Bounce, address, envelope, failure, redirect};

/// Reads a delivery report.
pub(super) fn read(reading: &Reading<'_>) -> Bounce {
    let body = reading.body;
    let told = failure::before_original(&body.text);
    let fields = body
        .delivery_status
        .as_deref()
        .and_then(Fields::of)
        .or_else(|| Fields::of(told))
        .unwrap_or_default();
    let recipient = fields
        .recipient
        .clone()
        .or_else(|| failed_recipients(reading.headers))
        .or_else(|| {
            let original = body
                .enclosed
                .first()
                .and_then(|message| message.envelope.to.first());
            failure::recipient(told).or_else(|| original.map(|person| person.address.clone()))
        });
    let status = status(&fields, told);
    Bounce {
        recipient: recipient.filter(|address| address.contains('@')),
        permanent: permanent(
            &fields,
            status.as_deref(),
            told,
            reading.envelope.subject.as_deref().unwrap_or_default(),
        ),
        status,
        quoted_ids: quoted_ids(reading),
    }
}

/// What makes a mail a delivery report, if it is one.
pub(super) fn sign(reading: &Reading<'_>) -> Option<String> {
    if reading.body.report_type.as_deref() == Some("delivery-status") {
        return Some("report-type=delivery-status".to_owned());
    }
    if reading.headers.has("X-Failed-Recipients") {
        return Some("X-Failed-Recipients".to_owned());
    }
    let robot = robot_sender(reading);
    let subject = failure::subject(reading.envelope.subject.as_deref().unwrap_or_default());
    if robot.is_none() && subject.is_none() {
        return None;
    }
    let prose = failure::prose(&reading.body.text);
    let returned = !reading.body.enclosed.is_empty() || reading.body.returned_headers.is_some();
    match (robot, subject, prose) {
        (Some(robot), Some(words), _) => Some(format!("{robot}, subject \"{words}\"")),
        (Some(robot), None, Some(words)) => Some(format!("{robot}, \"{words}\"")),
        // Without a robot's address the words and the returned mail must speak together.
        (None, Some(subject), Some(words))
            if returned
                || failure::has_original(&reading.body.text)
                || Fields::of(&reading.body.text).is_some() =>
        {
            Some(format!("subject \"{subject}\", \"{words}\""))
        }
        (Some(_) | None, _, _) => None,
    }
}

/// The robot's address or the null sender, if one sent this.
fn robot_sender(reading: &Reading<'_>) -> Option<String> {
    const LOCALS: [&str; 9] = [
        "mailer-daemon",
        "mailerdaemon",
        "postmaster",
        "mail-daemon",
        "maildaemon",
        "mdaemon",
        "mailer_daemon",
        "mail_daemon",
        "post_master",
    ];
    const NAMES: [&str; 11] = [
        "mail delivery",
        "mailer-daemon",
        "mail administrator",
        "system administrator",
        "delivery subsystem",
        "mail deliver",
        "mailer daemon",
        "mail system",
        "courier mail server",
        "content-filter at",
        "interscan",
    ];
    if reading.headers.has("X-MLServer") {
        return Some("list server".to_owned());
    }
    let from = reading.envelope.from.as_ref();
    let address = from.map_or("", |person| person.address.as_str());
    let local = address.split('@').next().unwrap_or_default();
    let name = from
        .and_then(|person| person.name.as_deref())
        .unwrap_or_default()
        .to_lowercase();
    if LOCALS.iter().any(|wanted| local.starts_with(wanted))
        || NAMES.iter().any(|wanted| name.starts_with(wanted))
    {
        return Some(format!(
            "from {}",
            if address.is_empty() { &name } else { address }
        ));
    }
    let return_path = reading
        .headers
        .all_raw("Return-Path")
        .next()
        .map(|raw| address::bare(&header::plain(raw)));
    match return_path.as_deref() {
        // Some forwarders empty the envelope of whatever they send on.
        Some("") if redirect::redirect(reading.headers).is_some() => None,
        Some("") => Some("null sender".to_owned()),
        Some(path) if LOCALS.iter().any(|wanted| path.starts_with(wanted)) => {
            Some(format!("Return-Path {path}"))
        }
        Some(_) | None => None,
    }
}

fn failed_recipients(headers: &Headers<'_>) -> Option<String> {
    headers
        .plain("X-Failed-Recipients")
        .and_then(|value| address::within(&value))
}

/// The most telling enhanced status: the field's, unless it says no more than its class and the diagnosis says more.
fn status(fields: &Fields, told: &str) -> Option<String> {
    let diagnosed = fields
        .diagnostic
        .as_deref()
        .and_then(failure::enhanced_status);
    match (&fields.status, diagnosed) {
        (Some(status), Some(better))
            if status.ends_with(".0.0") && status.get(..1) == better.get(..1) =>
        {
            Some(better)
        }
        (Some(status), _) => Some(status.clone()),
        (None, Some(diagnosed)) => Some(diagnosed),
        (None, None) => failure::enhanced_status(told),
    }
}

/// For good or for now: by the action, the enhanced status, the SMTP code, the words, in this order.
fn permanent(fields: &Fields, status: Option<&str>, told: &str, subject: &str) -> bool {
    if matches!(
        fields.action.as_deref(),
        Some("delayed" | "delivered" | "relayed" | "expanded")
    ) {
        return false;
    }
    if let Some(class) = status.and_then(|status| status.chars().next()) {
        return class == '5';
    }
    if failure::is_only_delayed(subject) || failure::is_only_delayed(told) {
        return false;
    }
    let code = fields
        .diagnostic
        .as_deref()
        .and_then(failure::smtp_code)
        .or_else(|| failure::smtp_code(told));
    match code {
        Some(code) => code >= 500,
        None => !failure::is_temporary(told),
    }
}

/// The ids of the mail that came back, wherever the report quotes it.
fn quoted_ids(reading: &Reading<'_>) -> Vec<String> {
    const IDS_MAX: usize = 10;
    let body = reading.body;
    let enclosed = body
        .enclosed
        .iter()
        .filter_map(|message| message.envelope.message_id.clone());
    let headers = body.returned_headers.iter().flat_map(|text| ids_in(text));
    let mut found: Vec<String> = Vec::new();
    for id in enclosed.chain(headers).chain(ids_in(&body.text)) {
        if found.len() < IDS_MAX && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// The values of `Message-ID:` lines, quoted or not.
fn ids_in(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches(['>', ' ', '|']));
    let values = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("message-id")
            .then_some(value)
    });
    values
        .flat_map(envelope::ids)
        .filter(|id| id.contains('@'))
        .take(10)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Bounce, Kind, Mail};

    fn check(mail: &str, recipient: &str, status: Option<&str>, permanent: bool, quoted: &[&str]) {
        let mail = Mail::read(mail.as_bytes());
        assert_eq!(mail.kind, Kind::Bounce);
        let wanted = Bounce {
            recipient: Some(recipient.to_owned()),
            status: status.map(str::to_owned),
            permanent,
            quoted_ids: quoted.iter().map(|id| (*id).to_owned()).collect(),
        };
        assert_eq!(mail.bounce, Some(wanted));
    }

    fn report(fields: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{fields}\n\
             --b\nContent-Type: message/rfc822\n\nMessage-ID: <1.2.token@brand.example>\nTo: jane@acme.example\n\nHello\n--b--\n"
        )
    }

    #[test]
    fn reads_standard_reports() {
        let failed = "Final-Recipient: rfc822; Jane@acme.example\nAction: failed\nStatus: 5.1.1\n";
        check(
            &report(failed),
            "jane@acme.example",
            Some("5.1.1"),
            true,
            &["1.2.token@brand.example"],
        );
        let delayed =
            "Final-Recipient: rfc822; jane@acme.example\nAction: delayed\nStatus: 4.4.1\n";
        check(
            &report(delayed),
            "jane@acme.example",
            Some("4.4.1"),
            false,
            &["1.2.token@brand.example"],
        );
        let arrived =
            "Final-Recipient: rfc822; jane@acme.example\nAction: delivered\nStatus: 2.0.0\n";
        check(
            &report(arrived),
            "jane@acme.example",
            Some("2.0.0"),
            false,
            &["1.2.token@brand.example"],
        );
        let vague = "Final-Recipient: rfc822; jane@acme.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552\n 5.2.2 mailbox full\n";
        check(
            &report(vague),
            "jane@acme.example",
            Some("5.2.2"),
            true,
            &["1.2.token@brand.example"],
        );
        let two = "Final-Recipient: rfc822; a@x.example\nAction: relayed\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.7.1\n";
        check(
            &report(two),
            "b@x.example",
            Some("5.7.1"),
            true,
            &["1.2.token@brand.example"],
        );
    }

    #[test]
    fn reads_private_formats() {
        check(
            "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the mail program at mx.example.\n\n<jane@acme.example>:\n\
             192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 no such user\n\n\
             --- Below this line is a copy of the message.\n\nMessage-ID: <9@brand.example>\nTo: other@acme.example\n",
            "jane@acme.example",
            Some("5.1.1"),
            true,
            &["9@brand.example"],
        );
        check(
            "Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@mx.example>\nSubject: Warning: message 1abc delayed 24 hours\n\n\
             A message that you sent has not yet been delivered to:\n\n  jane@acme.example\n    Delay reason: 450 busy\n",
            "jane@acme.example",
            None,
            false,
            &[],
        );
    }

    #[test]
    fn a_redirected_mail_is_no_bounce() {
        let redirected =
            "Return-Path: <>\nDelivered-To: support@ec.example\nDelivered-To: help@brand.example\n";
        for (trace, kind) in [
            ("Return-Path: <>\n", Kind::Bounce),
            (redirected, Kind::Request),
        ] {
            let mail = format!(
                "{trace}From: jane@acme.example\nSubject: Delivery failure in our orders\n\nTwo orders could not be delivered.\n"
            );
            assert_eq!(Mail::read(mail.as_bytes()).kind, kind, "{trace}");
        }
    }

    #[test]
    fn people_may_be_postmaster() {
        let mail = Mail::read(b"From: postmaster@acme.example\nSubject: New certificate\n\nPlease install it today.\n");
        assert_eq!((mail.kind, mail.bounce), (Kind::Request, None));
    }
}
