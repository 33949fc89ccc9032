//! A letter of ours comes back.

use super::desk::Desk;
use super::{EXPORT_FAILS, OUTAGE};

/// A delivery report about one of our letters.
pub(crate) fn bounce(desk: &Desk, letter: u64, status: &str) -> String {
    let letter = desk.letter(letter);
    let action = if status.starts_with('5') {
        "failed"
    } else {
        "delayed"
    };
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.northwind.example\nTo: {}\nSubject: Undelivered Mail\n\
         Message-ID: <bounce-{status}@mx.northwind.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nYour mail could not be delivered.\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.northwind.example\n\n\
         Final-Recipient: rfc822; {}\nAction: {action}\nStatus: {status}\n\n\
         --b\nContent-Type: text/rfc822-headers\n\nFrom: {}\nMessage-ID: <{}>\nSubject: x\n\n--b--\n",
        letter.envelope_from, letter.to, letter.envelope_from, letter.message_id
    )
}

#[test]
fn an_acknowledgement_that_comes_back_is_told_to_our_people_and_to_nobody_else() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1).is("
        kept acknowledge
        promised update_every
    ");
    desk.wait("1h");
    let report = bounce(&desk, 1, "5.1.1");
    desk.mail(&report).is("
        message of mailer-daemon@mx.northwind.example (Machine)
        note: A letter to jane@northwind.example came back (5.1.1).
        review true
        promised acknowledge
        letter 3: notice to support-team@everythingcloud.com
        letter 4: notice to dana.reyes@everythingcloud.com
        because letter 1 to jane@northwind.example came back (5.1.1)
    ");
    let again = bounce(&desk, 1, "5.1.1").replace("bounce-", "bounce-again-");
    desk.mail(&again).is("
        message of mailer-daemon@mx.northwind.example (Machine)
        note: A letter to jane@northwind.example came back (5.1.1).
    ");
    let late = bounce(&desk, 1, "4.4.1");
    desk.mail(&late).is("
        message of mailer-daemon@mx.northwind.example (Machine)
        note: A letter to jane@northwind.example is late (4.4.1).
    ");
}

#[test]
fn an_escalation_that_comes_back_is_told_to_the_operators_and_the_manager() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    let report = bounce(&desk, 3, "5.1.1");
    let told = desk.mail(&report);
    let readers: Vec<&str> = told
        .letters
        .iter()
        .map(|letter| letter.to.as_str())
        .collect();
    assert_eq!(
        readers,
        [
            // The next step goes out at once, and so does the last hope.
            "tech-leads@everythingcloud.com",
            "exec-oncall@everythingcloud.com",
            "ops@everythingcloud.com",
            "ben.arlt@everythingcloud.com",
            "dana.reyes@everythingcloud.com"
        ]
    );
}

#[test]
fn a_bounce_that_names_no_letter_of_ours_is_kept() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    let message_id = desk.letter(1).message_id.clone();
    let return_address = desk.letter(1).envelope_from.clone();
    let forged = bounce(&desk, 1, "5.1.1")
        .replace(&message_id, "1.1.aaaaaaaaaaaaaaaa@everythingcloud.com")
        .replace(&return_address, "support@everythingcloud.com");
    desk.mail(&forged)
        .is("because a delivery report, kept without a ticket");
}

#[test]
fn a_digest_that_comes_back_is_told_to_the_operators_and_an_alarm_to_nobody() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.digest("support-team@everythingcloud.com", &[2]);
    let late = bounce(&desk, 3, "4.4.1");
    desk.mail(&late)
        .is("because a delivery report, kept without a ticket");
    let report = bounce(&desk, 3, "5.1.1");
    let told = desk.mail(&report);
    told.is("
        letter 4: alarm to ops@everythingcloud.com
        because letter 3 to support-team@everythingcloud.com came back (5.1.1)
    ");
    assert_eq!(told.letters.len(), 1);
    let report = bounce(&desk, 4, "5.1.1");
    assert!(desk.mail(&report).letters.is_empty());
}
