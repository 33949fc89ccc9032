//! What becomes of a letter, whatever the relay does at whichever step.

use std::io::Write;

use super::super::stand_in::{Does, Script, StandIn, letter};
use super::*;
use crate::config::Secret;

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
        ("MAIL", "550 5.1.8 no such sender", "refused: "),
        ("MAIL", "530 5.7.0 log in first", "locked out: "),
        ("RCPT", "450 4.2.1 greylisted", "later: "),
        ("RCPT", "550 5.1.1 unknown", "refused: "),
        ("DATA", "452 4.3.1 full", "later: "),
        ("DATA", "554 5.5.1 no", "refused: "),
        (".", "451 4.7.1 scan failed", "later: "),
        (".", "554 5.7.1 spam", "refused: "),
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
        for step in ["greeting", "EHLO", "MAIL", "RCPT", "DATA"] {
            let told = check(vec![(step, does)]).await;
            assert!(told.starts_with("later: "), "{does:?} at {step}: {told}");
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
async fn a_probe_goes_no_further_than_the_receiver() {
    let stand_in = StandIn::start(vec![("RCPT", Says("553 5.7.1 not your address"))]).await;
    let sender = "brand@northwind.example".to_owned();
    let probed = super::super::probe(&stand_in.relay(Tls::Plain), &[sender]).await;
    assert!(!probed.is_good());
    assert!(
        probed
            .to_string()
            .contains("Bad  brand@northwind.example: "),
        "{probed}"
    );
    assert!(!stand_in.seen().contains(&"DATA".to_owned()));
}
