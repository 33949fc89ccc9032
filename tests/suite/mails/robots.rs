//! Mail of machines: kept, never answered; and two that answer each other come to rest.

use crate::support::daemon::Setup;
use crate::support::stage::{ADA, OPS, SUPPORT, Stage};
use crate::support::until;

#[test]
fn mail_of_machines_is_kept_and_gets_no_letter() {
    let stage = super::stage();
    let absent = "Subject: Out of office\nAuto-Submitted: auto-replied\n\nI am back on Monday.\n";
    stage.send(
        "away@northwind.example",
        &[SUPPORT],
        "a@northwind.example",
        absent,
    );
    let list = "Subject: [users] Digest\nList-Id: Users <users.northwind.example>\nList-Unsubscribe: <mailto:leave@northwind.example>\nPrecedence: list\n\nThis week on the list.\n";
    stage.send(
        "users-bounces@northwind.example",
        &[SUPPORT],
        "l@northwind.example",
        list,
    );
    let bounce = "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nYour message could not be delivered.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.northwind.example\n\nFinal-Recipient: rfc822; nobody@northwind.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n";
    let from = "MAILER-DAEMON@northwind.example";
    let mail = crate::support::stage::mail(from, SUPPORT, "b@northwind.example", bounce);
    stage.deliver("", &[SUPPORT], mail.as_bytes());
    stage.settle();
    for silent in [
        "away@northwind.example",
        "users-bounces@northwind.example",
        "users@northwind.example",
        "mailer-daemon@northwind.example",
    ] {
        stage.wait_for(silent, 0);
    }
    let mails = stage.person(SUPPORT).mails().expect("mails");
    assert_eq!(mails.len(), 4, "three mails of machines and the mark stay");
    stage.wait_until_marked(SUPPORT);
}

#[test]
fn two_robots_that_answer_each_other_stop_at_the_cap() {
    const CAP: usize = 4;
    let stage = Stage::open(&Setup {
        limits: "letters_per_address = 4\n",
        ..Setup::default()
    });
    // The other robot says nothing of being one and starts a new thread each time: only the cap can stop it.
    let send = |turn: usize| {
        let rest = format!(
            "Subject: Your message {turn}\n\nWe have received your message number {turn} and will answer.\n"
        );
        stage.send(
            ADA,
            &[SUPPORT],
            &format!("robot-{turn}@northwind.example"),
            &rest,
        );
    };
    for turn in 1..=CAP {
        send(turn);
        stage.wait_for(ADA, turn);
    }
    send(CAP + 1);
    stage.wait_for_tickets(CAP + 1);
    until("the operators hear of the letter that was withheld", || {
        let alarms = stage.letters(OPS);
        alarms.into_iter().find(|alarm| alarm.text.contains(ADA))
    });
    send(CAP + 2);
    stage.settle_but_for(ADA);
    stage.wait_for(ADA, CAP);
    assert_eq!(
        stage.wait_for_tickets(CAP + 3).len(),
        CAP + 3,
        "every mail is a ticket, the mark is one more"
    );
}
