//! A batch: each decision sees those before it, and all of them become durable together or not at all.

use triaged::daemon::store::StoreError;
use triaged::triage::decide::Decision;
use triaged::triage::letter::LetterId;
use triaged::triage::mail::thread::Clue;
use triaged::triage::ticket::{Change, TicketId};

use super::scribe::{
    self, MAILBOX, commit, cursor, everything, mail_cause, minutes, morning, open, open_ticket,
    open_tickets, record,
};

#[test]
fn a_decision_sees_those_before_it_in_its_batch() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut batch = store.batch().unwrap();
    assert!(!batch.is_settled(&mail_cause(1)).unwrap());
    open_ticket(&mut batch, 1, morning()).unwrap();

    assert!(batch.is_settled(&mail_cause(1)).unwrap());
    assert!(!batch.is_settled(&mail_cause(2)).unwrap());
    assert_eq!(batch.next_ticket(), TicketId(2));
    assert_eq!(batch.next_letter(), LetterId(2));
    assert_eq!(batch.cursor(MAILBOX).unwrap(), Some(cursor(1)));
    assert_eq!(
        batch.seen(&format!("{:064x}", 1)).unwrap(),
        Some(Some(TicketId(1)))
    );
    assert_eq!(batch.seen(&format!("{:064x}", 2)).unwrap(), None);
    assert!(batch.known_sender("ana@partner.example").unwrap());
    assert!(batch.waiting(LetterId(1)).unwrap().is_some());

    let before = everything(&store);
    assert!(
        store.ticket(TicketId(1)).unwrap().is_none(),
        "not yet committed"
    );
    store.commit(batch).unwrap();
    assert_ne!(everything(&store), before);
    assert_eq!(
        store.ticket_by_number(" ec-1001 ").unwrap().unwrap().id,
        TicketId(1)
    );
}

#[test]
fn clues_lead_to_a_ticket_in_the_order_of_trust() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=3).unwrap();
    let batch = store.batch().unwrap();
    let token = |ticket| Clue::Token {
        ticket,
        place: "In-Reply-To".to_owned(),
    };
    let id = |id: &str| Clue::MessageId(id.to_owned());
    let number = |number: &str| Clue::Number(number.to_owned());
    let table = [
        ("nothing", vec![], None),
        (
            "a mail that we saw",
            vec![id("mail-2@partner.example")],
            Some(2),
        ),
        (
            "a letter that we wrote",
            vec![id("letter-3@everythingcloud.example")],
            Some(3),
        ),
        ("a number in any case", vec![number("Ec-1001")], Some(1)),
        (
            "the first that leads anywhere",
            vec![id("unknown"), number("EC-1002"), number("EC-1003")],
            Some(2),
        ),
        (
            "a token before all",
            vec![token(3), number("EC-1001")],
            Some(3),
        ),
        (
            "a token of a ticket that is not here",
            vec![token(99), number("EC-1001")],
            Some(1),
        ),
        (
            "nothing that is known",
            vec![token(99), id("unknown"), number("EC-1")],
            None,
        ),
    ];
    for (what, clues, expected) in table {
        let found = batch.find(&clues).unwrap().map(|(ticket, _)| ticket.id.0);
        assert_eq!(found, expected, "{what}");
    }
    let own = batch
        .letter_of(&[
            "unknown".to_owned(),
            "letter-2@everythingcloud.example".to_owned(),
        ])
        .unwrap();
    let own = own.map(|own| (own.letter, own.ticket));
    assert_eq!(own, Some((LetterId(2), Some(TicketId(2)))));
}

#[test]
fn a_clue_leads_for_ever_where_it_led_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=1).unwrap();
    // A stranger's mail bears the Message-ID of a mail that is known, and opens a ticket of its own.
    commit(&store, |batch| {
        open_ticket(batch, 2, morning())?;
        let stranger = batch.ticket(TicketId(2))?.unwrap();
        batch.push(&triaged::daemon::store::Record {
            ticket: Some(stranger.id),
            on_version: Some(stranger.version),
            decision: Decision {
                clues: vec![Clue::MessageId("mail-1@partner.example".to_owned())],
                ..Decision::default()
            },
            ..record(mail_cause(3), morning())
        })
    })
    .unwrap();
    let batch = store.batch().unwrap();
    let answer = [Clue::MessageId("mail-1@partner.example".to_owned())];
    assert_eq!(batch.find(&answer).unwrap().unwrap().0.id, TicketId(1));
}

#[test]
fn a_message_id_as_long_as_a_mail_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=1).unwrap();
    let long = Clue::MessageId("x".repeat(300_000));
    commit(&store, |batch| {
        let ticket = batch.ticket(TicketId(1))?.unwrap();
        batch.push(&triaged::daemon::store::Record {
            ticket: Some(ticket.id),
            on_version: Some(ticket.version),
            decision: Decision {
                clues: vec![long.clone()],
                ..Decision::default()
            },
            ..record(mail_cause(2), morning())
        })
    })
    .unwrap();
    let batch = store.batch().unwrap();
    assert!(batch.find(&[long]).unwrap().is_some());
    let other = Clue::MessageId("x".repeat(300_001));
    assert!(batch.find(&[other]).unwrap().is_none());
}

#[test]
fn a_ticket_that_moved_on_is_decided_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=1).unwrap();
    let before = everything(&store);
    let version = store.ticket(TicketId(1)).unwrap().unwrap().version;
    let mut batch = store.batch().unwrap();
    let refused = batch.push(&triaged::daemon::store::Record {
        ticket: Some(TicketId(1)),
        on_version: Some(version - 1),
        decision: Decision {
            changes: vec![Change::Note("decided on what was".to_owned())],
            ..Decision::default()
        },
        ..record(mail_cause(2), morning())
    });
    match refused {
        Err(StoreError::Conflict {
            ticket: 1,
            expected,
            found,
        }) => {
            assert_eq!((expected, found), (version - 1, version));
        }
        other => panic!("{other:?}"),
    }
    // The batch is as before and can go on.
    store.commit(batch).unwrap();
    assert_eq!(everything(&store), before);
}

#[test]
fn a_batch_that_was_overtaken_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut late = store.batch().unwrap();
    open_ticket(&mut late, 9, minutes(1)).unwrap();
    open_tickets(&store, 1..=2).unwrap();
    let before = everything(&store);
    let refused = store.commit(late).unwrap_err();
    assert!(refused.passes(), "{refused}");
    assert_eq!(everything(&store), before);
    scribe::closed(store);
    assert_eq!(everything(&open(folder.path())), before);
}

#[test]
fn a_store_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let refused = scribe::open_told(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("another triaged works on"), "{refused}");
    let refused =
        triaged::daemon::store::verify(&triaged::daemon::store::Folders::new(folder.path()));
    assert!(refused.is_err());
    scribe::closed(store);
    let _again = open(folder.path());
}
