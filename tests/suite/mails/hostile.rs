//! Mail that was made to do harm: it gets a ticket like any other and stops nothing.

use crate::support::stage::SUPPORT;

const MALLORY: &str = "mallory@northwind.example";

fn nested(depth: usize) -> Vec<u8> {
    let mut mail = format!(
        "From: {MALLORY}\nTo: {SUPPORT}\nSubject: Nested\nMessage-ID: <nested@northwind.example>\nMIME-Version: 1.0\n"
    );
    for level in 0..depth {
        mail.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        ));
    }
    mail.push_str("Content-Type: text/plain\n\nThe report does not open.\n");
    mail.into_bytes()
}

fn junk() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut mail =
        format!("From: {MALLORY}\nTo: {SUPPORT}\nMessage-ID: <junk@northwind.example>\nSubject: ")
            .into_bytes();
    let byte = |random: &mut fastrand::Rng| random.u8(128..=255);
    mail.extend((0..200).map(|_| byte(&mut random)));
    mail.extend(b"\nContent-Type: text/plain; charset=\x80\xff\n\n");
    for _ in 0..200 {
        mail.extend((0..60).map(|_| byte(&mut random)));
        mail.push(b'\n');
    }
    mail
}

fn injected() -> Vec<u8> {
    let name = "=?utf-8?q?Mallory=0D=0ABcc=3A_victim=40northwind.example?=";
    let subject = "=?utf-8?q?Hi=0D=0ABcc=3A_victim=40northwind.example=0D=0A=0D=0AInjected_body?=";
    format!("From: {name} <{MALLORY}>\nTo: {SUPPORT}\nMessage-ID: <injected@northwind.example>\nSubject: {subject}\n\nThe report does not open.\n").into_bytes()
}

#[test]
fn a_hostile_mail_gets_its_ticket_and_stops_nothing() {
    let stage = super::stage();
    for mail in [injected(), junk(), nested(1000)] {
        stage.deliver(MALLORY, &[SUPPORT], &mail);
    }
    let letters = stage.wait_for(MALLORY, 3);
    for letter in &letters {
        assert_eq!(
            letter.header("Bcc"),
            "",
            "a line was smuggled into our headers: {letter:#?}"
        );
        assert_eq!(
            letter
                .headers
                .iter()
                .filter(|(name, _)| name == "Subject")
                .count(),
            1,
            "{letter:#?}"
        );
    }
    stage.settle();
    stage.wait_for("victim@northwind.example", 0);
    assert_eq!(
        stage.wait_for_tickets(4).len(),
        4,
        "three mails and the mark"
    );
}
