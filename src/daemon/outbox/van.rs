//! Vans carry letters to a relay: a few connections each, kept while there is work, closed when it is quiet.
//!
//! A relay that is down or does not accept us keeps its vans waiting; the other relays' go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex, mpsc};

use super::relay::{Connection, PATIENCE, SendError};
use super::rest::{self, Rest};
use super::status::Board;
use super::{Parts, pace};
use crate::config::Relay;
use crate::daemon::clock::Clock;
use crate::daemon::desk::Desk;
use crate::daemon::store::Waiting;
use crate::triage::decide::Trouble;
use crate::triage::letter::{Letter, LetterId, Outcome};

/// The relay of letters that name none that we know; the configuration always has it.
pub const DEFAULT_RELAY: &str = "default";

/// Letters waiting for a van of one relay.
const LETTERS_WAITING_MAX: usize = 256;

/// A quiet connection is closed: relays count open ones.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// Letters that waited for a relay to come back do so over this time, not all in one moment.
const COME_BACK_WITHIN_SECONDS: i64 = 15;

/// A letter that came back, with what became of it.
#[derive(Clone, Debug)]
pub(super) struct Delivered {
    pub(super) letter: LetterId,
    pub(super) tries: u32,
    pub(super) outcome: Outcome,
}

impl Delivered {
    /// True if the letter will not be tried again.
    pub(super) fn is_final(&self) -> bool {
        match self.outcome {
            Outcome::Sent { .. }
            | Outcome::Refused { .. }
            | Outcome::Withheld { .. }
            | Outcome::Dropped => true,
            Outcome::Later { .. } | Outcome::Folded { .. } | Outcome::Released => false,
        }
    }
}

/// The vans of all relays.
pub(super) struct Fleet {
    waiting: BTreeMap<String, mpsc::Sender<Waiting>>,
}

impl Fleet {
    pub(super) fn new(parts: &Parts, board: Board, delivered: mpsc::Sender<Delivered>) -> Self {
        let mut waiting = BTreeMap::new();
        for relay in parts.relays.values() {
            let (sender, receiver) = mpsc::channel(LETTERS_WAITING_MAX);
            let receiver = Arc::new(Mutex::new(receiver));
            let rest = Arc::new(Rest::default());
            for _ in 0..relay.connections {
                let van = Van {
                    relay: relay.clone(),
                    letters: Arc::clone(&receiver),
                    delivered: delivered.clone(),
                    board: board.clone(),
                    rest: Arc::clone(&rest),
                    desk: parts.desk.clone(),
                    clock: Arc::clone(&parts.clock),
                    give_up_after: parts.limits.give_up_after,
                };
                tokio::spawn(van.drive());
            }
            waiting.insert(relay.name.clone(), sender);
        }
        Self { waiting }
    }

    /// The relay that takes a letter; one that the configuration does not name is the default one.
    pub(super) fn road(&self, letter: &Letter) -> String {
        if self.waiting.contains_key(&letter.relay) {
            letter.relay.clone()
        } else {
            DEFAULT_RELAY.to_owned()
        }
    }

    /// Hands a letter to the vans of a relay.
    pub(super) async fn send(&self, road: &str, waiting: Waiting) {
        if let Some(relay) = self.waiting.get(road) {
            // The vans live as long as this sender.
            let _gone = relay.send(waiting).await;
        }
    }

    /// Lets the vans come home when they have delivered what they hold.
    pub(super) fn no_more(&mut self) {
        self.waiting.clear();
    }
}

struct Van {
    relay: Relay,
    letters: Arc<Mutex<mpsc::Receiver<Waiting>>>,
    delivered: mpsc::Sender<Delivered>,
    board: Board,
    rest: Arc<Rest>,
    desk: Desk,
    clock: Arc<Clock>,
    give_up_after: Duration,
}

impl Van {
    /// Delivers until there are no more letters to come.
    async fn drive(self) {
        let mut connection: Option<Connection> = None;
        loop {
            let next = async { self.letters.lock().await.recv().await };
            let waiting = match tokio::time::timeout(IDLE_MAX, next).await {
                Ok(Some(waiting)) => waiting,
                Ok(None) => break,
                Err(_quiet) => {
                    if let Some(connection) = connection.take() {
                        connection.quit().await;
                    }
                    continue;
                }
            };
            let relay = &self.relay.name;
            self.board.change(relay, |status| status.in_flight += 1);
            let outcome = self.deliver(&mut connection, &waiting).await;
            self.board.change(relay, |status| status.in_flight -= 1);
            let delivered = Delivered {
                letter: waiting.letter.id,
                tries: waiting.tries + 1,
                outcome,
            };
            if self.delivered.send(delivered).await.is_err() {
                break;
            }
        }
        if let Some(connection) = connection {
            connection.quit().await;
        }
    }

