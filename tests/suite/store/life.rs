//! Letters from their decision to their end, alarms, digests, large mails.

use std::collections::BTreeSet;

use triaged::daemon::store::{Cause, RawMail, Record, Store};
use triaged::triage::decide::Decision;
use triaged::triage::letter::{LetterId, Outcome};
use triaged::triage::promise::Metric;
use triaged::triage::ticket::{Change, TicketId};

use super::scribe::{
    change, commit, letter, minutes, morning, open, open_ticket_by, open_ticket_with, open_tickets,
    outcome, raw_mail, record, sent, verified,
};

fn due(store: &Store, minute: i64) -> Vec<u64> {
    let due = store
        .letters_due((minutes(minute), 100), |_| false, |_| true)
        .unwrap();
    due.iter().map(|waiting| waiting.letter.id.0).collect()
}

fn settle(store: &Store, id: u64, tries: u32, what: Outcome, minute: i64) {
    commit(store, |batch| {
        outcome(batch, id, tries, what, minutes(minute))
    })
    .unwrap();
}

fn later(minute: i64) -> Outcome {
    Outcome::Later {
        next_try: minutes(minute),
        why: "451 4.7.1 Greylisted".to_owned(),
        ambiguous: false,
    }
}

#[test]
fn a_letter_waits_until_its_outcome_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=3).unwrap();
    assert_eq!(due(&store, -1), [0_u64; 0], "nothing before it was written");
    assert_eq!(due(&store, 0), [1, 2, 3]);

    settle(&store, 1, 0, later(5), 1);
    settle(&store, 2, 0, sent(), 1);
    assert_eq!(due(&store, 4), [3]);
    assert_eq!(due(&store, 5), [3, 1], "the longest due first");
    let waiting = store.letter(LetterId(1)).unwrap().unwrap();
    assert_eq!(waiting.tries, 1);
    assert_eq!(waiting.last_answer.as_deref(), Some("451 4.7.1 Greylisted"));
    assert!(store.letter(LetterId(2)).unwrap().is_none());

    let refused = Outcome::Refused {
        why: "550 5.1.1 No such user".to_owned(),
    };
    settle(&store, 1, 1, refused, 6);
    settle(&store, 3, 0, Outcome::Dropped, 6);
    assert_eq!(due(&store, 10_000), [0_u64; 0]);
    assert_eq!(store.counts().waiting, 0);
    assert_eq!(store.next_letter_due().unwrap(), None);
    let left = store.sent_since(morning()).unwrap();
    assert_eq!(left.len(), 1, "only what left counts for the caps");
    assert_eq!(left[0].letter, LetterId(2));
    assert!(store.sent_since(minutes(2)).unwrap().is_empty());
    let timeline = store.timeline(TicketId(1)).unwrap();
    assert_eq!(
        timeline.len(),
        1,
        "an outcome without a ticket in its record has no entry"
    );
    drop(store);
    assert_eq!(verified(folder.path()).findings, [""; 0]);
}

#[test]
fn letters_leave_whole_from_memory_and_from_the_journal() {
    /// Five of them are more than the store keeps in memory.
    const TEXT_BYTES: usize = 2 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let whole = |store: &Store| {
        let due = store.letters_due((minutes(0), 100), |_| false, |_| true);
        let due = due.unwrap();
        assert_eq!(due.len(), 5);
        for (place, waiting) in due.iter().enumerate() {
            let text = waiting.letter.mime.trim_end();
            assert!(text.len() > TEXT_BYTES, "letter {place}");
            assert!(text.ends_with(&format!("end of {place}")));
        }
    };
    let store = open(folder.path());
    for place in 0..5_u32 {
        let words = format!("{}end of {place}\r\n", "words ".repeat(TEXT_BYTES / 6));
        commit(&store, |batch| {
            let raw = RawMail::compress(&raw_mail(place + 1)).unwrap();
            open_ticket_with(batch, place + 1, morning(), raw, &words)
        })
        .unwrap();
    }
    whole(&store);
    drop(store);
    whole(&open(folder.path()));
}

#[test]
fn an_outcome_that_comes_twice_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=1).unwrap();
    settle(&store, 1, 0, sent(), 1);
    assert!(store.is_settled(&Cause::Letter(LetterId(1), 0)).unwrap());
    settle(&store, 1, 0, sent(), 2);
    assert_eq!(store.counts().waiting, 0);
    assert_eq!(store.sent_since(morning()).unwrap().len(), 1);
}

#[test]
fn a_held_letter_waits_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    commit(&store, |batch| {
        let mut held = letter(batch.next_letter(), "ana@partner.example", morning());
        held.held = Some("names the vendor".to_owned());
        batch.push(&with_letter(held))
    })
    .unwrap();
    assert_eq!(due(&store, 10_000), [0_u64; 0]);
    assert_eq!((store.counts().waiting, store.counts().held), (1, 1));
    settle(&store, 1, 0, Outcome::Released, 7);
    assert_eq!(due(&store, 6), [0_u64; 0]);
    assert_eq!(due(&store, 7), [1]);
    assert_eq!((store.counts().waiting, store.counts().held), (1, 0));
}

fn with_letter(letter: triaged::triage::letter::Letter) -> Record {
    let cause = Cause::Order(format!("order {}", letter.id.0));
    Record {
        decision: Decision {
            letters: vec![letter],
            ..Decision::default()
        },
        ..record(cause, morning())
    }
}

