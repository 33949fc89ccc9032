//! What becomes of a letter, whatever the relay does at whichever step.

use std::io::Write;

use super::super::stand_in::{Does, Script, StandIn, letter};
use super::super::{Sender, probe};
use super::*;
use crate::config::{Secret, Tls};

use Does::{HangsUp, IsSilent, Says};

/// Short, because these relays are either at once or never.
const SHORT: Patience = Patience {
    step: Duration::from_millis(400),
    dot: Duration::from_millis(400),
};

/// `sent`, or the kind of error, each with the relay's words.
async fn check(script: Script) -> String {
    let stand_in = StandIn::start(script).await;
    told(try_letter(&stand_in.relay(Tls::Plain)).await)
}

async fn try_letter(relay: &config::Relay) -> Result<String, SendError> {
    let mut connection = Connection::open(relay, SHORT).await?;
    connection.send(&letter(7)).await
}

fn told(sent: Result<String, SendError>) -> String {
    match sent {
        Ok(answer) => format!("sent: {answer}"),
        Err(SendError::TryLater(why)) => format!("later: {why}"),
        Err(SendError::Lost(why)) => format!("lost: {why}"),
        Err(SendError::SenderDenied(why)) => format!("not as this sender: {why}"),
        Err(SendError::Ambiguous(why)) => format!("perhaps sent: {why}"),
        Err(SendError::Refused(why)) => format!("refused: {why}"),
        Err(SendError::LockedOut(why)) => format!("locked out: {why}"),
    }
}

#[tokio::test]
async fn an_answer_says_at_each_step_what_becomes_of_the_letter() {
    let table = [
        ("greeting", "421 4.3.2 too busy", "later: "),
        ("greeting", "554 5.7.1 not you", "later: "),
        ("MAIL", "451 4.3.0 later", "later: "),
        ("MAIL", "421 4.4.2 you were quiet", "lost: "),
        ("MAIL", "553 sender not allowed", "not as this sender: "),
        ("MAIL", "550 5.1.8 no such sender", "not as this sender: "),
        ("MAIL", "530 5.7.0 log in first", "locked out: "),
        (
            "MAIL",
            "354 go on",
            "later: the relay answers 354 go on to MAIL",
        ),
        ("RCPT", "450 4.2.1 greylisted", "later: "),
        ("RCPT", "550 5.1.1 unknown", "refused: "),
        ("RCPT", "550 no such user", "refused: "),
        (
            "RCPT",
            "550 5.7.129 the group knows only its own",
            "refused: ",
        ),
        (
            "RCPT",
            "553 5.7.1 <support@company.example>: not owned by user",
            "not as this sender: ",
        ),
        (
            "RCPT",
            "553 not in my list of allowed hosts (#5.7.1)",
            "not as this sender: ",
        ),
        (
            "RCPT",
            "354 go on",
            "later: the relay answers 354 go on to RCPT",
        ),
        ("DATA", "452 4.3.1 full", "later: "),
        ("DATA", "554 5.5.1 no", "refused: "),
        (
            "DATA",
            "250 2.0.0 ok",
            "later: the relay answers 250 2.0.0 ok to DATA",
        ),
        (".", "421 4.3.0 going down", "lost: "),
        (".", "451 4.7.1 scan failed", "later: "),
        (".", "554 5.7.1 spam", "refused: "),
        (
            ".",
            "550 5.7.60 no permission to send as this sender",
            "not as this sender: ",
        ),
        (".", "354 go on", "perhaps sent: "),
    ];
    for (step, words, expected) in table {
        let told = check(vec![(step, Says(words))]).await;
        assert!(told.starts_with(expected), "{words} at {step}: {told}");
    }
}

#[tokio::test]
async fn only_after_the_dot_a_lost_connection_may_have_taken_the_letter() {
    for does in [IsSilent, HangsUp] {
        let safe = [
            ("greeting", "later: "),
            ("EHLO", "later: "),
            ("MAIL", "lost: "),
            ("RCPT", "lost: "),
            ("DATA", "lost: "),
        ];
        for (step, expected) in safe {
            let told = check(vec![(step, does)]).await;
            assert!(told.starts_with(expected), "{does:?} at {step}: {told}");
        }
        let told = check(vec![(".", does)]).await;
        assert!(
            told.starts_with("perhaps sent: "),
            "{does:?} at the dot: {told}"
        );
    }
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let stand_in = StandIn::start(Vec::new()).await;
    let sent = told(try_letter(&stand_in.relay(Tls::Plain)).await);
    assert_eq!(sent, "sent: 2.0.0 queued as 4F2");
    assert_eq!(
        stand_in.seen(),
        [
            "connection",
            "EHLO support.example",
            "MAIL FROM:<support@company.example>",
            "RCPT TO:<anna@northwind.example>",
            "DATA",
            "Message-ID: <7@company.example>",
            "",
            "..dots",
            "end",
            ".",
        ]
    );
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    let stand_in = StandIn::start(Vec::new()).await;
    let sent = told(try_letter(&stand_in.relay(Tls::StartTls)).await);
    assert_eq!(
        sent,
        "locked out: the relay offers no STARTTLS, and in the clear nothing is sent"
    );
    assert_eq!(stand_in.seen(), ["connection", "EHLO support.example"]);
}

