//! Incidents as tables: what links, what counts, what becomes of one.

use super::*;

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-05-04T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

fn mark(key: &str) -> Mark {
    Mark {
        key: key.to_owned(),
        text: key.to_owned(),
        start: 0,
        end: key.len(),
        within: crate::triage::report::Within::Text,
    }
}

fn signature(topic: &str) -> Signature {
    let (component, symptom) = topic.split_once('/').unwrap();
    let known = |word: &str| Some(mark(word)).filter(|_| word != "?");
    Signature {
        component: known(component),
        symptom: known(symptom),
        ..Signature::default()
    }
}

/// `T-3 harbor-bank login/unavailable 12`: ticket, client, topic, minute.
fn sighting(line: &str) -> Sighting {
    let words: Vec<&str> = line.split_whitespace().collect();
    Sighting {
        ticket: TicketId(words[0].trim_start_matches("T-").parse().unwrap()),
        number: words[0].to_owned(),
        client: words[1].to_owned(),
        who: words[1].to_owned(),
        partner: Some(words[1].split('-').next().unwrap().to_owned()),
        at: at(words[3].parse().unwrap()),
        signature: signature(words[2]),
    }
}

/// What lies near the last of these lines.
fn nearby(lines: &[&str]) -> (Nearby, Sighting) {
    let mut all: Vec<Sighting> = lines.iter().map(|line| sighting(line)).collect();
    let me = all.pop().unwrap();
    let nearby = Nearby {
        signature: me.signature.clone(),
        sightings: all,
        since: Some(at(0) - SignedDuration::from_hours(24 * 70)),
        ..Nearby::default()
    };
    (nearby, me)
}

#[test]
fn clients_are_counted_not_mails() {
    let check = |lines: &[&str], counted: (u32, u32, u32)| {
        let (nearby, me) = nearby(lines);
        let outlook = Outlook::of(&nearby, me).unwrap();
        let found = outlook.counted(SignedDuration::from_mins(30), Same::Topic);
        assert_eq!(found, counted, "{lines:?}");
    };
    check(&["T-1 harbor login/unavailable 0"], (1, 1, 1));
    check(
        &[
            "T-1 harbor login/unavailable 0",
            "T-2 lindenau login/unavailable 9",
            "T-3 wagner login/unavailable 12",
        ],
        (3, 3, 3),
    );
    // The same client again, another topic, and too long ago.
    check(
        &[
            "T-1 harbor login/unavailable 0",
            "T-2 harbor login/unavailable 9",
            "T-3 wagner login/unavailable 12",
        ],
        (2, 2, 3),
    );
    check(
        &[
            "T-1 harbor login/unavailable 0",
            "T-2 lindenau export/error 9",
            "T-3 wagner login/unavailable 12",
        ],
        (2, 2, 2),
    );
    check(
        &[
            "T-1 harbor login/unavailable 0",
            "T-2 lindenau login/unavailable 29",
            "T-3 wagner login/unavailable 31",
        ],
        (2, 2, 2),
    );
}

#[test]
fn what_is_usual_is_no_surge_and_says_so() {
    let lines = [
        "T-1 harbor login/unavailable 0",
        "T-2 lindenau login/unavailable 9",
        "T-3 wagner login/unavailable 12",
    ];
    let (mut nearby, me) = nearby(&lines);
    let within = SignedDuration::from_mins(30);
    let outlook = Outlook::of(&nearby, me.clone()).unwrap();
    assert!(
        outlook.is_unusual(within, 1_000),
        "{}",
        outlook.surge(within)
    );
    for week in 1..=8 {
        for minute in [0, 10, 20, 30, 40] {
            nearby
                .counts
                .add(at(minute) - SignedDuration::from_hours(168 * week));
        }
    }
    let outlook = Outlook::of(&nearby, me).unwrap();
    assert!(!outlook.is_unusual(within, 1_000));
    assert_eq!(
        outlook.surge(within).to_string(),
        "3 clients of 3 partners in 12 min; usual for login unavailable at this hour is 0.6 in 30 min; chance 1 in 43"
    );
}

#[test]
fn questions_are_neither_counted_nor_compared() {
    let (nearby, mut me) = nearby(&[
        "T-1 harbor login/unavailable 0",
        "T-2 wagner login/unavailable 3",
    ]);
    me.signature.asks = true;
    assert!(Outlook::of(&nearby, me).is_none());
}

