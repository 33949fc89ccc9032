//! Writes decisions into a real store as the desk would, without deciding anything: every value follows from a number.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use triaged::daemon::store::{
    Batch, Cause, Cursor, Filter, Folders, MailRecord, Opened, Place, RawMail, Record, Store,
    StoreError, Verified,
};
use triaged::triage::decide::Decision;
use triaged::triage::letter::{Letter, LetterId, Outcome, Purpose};
use triaged::triage::mail::thread::Clue;
use triaged::triage::mail::{Kind, Person};
use triaged::triage::promise::{Metric, Promise};
use triaged::triage::report::{Topic, Urgency};
use triaged::triage::ticket::{Change, Life, State, Ticket, TicketId, Writer};

pub(crate) const MAILBOX: &str = "support@everythingcloud.example";

/// Monday morning; every test begins here.
pub(crate) fn morning() -> Timestamp {
    "2026-03-30T07:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(minutes: i64) -> Timestamp {
    morning() + SignedDuration::from_mins(minutes)
}

/// Opens a store that must open without a word.
pub(crate) fn open(root: &Path) -> Store {
    let (store, opened) = open_told(root).unwrap();
    assert_eq!(opened.rebuilt, None, "nothing is wrong with this store");
    store
}

pub(crate) fn open_told(root: &Path) -> Result<(Store, Opened), StoreError> {
    Store::open(&Folders::new(root), &mut |_| {})
}

/// Commits one batch.
pub(crate) fn commit(
    store: &Store,
    fill: impl FnOnce(&mut Batch) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut batch = store.batch()?;
    fill(&mut batch)?;
    store.commit(batch)
}

/// Opens so many tickets in one batch, by mails with these UIDs.
pub(crate) fn open_tickets(
    store: &Store,
    uids: std::ops::RangeInclusive<u32>,
) -> Result<(), StoreError> {
    commit(store, |batch| {
        uids.into_iter()
            .try_for_each(|uid| open_ticket(batch, uid, morning()))
    })
}

/// The raw mail behind a UID.
pub(crate) fn raw_mail(uid: u32) -> Vec<u8> {
    format!("From: ana@partner.example\r\nMessage-ID: <mail-{uid}@partner.example>\r\nSubject: Export {uid} fails\r\n\r\nIt fails since {uid}.\r\n").into_bytes()
}

/// The mail with this UID opens a ticket, and an acknowledgement waits.
pub(crate) fn open_ticket(batch: &mut Batch, uid: u32, at: Timestamp) -> Result<(), StoreError> {
    let raw = RawMail::compress(&raw_mail(uid)).unwrap();
    open_ticket_by(batch, uid, at, raw)
}

/// The same by other bytes than [`raw_mail`].
pub(crate) fn open_ticket_by(
    batch: &mut Batch,
    uid: u32,
    at: Timestamp,
    raw: RawMail,
) -> Result<(), StoreError> {
    open_ticket_with(batch, uid, at, raw, "We have it.\r\n")
}

pub(crate) fn open_ticket_with(
    batch: &mut Batch,
    uid: u32,
    at: Timestamp,
    raw: RawMail,
    words: &str,
) -> Result<(), StoreError> {
    let archived = batch.keep_raw(raw)?;
    let ticket = ticket(batch.next_ticket(), uid, at);
    let mut letter = acknowledgement(batch.next_letter(), &ticket, at);
    letter.mime = format!("{}{words}", letter.mime).into();
    let clues = vec![
        Clue::MessageId(format!("mail-{uid}@partner.example")),
        Clue::Number(ticket.number.clone()),
    ];
    batch.push(&Record {
        ticket: Some(ticket.id),
        mail: Some(MailRecord {
            archived,
            from: "ana@partner.example".to_owned(),
            subject: format!("Export {uid} fails"),
            kind: Kind::Request,
            message_id: Some(format!("mail-{uid}@partner.example")),
            dedupe: format!("{uid:064x}"),
            defects: Vec::new(),
            received_at: at,
        }),
        cursor: Some((MAILBOX.to_owned(), cursor(uid))),
        decision: Decision {
            elsewhere: Vec::new(),
            incidents: Vec::new(),
            sighting: None,
            changes: vec![
                Change::Opened(ticket),
                Change::Wrote {
                    letter: letter.id,
                    purpose: letter.purpose,
                    to: letter.to.clone(),
                    message_id: letter.message_id.clone(),
                },
            ],
            letters: vec![letter],
            clues,
            because: Vec::new(),
        },
        ..record(mail_cause(uid), at)
    })
}

