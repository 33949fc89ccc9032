//! The desk: the one writer. Everything that happens comes here, is decided, and is on disk when the call returns.
//!
//! Inbox, outbox, alarm and control never meet one another; they meet here. Work that waits while a batch is
//! being written goes into the next batch, so one disk sync serves many.

mod clerk;
mod incidents;
mod log;
mod reader;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use self::clerk::{Clerk, Job, Waiting};
use super::clock::Clock;
use super::rules_in_force::RulesInForce;
use super::store::{Archived, Cause, Cursor, LargeMail, Place, Store, StoreError};
use crate::triage::decide::{Order, Trouble};
use crate::triage::incident::IncidentId;
use crate::triage::letter::{LetterId, Outcome};
use crate::triage::mail::thread::TokenKey;
use crate::triage::ticket::TicketId;

pub use self::incidents::{Ordered, With};

/// A mail as the inbox fetched it.
#[derive(Debug)]
pub struct Arrived {
    /// Where it lies on the server.
    pub place: Place,
    /// INTERNALDATE: when the mail server took it over.
    pub received_at: Timestamp,
    /// Its bytes.
    pub raw: Raw,
}

/// The bytes of a mail.
#[derive(Debug)]
pub enum Raw {
    /// All of them.
    Whole(Vec<u8>),
    /// It is over the size limit and has been streamed to the archive.
    Large {
        /// Where it lies.
        archived: Archived,
        /// Its header and first megabyte.
        beginning: Vec<u8>,
    },
}

/// Mails that have been read and wait to be decided.
#[derive(Debug)]
pub struct Read(Vec<reader::ReadMail>);

/// Why the desk did not take something. Nothing of it has happened; the same call may be made again.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The disk is full, or refuses for now.
    #[error("not now: {0}")]
    TryLater(String),
    /// A person ordered what cannot be done: why not, and what can be.
    #[error("{0}")]
    Refused(String),
    /// The daemon is stopping.
    #[error("the desk is closed")]
    Closed,
}

/// What the desk works with.
#[derive(Debug)]
pub struct Parts {
    /// Where decisions become durable.
    pub store: Arc<Store>,
    /// The rules in force.
    pub rules: Arc<RulesInForce>,
    /// For tokens in our letters.
    pub key: TokenKey,
    /// The present.
    pub clock: Arc<Clock>,
    /// Whom to wake after a commit.
    pub wake: Wake,
    /// The operators.
    pub alarms_to: Vec<String>,
    /// The name of this instance.
    pub instance: String,
}

/// Those who sleep until a commit gives them something to do.
#[derive(Clone, Debug, Default)]
pub struct Wake {
    /// Rung when a letter waits.
    pub letters: Arc<Notify>,
    /// Rung when an alarm may be due earlier than before.
    pub alarms: Arc<Notify>,
}

/// Jobs waiting for the clerk. When full, inbox and outbox wait: the mail server is a better queue than our memory.
const JOBS_WAITING_MAX: usize = 128;

/// A handle to the desk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    jobs: mpsc::Sender<Waiting>,
    store: Arc<Store>,
    rules: Arc<RulesInForce>,
    failed: watch::Receiver<Option<String>>,
}

