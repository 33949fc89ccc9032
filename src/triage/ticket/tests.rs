//! How a ticket grows, change by change.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn promise(metric: Metric, due: Option<i64>) -> Promise {
    Promise::until(metric, due.map(at))
}

/// A ticket as it may stand in any test.
pub(crate) fn ticket() -> Ticket {
    Ticket {
        id: TicketId(7),
        number: "EC-7".to_owned(),
        version: 1,
        partner: None,
        address: "help@desk.example".to_owned(),
        requester: Person {
            name: None,
            address: "jane@north.example".to_owned(),
        },
        participants: Vec::new(),
        client: None,
        subject: "Export".to_owned(),
        summary: "Export fails".to_owned(),
        steps: Vec::new(),
        urgency: Urgency::Medium,
        level: 2,
        third_line_reason: None,
        topic: Topic::default(),
        labels: Vec::new(),
        review: false,
        language: "en".to_owned(),
        state: State::Open,
        opened_at: at(0),
        last_message_at: at(0),
        messages: 1,
        last_message_id: Some("root@north.example".to_owned()),
        references: vec!["root@north.example".to_owned()],
        promises: vec![
            promise(Metric::Acknowledge, Some(60)),
            promise(Metric::FirstResponse, Some(600)),
            promise(Metric::Solve, None),
        ],
        told: Vec::new(),
        done: Vec::new(),
        written: Vec::new(),
        asked: false,
        handed_back: false,
        rules_version: "0".to_owned(),
        trust: String::new(),
        life: Life::default(),
    }
}

fn after(changes: &[Change]) -> Ticket {
    let mut ticket = ticket();
    for change in changes {
        ticket.apply(change);
    }
    ticket
}

#[test]
fn the_alarm_rings_a_second_after_the_next_promise_that_is_still_owed() {
    let kept = |metric, second| Change::Kept {
        metric,
        at: at(second),
    };
    let broken = |metric, second| Change::Broken {
        metric,
        noticed_at: at(second),
    };
    let solved = Change::Solved { at: at(70) };
    let reopened = Change::Reopened { at: at(80) };
    let sooner = Change::Promised(promise(Metric::FirstResponse, Some(30)));
    let check = |changes: &[Change], alarm: Option<i64>| {
        assert_eq!(
            after(changes).next_alarm(),
            alarm.map(at),
            "after {changes:?}"
        );
    };
    check(&[], Some(61));
    check(&[kept(Metric::Acknowledge, 5)], Some(601));
    check(&[broken(Metric::Acknowledge, 61)], Some(601));
    check(&[sooner], Some(31));
    check(std::slice::from_ref(&solved), Some(61));
    check(&[kept(Metric::Acknowledge, 5), solved.clone()], None);
    check(&[kept(Metric::Acknowledge, 5), solved, reopened], Some(601));
    check(
        &[
            kept(Metric::Acknowledge, 5),
            broken(Metric::FirstResponse, 601),
        ],
        None,
    );
}

#[test]
fn a_breach_is_never_undone_and_a_promise_is_kept_once() {
    let ticket = after(&[
        Change::Broken {
            metric: Metric::Acknowledge,
            noticed_at: at(61),
        },
        Change::Kept {
            metric: Metric::Acknowledge,
            at: at(70),
        },
        Change::Kept {
            metric: Metric::Acknowledge,
            at: at(90),
        },
        Change::Broken {
            metric: Metric::Acknowledge,
            noticed_at: at(99),
        },
    ]);
    let promise = ticket.promise_of(Metric::Acknowledge).unwrap();
    assert_eq!(promise.broken_noticed, Some(at(61)));
    assert_eq!(promise.kept, Some(at(70)));
}

#[test]
fn letters_answer_the_newest_mail_of_the_clients_side() {
    let message = |address: &str, id: &str, by| Change::Message {
        from: Person {
            name: None,
            address: address.to_owned(),
        },
        message_id: Some(id.to_owned()),
        at: at(9),
        by,
    };
    let ticket = after(&[
        message("bob@north.example", "2@north.example", Writer::Client),
        message("robot@north.example", "3@north.example", Writer::Machine),
        message("dana@desk.example", "4@desk.example", Writer::Staff),
    ]);
    assert_eq!(ticket.last_message_id.as_deref(), Some("2@north.example"));
    assert_eq!(ticket.participants, ["bob@north.example"]);
    assert_eq!(ticket.messages, 3);
    let seen_by_the_client = ["root@north.example", "2@north.example"];
    assert_eq!(ticket.references, seen_by_the_client);
    assert_eq!(ticket.version, 4);
}

#[test]
fn a_long_thread_keeps_its_root_and_its_newest_mails() {
    let mut ticket = ticket();
    for number in 0..50 {
        ticket.refer_to(&format!("{number}@north.example"));
    }
    assert_eq!(ticket.references.len(), REFERENCES_MAX);
    assert_eq!(
        ticket.references.first().map(String::as_str),
        Some("root@north.example")
    );
    assert_eq!(
        ticket.references.last().map(String::as_str),
        Some("49@north.example")
    );
}

#[test]
fn the_same_changes_from_the_same_ticket_give_the_same_ticket_after_a_round_trip() {
    let changes = [
        Change::Urgency(Urgency::High),
        Change::Told(vec!["dana@desk.example".to_owned()]),
        Change::Did("outage/ladder/executive".to_owned()),
        Change::Solved { at: at(12) },
    ];
    let text = serde_json::to_string(&changes).unwrap();
    let read: Vec<Change> = serde_json::from_str(&text).unwrap();
    assert_eq!(after(&changes), after(&read));
}