fn incident() -> Incident {
    let first = sighting("T-1 harbor login/unavailable 0");
    let mut incident = Incident {
        id: IncidentId(3),
        version: 1,
        standing: Standing::Open,
        topic: first.signature.topic(),
        about: first.signature.topic_in_words(),
        known_by: vec![first.signature.clone()],
        members: vec![first.member(Vec::new())],
        lead: first.ticket,
        opened_at: at(0),
        last_report_at: at(0),
        urgency: Urgency::Critical,
        level: 3,
        ladders: Vec::new(),
        surge: Surge {
            topic: "login unavailable".to_owned(),
            clients: 3,
            partners: 3,
            minutes: 12,
            window_minutes: 30,
            usual: 0.01,
            chance: 1e-7,
        },
        took_over: Vec::new(),
        told: Vec::new(),
        seen_again: 0,
        solved_by: None,
        owes: None,
        asked_to_close: false,
        trail: Vec::new(),
    };
    incident.apply(&IncidentChange::Knows(TicketId(1)));
    incident
}

#[test]
fn an_incident_lives_and_is_looked_at_in_time() {
    let mut incident = incident();
    assert_eq!(incident.next_alarm(), Some(at(240)));
    let second = sighting("T-2 wagner login/unavailable 100");
    incident.apply(&IncidentChange::Joined {
        member: second.member(vec!["the same component".to_owned()]),
        signature: second.signature.clone(),
    });
    assert_eq!(
        incident.next_alarm(),
        Some(at(100)),
        "its ticket does not know yet"
    );
    incident.apply(&IncidentChange::Knows(TicketId(2)));
    assert_eq!(
        (incident.next_alarm(), incident.clients()),
        (Some(at(340)), 2)
    );
    incident.apply(&IncidentChange::AskedToClose { at: at(340) });
    assert_eq!(incident.next_alarm(), None);

    let by = "anna".to_owned();
    incident.apply(&IncidentChange::Left {
        ticket: TicketId(1),
        by: by.clone(),
        at: at(350),
    });
    assert_eq!(
        (incident.lead, incident.clients()),
        (TicketId(2), 1),
        "the next one leads"
    );
    incident.apply(&IncidentChange::Solved {
        by,
        with_tickets: true,
        at: at(360),
    });
    assert!(!incident.standing.takes_reports() && incident.matters(at(361)));
    assert!(!incident.matters(at(360 + 24 * 60 + 1)));
    incident.apply(&IncidentChange::Reopened { at: at(400) });
    assert_eq!(
        (incident.standing, incident.owes),
        (Standing::Open, Some(Word::Back))
    );
}

#[test]
fn reports_join_before_they_open_and_dismissed_ones_cool_down() {
    let (mut nearby, me) = nearby(&["T-9 lindenau login/error 30"]);
    nearby.incidents = vec![incident()];
    let joined = |nearby: &Nearby, me: &Sighting| {
        let outlook = Outlook::of(nearby, me.clone()).unwrap();
        outlook.to_join().map(|(incident, _)| incident.id)
    };
    assert_eq!(joined(&nearby, &me), Some(IncidentId(3)));
    let late = Sighting {
        at: at(49 * 60),
        ..me.clone()
    };
    assert_eq!(joined(&nearby, &late), None);
    let other = Sighting {
        signature: signature("export/error"),
        ..me.clone()
    };
    assert_eq!(joined(&nearby, &other), None);

    let dismissed = IncidentChange::Dismissed {
        by: "anna".to_owned(),
        at: at(20),
    };
    nearby.incidents[0].apply(&dismissed);
    assert_eq!(joined(&nearby, &me), None);
    let same = Sighting {
        signature: signature("login/unavailable"),
        ..me
    };
    let outlook = Outlook::of(&nearby, same).unwrap();
    assert!(outlook.cooling(5).is_some() && outlook.cooling(6).is_none());
}

#[test]
fn incidents_are_kept_as_they_are_written() {
    let incident = incident();
    let json = serde_json::to_string(&IncidentChange::Opened(incident.clone())).unwrap();
    assert_eq!(
        serde_json::from_str::<IncidentChange>(&json).unwrap(),
        IncidentChange::Opened(incident)
    );
    let check =
        |text: &str, id: Option<u64>| assert_eq!(IncidentId::parse(text), id.map(IncidentId));
    check("I-3", Some(3));
    check(" i-3 ", Some(3));
    check("3", Some(3));
    check("EC-3", None);
}
