//! The guard by scenes: who writes how often, and what leaves.

use super::*;
use crate::triage::ticket::TicketId;

const TEAM: &str = "support-team@everythingcloud.com";

fn letter(id: u64, purpose: Purpose, ticket: u64, to: &str) -> Letter {
    Letter {
        id: LetterId(id),
        ticket: Some(TicketId(ticket)),
        purpose,
        brand: "company".to_owned(),
        relay: "default".to_owned(),
        envelope_from: "support@everythingcloud.com".to_owned(),
        to: to.to_owned(),
        message_id: format!("{id}@everythingcloud.com"),
        subject: String::new(),
        mime: std::sync::Arc::default(),
        written_at: at(0),
        held: None,
    }
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + minute * 60).unwrap()
}

fn guard() -> Guard {
    let own = vec!["support@everythingcloud.com".to_owned()];
    Guard::new(Limits::default(), own, &[])
}

/// How many of so many letters leave at once; the n-th is about the ticket and to the address that `each` says.
fn gone(
    guard: &mut Guard,
    purpose: Purpose,
    letters: u64,
    each: impl Fn(u64) -> (u64, String),
) -> usize {
    (0..letters)
        .filter(|n| {
            let (ticket, to) = each(*n);
            guard.admit(&letter(*n, purpose, ticket, &to), at(0)) == Verdict::Go
        })
        .count()
}

fn bot(n: u64) -> String {
    format!("bot{n}@northwind.example")
}

#[test]
fn two_robots_answering_each_other_stop_at_the_cap_of_the_ticket() {
    let gone = gone(&mut guard(), Purpose::Acknowledgement, 40, |_| (1, bot(0)));
    assert_eq!(gone, 10);
}

#[test]
fn people_who_talk_about_a_ticket_are_not_stopped_by_its_cap() {
    let gone = gone(&mut guard(), Purpose::Answer, 100, |_| (1, bot(0)));
    assert_eq!(gone, 30, "the cap of the address");
}

#[test]
fn robots_that_open_a_new_ticket_each_time_stop_at_the_cap_of_the_address() {
    let gone = gone(&mut guard(), Purpose::Acknowledgement, 100, |n| (n, bot(0)));
    assert_eq!(gone, 30);
}

#[test]
fn senders_that_change_their_address_stop_at_the_cap_of_the_domain() {
    let gone = gone(&mut guard(), Purpose::Acknowledgement, 1_000, |n| {
        (n, bot(n))
    });
    assert_eq!(gone, 300);
}

#[test]
fn senders_that_change_their_domain_stop_at_the_cap_of_the_brand() {
    let gone = gone(&mut guard(), Purpose::Acknowledgement, 2_000, |n| {
        (n, format!("bot@{n}.example"))
    });
    assert_eq!(gone, 1_000);
}

#[test]
fn a_cap_opens_again_with_time() {
    let mut guard = guard();
    assert_eq!(
        gone(&mut guard, Purpose::Acknowledgement, 10, |_| (1, bot(0))),
        10
    );
    let mut at_minute = |id, minute| {
        guard.admit(
            &letter(id, Purpose::Acknowledgement, 1, &bot(0)),
            at(minute),
        )
    };
    assert!(matches!(at_minute(10, 9), Verdict::Withhold(_)));
    assert_eq!(at_minute(11, 10), Verdict::Go);
}

#[test]
fn a_letter_tried_again_counts_once_and_is_never_stopped() {
    let mut guard = guard();
    let first = letter(1, Purpose::Acknowledgement, 1, &bot(0));
    for minute in 0..50 {
        assert_eq!(guard.admit(&first, at(minute)), Verdict::Go);
    }
    for id in 2..12 {
        let next = letter(id, Purpose::Acknowledgement, 1, &bot(0));
        assert_eq!(guard.admit(&next, at(50)), Verdict::Go);
    }
    assert!(matches!(
        guard.admit(&letter(12, Purpose::Acknowledgement, 1, &bot(0)), at(50)),
        Verdict::Withhold(_)
    ));
    assert_eq!(
        guard.admit(&first, at(51)),
        Verdict::Go,
        "it was let go before the cap was met"
    );
}

