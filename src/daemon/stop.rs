//! The wish to stop, as a value that each task holds. Work in hand is finished first, because it is short.

use std::time::Duration;

use tokio::sync::watch;

/// Held by those who must stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// Held by the one who says so. Dropping it stops everybody as well.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// A wish to stop that nobody has expressed yet.
#[must_use]
pub fn pair() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Asks everybody to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// True once somebody wants us to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Returns when somebody wants us to stop.
    pub async fn wait(&self) {
        let mut receiver = self.0.clone();
        // An error means that the stopper is gone, which is a wish to stop, too.
        let _gone = receiver.wait_for(|stop| *stop).await;
    }

    /// Sleeps, or wakes early with `true` if somebody wants us to stop.
    pub async fn or_sleep(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.wait() => true,
            () = tokio::time::sleep(pause) => false,
        }
    }
}
