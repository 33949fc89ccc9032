//! What was promised, kept, broken, and what solving and reopening do to it.

use triaged::triage::decide::Order;
use triaged::triage::promise::Metric;

use super::desk::Desk;
use super::{EXPORT_FAILS, OUTAGE, reply};

#[test]
fn an_answer_of_ours_that_the_requester_gets_keeps_the_promise() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    let anna = "anna.kern@everythingcloud.com";
    let answer = reply(&desk, 2, anna, "Please try again now.")
        .replace("Subject:", "Cc: jane@northwind.example\nSubject:");
    desk.mail(&answer).is("
        message of anna.kern@everythingcloud.com (Staff)
        kept first_response
        promised update_every
        because anna.kern@everythingcloud.com, one of us, answered the requester
    ");
}

#[test]
fn a_promise_that_passes_unkept_is_told_to_the_partner_manager_once() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    desk.alarm("EC-1", "PT7M").is("because nothing is overdue");
    desk.alarm("EC-1", "PT8M").is("
        warned of acknowledge at 90 %
        warned of acknowledge at 75 %
        warned of acknowledge at 50 %
        because this warning is late
    ");
    desk.alarm("EC-1", "PT1S").is("
        broken acknowledge
        ladder executive: notice 2 of 9
        letter 5: broken promise to dana.reyes@everythingcloud.com
        letter 6: escalation to tech-leads@everythingcloud.com
        because acknowledge passed unkept at 2026-05-04T08:15:00Z
    ");
    desk.alarm("EC-1", "PT1M").is("because nothing is overdue");
    desk.sent(1).is("
        kept acknowledge
        promised update_every
    ");
    let promise = desk.ticket("EC-1").promise_of(Metric::Acknowledge).unwrap();
    assert!(
        promise.broken_noticed.is_some(),
        "what is broken stays broken"
    );
}

#[test]
fn an_acknowledgement_in_the_last_second_is_in_time_and_a_late_one_is_told() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    desk.wait("PT15M");
    desk.sent(1).is("
        kept acknowledge
        promised update_every
    ");
    let by = "dana.reyes@everythingcloud.com".to_owned();
    desk.order("EC-1", Order::Acknowledge { by });
    // Half of the hour in which a person is to answer.
    assert_eq!(
        desk.ticket("EC-1").next_alarm().unwrap().to_string(),
        "2026-05-04T08:30:00Z"
    );

    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    desk.wait("PT15M1S");
    desk.sent(1).is("
        broken acknowledge
        kept acknowledge
        promised update_every
        letter 5: broken promise to dana.reyes@everythingcloud.com
    ");
}

#[test]
fn a_broken_first_response_of_a_pressing_ticket_goes_to_the_executives() {
    let mut desk = Desk::open();
    desk.mail(&EXPORT_FAILS.replace("error 502.", "error 502. Urgency: High."));
    desk.sent(1);
    let told = desk.alarm("EC-1", "48h");
    assert!(
        told.lines.iter().any(|line| line == "level 3"),
        "{:?}",
        told.lines
    );
    assert!(
        told.reasons
            .iter()
            .any(|reason| reason.contains("third-line-promise-broken")),
        "{:?}",
        told.reasons
    );
    let to_manager = told
        .letters
        .iter()
        .filter(|letter| letter.to == "dana.reyes@everythingcloud.com")
        .count();
    assert!(to_manager >= 1);
}

#[test]
fn a_solved_ticket_owes_no_answer() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1);
    desk.order(
        "EC-1",
        Order::Solve {
            by: "anna".to_owned(),
        },
    );
    // The first second in which a reply would come too late.
    assert_eq!(
        desk.ticket("EC-1").next_alarm().unwrap().to_string(),
        "2026-05-18T08:00:01Z"
    );
    desk.alarm("EC-1", "240h").is("because nothing is overdue");
    desk.order(
        "EC-1",
        Order::Solve {
            by: "ben".to_owned(),
        },
    )
    .is("because EC-1 has been solved since");
    desk.order(
        "EC-1",
        Order::Reopen {
            by: "ben".to_owned(),
        },
    )
    .is("
        reopened
        promised update_every
        because EC-1 is open again, ordered by ben
    ");
    desk.order(
        "EC-1",
        Order::Reopen {
            by: "ben".to_owned(),
        },
    )
    .is("because EC-1 is open");
    desk.order(
        "EC-9",
        Order::Solve {
            by: "ben".to_owned(),
        },
    )
    .is("because there is no such ticket");
}

#[test]
fn the_time_in_which_a_ticket_was_solved_does_not_count() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    desk.sent(1);
    let due = |desk: &Desk| {
        desk.ticket("EC-1")
            .promise_of(Metric::Solve)
            .unwrap()
            .due
            .unwrap()
    };
    let before = due(&desk);
    desk.wait("PT1H");
    desk.order(
        "EC-1",
        Order::Solve {
            by: "anna".to_owned(),
        },
    );
    desk.wait("PT3H");
    desk.order(
        "EC-1",
        Order::Reopen {
            by: "anna".to_owned(),
        },
    );
    assert_eq!(due(&desk).duration_since(before).as_secs(), 3 * 3600);
    assert_eq!(
        desk.ticket("EC-1").promise_of(Metric::Solve).unwrap().kept,
        None
    );
}
