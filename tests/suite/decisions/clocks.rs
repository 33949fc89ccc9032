//! Clocks that begin again, stand still, warn and miss; tickets that wait and close.

use triaged::triage::decide::Order;
use triaged::triage::promise::{Metric, Promise};
use triaged::triage::ticket::{Change, State};

use super::desk::Desk;
use super::{EXPORT_FAILS, OUTAGE, reply};

const JANE: &str = "jane@northwind.example";

fn promise(desk: &Desk, metric: Metric) -> Promise {
    desk.ticket("EC-1").promise_of(metric).unwrap().clone()
}

fn due(desk: &Desk, metric: Metric) -> String {
    let due = promise(desk, metric).due;
    due.map_or_else(|| "suspended".to_owned(), |due| due.to_string())
}

/// A staff answer that the requester gets as well.
fn answered(desk: &mut Desk, text: &str) -> String {
    let told = desk.letter(2).to.clone();
    let mail = reply(desk, 2, &told, text);
    mail.replace("Subject:", "Cc: jane@northwind.example\nSubject:")
}

fn order(desk: &mut Desk, order: fn(String) -> Order) -> super::desk::Told {
    desk.order("EC-1", order("anna".to_owned()))
}

#[test]
fn the_next_answer_begins_with_the_oldest_message_that_nobody_answered() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1);
    // The first message waits for the first answer; a second one is of the same group.
    let more = reply(&desk, 1, JANE, "Are you there?");
    let told = desk.mail(&more);
    assert!(!told.lines.contains(&"promised next_response".to_owned()));
    let answer = answered(&mut desk, "We look into it.");
    desk.mail(&answer);
    desk.wait("PT1H");
    let question = reply(&desk, 1, JANE, "How long will it take?");
    assert!(
        desk.mail(&question)
            .lines
            .contains(&"promised next_response".to_owned())
    );
    let first = promise(&desk, Metric::NextResponse);
    assert_eq!((first.cycle, first.start), (0, Some(desk.now)));
    desk.wait("PT1H");
    let again = reply(&desk, 1, JANE, "Hello? We have to know.");
    desk.mail(&again);
    assert_eq!(
        promise(&desk, Metric::NextResponse),
        first,
        "the oldest counts"
    );
    // An automatic letter of ours answers nobody; a person does.
    let answer = answered(&mut desk, "Until tomorrow, I think.");
    assert!(
        desk.mail(&answer)
            .lines
            .contains(&"kept next_response".to_owned())
    );
    desk.wait("PT1H");
    let thanks = reply(&desk, 1, JANE, "It is tomorrow, and it fails again.");
    desk.mail(&thanks);
    let second = promise(&desk, Metric::NextResponse);
    assert_eq!((second.cycle, second.start), (1, Some(desk.now)));
}

#[test]
fn a_missed_update_is_counted_on_from_its_deadline() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    desk.sent(1);
    assert_eq!(due(&desk, Metric::UpdateEvery), "2026-05-04T10:00:00Z");
    // Two hours each: 10:00, 12:00, 14:00 and 16:00 pass in silence, 18:00 is awaited.
    let told = desk.alarm("EC-1", "PT8H1S");
    let missed = told
        .lines
        .iter()
        .filter(|line| *line == "broken update_every");
    assert_eq!(missed.count(), 4, "{:?}", told.lines);
    let to_manager = told
        .letters
        .iter()
        .filter(|letter| letter.purpose.name() == "broken promise");
    assert_eq!(to_manager.count(), 1, "several breaches are one letter");
    let breaches = &desk.ticket("EC-1").life.breaches;
    let updates = breaches
        .iter()
        .filter(|breach| breach.metric == Metric::UpdateEvery);
    let at: Vec<String> = updates
        .map(|breach| format!("{} {}", breach.cycle, breach.at))
        .collect();
    assert_eq!(
        at,
        [
            "0 2026-05-04T10:00:00Z",
            "1 2026-05-04T12:00:00Z",
            "2 2026-05-04T14:00:00Z",
            "3 2026-05-04T16:00:00Z",
        ]
    );
    assert_eq!(due(&desk, Metric::UpdateEvery), "2026-05-04T18:00:00Z");
    // An update in the very second of its deadline is in time, and the next is counted from it.
    desk.wait("PT1H59M59S");
    let answer = answered(&mut desk, "Still at it.");
    assert!(
        desk.mail(&answer)
            .lines
            .contains(&"kept update_every".to_owned())
    );
    assert_eq!(due(&desk, Metric::UpdateEvery), "2026-05-04T20:00:00Z");
    // Nobody waits for news of what is solved.
    order(&mut desk, |by| Order::Solve { by });
    desk.alarm("EC-1", "240h").is("because nothing is overdue");
}