#[test]
fn escalations_leave_whatever_else_is_written() {
    let floods = [
        (Purpose::Acknowledgement, 1, bot(0)),
        (Purpose::Notice, 1, TEAM.to_owned()),
        (Purpose::Alarm, 1, TEAM.to_owned()),
    ];
    for (purpose, ticket, to) in floods {
        let mut guard = guard();
        gone(&mut guard, purpose, 100, |_| (ticket, to.clone()));
        let escalation = letter(100, Purpose::Escalation, ticket, TEAM);
        assert_eq!(
            guard.admit(&escalation, at(1)),
            Verdict::Go,
            "after a flood of {purpose}s"
        );
    }
}

#[test]
fn neither_clients_nor_our_own_people_use_up_the_caps_of_the_other() {
    let (client, ours) = (Purpose::Acknowledgement, Purpose::Notice);
    for (flood, other) in [(client, ours), (ours, client)] {
        let mut guard = guard();
        gone(&mut guard, flood, 5_000, |n| (n, format!("p@{n}.example")));
        for ticket in 0..30 {
            let letter = letter(5_000 + ticket, other, ticket, "p@1.example");
            assert_eq!(
                guard.admit(&letter, at(1)),
                Verdict::Go,
                "a {other} in a flood of {flood}s"
            );
        }
    }
}

#[test]
fn notices_beyond_a_cap_join_one_digest_and_the_next_comes_ten_minutes_later() {
    let mut guard = guard();
    assert_eq!(
        gone(&mut guard, Purpose::Notice, 60, |n| (n, TEAM.to_owned())),
        30
    );
    let mut digest_of =
        |id, minute| match guard.admit(&letter(id, Purpose::Notice, id, TEAM), at(minute)) {
            Verdict::Fold { digest_at, .. } => Some(digest_at),
            Verdict::Go | Verdict::Withhold(_) => None,
        };
    assert_eq!(digest_of(100, 1), Some(at(10)));
    assert_eq!(digest_of(101, 9), Some(at(10)));
    assert_eq!(digest_of(102, 10), None, "there is room again");
}

#[test]
fn a_digest_leaves_beyond_every_cap_and_sets_the_time_of_the_next() {
    let mut guard = guard();
    gone(&mut guard, Purpose::Notice, 60, |n| (n, TEAM.to_owned()));
    for id in 100..130 {
        guard.admit(&letter(id, Purpose::Notice, id, TEAM), at(10));
    }
    let digest = letter(200, Purpose::Digest, 0, TEAM);
    assert_eq!(guard.admit(&digest, at(11)), Verdict::Go);
    let Verdict::Fold { digest_at, .. } =
        guard.admit(&letter(201, Purpose::Notice, 201, TEAM), at(12))
    else {
        panic!("a notice beyond the cap is folded")
    };
    assert_eq!(digest_at, at(21));
}

#[test]
fn nobody_waits_an_hour_for_a_digest() {
    let mut guard = guard();
    // The domain is full for an hour, and so is the digest's contact behind it.
    gone(&mut guard, Purpose::Notice, 400, |n| {
        (n, format!("team{}@everythingcloud.com", n % 100))
    });
    let Verdict::Fold { digest_at, why } =
        guard.admit(&letter(500, Purpose::Notice, 500, TEAM), at(0))
    else {
        panic!("a notice beyond the cap is folded")
    };
    assert_eq!(
        why,
        "more than 300 letters to everythingcloud.com in 60 minutes"
    );
    assert_eq!(digest_at, at(10));
}

