//! A mail that joins its ticket, or only links to it.

use triaged::triage::decide::Order;
use triaged::triage::promise::Metric;

use super::desk::Desk;
use super::{EXPORT_FAILS, HOW_TO, reply};

#[test]
fn who_comes_back_from_a_hand_back_reaches_support() {
    let mut desk = Desk::open();
    desk.mail(HOW_TO);
    let answer = reply(
        &desk,
        1,
        "jane@northwind.example",
        "I tried, it does not help. How can I reset my password?",
    );
    desk.mail(&answer).is("
        message of jane@northwind.example (Client)
        level 2
        promised first_response
        letter 2: notice to support-team@everythingcloud.com
        because belongs to EC-1, by our token in To
    ");
}

#[test]
fn a_reply_joins_and_those_who_know_of_the_ticket_hear_of_it() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    let answer = reply(
        &desk,
        1,
        "jane@northwind.example",
        "It also fails for the PDF.",
    );
    desk.mail(&answer).is("
        message of jane@northwind.example (Client)
        letter 3: notice to support-team@everythingcloud.com
        because belongs to EC-1, by our token in To
        because by having been told before
    ");
    assert_eq!(desk.ticket("EC-1").messages, 2);
}

#[test]
fn a_reply_that_says_that_now_everybody_is_down_escalates_once() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1);
    let before = desk
        .ticket("EC-1")
        .promise_of(Metric::FirstResponse)
        .unwrap()
        .due;
    let worse = "Now the platform is down for all users. Urgency: Critical.";
    let answer = reply(&desk, 1, "jane@northwind.example", worse);
    desk.mail(&answer).is("
        message of jane@northwind.example (Client)
        urgency Critical
        level 3
        promised first_response
        promised update_every
        promised solve
        ladder executive: notice 1 of 9
        letter 3: escalation to dana.reyes@everythingcloud.com
        letter 4: escalation to sponsor-americas@everythingcloud.com
        letter 5: escalation to ben.arlt@everythingcloud.com
        letter 6: notice to support-team@everythingcloud.com
        because level 3: a major outage
    ");
    assert!(
        desk.ticket("EC-1")
            .promise_of(Metric::FirstResponse)
            .unwrap()
            .due
            < before
    );
    let again = reply(
        &desk,
        1,
        "jane@northwind.example",
        "The platform is still down for all users!",
    );
    desk.mail(&again).is("
        message of jane@northwind.example (Client)
        review true
        letter 7: notice to dana.reyes@everythingcloud.com
        letter 8: notice to ben.arlt@everythingcloud.com
        letter 9: notice to sponsor-americas@everythingcloud.com
        letter 10: notice to support-team@everythingcloud.com
        because `third-line-outage/ladder/executive` was done on this ticket before
    ");
}

#[test]
fn a_foreign_thread_or_number_is_believed_only_from_those_who_belong() {
    let with = |from: &str, header: &str, subject: &str| {
        format!(
            "From: {from}\nTo: support@everythingcloud.com\n{header}\nMessage-ID: <w-1@w.example>\nSubject: {subject}\n\nSome more words."
        )
    };
    let check = |text: &str, joins: bool| {
        let mut desk = Desk::open();
        desk.mail(EXPORT_FAILS);
        let told = desk.mail(text);
        assert_eq!(
            !told.lines[0].starts_with("EC-2 opened"),
            joins,
            "{text}: {:?}",
            told.lines
        );
        let links = told
            .reasons
            .iter()
            .any(|reason| reason.starts_with("linked to EC-1"));
        assert_eq!(links, !joins, "{text}: {:?}", told.reasons);
    };
    let thread = "In-Reply-To: <export-1@northwind.example>";
    check(&with("jane@northwind.example", thread, "Export"), true);
    check(&with("colleague@northwind.example", thread, "Export"), true);
    check(
        &with("colleague@nw-consulting.example", thread, "Export"),
        true,
    );
    check(&with("thief@elsewhere.example", thread, "Export"), false);
    check(
        &with("jane@northwind.example", "X-Nothing: 1", "About EC-1"),
        true,
    );
    check(
        &with("colleague@northwind.example", "X-Nothing: 1", "About EC-1"),
        false,
    );
    check(
        &with("thief@elsewhere.example", "X-Nothing: 1", "About EC-1"),
        false,
    );
}

#[test]
fn the_same_mail_by_a_second_mailbox_is_only_noted() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.mailbox = "help@brightdesk.example";
    desk.mail(EXPORT_FAILS).is("
        note: The same mail also came to help@brightdesk.example.
        because the same mail was decided before
    ");
}

#[test]
fn a_robots_word_on_a_ticket_changes_nothing() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.order(
        "EC-1",
        Order::Solve {
            by: "anna".to_owned(),
        },
    );
    let answer = reply(&desk, 1, "jane@northwind.example", "I am out of office.")
        .replace("Subject:", "Auto-Submitted: auto-replied\nSubject:");
    desk.mail(&answer).is("
        message of jane@northwind.example (Machine)
        because an automatic reply, kept on the ticket and not answered
    ");
}

#[test]
fn a_reply_in_time_reopens_and_a_late_one_opens_a_new_ticket() {
    let solved = || {
        let mut desk = Desk::open();
        desk.mail(EXPORT_FAILS);
        desk.order(
            "EC-1",
            Order::Solve {
                by: "anna".to_owned(),
            },
        )
        .is("
            solved
            kept first_response
            because EC-1 is solved, ordered by anna
        ");
        desk
    };
    let mut desk = solved();
    desk.wait("312h");
    let answer = reply(&desk, 1, "jane@northwind.example", "It fails again.");
    desk.mail(&answer).is("
        message of jane@northwind.example (Client)
        reopened
        promised next_response
        letter 3: notice to support-team@everythingcloud.com
        because opened again
    ");
    let mut desk = solved();
    desk.wait("360h");
    desk.mail(&answer).is("
        EC-2 opened: northwind, no client, Medium, level 2, review
        note: Linked to EC-1: it was solved too long ago.
        asked
        letter 3: acknowledgement to jane@northwind.example
        letter 4: notice to support-team@everythingcloud.com
        because linked to EC-1
    ");
}
