//! Store to SMTP: letters that are due leave, and what became of them goes back to the desk.
//!
//! A letter is in the store until its outcome is. Should we die in between, the same letter leaves again, with the same
//! Message-ID. One task takes letters from the store and lets them pass the guard; each relay has a few connections.

mod guard;
mod late;
mod pace;
mod probe;
mod relay;
mod rest;
#[cfg(test)]
mod stand_in;
mod status;
#[cfg(test)]
mod tests;
mod van;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use self::guard::{Guard, Verdict};
use self::status::Board;
use self::van::{Delivered, Fleet};
use super::clock::Clock;
use super::desk::{Desk, DeskError};
use super::stop::Stop;
use super::store::{Store, StoreError, Waiting};
use crate::config::{Limits, Relay};
use crate::triage::letter::{LetterId, Outcome};

pub use self::probe::{Probed, Sender, probe};
pub use self::status::{Handle, Late, RelayStatus};
pub use self::van::DEFAULT_RELAY;

/// Letters taken from the store in one round.
const LETTERS_PER_ROUND_MAX: usize = 256;

/// Letters on their way at once; the rest waits in the store.
const ON_THE_WAY_MAX: usize = 512;

/// Of these, by one relay: a few silent relays do not keep the letters of the others.
const ON_ONE_ROAD_MAX: usize = ON_THE_WAY_MAX / 4;

/// How far past the letters of a relay that is full we look for letters of others.
const LOOK_PAST_MAX: usize = 2_048;

/// Looking into the store for a single letter costs as much as for many, so it waits until so many have come back,
const WORTH_A_ROUND: usize = 32;

/// or this long.
const ROUND_PAUSE: Duration = Duration::from_millis(20);

/// Outcomes told to the desk in one go.
const OUTCOMES_PER_TELLING_MAX: usize = 128;

/// The longest sleep: a clock that was set is noticed by then.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// How long to wait when store or desk cannot.
const TROUBLE_PAUSE: Duration = Duration::from_secs(2);

/// Letters in flight are waited for so long when the daemon stops.
const LAND_WITHIN: Duration = Duration::from_secs(30);

/// What the outbox works with.
#[derive(Debug)]
pub struct Parts {
    /// Where letters wait.
    pub store: Arc<Store>,
    /// By name; `default` is always there.
    pub relays: BTreeMap<String, Relay>,
    /// The caps.
    pub limits: Limits,
    /// Every address that reaches us.
    pub own_addresses: Vec<String>,
    /// Where outcomes go.
    pub desk: Desk,
    /// The present.
    pub clock: Arc<Clock>,
    /// Rung when a letter waits.
    pub wake: Arc<Notify>,
    /// The wish to stop.
    pub stop: Stop,
}

/// Makes the outbox: a handle for `status`, and the task that sends until told to stop.
pub fn start(parts: Parts) -> (Handle, impl Future<Output = ()> + Send + 'static) {
    let board = Board::new(&parts.relays);
    let handle = board.handle();
    let watch = late::Watch::new(&parts, board.clone());
    let work = async move {
        tokio::join!(run(parts, board), watch.keep());
    };
    (handle, work)
}

async fn run(parts: Parts, board: Board) {
    let since = parts.clock.now() - jiff::SignedDuration::from_hours(1);
    let sent = parts.store.sent_since(since).unwrap_or_else(|error| {
        tracing::warn!(%error, "What was sent before is not known; the caps begin anew.");
        Vec::new()
    });
    let guard = Guard::new(parts.limits.clone(), parts.own_addresses.clone(), &sent);
    let (delivered, deliveries) = mpsc::channel(ON_THE_WAY_MAX);
    let fleet = Fleet::new(&parts, board, delivered);
    let mut outbox = Outbox {
        parts,
        guard,
        fleet,
        deliveries,
        on_the_way: HashMap::new(),
        landed: 0,
        stopping: None,
    };
    let mut is_worth_a_round = true;
    while !outbox.parts.stop.is_set() {
        let pause = if is_worth_a_round || outbox.landed >= WORTH_A_ROUND {
            outbox.work().await
        } else {
            ROUND_PAUSE
        };
        is_worth_a_round = true;
        tokio::select! {
            () = outbox.parts.stop.wait() => break,
            // Our own outcomes ring, too.
            () = outbox.parts.wake.notified() => is_worth_a_round = outbox.on_the_way.is_empty(),
            Some(first) = outbox.deliveries.recv() => {
                outbox.settle(first).await;
                is_worth_a_round = outbox.on_the_way.is_empty();
            }
            () = tokio::time::sleep(pause) => {}
        }
    }
    outbox.land().await;
}

/// Why a round ended early. Nothing is lost; the next round begins anew.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Desk(#[from] DeskError),
}

struct Outbox {
    parts: Parts,
    guard: Guard,
    fleet: Fleet,
    deliveries: mpsc::Receiver<Delivered>,
    /// Sent off, and by which relay, or back with an outcome that is not yet on disk: not to be sent off again.
    on_the_way: HashMap<LetterId, String>,
    /// Letters whose outcome reached the disk since the last round.
    landed: usize,
    /// Since when we are to stop.
    stopping: Option<Instant>,
}