    async fn deliver(&self, kept: &mut Option<Connection>, waiting: &Waiting) -> Outcome {
        if let Some(alone) = self.rest.may_try(self.clock.now()) {
            let why = format!("not tried, the relay rests: {}", alone.why);
            return after_rest(alone.until, why);
        }
        let reused = kept.is_some();
        let mut sent = self.try_once(kept, waiting).await;
        // A relay may close a connection that was quiet; that says nothing about the letter.
        if reused && matches!(sent, Err(Failure::Letter(SendError::Lost(_)))) {
            sent = self.try_once(kept, waiting).await;
        }
        let now = self.clock.now();
        match sent {
            Ok(answer) => {
                self.rest.took(&waiting.letter.envelope_from, now);
                self.board.change(&self.relay.name, |status| {
                    status.sent += 1;
                    status.last_sent = Some(now);
                    status.locked_out = None;
                });
                Outcome::Sent { answer }
            }
            Err(Failure::Relay(error)) => {
                self.note(&error, waiting, now);
                self.relay_failed(&error, waiting, now).await
            }
            Err(Failure::Letter(error)) => {
                self.note(&error, waiting, now);
                self.letter_failed(&error, waiting, now).await
            }
        }
    }

    /// One try; the connection is kept only after success.
    async fn try_once(
        &self,
        kept: &mut Option<Connection>,
        waiting: &Waiting,
    ) -> Result<String, Failure> {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => Connection::open(&self.relay, PATIENCE)
                .await
                .map_err(Failure::Relay)?,
        };
        let answer = match connection.send(&waiting.letter).await {
            Ok(answer) => answer,
            Err(error @ SendError::LockedOut(_)) => return Err(Failure::Relay(error)),
            Err(error) => return Err(Failure::Letter(error)),
        };
        *kept = Some(connection);
        Ok(answer)
    }

    fn note(&self, error: &SendError, waiting: &Waiting, now: Timestamp) {
        let letter = &waiting.letter;
        let age = pace::age(letter.written_at, now);
        tracing::warn!(letter = letter.id.0, to = %letter.to, relay = %self.relay.name, %error, age, tries = waiting.tries + 1, "A letter did not leave.");
        self.board.change(&self.relay.name, |status| {
            status.last_error = Some((now, error.to_string()));
        });
    }

    /// The letter waits until the relay has rested. Only a letter that was really tried is ever given up.
    async fn relay_failed(&self, error: &SendError, waiting: &Waiting, now: Timestamp) -> Outcome {
        let news = self.rest.failed(error, now);
        if let SendError::LockedOut(why) = error {
            self.board.change(&self.relay.name, |status| {
                status.locked_out = Some(why.clone());
            });
            if news {
                self.tell_of_lock_out(why).await;
            }
        }
        if let Some(given_up) = self.given_up(waiting, now, &error.to_string()) {
            return given_up;
        }
        let until = self.rest.at(now).map_or(now, |alone| alone.until);
        after_rest(until, with_age(error, waiting, now))
    }

    async fn letter_failed(&self, error: &SendError, waiting: &Waiting, now: Timestamp) -> Outcome {
        let ambiguous = match error {
            SendError::Refused(why) => {
                self.rest.over();
                return Outcome::Refused { why: why.clone() };
            }
            SendError::SenderDenied(why) => {
                let sender = rest::without_tag(&waiting.letter.envelope_from);
                if self.rest.denied(&sender, now) {
                    self.tell_of_lock_out(&format!("it does not let us send as {sender}: {why}"))
                        .await;
                }
                false
            }
            SendError::TryLater(_) => {
                self.rest.over();
                false
            }
            SendError::Ambiguous(_) => true,
            SendError::Lost(_) | SendError::LockedOut(_) => false,
        };
        if let Some(given_up) = self.given_up(waiting, now, &error.to_string()) {
            return given_up;
        }
        Outcome::Later {
            next_try: pace::next_try(waiting.tries + 1, now, fastrand::f64()),
            why: with_age(error, waiting, now),
            ambiguous,
        }
    }

    fn given_up(&self, waiting: &Waiting, now: Timestamp, why: &str) -> Option<Outcome> {
        let written_at = waiting.letter.written_at;
        pace::is_given_up(written_at, now, self.give_up_after).then(|| Outcome::Refused {
            why: format!("given up, {}; last: {why}", pace::age(written_at, now)),
        })
    }

    async fn tell_of_lock_out(&self, why: &str) {
        let trouble = Trouble::RelayLockedOut {
            relay: self.relay.name.clone(),
            why: why.to_owned(),
        };
        if let Err(error) = self.desk.trouble(trouble).await {
            tracing::warn!(%error, "The operators could not be told.");
        }
    }
}

/// Whose failure it was.
enum Failure {
    /// The relay's: all letters to it would fail the same way.
    Relay(SendError),
    /// This letter's, as far as we know.
    Letter(SendError),
}

fn after_rest(until: Timestamp, why: String) -> Outcome {
    let spread = jiff::SignedDuration::from_secs(fastrand::i64(0..=COME_BACK_WITHIN_SECONDS));
    Outcome::Later {
        next_try: until.checked_add(spread).unwrap_or(until),
        why,
        ambiguous: false,
    }
}

fn with_age(error: &SendError, waiting: &Waiting, now: Timestamp) -> String {
    format!("{error} ({})", pace::age(waiting.letter.written_at, now))
}