/// A further mail on a ticket.
pub(crate) fn reply(
    batch: &mut Batch,
    id: TicketId,
    uid: u32,
    at: Timestamp,
) -> Result<(), StoreError> {
    let ticket = batch.ticket(id)?.unwrap();
    batch.push(&Record {
        ticket: Some(id),
        on_version: Some(ticket.version),
        cursor: Some((MAILBOX.to_owned(), cursor(uid))),
        decision: Decision {
            changes: vec![Change::Message {
                from: ana(),
                message_id: Some(format!("mail-{uid}@partner.example")),
                at,
                by: Writer::Client,
            }],
            clues: vec![Clue::MessageId(format!("mail-{uid}@partner.example"))],
            ..Decision::default()
        },
        ..record(mail_cause(uid), at)
    })
}

/// What became of a letter.
pub(crate) fn outcome(
    batch: &mut Batch,
    letter: u64,
    tries: u32,
    outcome: Outcome,
    at: Timestamp,
) -> Result<(), StoreError> {
    let letter = LetterId(letter);
    batch.push(&Record {
        outcome: Some((letter, outcome)),
        ..record(Cause::Letter(letter, tries), at)
    })
}

/// Changes on a ticket that nobody wrote about.
pub(crate) fn change(
    batch: &mut Batch,
    id: TicketId,
    cause: Cause,
    change: Change,
    at: Timestamp,
) -> Result<(), StoreError> {
    let ticket = batch.ticket(id)?.unwrap();
    batch.push(&Record {
        ticket: Some(id),
        on_version: Some(ticket.version),
        decision: Decision {
            changes: vec![change],
            ..Decision::default()
        },
        ..record(cause, at)
    })
}

pub(crate) fn sent() -> Outcome {
    Outcome::Sent {
        answer: "2.0.0 Ok: queued as 4F2".to_owned(),
    }
}

pub(crate) fn mail_cause(uid: u32) -> Cause {
    Cause::Mail(Place {
        mailbox: MAILBOX.to_owned(),
        uid_validity: 7,
        uid,
    })
}

pub(crate) fn cursor(uid: u32) -> Cursor {
    Cursor {
        uid_validity: 7,
        uid,
        answer_since: morning(),
        left_alone_until: None,
    }
}

pub(crate) fn record(cause: Cause, at: Timestamp) -> Record {
    Record {
        cause,
        at,
        ticket: None,
        on_version: None,
        decision: Decision::default(),
        mail: None,
        outcome: None,
        folded: Vec::new(),
        cursor: None,
        order: None,
    }
}

pub(crate) fn letter(id: LetterId, to: &str, at: Timestamp) -> Letter {
    Letter {
        id,
        ticket: None,
        purpose: Purpose::Notice,
        brand: "company".to_owned(),
        relay: "default".to_owned(),
        envelope_from: "bounce@everythingcloud.example".to_owned(),
        to: to.to_owned(),
        message_id: format!("letter-{}@everythingcloud.example", id.0),
        subject: "A ticket wants to be seen".to_owned(),
        mime: format!(
            "Subject: A ticket wants to be seen\r\n\r\nLetter {}.\r\n",
            id.0
        )
        .into(),
        written_at: at,
        held: None,
    }
}

