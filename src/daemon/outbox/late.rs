//! Letters that wait too long: told once for each relay to the log and the operators, and shown by `triaged status`.
//!
//! A relay that is down refuses nothing. Each try puts its letters off, and so nobody would hear of it for days.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Parts;
use super::status::{Board, Late};
use super::van::DEFAULT_RELAY;
use crate::config::Limits;
use crate::daemon::clock::Clock;
use crate::daemon::desk::{Desk, DeskError};
use crate::daemon::stop::Stop;
use crate::daemon::store::{Store, StoreError, Waiting};
use crate::triage::decide::Trouble;

/// How often to look. Who configures less patience than this gets it.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Letters looked at, oldest first: enough to see every relay that has stood still for long.
const LOOK_AT_MAX: usize = 1_000;

/// Looks after letters that wait.
pub(super) struct Watch {
    store: Arc<Store>,
    desk: Desk,
    clock: Arc<Clock>,
    limits: Limits,
    board: Board,
    stop: Stop,
    /// Relays of which the operators know.
    told: HashSet<String>,
}

impl Watch {
    pub(super) fn new(parts: &Parts, board: Board) -> Self {
        Self {
            store: Arc::clone(&parts.store),
            desk: parts.desk.clone(),
            clock: Arc::clone(&parts.clock),
            limits: parts.limits.clone(),
            board,
            stop: parts.stop.clone(),
            told: HashSet::new(),
        }
    }

    /// Looks until told to stop.
    pub(super) async fn keep(mut self) {
        let pause = LOOK_EVERY.min(self.limits.alarm_after);
        while !self.stop.or_sleep(pause).await {
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "Letters that wait could not be looked at now.");
            }
        }
    }

    async fn look(&mut self) -> Result<(), LookError> {
        let waiting = self.store.waiting(LOOK_AT_MAX)?;
        let late = self.late(&waiting);
        self.told.retain(|relay| late.contains_key(relay));
        self.board.late(&late);
        for (relay, Late { since, why }) in late {
            let status = self.board.of(&relay);
            // Of a relay that does not accept us the operators know at once.
            let is_known = status.is_some_and(|status| status.locked_out.is_some());
            if is_known || self.told.contains(&relay) {
                continue;
            }
            tracing::error!(relay, %since, why, "Letters have waited for long.");
            let trouble = Trouble::LettersLate {
                relay: relay.clone(),
                since,
                why,
            };
            self.desk.trouble(trouble).await?;
            self.told.insert(relay);
        }
        Ok(())
    }

    /// For each relay the letter that has waited longest, if too long.
    fn late(&self, waiting: &[Waiting]) -> BTreeMap<String, Late> {
        let patience = SignedDuration::try_from(self.limits.alarm_after);
        let now = self.clock.now();
        let long_ago = now.checked_sub(patience.unwrap_or(SignedDuration::MAX));
        let long_ago = long_ago.unwrap_or(Timestamp::MIN);
        let mut late = BTreeMap::new();
        for waiting in waiting.iter().filter(|waiting| is_late(waiting, long_ago)) {
            let relay = &waiting.letter.relay;
            let relay = if self.board.of(relay).is_some() {
                relay
            } else {
                DEFAULT_RELAY
            };
            late.entry(relay.to_owned()).or_insert_with(|| Late {
                since: waiting.letter.written_at,
                why: waiting.last_answer.clone().unwrap_or_default(),
            });
        }
        late
    }
}

/// Neither held nor folded, and written long ago; one that was released just now gets its time.
fn is_late(waiting: &Waiting, long_ago: Timestamp) -> bool {
    let was_tried = waiting.tries > 0;
    waiting.letter.written_at <= long_ago
        && waiting
            .next_try
            .is_some_and(|next| was_tried || next <= long_ago)
}

/// Why the letters could not be looked at. The next look begins anew.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Desk(#[from] DeskError),
}

#[cfg(test)]
mod tests {
    use super::super::stand_in::letter;
    use super::*;

    #[test]
    fn a_letter_is_late_if_it_could_have_left_long_ago() {
        let at = |minute: i64| Timestamp::from_second(1_780_000_000 + minute * 60).unwrap();
        let table = [
            ("not yet tried, all have waited", 0, Some(0), 0, true),
            ("tried, and put off", 0, Some(40), 3, true),
            ("held or kept for a digest", 0, None, 3, false),
            ("released just now", 0, Some(29), 0, false),
            ("young", 16, Some(40), 3, false),
        ];
        for (what, written, next_try, tries, expected) in table {
            let waiting = Waiting {
                letter: crate::triage::letter::Letter {
                    written_at: at(written),
                    ..letter(1)
                },
                tries,
                next_try: next_try.map(at),
                last_answer: None,
                ambiguous: false,
                folded_until: None,
            };
            assert_eq!(is_late(&waiting, at(15)), expected, "{what}");
        }
    }
}
