//! Days made up by chance: however decisions fall into batches and wherever the store is opened again, the state is the
//! one that the journal tells.

use proptest::prelude::*;
use triaged::daemon::store::{Batch, Cause, Folders, Record, Store, StoreError, rebuild};
use triaged::triage::decide::Decision;
use triaged::triage::letter::{LetterId, Outcome};
use triaged::triage::promise::Metric;
use triaged::triage::ticket::{Change, TicketId};

use super::scribe::{
    change, closed, everything, letter, minutes, open, open_ticket, outcome, record, reply, sent,
    verified,
};

/// One thing that happens; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Happening {
    Mail,
    Reply(u64),
    Outcome(u64, u8),
    Solve(u64),
    Reopen(u64),
    Kept(u64),
    Broken(u64),
    Alarm,
    Notice(u8, bool),
    Digest(u8),
    Commit,
    OpenAgain,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    prop_oneof![
        4 => Just(Mail),
        2 => any::<u64>().prop_map(Reply),
        6 => (any::<u64>(), 0..7_u8).prop_map(|(letter, how)| Outcome(letter, how)),
        1 => any::<u64>().prop_map(Solve),
        1 => any::<u64>().prop_map(Reopen),
        1 => any::<u64>().prop_map(Kept),
        1 => any::<u64>().prop_map(Broken),
        1 => Just(Alarm),
        3 => (0..3_u8, any::<bool>()).prop_map(|(to, held)| Notice(to, held)),
        2 => (0..3_u8).prop_map(Digest),
        4 => Just(Commit),
        1 => Just(OpenAgain),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_state_is_what_the_journal_tells(day in prop::collection::vec(happening(), 1..120)) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let mut store = open(root);
        let mut batch = store.batch().unwrap();
        for (minute, happening) in (0..).zip(day) {
            if matches!(happening, Happening::Commit) {
                store.commit(batch).unwrap();
            } else if matches!(happening, Happening::OpenAgain) {
                drop(batch);
                closed(store);
                store = open(root);
            } else {
                happen(&store, &mut batch, happening, minute).unwrap();
                continue;
            }
            batch = store.batch().unwrap();
        }
        store.commit(batch).unwrap();
        let all = everything(&store);
        closed(store);
        prop_assert_eq!(verified(root).findings, [""; 0]);
        rebuild(&Folders::new(root), &mut |_| {}).unwrap();
        prop_assert_eq!(everything(&open(root)), all);
    }
}

fn happen(
    store: &Store,
    batch: &mut Batch,
    happening: Happening,
    minute: i64,
) -> Result<(), StoreError> {
    let at = minutes(minute);
    let uid = u32::try_from(minute).unwrap() + 1;
    let order = Cause::Order(format!("order {minute}"));
    let ticket = |number: u64| {
        let tickets = batch.next_ticket().0 - 1;
        (tickets > 0).then(|| TicketId(number % tickets + 1))
    };
    let metric = Metric::FirstResponse;
    match happening {
        Happening::Mail => open_ticket(batch, uid, at),
        Happening::Reply(number) => match ticket(number) {
            Some(id) => reply(batch, id, uid, at),
            None => Ok(()),
        },
        Happening::Solve(number) => on(batch, ticket(number), order, Change::Solved { at }, minute),
        Happening::Reopen(number) => on(
            batch,
            ticket(number),
            order,
            Change::Reopened { at },
            minute,
        ),
        Happening::Kept(number) => on(
            batch,
            ticket(number),
            order,
            Change::Kept { metric, at },
            minute,
        ),
        Happening::Broken(number) => {
            let broken = Change::Broken {
                metric,
                noticed_at: at,
            };
            on(batch, ticket(number), order, broken, minute)
        }
        Happening::Alarm => match store.alarms_due(minutes(10_000), 1)?.first() {
            Some((at, id)) => batch.push(&record(Cause::Alarm(*id, *at), *at)),
            None => Ok(()),
        },
        Happening::Outcome(number, how) => {
            let letters = batch.next_letter().0 - 1;
            let Some(id) = number.checked_rem(letters) else {
                return Ok(());
            };
            outcome(batch, id + 1, uid, outcome_of(how, minute), at)
        }
        Happening::Notice(to, held) => {
            let mut letter = letter(batch.next_letter(), &contact(to), at);
            letter.held = held.then(|| "names the vendor".to_owned());
            batch.push(&with_letter(order, letter, Vec::new(), minute))
        }
        Happening::Digest(to) => {
            let to = contact(to);
            let folded: Vec<LetterId> = batch.folded(&to)?.iter().map(|letter| letter.id).collect();
            let digest = letter(batch.next_letter(), &to, at);
            batch.push(&with_letter(Cause::Digest(to, at), digest, folded, minute))
        }
        Happening::Commit | Happening::OpenAgain => Ok(()),
    }
}

fn on(
    batch: &mut Batch,
    ticket: Option<TicketId>,
    cause: Cause,
    what: Change,
    minute: i64,
) -> Result<(), StoreError> {
    ticket.map_or(Ok(()), |id| change(batch, id, cause, what, minutes(minute)))
}

fn with_letter(
    cause: Cause,
    letter: triaged::triage::letter::Letter,
    folded: Vec<LetterId>,
    minute: i64,
) -> Record {
    Record {
        decision: Decision {
            letters: vec![letter],
            ..Decision::default()
        },
        folded,
        ..record(cause, minutes(minute))
    }
}

fn contact(number: u8) -> String {
    format!("contact-{number}@everythingcloud.example")
}

fn outcome_of(how: u8, minute: i64) -> Outcome {
    let why = "as it happens".to_owned();
    match how {
        0 => sent(),
        1 => Outcome::Refused { why },
        2 => Outcome::Withheld { why },
        3 => Outcome::Dropped,
        4 => Outcome::Released,
        5 => Outcome::Folded {
            why,
            digest_at: minutes(minute + 10),
        },
        _ => Outcome::Later {
            next_try: minutes(minute + 5),
            why,
            ambiguous: minute % 2 == 0,
        },
    }
}
