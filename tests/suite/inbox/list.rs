//! A desk that keeps a list: what arrived, in which order, and what it was told besides.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use triaged::daemon::desk::{Arrived, DeskError, Raw};
use triaged::daemon::inbox::{Intake, Large};
use triaged::daemon::store::{Archived, Cursor, Place};
use triaged::triage::decide::Trouble;

#[derive(Clone, Default)]
pub(super) struct ListDesk(Arc<Mutex<Listed>>);

#[derive(Default)]
pub(super) struct Listed {
    pub(super) cursors: BTreeMap<String, Cursor>,
    pub(super) arrived: Vec<Arrived>,
    pub(super) settled: BTreeSet<Place>,
    pub(super) batches: Vec<usize>,
    pub(super) troubles: Vec<Trouble>,
    pub(super) archive: Vec<Vec<u8>>,
    /// How often to say that the disk is full before taking anything.
    pub(super) full: usize,
}

impl Listed {
    pub(super) fn last_uid(&self) -> u32 {
        self.arrived.last().map_or(0, |mail| mail.place.uid)
    }
}

impl ListDesk {
    pub(super) fn listed(&self) -> MutexGuard<'_, Listed> {
        self.0.lock().unwrap()
    }

    pub(super) fn uids(&self) -> Vec<u32> {
        let listed = self.listed();
        listed.arrived.iter().map(|mail| mail.place.uid).collect()
    }

    pub(super) fn texts(&self) -> Vec<String> {
        let listed = self.listed();
        let text = |mail: &Arrived| match &mail.raw {
            Raw::Whole(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Raw::Large { archived, .. } => format!("large, {} bytes", archived.bytes),
        };
        listed.arrived.iter().map(text).collect()
    }

    /// Waits until so many mails have arrived in all.
    pub(super) async fn holds(&self, count: usize) {
        self.until(&format!("{count} mails"), |listed| {
            listed.arrived.len() >= count
        })
        .await;
    }

    pub(super) async fn until(&self, what: &str, condition: impl Fn(&Listed) -> bool) {
        for _ in 0..4000 {
            if condition(&self.listed()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never happened: {what}; there are {:?}", self.uids());
    }
}

impl Intake for ListDesk {
    type Large = LargeList;

    async fn cursor(&self, mailbox: &str) -> Result<Option<Cursor>, DeskError> {
        Ok(self.listed().cursors.get(mailbox).copied())
    }

    async fn begin_mailbox(&self, mailbox: &str, cursor: Cursor) -> Result<(), DeskError> {
        self.listed().cursors.insert(mailbox.to_owned(), cursor);
        Ok(())
    }

    type Read = Vec<Arrived>;

    async fn read(&self, mails: Vec<Arrived>) -> Result<Vec<Arrived>, DeskError> {
        Ok(mails)
    }

    async fn arrive(&self, mails: Vec<Arrived>) -> Result<(), DeskError> {
        let mut listed = self.listed();
        if listed.full > 0 {
            listed.full -= 1;
            return Err(DeskError::TryLater("the disk is full".to_owned()));
        }
        listed.batches.push(mails.len());
        for mail in mails {
            let cursor = listed.cursors.get_mut(&mail.place.mailbox).unwrap();
            assert!(mail.place.uid > cursor.uid, "mails arrive in order");
            cursor.uid = mail.place.uid;
            listed.settled.insert(mail.place.clone());
            listed.arrived.push(mail);
        }
        Ok(())
    }

    async fn settled(&self, places: &[Place]) -> Result<Vec<bool>, DeskError> {
        let listed = self.listed();
        Ok(places
            .iter()
            .map(|place| listed.settled.contains(place))
            .collect())
    }

    fn large_mail(&self) -> Result<LargeList, DeskError> {
        Ok(LargeList {
            desk: self.clone(),
            bytes: Vec::new(),
        })
    }

    async fn trouble(&self, trouble: Trouble) -> Result<(), DeskError> {
        self.listed().troubles.push(trouble);
        Ok(())
    }
}

pub(super) struct LargeList {
    desk: ListDesk,
    bytes: Vec<u8>,
}

impl Large for LargeList {
    fn write(&mut self, part: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(part);
        Ok(())
    }

    fn finish(self) -> io::Result<Archived> {
        let archived = Archived {
            file: "large".to_owned(),
            offset: 0,
            bytes: self.bytes.len() as u64,
            hash: blake3::hash(&self.bytes).to_hex().to_string(),
        };
        self.desk.listed().archive.push(self.bytes);
        Ok(archived)
    }
}
