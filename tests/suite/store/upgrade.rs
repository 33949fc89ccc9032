//! Stores that earlier versions have written open with today's: nothing promised then is forgotten now.
//!
//! `version-1` is what a run of the demo left behind: journal, archive and identity. The state is not among them,
//! because it is made anew wherever its layout has changed.

use std::path::Path;

use triaged::daemon::store::{Filter, Store};
use triaged::triage::report::Urgency;

use super::scribe::{closed, copy, open_told, verified};

#[test]
fn a_store_of_version_1_opens_whole() {
    let written = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/store/version-1");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    copy(&written, &root);
    let (store, opened) = open_told(&root).unwrap();
    assert_eq!(opened.torn_bytes, 0);
    assert_eq!(opened.applied, 46, "every record of the journal");
    let all = store
        .tickets(&Filter {
            limit: usize::MAX,
            ..Filter::default()
        })
        .unwrap();
    assert_eq!(all.len(), 12);
    let outage = store.ticket_by_number("EC-6").unwrap().expect("the outage");
    assert_eq!((outage.level, outage.urgency), (3, Urgency::Critical));
    assert_eq!(outage.client.as_deref(), Some("Harbor Bank"));
    for ticket in &all {
        let mails = store.mails_of(ticket.id).unwrap();
        assert!(!mails.is_empty(), "{} came by a mail", ticket.number);
        for mail in mails {
            let raw = store.raw(&mail.archived, u64::MAX).unwrap();
            assert_eq!(raw.len() as u64, mail.archived.bytes);
        }
    }
    assert_eq!(letters_left(&store), 29, "as the demo counts them");
    assert_eq!(store.counts().waiting, 0);
    closed(store);
    assert_eq!(verified(&root).findings, [""; 0]);
}

fn letters_left(store: &Store) -> usize {
    let ever = jiff::Timestamp::MIN;
    store.sent_since(ever).unwrap().len()
}
