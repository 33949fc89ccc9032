//! One trouble of several clients on a real desk and a real store: opened, joined, shown, taken apart, solved, and the
//! same after the state was made anew from the journal.

use std::path::Path;
use std::sync::Arc;

use triaged::daemon::clock::Clock;
use triaged::daemon::desk::{Arrived, Desk, Ordered, Parts, Raw, Wake, With};
use triaged::daemon::rules_in_force::RulesInForce;
use triaged::daemon::store::{Cursor, Filter, Folders, Place, Store};
use triaged::triage::decide::IncidentOrder;
use triaged::triage::incident::{Incident, IncidentId, Standing};
use triaged::triage::letter::Purpose;
use triaged::triage::report::Urgency;
use triaged::triage::ticket::Ticket;

const MAILBOX: &str = "support@everythingcloud.com";

struct House {
    folder: tempfile::TempDir,
    store: Arc<Store>,
    desk: Desk,
    clock: Arc<Clock>,
    uid: u32,
}

impl House {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Clock::default());
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let rules = RulesInForce::start(&rules, folder.path(), clock.now()).unwrap();
        let (store, _) = Store::open(&Folders::new(folder.path()), &mut |_| {}).unwrap();
        let store = Arc::new(store);
        let desk = Desk::open(Parts {
            store: Arc::clone(&store),
            rules,
            key: triaged::daemon::key::load_or_make(&folder.path().join("key")).unwrap(),
            clock: Arc::clone(&clock),
            wake: Wake::default(),
            alarms_to: vec!["night@company.example".to_owned()],
            instance: "test".to_owned(),
        })
        .unwrap();
        let cursor = Cursor {
            uid_validity: 1,
            uid: 0,
            answer_since: "2020-01-01T00:00:00Z".parse().unwrap(),
            left_alone_until: None,
        };
        desk.begin_mailbox(MAILBOX, cursor).await.unwrap();
        Self {
            folder,
            store,
            desk,
            clock,
            uid: 0,
        }
    }

    async fn mail(&mut self, from: &str, words: &str) {
        self.uid += 1;
        let raw = format!(
            "From: Someone <{from}>\r\nTo: {MAILBOX}\r\nSubject: Trouble\r\nMessage-ID: <m{}@story.example>\r\n\r\n{words}\r\n",
            self.uid
        );
        let arrived = Arrived {
            place: Place {
                mailbox: MAILBOX.to_owned(),
                uid_validity: 1,
                uid: self.uid,
            },
            received_at: self.clock.now(),
            raw: Raw::Whole(raw.into_bytes()),
        };
        let read = self.desk.read(vec![arrived]).await.unwrap();
        self.desk.arrive(read).await.unwrap();
    }

    fn tickets(&self) -> Vec<Ticket> {
        let filter = Filter {
            limit: 100,
            ..Filter::default()
        };
        let mut tickets = self.store.tickets(&filter).unwrap();
        tickets.reverse();
        tickets
    }

    fn incident(&self) -> Incident {
        self.store.incident(IncidentId(1)).unwrap().unwrap()
    }

    async fn order(&self, order: IncidentOrder) -> Result<String, String> {
        let ordered = Ordered {
            id: format!("{:?}", order),
            incident: IncidentId(1),
            order,
            with: With::Nothing,
        };
        self.desk
            .incident_order(ordered)
            .await
            .map_err(|error| error.to_string())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_clients_make_one_incident_with_one_ladder() {
    let mut house = House::open().await;
    house
        .mail(
            "a@northwind.example",
            "Harbor Bank: every CSV export stops with ERR_EXPORT_17.",
        )
        .await;
    house
        .mail(
            "b@northwind.example",
            "City of Lindenau reports that the CSV export fails with ERR_EXPORT_17.",
        )
        .await;
    assert_eq!(
        house.incident().standing,
        Standing::Maybe,
        "two clients with one error code"
    );
    house
        .mail(
            "c@brightdesk.example",
            "der CSV-Export bricht mit Fehler ERR_EXPORT_17 ab.",
        )
        .await;

    let incident = house.incident();
    assert_eq!(
        (incident.standing, incident.clients()),
        (Standing::Open, 3),
        "{incident:#?}"
    );
    assert!(incident.members.iter().all(|member| member.knows));
    let tickets = house.tickets();
    for ticket in &tickets {
        assert_eq!(
            (ticket.life.incident, ticket.urgency, ticket.level),
            (Some(IncidentId(1)), Urgency::Critical, 3)
        );
    }
    let climbing: Vec<&str> = tickets
        .iter()
        .filter(|ticket| ticket.life.climb.is_some())
        .map(|ticket| ticket.number.as_str())
        .collect();
    assert_eq!(
        climbing,
        [incident.member(incident.lead).unwrap().number.as_str()],
        "one ladder"
    );

    // A further report joins; nobody climbs for it.
    house
        .mail(
            "x@cobalt.example",
            "our CSV export fails, too: ERR_EXPORT_17",
        )
        .await;
    assert_eq!(house.incident().clients(), 4);
    assert!(house.tickets()[3].life.climb.is_none());
    let letters = house.store.waiting(100).unwrap();
    let escalations = letters
        .iter()
        .filter(|letter| letter.letter.purpose == Purpose::Escalation)
        .count();
    assert_eq!(escalations, 3, "the first step of one ladder");
    set_right(&house).await;
    made_anew(house).await;
}

/// One is taken out, and the others are solved with the incident.
async fn set_right(house: &House) {
    let third = house.tickets()[2].id;
    let by = "anna".to_owned();
    let split = IncidentOrder::Split {
        tickets: vec![third],
        by: by.clone(),
    };
    house.order(split.clone()).await.unwrap();
    assert_eq!(house.tickets()[2].life.incident, None);
    let again = IncidentOrder::Split {
        tickets: vec![third],
        by: "ben".to_owned(),
    };
    assert!(
        house
            .order(again)
            .await
            .unwrap_err()
            .contains("none of these tickets")
    );
    let answer = house
        .order(IncidentOrder::Solve {
            with_tickets: true,
            by: by.clone(),
        })
        .await
        .unwrap();
    assert!(answer.contains("I-1 is solved"), "{answer}");
    let open: Vec<bool> = house.tickets().iter().map(Ticket::is_open).collect();
    assert_eq!(open, [false, false, true, false]);
    assert!(
        house
            .order(IncidentOrder::Dismiss { by })
            .await
            .unwrap_err()
            .contains("solved already")
    );
}

/// The journal knows all of it.
async fn made_anew(house: House) {
    let (incident, tickets) = (house.incident(), house.tickets());
    let House {
        folder,
        store,
        desk,
        ..
    } = house;
    drop(desk);
    while Arc::strong_count(&store) > 1 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    drop(store);
    std::fs::remove_dir_all(folder.path().join("state")).unwrap();
    let (store, opened) = Store::open(&Folders::new(folder.path()), &mut |_| {}).unwrap();
    assert!(opened.rebuilt.is_some());
    assert_eq!(store.incident(IncidentId(1)).unwrap().unwrap(), incident);
    for ticket in tickets {
        assert_eq!(store.ticket(ticket.id).unwrap().unwrap(), ticket);
    }
}