#[test]
fn nothing_goes_to_ourselves_and_no_answer_to_robots_or_nobody() {
    let never = [
        (Purpose::Acknowledgement, "support@everythingcloud.com"),
        (Purpose::Alarm, "support@everythingcloud.com"),
        (Purpose::Notice, "support+ec-12.ab34@everythingcloud.com"),
        (Purpose::Acknowledgement, ""),
        (Purpose::Alarm, ""),
        (Purpose::Acknowledgement, "mailer-daemon@northwind.example"),
        (Purpose::Acknowledgement, "postmaster@northwind.example"),
        (Purpose::Acknowledgement, "bounce-4711@northwind.example"),
        (
            Purpose::Acknowledgement,
            "bounces+jane=acme.example@northwind.example",
        ),
        (Purpose::HandBack, "no-reply@northwind.example"),
        (Purpose::HandBack, "billing.no_reply@northwind.example"),
        (Purpose::HandBack, "do.not.reply+17@northwind.example"),
    ];
    for (purpose, to) in never {
        let verdict = guard().admit(&letter(1, purpose, 1, to), at(0));
        assert!(
            matches!(verdict, Verdict::Withhold(_)),
            "{purpose} to {to:?}"
        );
    }
    let allowed = [
        (Purpose::Acknowledgement, "jane@northwind.example"),
        (Purpose::Acknowledgement, "support@northwind.example"),
        (Purpose::Acknowledgement, "bouncer@northwind.example"),
        (Purpose::Alarm, "postmaster@northwind.example"),
    ];
    for (purpose, to) in allowed {
        let verdict = guard().admit(&letter(1, purpose, 1, to), at(0));
        assert_eq!(verdict, Verdict::Go, "{purpose} to {to}");
    }
}

#[test]
fn what_left_before_a_restart_still_counts() {
    let row = |n, purpose, to: &str| SentRow {
        at: at(0),
        letter: LetterId(n),
        ticket: Some(TicketId(1)),
        to: to.to_owned(),
        brand: "company".to_owned(),
        purpose,
    };
    let mut sent: Vec<SentRow> = (0..10)
        .flat_map(|n| {
            [
                row(n, Purpose::Acknowledgement, &bot(0)),
                row(10 + n, Purpose::Notice, TEAM),
            ]
        })
        .collect();
    sent.push(row(20, Purpose::Digest, TEAM));
    let mut guard = Guard::new(Limits::default(), Vec::new(), &sent);
    let again = letter(21, Purpose::Acknowledgement, 1, &bot(0));
    assert!(matches!(guard.admit(&again, at(5)), Verdict::Withhold(_)));
    let notice = letter(22, Purpose::Notice, 1, TEAM);
    let Verdict::Fold { digest_at, .. } = guard.admit(&notice, at(5)) else {
        panic!("eleven letters about this ticket have left")
    };
    assert_eq!(
        digest_at,
        at(10),
        "no sooner than ten minutes after the last digest"
    );
}

proptest::proptest! {
    /// Whatever is written when: no window of any cap ever holds more letters to the client's side than it may, nor
    /// more to our own people than that and the reserve, digests apart; and what is to our own people is never withheld.
    #[test]
    fn no_cap_is_ever_exceeded(written in proptest::collection::vec((0u8..4, 0u64..4, 0u64..6, 0i64..3), 1..400)) {
        let limits = Limits { letters_per_domain: 40, letters_per_brand: 60, letters_in_all: 80, ..Limits::default() };
        let mut guard = Guard::new(limits, Vec::new(), &[]);
        let (mut minute, mut left) = (0, Vec::new());
        for (n, (kind, ticket, person, pause)) in written.into_iter().enumerate() {
            minute += pause;
            let purpose = [Purpose::Acknowledgement, Purpose::Notice, Purpose::Escalation, Purpose::Alarm][usize::from(kind)];
            let to_client = purpose.is_to_the_client();
            let letter = letter(n as u64, purpose, ticket, &format!("p{person}@acme.example"));
            match guard.admit(&letter, at(minute)) {
                Verdict::Go => left.push((minute, to_client, ticket, person)),
                Verdict::Withhold(_) => proptest::prop_assert!(to_client),
                Verdict::Fold { digest_at, .. } => {
                    proptest::prop_assert!(!to_client);
                    proptest::prop_assert!(digest_at > at(minute) && digest_at <= at(minute + 10));
                }
            }
            let lately = |minutes: i64| left.iter().filter(move |(then, side, ..)| minute - then < minutes && *side == to_client);
            let most = |cap: usize| if to_client { cap } else { cap + cap / 5 };
            proptest::prop_assert!(lately(10).filter(|(.., about, _)| *about == ticket).count() <= most(10));
            proptest::prop_assert!(lately(10).filter(|(.., to)| *to == person).count() <= most(30));
            proptest::prop_assert!(lately(60).count() <= most(40));
        }
    }
}
