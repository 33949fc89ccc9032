//! The whole road: from the store through guard and vans to relays, and the outcomes back to the store.

use std::path::Path;

use super::stand_in::{Does, StandIn, letter};
use super::*;
use crate::config::Tls;
use crate::daemon::desk::{self, Wake};
use crate::daemon::rules_in_force::RulesInForce;
use crate::daemon::stop::{self, Stopper};
use crate::daemon::store::{Cause, Folders, Record};
use crate::triage::decide::Decision;
use crate::triage::letter::Letter;

/// How long a test waits for what must come; it only matters when the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

struct House {
    store: Arc<Store>,
    wake: Wake,
    stopper: Stopper,
    handle: Handle,
    task: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl House {
    /// A house whose letters leave by these relays.
    fn open(relays: Vec<Relay>) -> Self {
        Self::with_limits(relays, Limits::default())
    }

    fn with_limits(relays: Vec<Relay>, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Clock::default());
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let rules = RulesInForce::start(&rules, folder.path(), clock.now()).unwrap();
        let (store, _opened) = Store::open(&Folders::new(folder.path()), &mut |_| {}).unwrap();
        let store = Arc::new(store);
        let wake = Wake::default();
        let desk = Desk::open(desk::Parts {
            store: Arc::clone(&store),
            rules,
            key: crate::daemon::key::load_or_make(&folder.path().join("key")).unwrap(),
            clock: Arc::clone(&clock),
            wake: wake.clone(),
            alarms_to: vec!["night@company.example".to_owned()],
            instance: "test".to_owned(),
        })
        .unwrap();
        let (stopper, stop) = stop::pair();
        let (handle, task) = start(Parts {
            store: Arc::clone(&store),
            relays: relays
                .into_iter()
                .map(|relay| (relay.name.clone(), relay))
                .collect(),
            limits,
            own_addresses: vec!["support@company.example".to_owned()],
            desk,
            clock,
            wake: Arc::clone(&wake.letters),
            stop,
        });
        Self {
            store,
            wake,
            stopper,
            handle,
            task: tokio::spawn(task),
            _folder: folder,
        }
    }

    /// Decides letters, as the desk would.
    fn decide(&self, letters: Vec<Letter>) {
        let mut batch = self.store.batch().unwrap();
        let first = letters.first().map_or(0, |letter| letter.id.0);
        batch
            .push(&Record {
                cause: Cause::Order(format!("letters from {first}")),
                at: jiff::Timestamp::now(),
                ticket: None,
                on_version: None,
                decision: Decision {
                    elsewhere: Vec::new(),
                    incidents: Vec::new(),
                    sighting: None,
                    changes: Vec::new(),
                    letters,
                    clues: Vec::new(),
                    because: Vec::new(),
                },
                mail: None,
                outcome: None,
                folded: Vec::new(),
                cursor: None,
                order: None,
            })
            .unwrap();
        self.store.commit(batch).unwrap();
        self.wake.letters.notify_one();
    }

    fn sent(&self) -> Vec<u64> {
        let rows = self.store.sent_since(jiff::Timestamp::MIN).unwrap();
        let mut sent: Vec<u64> = rows.iter().map(|row| row.letter.0).collect();
        sent.sort_unstable();
        sent
    }

