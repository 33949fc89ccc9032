//! A small IMAP server that works, and that does wrong exactly what a test tells it to do.
//!
//! It speaks what triaged asks for, nothing else, and answers BAD to the rest, so that a test fails loudly when the
//! inbox begins to say something new.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::talk::talk;

const PASSWORD: &str = "secret";

/// A mail in the folder.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) uid: u32,
    pub(super) date: String,
    pub(super) bytes: Vec<u8>,
    pub(super) flags: Vec<String>,
}

/// What goes wrong, once, at the next command that begins with some words.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// Tagged NO with these words.
    No(&'static str),
    /// Tagged BAD with these words.
    Bad(&'static str),
    /// These lines come before the real answer.
    Say(&'static str),
    /// These bytes, and then the connection is closed.
    Break(&'static str),
    /// Nothing ever comes.
    Silence,
    /// An OK without the data that belongs to it.
    Empty,
}

/// The server's side of the story.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) greeting: String,
    pub(super) capabilities: String,
    pub(super) password: String,
    pub(super) uid_validity: u32,
    pub(super) uid_next: u32,
    pub(super) permanent_flags: String,
    pub(super) mails: Vec<Stored>,
    pub(super) moved: Vec<Stored>,
    pub(super) folders: Vec<String>,
    pub(super) faults: Vec<(&'static str, Fault)>,
    /// Mails whose body the server never gives out: the connection breaks, or NO is said.
    pub(super) poisoned: Vec<(u32, Fault)>,
    /// It answers a partial FETCH with the whole mail, as if it had never heard of the kind.
    pub(super) knows_no_parts: bool,
    /// Their headers it does not give out either.
    pub(super) headers_as_well: bool,
    /// Every command, without its tag.
    pub(super) commands: Vec<String>,
    pub(super) connections: usize,
}

pub(super) struct Server {
    pub(super) port: u16,
    /// The right password, for the mailbox's configuration.
    pub(super) secret: NamedTempFile,
    story: Arc<Mutex<Story>>,
    changed: watch::Sender<u64>,
}

impl Server {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let story = Arc::new(Mutex::new(Story {
            greeting: "* OK ready".to_owned(),
            capabilities: "IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN SASL-IR ID".to_owned(),
            password: PASSWORD.to_owned(),
            uid_validity: 7,
            uid_next: 1,
            permanent_flags: r"\Seen \Deleted \*".to_owned(),
            mails: Vec::new(),
            moved: Vec::new(),
            folders: vec!["INBOX".to_owned()],
            faults: Vec::new(),
            poisoned: Vec::new(),
            headers_as_well: false,
            knows_no_parts: false,
            commands: Vec::new(),
            connections: 0,
        }));
        let (changed, _) = watch::channel(0);
        let (theirs, wake) = (Arc::clone(&story), changed.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&theirs), wake.subscribe()));
            }
        });
        let secret = NamedTempFile::new().unwrap();
        std::fs::write(&secret, PASSWORD).unwrap();
        Self {
            port,
            secret,
            story,
            changed,
        }
    }

    pub(super) fn story(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap()
    }

    /// Puts a mail into the folder and tells those who idle. Its INTERNALDATE is far in the future, so it is never old.
    pub(super) fn deliver(&self, text: &str) -> u32 {
        self.deliver_dated(text.as_bytes().to_vec(), "01-Jan-2099 00:00:00 +0000")
    }

    pub(super) fn deliver_dated(&self, bytes: Vec<u8>, date: &str) -> u32 {
        let mut story = self.story();
        let uid = story.uid_next;
        story.uid_next += 1;
        story.mails.push(Stored {
            uid,
            date: date.to_owned(),
            bytes,
            flags: Vec::new(),
        });
        drop(story);
        self.changed.send_modify(|count| *count += 1);
        uid
    }

    /// A human or another client takes a mail away.
    pub(super) fn remove(&self, uid: u32) {
        self.story().mails.retain(|mail| mail.uid != uid);
        self.changed.send_modify(|count| *count += 1);
    }

    pub(super) fn fault(&self, command: &'static str, fault: Fault) {
        self.story().faults.push((command, fault));
    }

    /// UIDs of the mails that bear our keyword.
    pub(super) fn marked(&self) -> Vec<u32> {
        let story = self.story();
        let marked = |mail: &&Stored| mail.flags.iter().any(|flag| flag == "$Triaged");
        story
            .mails
            .iter()
            .filter(marked)
            .map(|mail| mail.uid)
            .collect()
    }

    pub(super) async fn until_marked(&self, count: usize) {
        let marked = |story: &Story| {
            let bears = |mail: &&Stored| mail.flags.iter().any(|flag| flag == "$Triaged");
            story.mails.iter().filter(bears).count()
        };
        self.until("so many are marked", |story| marked(story) >= count)
            .await;
    }

    pub(super) fn commands(&self, beginning: &str) -> Vec<String> {
        let story = self.story();
        let those = |line: &&String| line.starts_with(beginning);
        story.commands.iter().filter(those).cloned().collect()
    }

    /// Waits until the story fulfils a condition.
    pub(super) async fn until(&self, what: &str, condition: impl Fn(&Story) -> bool) {
        for _ in 0..2000 {
            if condition(&self.story()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!(
            "never happened: {what}; the story is {:#?}",
            self.story().commands
        );
    }
}
