//! The rules in force: taken whole or not at all. Files that are refused leave the old rules in place and say so.
//!
//! The last rules that were good are kept beside the store, so that a start with broken files still answers mail.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

use super::RunError;
use super::clock::Clock;
use super::control::answers::RulesStatus;
use super::desk::Desk;
use super::rules_files;
use super::stop::Stop;
use crate::finding::{self, Colour, Finding, Gravity};
use crate::triage::decide::Trouble;
use crate::triage::rules::Rules;
use crate::triage::rules::check::{self, Files};

/// Editors write a folder file by file: the files are read when they have been quiet for so long.
const QUIET: Duration = Duration::from_secs(2);

/// File events that wait while one reload runs; one is enough to know that something changed.
const EVENTS_WAITING_MAX: usize = 1;

/// The rules in force, and why newer ones are not.
#[derive(Debug)]
pub struct RulesInForce {
    folder: PathBuf,
    last_good: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rules: Arc<Rules>,
    taken_at: Timestamp,
    /// The refused files' hash and their findings, so that the same refusal is told once.
    refused: Option<(blake3::Hash, String)>,
}

/// What came of a reload.
#[derive(Debug, PartialEq, Eq)]
pub enum Reloaded {
    /// New rules are in force: their version.
    Taken(String),
    /// The files say what is in force already.
    Same(String),
    /// The files are wrong; the old rules stay. The findings, drawn.
    Refused(String),
}

impl RulesInForce {
    /// Reads the folder at start. With broken files, the last good rules are taken and the refusal is told later.
    ///
    /// # Errors
    /// [`RunError`] where there are no good rules at all.
    pub fn start(folder: &Path, store: &Path, now: Timestamp) -> Result<Arc<Self>, RunError> {
        let last_good = store.join("rules.last-good.json");
        let read = read(folder, now);
        let (rules, refused) = match read {
            Ok((rules, files)) => {
                keep(&last_good, &files);
                (rules, None)
            }
            Err(refusal) => match restore(&last_good, now) {
                Some(rules) => {
                    tracing::error!(version = %rules.version, "The rule files are refused; the last good rules are in force.");
                    (rules, Some((refusal.hash, refusal.text)))
                }
                None => {
                    return Err(RunError::Wrong(format!(
                        "{}\nthe rules in {} are refused",
                        refusal.text,
                        folder.display()
                    )));
                }
            },
        };
        let state = State {
            rules: Arc::new(rules),
            taken_at: now,
            refused,
        };
        Ok(Arc::new(Self {
            folder: folder.to_owned(),
            last_good,
            state: Mutex::new(state),
        }))
    }

    /// The rules in force. What has begun with them ends with them.
    #[must_use]
    pub fn current(&self) -> Arc<Rules> {
        Arc::clone(&self.lock().rules)
    }

    /// For `status`.
    #[must_use]
    pub fn status(&self) -> RulesStatus {
        let state = self.lock();
        RulesStatus {
            version: state.rules.version.clone(),
            folder: self.folder.display().to_string(),
            taken_at: Some(state.taken_at),
            refused: state.refused.as_ref().map(|(_, text)| text.clone()),
        }
    }

    /// Reads the folder again. Blocks for the time of reading and compiling.
    pub fn reload(&self, now: Timestamp) -> (Reloaded, Option<Trouble>) {
        match read(&self.folder, now) {
            Ok((rules, files)) => (self.take(rules, &files, now), None),
            Err(refusal) => self.refuse(refusal),
        }
    }

    fn take(&self, rules: Rules, files: &Files, now: Timestamp) -> Reloaded {
        let version = rules.version.clone();
        let mut state = self.lock();
        state.refused = None;
        if state.rules.version == version {
            return Reloaded::Same(version);
        }
        *state = State {
            rules: Arc::new(rules),
            taken_at: now,
            refused: None,
        };
        drop(state);
        keep(&self.last_good, files);
        Reloaded::Taken(version)
    }

    fn refuse(&self, refusal: Refusal) -> (Reloaded, Option<Trouble>) {
        let mut state = self.lock();
        let told_before = state
            .refused
            .as_ref()
            .is_some_and(|(hash, _)| *hash == refusal.hash);
        let trouble = Trouble::RulesRefused {
            findings: refusal.text.clone(),
            to: state.rules.company.rules_admins.clone(),
        };
        state.refused = Some((refusal.hash, refusal.text.clone()));
        (
            Reloaded::Refused(refusal.text),
            (!told_before).then_some(trouble),
        )
    }