impl Outbox {
    /// A round; tells how long to sleep.
    async fn work(&mut self) -> Duration {
        self.landed = 0;
        self.round().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "The outbox could not work now.");
            TROUBLE_PAUSE
        })
    }

    /// Sends off what is due.
    async fn round(&mut self) -> Result<Duration, RoundError> {
        let now = self.parts.clock.now();
        for to in self.parts.store.digests_due(now)? {
            self.parts.desk.digest_due(&to).await?;
        }
        let room = ON_THE_WAY_MAX.saturating_sub(self.on_the_way.len());
        if room == 0 {
            return Ok(SLEEP_MAX);
        }
        let fresh = self.fresh(room)?;
        if fresh.is_empty() {
            return Ok(self.sleep()?);
        }
        let mut kept_back = Vec::new();
        for waiting in fresh {
            self.send_off(waiting, &mut kept_back).await;
        }
        self.tell(kept_back).await?;
        // More may be due than one round takes.
        Ok(Duration::ZERO)
    }

    /// Letters that are due, not on their way, and not too many for one relay.
    fn fresh(&self, room: usize) -> Result<Vec<Waiting>, StoreError> {
        let mut roads: HashMap<String, usize> = HashMap::new();
        for road in self.on_the_way.values() {
            *roads.entry(road.clone()).or_default() += 1;
        }
        let is_one_full = roads.values().any(|letters| *letters >= ON_ONE_ROAD_MAX);
        let further = if is_one_full { LOOK_PAST_MAX } else { 0 };
        let most = LETTERS_PER_ROUND_MAX + further;
        let mut taken = 0;
        self.parts.store.letters_due(
            (self.parts.clock.now(), most),
            |id| self.on_the_way.contains_key(&id),
            |letter| {
                let letters = roads.entry(self.fleet.road(letter)).or_default();
                let has_room = taken < room && *letters < ON_ONE_ROAD_MAX;
                *letters += usize::from(has_room);
                taken += usize::from(has_room);
                has_room
            },
        )
    }

    async fn send_off(&mut self, waiting: Waiting, kept_back: &mut Vec<(LetterId, u32, Outcome)>) {
        let (id, tries) = (waiting.letter.id, waiting.tries + 1);
        let verdict = self.guard.admit(&waiting.letter, self.parts.clock.now());
        let outcome = match verdict {
            Verdict::Go => {
                let road = self.fleet.road(&waiting.letter);
                self.on_the_way.insert(id, road.clone());
                self.fleet.send(&road, waiting).await;
                return;
            }
            Verdict::Withhold(why) => Outcome::Withheld { why },
            Verdict::Fold { why, digest_at } => Outcome::Folded { why, digest_at },
        };
        kept_back.push((id, tries, outcome));
    }

    fn sleep(&self) -> Result<Duration, StoreError> {
        let now = self.parts.clock.now();
        // Letters on the way stand in the index as due; their return wakes us.
        if !self.on_the_way.is_empty() {
            return Ok(SLEEP_MAX);
        }
        let next = self.parts.store.next_letter_due()?;
        Ok(next.map_or(SLEEP_MAX, |next| {
            Duration::try_from(next.duration_since(now))
                .unwrap_or(Duration::ZERO)
                .min(SLEEP_MAX)
        }))
    }

    /// Tells the desk of a delivery and of all others that have come back meanwhile.
    async fn settle(&mut self, first: Delivered) {
        let mut outcomes = vec![first];
        while outcomes.len() < OUTCOMES_PER_TELLING_MAX {
            let Ok(next) = self.deliveries.try_recv() else {
                break;
            };
            outcomes.push(next);
        }
        let told: Vec<_> = outcomes
            .iter()
            .map(|delivered| (delivered.letter, delivered.tries, delivered.outcome.clone()))
            .collect();
        while let Err(error) = self.tell_again(&told).await {
            // The letter has left, so its outcome must reach the disk before the letter may be looked at again.
            tracing::warn!(%error, "Outcomes of letters could not be kept; they are kept back until they can.");
            if matches!(error, DeskError::Closed) || self.land_within().is_zero() {
                return;
            }
            tokio::time::sleep(TROUBLE_PAUSE).await;
        }
        self.landed += outcomes.len();
        for delivered in outcomes {
            self.on_the_way.remove(&delivered.letter);
            if delivered.is_final() {
                self.guard.ended(delivered.letter);
            }
        }
    }

    async fn tell_again(&self, outcomes: &[(LetterId, u32, Outcome)]) -> Result<(), DeskError> {
        self.parts.desk.outcomes(outcomes.to_vec()).await
    }

    async fn tell(&self, outcomes: Vec<(LetterId, u32, Outcome)>) -> Result<(), DeskError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        self.parts.desk.outcomes(outcomes).await
    }

    /// Waits for the letters in flight, and for their outcomes to be on disk.
    async fn land(mut self) {
        self.fleet.no_more();
        while !self.on_the_way.is_empty() {
            let left = self.land_within();
            let Ok(Some(first)) = tokio::time::timeout(left, self.deliveries.recv()).await else {
                tracing::warn!(
                    letters = self.on_the_way.len(),
                    "Letters were still on their way; they leave again at the next start, with the same Message-ID."
                );
                return;
            };
            self.settle(first).await;
        }
    }

    /// How long letters may still take to land, now that we are to stop; before that, as long as they like.
    fn land_within(&mut self) -> Duration {
        if !self.parts.stop.is_set() {
            return LAND_WITHIN;
        }
        let since = *self.stopping.get_or_insert_with(Instant::now);
        LAND_WITHIN.saturating_sub(since.elapsed())
    }
}
