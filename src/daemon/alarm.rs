//! Rings when a promise may be due: one sleeping task over the store's ordered index of instants.
//!
//! An alarm is a hint. `decide` looks at the ticket again, so a late, doubled or outdated alarm does no harm.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::clock::Clock;
use super::desk::Desk;
use super::stop::Stop;
use super::store::Store;
use crate::triage::decide::Trouble;

/// Alarms handed to the desk at once; more of them wait for the next round.
const ALARMS_PER_ROUND_MAX: usize = 64;

/// The longest sleep: a clock that was set, or a machine that was suspended, is noticed by then.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// How long to wait when the store or the desk cannot take an alarm.
const TROUBLE_PAUSE: Duration = Duration::from_secs(5);

/// Rings every alarm that is due until told to stop. `wake` says that a commit may have set an earlier one.
pub async fn ring(store: Arc<Store>, desk: Desk, clock: Arc<Clock>, wake: Arc<Notify>, stop: Stop) {
    while !stop.is_set() {
        tell_jump(&desk, &clock).await;
        let pause = match round(&store, &desk, &clock).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "An alarm could not be rung now.");
                TROUBLE_PAUSE
            }
        };
        tokio::select! {
            () = stop.wait() => break,
            () = wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// A wall clock that jumped is told, because what falls due by it was not foreseen. Once: the next reading goes on from it.
async fn tell_jump(desk: &Desk, clock: &Clock) {
    clock.now();
    let Some(by) = clock.take_jump() else {
        return;
    };
    tracing::warn!(by = %format_args!("{by:#}"), "The wall clock has jumped.");
    let by_seconds = by.as_secs();
    if let Err(error) = desk.trouble(Trouble::ClockJumped { by_seconds }).await {
        tracing::warn!(%error, "The operators could not be told of it.");
    }
}

/// Rings what is due, and tells how long to sleep.
async fn round(
    store: &Store,
    desk: &Desk,
    clock: &Clock,
) -> Result<Duration, Box<dyn std::error::Error + Send + Sync>> {
    loop {
        let now = clock.now();
        let due = store.alarms_due(now, ALARMS_PER_ROUND_MAX)?;
        let incidents = store.incidents_due(now, ALARMS_PER_ROUND_MAX)?;
        if due.is_empty() && incidents.is_empty() {
            let next = store.next_alarm()?;
            return Ok(next.map_or(SLEEP_MAX, |next| {
                Duration::try_from(next.duration_since(now))
                    .unwrap_or(Duration::ZERO)
                    .min(SLEEP_MAX)
            }));
        }
        desk.alarms(due).await?;
        desk.incident_alarms(incidents).await?;
    }
}