#[test]
fn clocks_stand_still_while_the_client_is_asked() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    desk.sent(1);
    let before = due(&desk, Metric::Solve);
    let others = [
        due(&desk, Metric::FirstResponse),
        due(&desk, Metric::UpdateEvery),
    ];
    order(&mut desk, |by| Order::Wait { by }).is("
        waiting for the client
        promised solve
        because solve stands still while we wait for the client
        because EC-1 waits for the client, ordered by anna
    ");
    assert_eq!(due(&desk, Metric::Solve), "suspended");
    assert_eq!(
        [
            due(&desk, Metric::FirstResponse),
            due(&desk, Metric::UpdateEvery)
        ],
        others
    );
    order(&mut desk, |by| Order::Wait { by }).is("because EC-1 has waited for the client since");
    // A robot's answer ends no wait; a person's does.
    desk.wait("PT30M");
    let away = reply(&desk, 1, JANE, "I am away.")
        .replace("Subject:", "Auto-Submitted: auto-replied\nSubject:");
    desk.mail(&away);
    assert_eq!(due(&desk, Metric::Solve), "suspended");
    desk.wait("PT30M");
    let answer = reply(&desk, 1, JANE, "It is version 7.");
    let told = desk.mail(&answer);
    assert_eq!(told.lines[1..3], ["waits no longer", "promised solve"]);
    let late = due(&desk, Metric::Solve)
        .parse::<jiff::Timestamp>()
        .unwrap();
    assert_eq!(late.duration_since(before.parse().unwrap()).as_secs(), 3600);
    assert_eq!(
        promise(&desk, Metric::Solve).first_due.unwrap().to_string(),
        before
    );
    // A person ends a wait as well.
    order(&mut desk, |by| Order::Wait { by });
    order(&mut desk, |by| Order::Reopen { by }).is("
        waits no longer
        promised solve
        because EC-1 waits no longer, ordered by anna
    ");
}

#[test]
fn a_wait_of_five_working_days_is_shown_to_whoever_is_responsible() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1);
    let answer = answered(&mut desk, "Which version is it?");
    desk.mail(&answer);
    order(&mut desk, |by| Order::Assign {
        to: "ben".to_owned(),
        by,
    });
    order(&mut desk, |by| Order::Wait { by });
    let shown = desk.ticket("EC-1").life.look_again.unwrap();
    assert_eq!(
        shown.to_string(),
        "2026-05-11T12:00:00Z",
        "the partner opens at eight"
    );
    desk.now = shown;
    let told = desk.alarm("EC-1", "PT0S");
    let to: Vec<&str> = told
        .letters
        .iter()
        .map(|letter| letter.to.as_str())
        .collect();
    assert!(to.contains(&"ben.arlt@everythingcloud.com"), "{to:?}");
    assert!(
        told.reasons
            .iter()
            .any(|reason| reason.contains("has not answered since"))
    );
    let told = desk.alarm("EC-1", "PT1H");
    assert!(
        !told
            .reasons
            .iter()
            .any(|reason| reason.contains("has not answered since"))
    );
}

#[test]
fn a_question_by_letter_begins_the_wait_when_it_is_accepted() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    let asks = desk.letter(1).id;
    desk.change("EC-1", Change::WillWait { letter: asks });
    assert_eq!(desk.ticket("EC-1").state, State::Open);
    desk.wait("PT2M");
    assert!(
        desk.sent(1)
            .lines
            .contains(&"waiting for the client".to_owned())
    );
    assert_eq!(
        desk.ticket("EC-1").state,
        State::Waiting { since: desk.now }
    );
}

#[test]
fn each_warning_is_given_once_and_says_when_it_is_late() {
    let mut desk = Desk::open();
    desk.mail(&EXPORT_FAILS.replace("error 502.", "error 502. Urgency: Critical."));
    desk.sent(1);
    desk.alarm("EC-1", "PT30M").is("
        warned of first_response at 50 %
        because 50% of the time for first_response had gone by at 2026-05-04T08:30:00Z
    ");
    desk.alarm("EC-1", "PT15M").is("
        warned of first_response at 75 %
        letter 3: notice to support-team@everythingcloud.com
        because it is due at 2026-05-04T09:00:00Z
        because rule `warn-before-promise-breaks`
    ");
    desk.alarm("EC-1", "PT0S").is("because nothing is overdue");
    // Nobody looked until after both; the broken promise is told instead.
    let told = desk.alarm("EC-1", "PT30M");
    assert!(told.lines.contains(&"broken first_response".to_owned()));
    assert!(
        !told
            .lines
            .iter()
            .any(|line| line.contains("first_response at 90"))
    );

    let mut desk = Desk::open();
    desk.mail(&EXPORT_FAILS.replace("error 502.", "error 502. Urgency: Critical."));
    desk.sent(1);
    let told = desk.alarm("EC-1", "PT55M");
    assert_eq!(
        told.letters.len(),
        1,
        "two late warnings are one letter: {:?}",
        told.lines
    );
    assert!(
        told.reasons
            .iter()
            .any(|reason| reason.contains("this warning is late"))
    );
}

#[test]
fn a_solution_that_nobody_objects_to_closes_the_ticket() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1);
    order(&mut desk, |by| Order::Solve { by });
    let over = desk.ticket("EC-1").next_alarm().unwrap();
    desk.now = over;
    desk.alarm("EC-1", "PT0S").is("
        closed
        because closed: nobody has objected since it was solved
    ");
    assert_eq!(desk.ticket("EC-1").next_alarm(), None);
    let late = reply(&desk, 1, JANE, "It fails again.");
    let told = desk.mail(&late);
    assert!(told.lines[0].starts_with("EC-2 opened"), "{:?}", told.lines);
    assert!(
        told.reasons
            .iter()
            .any(|reason| reason.contains("linked to EC-1"))
    );
}

#[test]
fn an_answer_that_only_a_dead_relay_has_keeps_nothing() {
    let mut desk = Desk::open();
    desk.mail(OUTAGE);
    // The acknowledgement is queued, and nobody takes it.
    let told = desk.alarm("EC-1", "PT20M");
    assert!(told.lines.contains(&"broken acknowledge".to_owned()));
    assert!(
        desk.ticket("EC-1")
            .promise_of(Metric::UpdateEvery)
            .is_none()
    );
}