impl Desk {
    /// Opens the desk: its clerk works on a thread of its own until the last handle is gone.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn open(parts: Parts) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(JOBS_WAITING_MAX);
        let (failing, failed) = watch::channel(None);
        let desk = Self {
            jobs,
            store: Arc::clone(&parts.store),
            rules: Arc::clone(&parts.rules),
            failed,
        };
        let clerk = Clerk::new(parts, failing);
        std::thread::Builder::new()
            .name("desk".to_owned())
            .spawn(move || clerk.work(waiting))?;
        Ok(desk)
    }

    /// How far a mailbox has been read; `None` before the first contact.
    ///
    /// # Errors
    /// [`DeskError::TryLater`] when the store cannot be read.
    pub async fn cursor(&self, mailbox: &str) -> Result<Option<Cursor>, DeskError> {
        self.store.cursor(mailbox).map_err(unread)
    }

    /// Sets the cursor at the first contact with a mailbox, or after its UIDVALIDITY has changed. Durable on return.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn begin_mailbox(&self, mailbox: &str, cursor: Cursor) -> Result<(), DeskError> {
        self.done(Job::BeginMailbox(mailbox.to_owned(), cursor))
            .await
    }

    /// Reads mails for [`Desk::arrive`], on a thread of its own: so one batch is read while the one before it is decided.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn read(&self, mails: Vec<Arrived>) -> Result<Read, DeskError> {
        let rules = self.rules.current();
        let read = tokio::task::spawn_blocking(move || reader::read_all(mails, &rules)).await;
        let read = read.map_err(|error| {
            DeskError::TryLater(format!("the mails could not be read: {error}"))
        })??;
        Ok(Read(read))
    }

    /// Takes mails of one mailbox, in ascending order of UID, with every UID between them either in the batch, settled
    /// or gone from the server. When it returns, all of them are decided and on disk, and the cursor has passed them.
    ///
    /// # Errors
    /// [`DeskError`]: none of them may be marked on the server.
    pub async fn arrive(&self, mails: Read) -> Result<(), DeskError> {
        self.done(Job::Mails(mails.0)).await
    }

    /// Which of these have been decided before.
    ///
    /// # Errors
    /// [`DeskError::TryLater`] when the store cannot be read.
    pub async fn settled(&self, places: &[Place]) -> Result<Vec<bool>, DeskError> {
        places
            .iter()
            .map(|place| {
                self.store
                    .is_settled(&Cause::Mail(place.clone()))
                    .map_err(unread)
            })
            .collect()
    }

    /// Begins to stream a large mail to the archive. The writer does blocking I/O in short pieces.
    ///
    /// # Errors
    /// [`DeskError::TryLater`] when the disk refuses.
    pub fn large_mail(&self) -> Result<LargeMail, DeskError> {
        self.store.large_mail().map_err(unread)
    }

    /// Tells what became of letters: id, how often each was tried (this time included), and the outcome. Durable on return.
    ///
    /// # Errors
    /// [`DeskError`]: report again.
    pub async fn outcomes(&self, outcomes: Vec<(LetterId, u32, Outcome)>) -> Result<(), DeskError> {
        self.done(Job::Outcomes(outcomes)).await
    }

    /// The folded letters to this contact are due as one digest.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn digest_due(&self, to: &str) -> Result<(), DeskError> {
        self.done(Job::DigestDue(to.to_owned())).await
    }

    /// Alarms that may be due: `decide` looks at each ticket's deadline again.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn alarms(&self, due: Vec<(Timestamp, TicketId)>) -> Result<(), DeskError> {
        self.done(Job::Alarms(due)).await
    }

    /// Incidents that may have to be looked at: `decide` looks at each of them again.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn incident_alarms(
        &self,
        due: Vec<(Timestamp, IncidentId)>,
    ) -> Result<(), DeskError> {
        self.done(Job::IncidentAlarms(due)).await
    }

    /// A person's order about an incident, with the random id of the request; the answer is a sentence.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn incident_order(&self, ordered: Ordered) -> Result<String, DeskError> {
        self.ask(Job::IncidentOrder(ordered)).await
    }

    /// Something is wrong with our own work: the operators are told, at most once an hour for the same thing.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn trouble(&self, trouble: Trouble) -> Result<(), DeskError> {
        self.done(Job::Trouble(trouble)).await
    }

    /// A person's order about a ticket or a letter, with the random id of the request; the answer is a sentence.
    ///
    /// # Errors
    /// [`DeskError`]
    pub async fn order(
        &self,
        id: String,
        ticket: Option<TicketId>,
        order: Order,
    ) -> Result<String, DeskError> {
        self.ask(Job::Order { id, ticket, order }).await
    }

    /// True if the clerk answers: the heartbeat hangs on it.
    pub async fn is_alive(&self) -> bool {
        self.done(Job::Alive).await.is_ok()
    }

    /// Returns, with a sentence, when the store is so damaged that only a restart mends it.
    pub async fn failed(&self) -> String {
        let mut failed = self.failed.clone();
        match failed.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or_default(),
            Err(_) => "the desk's thread has died".to_owned(),
        }
    }

    async fn done(&self, job: Job) -> Result<(), DeskError> {
        self.ask(job).await.map(|_sentence| ())
    }

    async fn ask(&self, job: Job) -> Result<String, DeskError> {
        let (sender, receiver) = oneshot::channel();
        self.jobs
            .send((job, sender))
            .await
            .map_err(|_| DeskError::Closed)?;
        receiver.await.map_err(|_| DeskError::Closed)?
    }
}

fn unread(error: StoreError) -> DeskError {
    DeskError::TryLater(error.to_string())
}