fn acknowledgement(id: LetterId, ticket: &Ticket, at: Timestamp) -> Letter {
    Letter {
        ticket: Some(ticket.id),
        purpose: Purpose::Acknowledgement,
        ..letter(id, &ticket.requester.address, at)
    }
}

fn ana() -> Person {
    Person {
        name: Some("Ana".to_owned()),
        address: "ana@partner.example".to_owned(),
    }
}

fn ticket(id: TicketId, uid: u32, at: Timestamp) -> Ticket {
    Ticket {
        id,
        number: format!("EC-{}", 1000 + id.0),
        version: 0,
        partner: Some(
            if id.0.is_multiple_of(2) {
                "brightdesk"
            } else {
                "northwind"
            }
            .to_owned(),
        ),
        address: MAILBOX.to_owned(),
        requester: ana(),
        participants: vec!["ana@partner.example".to_owned()],
        client: Some("Acme".to_owned()),
        subject: format!("Export {uid} fails"),
        summary: "The export fails with a time-out for everybody since this morning.".to_owned(),
        steps: vec!["Open the report".to_owned(), "Press Export".to_owned()],
        urgency: Urgency::High,
        level: 2,
        third_line_reason: None,
        topic: Topic::default(),
        labels: vec!["export".to_owned()],
        review: false,
        language: "en".to_owned(),
        state: State::Open,
        opened_at: at,
        last_message_at: at,
        messages: 1,
        last_message_id: Some(format!("mail-{uid}@partner.example")),
        references: vec![format!("mail-{uid}@partner.example")],
        promises: vec![Promise {
            origin: "sla.standard.High (sla.toml:7)".to_owned(),
            ..Promise::until(
                Metric::FirstResponse,
                Some(at + SignedDuration::from_mins(30)),
            )
        }],
        told: Vec::new(),
        done: Vec::new(),
        written: Vec::new(),
        asked: false,
        handed_back: false,
        rules_version: "0123456789ab".to_owned(),
        trust: "direct, DKIM of partner.example".to_owned(),
        life: Life::default(),
    }
}

/// Everything that the store can be asked, as one text: two stores that say the same are the same.
pub(crate) fn everything(store: &Store) -> String {
    let mut told = String::new();
    let mut tell = |what: &dyn std::fmt::Debug| told.push_str(&format!("{what:?}\n"));
    let everybody = Filter {
        limit: usize::MAX,
        ..Filter::default()
    };
    for ticket in store.tickets(&everybody).unwrap() {
        tell(&store.timeline(ticket.id).unwrap());
        for mail in store.mails_of(ticket.id).unwrap() {
            let raw = store.raw(&mail.archived, u64::MAX).unwrap();
            tell(&String::from_utf8_lossy(&raw));
        }
        tell(&ticket);
    }
    let open_only = Filter {
        open_only: true,
        ..everybody
    };
    let open = store.tickets(&open_only).unwrap();
    tell(&open.iter().map(|ticket| ticket.id).collect::<Vec<_>>());
    let later = minutes(60 * 24 * 365);
    tell(&store.waiting(usize::MAX).unwrap());
    let due = store.letters_due((later, usize::MAX), |_| false, |_| true);
    tell(&due.unwrap());
    tell(&store.digests_due(later).unwrap());
    tell(&store.alarms_due(later, usize::MAX).unwrap());
    tell(&store.sent_since(morning()).unwrap());
    tell(&store.cursor(MAILBOX).unwrap());
    tell(&store.counts());
    let batch = store.batch().unwrap();
    tell(&(batch.next_ticket(), batch.next_letter()));
    told
}

/// Copies a store, or one folder of it, as it lies on disk.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Puts a folder in the place of another.
pub(crate) fn put_back(from: &Path, to: &Path) {
    std::fs::remove_dir_all(to).unwrap();
    copy(from, to);
}

pub(crate) fn closed(store: Store) {
    store.close().unwrap();
}

/// What `triaged store verify` finds.
pub(crate) fn verified(root: &Path) -> Verified {
    triaged::daemon::store::verify(&Folders::new(root)).unwrap()
}
