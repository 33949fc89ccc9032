//! Tells systemd that we are ready and, as long as the desk answers, that we are alive.

use std::time::Duration;

use sd_notify::NotifyState;

use super::desk::Desk;
use super::stop::Stop;

/// How often to look where systemd asks for no heartbeat.
const IDLE_PAUSE: Duration = Duration::from_secs(60);

/// Beats until told to stop. Outside systemd it does nothing.
pub async fn beat(desk: Desk, stop: Stop) {
    notify(&[NotifyState::Ready]);
    // Half of what systemd allows, so that one late beat does no harm.
    let watched = sd_notify::watchdog_enabled().map(|allowed| allowed / 2);
    while !stop.or_sleep(watched.unwrap_or(IDLE_PAUSE)).await {
        // A desk that does not answer is what a restart mends; the beat that fails to come asks for it.
        if watched.is_some() && desk.is_alive().await {
            notify(&[NotifyState::Watchdog]);
        }
    }
    notify(&[NotifyState::Stopping]);
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd could not be told.");
    }
}