#[test]
fn folded_letters_wait_for_the_digest_and_none_is_dropped() {
    const LETTERS: u64 = 450;
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for to in ["pm@everythingcloud.example", "duty@everythingcloud.example"] {
        commit(&store, |batch| {
            (0..LETTERS).try_for_each(|_| {
                let letter = letter(batch.next_letter(), to, morning());
                batch.push(&with_letter(letter))
            })
        })
        .unwrap();
    }
    commit(&store, |batch| {
        (1..=LETTERS).try_for_each(|id| {
            let folded = Outcome::Folded {
                why: "30 letters in 10 minutes".to_owned(),
                digest_at: minutes(10 + id as i64),
            };
            outcome(batch, id, 0, folded, minutes(1))
        })
    })
    .unwrap();
    let pm = "pm@everythingcloud.example";
    assert_eq!(store.counts().folded, LETTERS);
    assert_eq!(store.digests_due(minutes(10)).unwrap(), [""; 0]);
    assert_eq!(
        store.digests_due(minutes(11)).unwrap(),
        [pm],
        "the first letter says when"
    );
    // A released letter leaves the digest.
    settle(&store, 450, 1, Outcome::Released, 2);
    assert_eq!(store.counts().folded, LETTERS - 1);

    let mut told = BTreeSet::new();
    for round in 0_u64.. {
        let batch = store.batch().unwrap();
        let folded = batch.folded(pm).unwrap();
        if folded.is_empty() {
            break;
        }
        assert_eq!(store.digests_due(minutes(11)).unwrap(), [pm]);
        assert!(folded.len() <= 200, "a digest is read by a person");
        told.extend(folded.iter().map(|letter| letter.id.0));
        commit(&store, |batch| {
            let digest = letter(batch.next_letter(), pm, minutes(11));
            batch.push(&Record {
                folded: folded.iter().map(|letter| letter.id).collect(),
                cause: Cause::Digest(format!("{pm} {round}"), minutes(11)),
                ..with_letter(digest)
            })
        })
        .unwrap();
    }
    assert_eq!(told, (1..450).collect());
    assert_eq!(store.digests_due(minutes(10_000)).unwrap(), [""; 0]);
    assert_eq!(
        store.counts().waiting,
        LETTERS + 1 + 3,
        "the other contact's, the released one, three digests"
    );
    assert_eq!(store.counts().folded, 0);
    drop(store);
    assert_eq!(verified(folder.path()).findings, [""; 0]);
}

#[test]
fn an_alarm_rings_until_it_is_settled_and_not_after() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    open_tickets(&store, 1..=3).unwrap();
    let rings = minutes(30) + jiff::SignedDuration::from_secs(1);
    assert_eq!(store.next_alarm().unwrap(), Some(rings));
    assert!(store.alarms_due(minutes(30), 10).unwrap().is_empty());
    let all: Vec<_> = (1..=3).map(|id| (rings, TicketId(id))).collect();
    assert_eq!(store.alarms_due(rings, 10).unwrap(), all);

    // The first is answered in time, the second is solved, and for the third the decision finds nothing to do.
    let (first, second, third) = (TicketId(1), TicketId(2), TicketId(3));
    let kept = Change::Kept {
        metric: Metric::FirstResponse,
        at: minutes(3),
    };
    let solved = Change::Solved { at: minutes(4) };
    let order = |id: &str| Cause::Order(id.to_owned());
    commit(&store, |batch| {
        change(batch, first, order("a"), kept, minutes(3))
    })
    .unwrap();
    commit(&store, |batch| {
        change(batch, second, order("b"), solved, minutes(4))
    })
    .unwrap();
    assert_eq!(store.alarms_due(rings, 10).unwrap(), [(rings, third)]);
    commit(&store, |batch| {
        batch.push(&record(Cause::Alarm(third, rings), rings))
    })
    .unwrap();
    assert!(
        store.alarms_due(minutes(10_000), 10).unwrap().is_empty(),
        "it would ring for ever"
    );
    assert_eq!(store.counts().open, 2);
    drop(store);
    assert_eq!(verified(folder.path()).findings, [""; 0]);
}

#[test]
fn a_large_mail_is_kept_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let part: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut large = store.large_mail().unwrap();
    for _ in 0..3 {
        large.write(&part).unwrap();
    }
    let archived = large.finish().unwrap();
    assert_eq!(archived.bytes, 3_000_000);
    assert_eq!(
        archived.hash,
        blake3::hash(&part.repeat(3)).to_hex().to_string()
    );
    commit(&store, |batch| {
        open_ticket_by(batch, 1, morning(), RawMail::Archived(archived.clone()))
    })
    .unwrap();
    assert_eq!(store.raw(&archived, 10).unwrap(), part[..10]);
    assert!(store.raw(&archived, u64::MAX).unwrap() == part.repeat(3));

    let large_folder = folder.path().join("archive/large");
    let files = || std::fs::read_dir(&large_folder).unwrap().count();
    let mut given_up = store.large_mail().unwrap();
    given_up.write(&part).unwrap();
    assert_eq!(files(), 2);
    drop(given_up);
    assert_eq!(files(), 1, "what was not finished leaves nothing behind");
    drop(store);
    std::fs::write(large_folder.join("killed.part"), "half a mail").unwrap();
    let _store = open(folder.path());
    assert_eq!(files(), 1, "nor does it after a kill");
}