    /// The refusal of the files at start, for the operators.
    fn refusal_at_start(&self) -> Option<Trouble> {
        let state = self.lock();
        let (_, findings) = state.refused.clone()?;
        Some(Trouble::RulesRefused {
            findings,
            to: state.rules.company.rules_admins.clone(),
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing panics while it holds this lock half-way, so a poisoned one still holds whole rules.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why files were refused.
struct Refusal {
    hash: blake3::Hash,
    text: String,
}

fn read(folder: &Path, now: Timestamp) -> Result<(Rules, Files), Refusal> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let loaded = rules_files::load(folder, today).map_err(|error| Refusal {
        hash: blake3::hash(error.to_string().as_bytes()),
        text: error.to_string(),
    })?;
    match loaded.rules {
        Some(rules) => Ok((rules, loaded.files)),
        None => {
            let errors: Vec<Finding> = loaded
                .findings
                .into_iter()
                .filter(|finding| finding.gravity == Gravity::Error)
                .collect();
            Err(Refusal {
                hash: hash(&loaded.files),
                text: finding::draw(&errors, &loaded.files, Colour::Plain),
            })
        }
    }
}

fn hash(files: &Files) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for (name, text) in files {
        hasher
            .update(name.as_bytes())
            .update(&[0])
            .update(text.as_bytes())
            .update(&[0]);
    }
    hasher.finalize()
}

/// Keeps good rules for a start with broken files. That it may fail costs only that comfort.
fn keep(last_good: &Path, files: &Files) {
    let kept = serde_json::to_vec(files)
        .map_err(std::io::Error::other)
        .and_then(|text| {
            if let Some(folder) = last_good.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let young = last_good.with_extension("new");
            std::fs::write(&young, text)?;
            std::fs::rename(&young, last_good)
        });
    if let Err(error) = kept {
        tracing::warn!(%error, "The good rules could not be kept for a later start.");
    }
}

fn restore(last_good: &Path, now: Timestamp) -> Option<Rules> {
    let files: Files = serde_json::from_slice(&std::fs::read(last_good).ok()?).ok()?;
    check::check(&files, now.to_zoned(TimeZone::UTC).date()).0
}

/// Reloads when the files have changed or somebody asks, until told to stop.
pub async fn watch(
    rules: Arc<RulesInForce>,
    desk: Desk,
    clock: Arc<Clock>,
    mut asked: mpsc::Receiver<()>,
    stop: Stop,
) {
    if let Some(trouble) = rules.refusal_at_start() {
        super::tell(&desk, trouble).await;
    }
    let (changed, mut changes) = mpsc::channel(EVENTS_WAITING_MAX);
    let _watcher = watcher(&rules.folder, changed);
    loop {
        tokio::select! {
            () = stop.wait() => return,
            Some(()) = asked.recv() => {}
            Some(()) = changes.recv() => {
                if stop.or_sleep(QUIET).await {
                    return;
                }
                while changes.try_recv().is_ok() {}
            }
        }
        reload_and_tell(&rules, &desk, clock.now()).await;
    }
}

/// Reloads off the async threads, logs what came of it, and tells the admins of a refusal.
pub async fn reload_and_tell(rules: &Arc<RulesInForce>, desk: &Desk, now: Timestamp) -> Reloaded {
    let reading = Arc::clone(rules);
    let (reloaded, trouble) = match tokio::task::spawn_blocking(move || reading.reload(now)).await {
        Ok(outcome) => outcome,
        Err(error) => (
            Reloaded::Refused(format!("reading the rules broke off: {error}")),
            None,
        ),
    };
    match &reloaded {
        Reloaded::Taken(version) => tracing::info!(%version, "New rules are in force."),
        Reloaded::Same(version) => {
            tracing::info!(%version, "The rule files say what is in force already.")
        }
        Reloaded::Refused(_) => {
            tracing::error!(folder = %rules.folder.display(), "The rule files are refused; the old rules stay in force. See `triaged check`.")
        }
    }
    if let Some(trouble) = trouble {
        super::tell(desk, trouble).await;
    }
    reloaded
}

/// Watches the folder. Without a watcher SIGHUP still works, so its failure is a warning.
fn watcher(folder: &Path, changed: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let watching = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // A full channel already says that something changed.
            let _full = changed.try_send(());
        }
    })
    .and_then(|mut watcher| {
        watcher
            .watch(folder, RecursiveMode::Recursive)
            .map(|()| watcher)
    });
    watching.map_err(|error| tracing::warn!(%error, "The rules folder cannot be watched; use SIGHUP after changing it.")).ok()
}
