//! What people order about a ticket: each order done, said twice, and said wrongly.

use triaged::triage::decide::Order;
use triaged::triage::promise::Metric;
use triaged::triage::report::Urgency;

use super::desk::Desk;
use super::{EXPORT_FAILS, OUTAGE, STRANGER, WHITE_LABEL, reply};

fn by() -> String {
    "anna".to_owned()
}

fn assign(to: &str) -> Order {
    Order::Assign {
        to: to.to_owned(),
        by: by(),
    }
}

fn note(text: &str) -> Order {
    Order::Note {
        text: text.to_owned(),
        by: by(),
    }
}

fn merge(into: &str) -> Order {
    Order::Merge {
        into: into.to_owned(),
        by: by(),
    }
}

fn urgency(urgency: Urgency) -> Order {
    Order::Urgency { urgency, by: by() }
}

#[test]
fn a_ticket_is_assigned_to_a_contact_by_id_address_or_name() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    for name in [
        "dana",
        "DANA",
        "Dana Reyes",
        "dana.reyes@everythingcloud.com",
    ] {
        desk.order("EC-1", assign(name)).is("
            assigned to dana
            because EC-1 is assigned to dana, ordered by anna
        ");
        desk.order("EC-1", assign("dana"))
            .is("because nothing to do");
        desk.order("EC-1", assign("nobody"))
            .is("assigned to nobody");
    }
    desk.order("EC-1", assign("dnaa"))
        .is("because not done: \"dnaa\" is no contact of contacts.toml; did you mean \"dana\"?");
    desk.order("EC-1", assign("zebra"))
        .is("because not done: \"zebra\" is no contact of contacts.toml; known: ");
    desk.order("EC-9", assign("dana"))
        .is("because not done: there is no such ticket");
}

#[test]
fn a_note_stands_in_the_timeline_and_is_sent_to_nobody() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.order("EC-1", note(" Their proxy again. ")).is("
        note: anna: Their proxy again.
        because EC-1 has the note
    ");
    desk.order("EC-1", note(" \n "))
        .is("because not done: the note says nothing");
    desk.order("EC-1", note(&"long ".repeat(1_000)))
        .is("because not done: the note is longer than 4000 characters");
}

#[test]
fn a_more_urgent_ticket_is_promised_sooner_and_a_less_urgent_one_never_sooner() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1);
    let promise = |desk: &Desk| {
        let ticket = desk.ticket("EC-1");
        ticket.promise_of(Metric::FirstResponse).unwrap().clone()
    };
    let told = promise(&desk).due;
    desk.wait("PT1H");
    desk.order("EC-1", urgency(Urgency::Critical)).is("
        urgency Critical
        promised first_response
        promised update_every
        promised solve
        because EC-1 is Critical, it was Medium, ordered by anna
    ");
    // One hour from the moment in which we knew.
    assert_eq!(
        promise(&desk).due.unwrap().to_string(),
        "2026-05-04T10:00:00Z"
    );
    assert_eq!(promise(&desk).first_due, told);
    desk.order("EC-1", urgency(Urgency::Critical))
        .is("because EC-1 is Critical");
    desk.order("EC-1", urgency(Urgency::Low));
    // Twenty-four business hours from when it began: later than what was told first.
    assert!(promise(&desk).due > told);
    assert_eq!(promise(&desk).first_due, told);
    // A broken promise stays as it is, however urgent the ticket is afterwards.
    desk.wait("240h");
    desk.order("EC-1", urgency(Urgency::High));
    let broken = promise(&desk);
    assert!(broken.broken_noticed.is_some());
    desk.order("EC-1", urgency(Urgency::Low));
    assert_eq!(promise(&desk), broken);
}

#[test]
fn a_merged_ticket_goes_on_in_the_other() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.mail(&OUTAGE.replace("Jane Doe <jane@", "Tom Poe <tom@"));
    desk.order("EC-2", merge("EC-1")).is("
        merged into 1
        solved
        note: It goes on in EC-1.
        on ticket 1: note: EC-2 goes on here.
        because EC-2 goes on in EC-1, ordered by anna
    ");
    assert!(desk.ticket("EC-1").has_participant("tom@northwind.example"));
    // What answers a letter about the one joins the other.
    let acknowledgement = (1..).find(|id| desk.letter(*id).to == "tom@northwind.example");
    let answer = reply(
        &desk,
        acknowledgement.unwrap(),
        "tom@northwind.example",
        "Any news?",
    );
    let told = desk.mail(&answer);
    assert_eq!(told.ticket.unwrap().0, 1, "{:?}", told.lines);
    assert_eq!(told.lines[0], "message of tom@northwind.example (Client)");
    for (number, into, why) in [
        ("EC-1", "EC-7", "there is no ticket EC-7"),
        ("EC-1", "EC-1", "EC-1 is that ticket itself"),
        ("EC-1", "EC-2", "EC-2 goes on in another ticket itself"),
        ("EC-2", "EC-1", "EC-2 goes on in another ticket already"),
    ] {
        desk.order(number, merge(into))
            .is(&format!("because not done: {why}"));
    }
}

#[test]
fn tickets_of_different_houses_are_not_merged() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.mail(WHITE_LABEL);
    desk.mail(STRANGER);
    desk.mail(&STRANGER.replace("elsewhere", "nowhere"));
    for (number, into) in [
        ("EC-1", "BD-2"),
        ("BD-2", "EC-1"),
        ("EC-3", "EC-1"),
        ("EC-4", "EC-3"),
    ] {
        desk.order(number, merge(into))
            .is("because who must not read each other's mail");
    }
    desk.order("EC-1", Order::Solve { by: by() });
    desk.mail(&EXPORT_FAILS.replace("export-1", "export-2"));
    desk.order("EC-5", merge("EC-1"))
        .is("because not done: EC-1 is solved; `triaged ticket reopen EC-1` first");
}
