//! Acts: every await, every byte on disk, every socket. [`run`] starts the parts in order and stops them in order.

pub mod alarm;
pub mod clock;
pub mod control;
pub mod desk;
pub mod health;
pub mod inbox;
pub mod key;
pub mod outbox;
pub mod rules_files;
pub mod rules_in_force;
pub mod stop;
pub mod store;
pub mod tls;
pub mod zone_files;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::clock::Clock;
use self::control::answers::Answerer;
use self::desk::Desk;
use self::rules_in_force::RulesInForce;
use self::stop::Stop;
use self::store::{Folders, Store};
use crate::config::Config;
use crate::triage::decide::Trouble;

/// Work in hand is given so long to end after a wish to stop; systemd waits 90 seconds before it kills.
const STOP_WITHIN: Duration = Duration::from_secs(60);

/// Why the daemon did not start, or could not go on. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration or the rules are wrong: exit code 1.
    #[error("{0}")]
    Wrong(String),
    /// A disk, a socket or a folder could not be used: exit code 3.
    #[error("{0}")]
    Unreached(String),
}

/// Runs until `stop` is set, then lets each part finish what it holds. `reload` asks for the rules to be read again.
///
/// # Errors
/// [`RunError`]
pub async fn run(config: Config, reload: mpsc::Receiver<()>, stop: Stop) -> Result<(), RunError> {
    // The store first: who does not get its lock must not write beside it either.
    let (store, opened) = open_store(&config).await?;
    let clock = Arc::new(Clock::after(store.latest()));
    let key = key::load_or_make(&config.token_key)
        .map_err(|error| RunError::Unreached(format!("{}: {error}", config.token_key.display())))?;
    let rules = RulesInForce::start(&config.rules, &config.store, clock.now())?;
    let listener = control::bind(&config.control_socket).map_err(|error| {
        RunError::Unreached(format!(
            "the control socket {}: {error}",
            config.control_socket.display()
        ))
    })?;

    let wake = desk::Wake::default();
    let desk = Desk::open(desk::Parts {
        store: Arc::clone(&store),
        rules: Arc::clone(&rules),
        key,
        clock: Arc::clone(&clock),
        wake: wake.clone(),
        alarms_to: config.alarms_to.clone(),
        instance: config.instance.clone(),
    })
    .map_err(|error| {
        RunError::Unreached(format!("the desk's thread cannot be started: {error}"))
    })?;
    if let Some(why) = opened.rebuilt {
        tell(&desk, Trouble::StoreRebuilt { why }).await;
    }

    let mut parts = JoinSet::new();
    let mut mailboxes = Vec::new();
    for mailbox in config.mailboxes.clone() {
        let (handle, task) = inbox::watch(
            mailbox,
            config.limits.mail_bytes,
            desk.clone(),
            stop.clone(),
        );
        mailboxes.push(handle);
        parts.spawn(task);
    }
    let (outbox, task) = outbox::start(outbox::Parts {
        store: Arc::clone(&store),
        relays: config.relays.clone(),
        limits: config.limits.clone(),
        own_addresses: own_addresses(&config, &rules),
        desk: desk.clone(),
        clock: Arc::clone(&clock),
        wake: Arc::clone(&wake.letters),
        stop: stop.clone(),
    });
    parts.spawn(task);
    parts.spawn(alarm::ring(
        Arc::clone(&store),
        desk.clone(),
        Arc::clone(&clock),
        Arc::clone(&wake.alarms),
        stop.clone(),
    ));
    parts.spawn(rules_in_force::watch(
        Arc::clone(&rules),
        desk.clone(),
        Arc::clone(&clock),
        reload,
        stop.clone(),
    ));
    let answerer = Arc::new(Answerer {
        instance: config.instance.clone(),
        since: clock.now(),
        store: Arc::clone(&store),
        desk: desk.clone(),
        rules: Arc::clone(&rules),
        clock: Arc::clone(&clock),
        mailboxes,
        outbox,
    });
    parts.spawn(control::serve(
        listener,
        config.control_socket.clone(),
        Arc::clone(&answerer),
        stop.clone(),
    ));
    parts.spawn(health::beat(desk.clone(), stop.clone()));
    tracing::info!(mailboxes = config.mailboxes.len(), rules = %rules.current().version, "Ready.");

    let outcome = tokio::select! {
        () = stop.wait() => Ok(()),
        why = desk.failed() => Err(RunError::Unreached(why)),
    };
    if outcome.is_err() {
        // Nobody has told the parts to stop, and nothing they do is kept any more: the next start goes on.
        parts.abort_all();
    }
    finish(parts, desk, store).await;
    outcome
}

/// Opening may rebuild the state, which blocks for as long as it takes: on a thread of its own.
async fn open_store(config: &Config) -> Result<(Arc<Store>, store::Opened), RunError> {
    let folders = Folders::new(&config.store);
    let opened = tokio::task::spawn_blocking(move || {
        Store::open(&folders, &mut |progress| tracing::info!(%progress, "The state is being rebuilt from the journal."))
    })
    .await;
    match opened {
        Ok(Ok((store, opened))) => Ok((Arc::new(store), opened)),
        Ok(Err(error)) => Err(RunError::Unreached(error.to_string())),
        Err(error) => Err(RunError::Unreached(format!(
            "the store could not be opened: {error}"
        ))),
    }
}

/// Every address that reaches us: no letter ever goes there.
fn own_addresses(config: &Config, rules: &RulesInForce) -> Vec<String> {
    let polled = config
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.address.clone());
    let answered = rules
        .current()
        .addresses
        .iter()
        .map(|own| own.address.clone())
        .collect::<Vec<_>>();
    polled.chain(answered).collect()
}

async fn tell(desk: &Desk, trouble: Trouble) {
    if let Err(error) = desk.trouble(trouble).await {
        tracing::warn!(%error, "The operators could not be told.");
    }
}

/// Waits for every part, then closes the desk: the others may still have had something to say.
async fn finish(mut parts: JoinSet<()>, desk: Desk, store: Arc<Store>) {
    let all = async { while parts.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_WITHIN, all).await.is_err() {
        tracing::warn!("Some work did not end in time and is cut off; nothing of it is lost.");
    }
    parts.shutdown().await;
    drop(desk);
    let closed = tokio::task::spawn_blocking(move || store.close()).await;
    if let Ok(Err(error)) = closed {
        tracing::warn!(%error, "The state was not synced; the next start reads more of the journal.");
    }
    tracing::info!("Stopped.");
}