#[tokio::test]
async fn a_log_in_is_refused_for_good_or_for_now() {
    let mut password = tempfile::NamedTempFile::new().unwrap();
    writeln!(password, "open sesame").unwrap();
    let table = [
        (Says("235 2.7.0 welcome"), "sent: "),
        (Says("535 5.7.8 wrong password"), "locked out: "),
        (Says("454 4.7.0 not now"), "later: "),
        (IsSilent, "later: "),
        (HangsUp, "later: "),
    ];
    for (does, expected) in table {
        let stand_in = StandIn::start(vec![("AUTH", does)]).await;
        let mut relay = stand_in.relay(Tls::Plain);
        relay.login = Some((
            "anna".to_owned(),
            Secret::File(password.path().to_path_buf()),
        ));
        let told = told(try_letter(&relay).await);
        assert!(told.starts_with(expected), "{does:?}: {told}");
        assert!(!told.contains("sesame"), "{told}");
    }
}

#[tokio::test]
async fn a_probe_goes_no_further_than_the_receiver_and_shows_what_trace_lines_tell() {
    let script = vec![
        ("greeting", Says("220 mx.vendor.example ESMTP")),
        ("RCPT TO:<help@brand.", Says("553 5.7.1 not your address")),
    ];
    let stand_in = StandIn::start(script).await;
    let sender = |address: &str, never_mention: &[&str]| Sender {
        address: address.to_owned(),
        never_mention: never_mention.iter().map(ToString::to_string).collect(),
    };
    let senders = [
        sender("help@brand.example", &["Relay", "Vendor"]),
        sender("support@company.example", &[]),
    ];
    let probed = probe(&stand_in.relay(Tls::Plain), &senders).await;
    assert!(!probed.is_good());
    let lines: Vec<String> = probed.to_string().lines().map(str::to_owned).collect();
    let (first, rest) = lines.split_first().unwrap();
    assert_eq!(first, "relay default (127.0.0.1)");
    assert_eq!(
        rest,
        [
            "  connection   good  it calls itself relay.example, we call ourselves support.example (both stand in trace lines)",
            "  send as      BAD   help@brand.example: permanent error (553): 5.7.1 not your address",
            "  send as      good  support@company.example",
            "  brand        poor  what it calls itself names `Relay`, which white-label letters from help@brand.example must not",
            "  brand        poor  its greeting names `Vendor`, which white-label letters from help@brand.example must not",
        ]
    );
    assert!(!stand_in.seen().contains(&"DATA".to_owned()));
}

#[tokio::test]
async fn a_reply_without_end_costs_no_memory() {
    for (step, expected) in [
        ("greeting", "later: "),
        ("RCPT", "lost: "),
        (".", "perhaps sent: "),
    ] {
        for does in [Does::Floods("a"), Does::Floods("250-and so on\r\n")] {
            let stand_in = StandIn::start(vec![(step, does)]).await;
            let told = told(try_letter(&stand_in.relay(Tls::Plain)).await);
            assert!(told.starts_with(expected), "{does:?} at {step}: {told}");
            assert!(!told.contains("silent"), "{does:?} at {step}: {told}");
        }
    }
    let stand_in = StandIn::start(vec![("greeting", Does::Floods("a"))]).await;
    let told = told(try_letter(&stand_in.relay(Tls::StartTls)).await);
    assert_eq!(told, "later: the relay's reply has no end");
}

#[tokio::test]
async fn addresses_of_other_letters_go_over_the_wire_in_their_ascii_form() {
    let stand_in = StandIn::start(Vec::new()).await;
    let mut to_a_domain = letter(7);
    to_a_domain.to = "anna@bücher.example".to_owned();
    let mut connection = Connection::open(&stand_in.relay(Tls::Plain), SHORT)
        .await
        .unwrap();
    connection.send(&to_a_domain).await.unwrap();
    assert!(
        stand_in
            .seen()
            .contains(&"RCPT TO:<anna@xn--bcher-kva.example>".to_owned())
    );

    let mut to_a_name = letter(8);
    to_a_name.to = "jörg@northwind.example".to_owned();
    let told = told(connection.send(&to_a_name).await);
    assert_eq!(
        told,
        "refused: the relay does not take addresses like jörg@northwind.example (no SMTPUTF8)"
    );
}

#[test]
fn the_words_of_a_certificate_are_found_among_its_numbers() {
    let certificate =
        b"\x30\x82\x03\x1d12\x13\x11Relay of a Vendor\x02\x00\x82\x0fmx.vendor.example\xa3";
    assert_eq!(
        printable(certificate),
        "Relay of a Vendor\nmx.vendor.example"
    );
}