    async fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// The n-th letter, to a client of its own.
fn nth(id: u64, relay: &str) -> Letter {
    Letter {
        ticket: None,
        relay: relay.to_owned(),
        to: format!("anna@northwind{id}.example"),
        written_at: jiff::Timestamp::now(),
        ..letter(id)
    }
}

fn dots(stand_in: &StandIn) -> usize {
    stand_in.seen().iter().filter(|line| *line == ".").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_leaves_once() {
    let relay = StandIn::start(Vec::new()).await;
    let house = House::open(vec![Relay {
        connections: 4,
        ..relay.relay(Tls::Plain)
    }]);
    house.decide((1..=400).map(|id| nth(id, "default")).collect());
    house.decide((401..=500).map(|id| nth(id, "unknown")).collect());
    house
        .until("500 letters", |house| house.sent().len() == 500)
        .await;
    assert_eq!(house.sent(), (1..=500).collect::<Vec<_>>());
    assert_eq!(dots(&relay), 500);
    assert!(house.store.waiting(1).unwrap().is_empty());
    assert_eq!(house.handle.status().first().unwrap().sent, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_relay_keeps_no_letters_of_others() {
    let silent = StandIn::start(vec![("EHLO", Does::IsSilent)]).await;
    let lively = StandIn::start(Vec::new()).await;
    let partner = Relay {
        name: "partner".to_owned(),
        ..silent.relay(Tls::Plain)
    };
    let house = House::open(vec![partner, lively.relay(Tls::Plain)]);
    house.decide((1..=600).map(|id| nth(id, "partner")).collect());
    house.decide((601..=610).map(|id| nth(id, "default")).collect());
    house
        .until("the others", |house| house.sent().len() == 10)
        .await;
    assert_eq!(house.sent(), (601..=610).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_locks_us_out_is_asked_once_and_told_of() {
    let relay = StandIn::start(vec![("MAIL", Does::Says("530 5.7.0 log in first"))]).await;
    let house = House::open(vec![relay.relay(Tls::Plain)]);
    house.decide((1..=50).map(|id| nth(id, "default")).collect());
    house
        .until("50 letters put off and an alarm", |house| {
            let waiting = house.store.waiting(100).unwrap();
            waiting.len() > 50 && waiting.iter().all(|waiting| waiting.tries == 1)
        })
        .await;
    let mails = relay
        .seen()
        .iter()
        .filter(|line| line.starts_with("MAIL"))
        .count();
    assert_eq!(mails, 1);
    let status = house.handle.status().first().unwrap().to_string();
    assert!(status.contains("DOES NOT ACCEPT US"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_the_dot_is_remembered_with_the_letter() {
    let relay = StandIn::start(vec![(".", Does::HangsUp)]).await;
    let house = House::open(vec![relay.relay(Tls::Plain)]);
    house.decide(vec![nth(1, "default")]);
    house
        .until("the outcome", |house| {
            house
                .store
                .letter(LetterId(1))
                .unwrap()
                .is_some_and(|waiting| waiting.tries == 1)
        })
        .await;
    let waiting = house.store.letter(LetterId(1)).unwrap().unwrap();
    assert!(waiting.ambiguous);
    assert_eq!(dots(&relay), 1, "it is not sent again at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_are_on_disk_when_the_outbox_has_stopped() {
    let relay = StandIn::start(Vec::new()).await;
    let house = House::open(vec![relay.relay(Tls::Plain)]);
    house.decide((1..=300).map(|id| nth(id, "default")).collect());
    house.until("some letters", |_| dots(&relay) > 20).await;
    house.stopper.stop();
    let sent = async {
        house.task.await.unwrap();
        let rows = house.store.sent_since(jiff::Timestamp::MIN).unwrap();
        rows.len()
    };
    let sent = tokio::time::timeout(PATIENCE, sent).await.unwrap();
    assert_eq!(sent, dots(&relay), "what the relay took is noted");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_wait_long_for_a_relay_that_is_down_are_told_of_once() {
    let lively = StandIn::start(Vec::new()).await;
    let down = |name: &str| Relay {
        name: name.to_owned(),
        // Nobody listens at the port that TCP keeps for itself.
        port: 1,
        ..lively.relay(Tls::Plain)
    };
    let limits = Limits {
        alarm_after: Duration::from_millis(50),
        ..Limits::default()
    };
    let relays = vec![lively.relay(Tls::Plain), down("north"), down("south")];
    let house = House::with_limits(relays, limits);
    let alarms = |_: &House| {
        let lines = lively.seen();
        let to_the_operators = |line: &&String| line.starts_with("RCPT TO:<night@");
        lines.iter().filter(to_the_operators).count()
    };
    house.decide((1..=3).map(|id| nth(id, "north")).collect());
    house.until("an alarm", |house| alarms(house) == 1).await;
    house.decide(vec![nth(11, "south")]);
    house.until("another", |house| alarms(house) >= 2).await;
    assert_eq!(alarms(&house), 2, "one for each relay");
    let shown: Vec<String> = house
        .handle
        .status()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(!shown[0].contains("WAIT"), "{shown:?}");
    for status in &shown[1..] {
        assert!(status.contains("LETTERS WAIT since"), "{status}");
        assert!(status.contains("refused"), "{status}");
    }
}
