//! `triaged run`, and how the other commands reach the configuration and the running daemon.

use std::io::IsTerminal;
use std::path::Path;

use clap::{Args, ValueEnum};
use serde::de::DeserializeOwned;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tracing_subscriber::EnvFilter;

use super::{ConfigArg, DONE, UNREACHED, WRONG, screen};
use crate::config::{self, Config};
use crate::daemon::control::{self, Answer, Request};
use crate::daemon::{self, RunError, stop};
use crate::finding::{Colour, Finding, Texts, draw};

/// `triaged run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// How the log is written; by default for people on a terminal and as JSON otherwise.
    #[arg(long, value_enum, value_name = "FORM")]
    log: Option<LogForm>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogForm {
    /// Lines for people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Runs the daemon until a signal stops it.
#[must_use]
pub fn run(args: &RunArgs) -> u8 {
    start_log(args.log);
    let config = match configured(&args.config.config) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            screen::complain(&format!("threads cannot be started: {error}"));
            return UNREACHED;
        }
    };
    match runtime.block_on(until_stopped(config)) {
        Ok(()) => DONE,
        Err(RunError::Wrong(why)) => {
            screen::complain(&why);
            WRONG
        }
        Err(RunError::Unreached(why)) => {
            screen::complain(&why);
            UNREACHED
        }
    }
}

async fn until_stopped(config: Config) -> Result<(), RunError> {
    let (stopper, stop) = stop::pair();
    let (reload, reloads) = mpsc::channel(1);
    let unreached =
        |error: std::io::Error| RunError::Unreached(format!("signals cannot be received: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(unreached)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unreached)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(unreached)?;
    let listening = tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hang_up.recv() => {
                    // A reload that waits already will read the newest files.
                    let _waiting = reload.try_send(());
                }
            }
        }
        tracing::info!("Asked to stop; the work in hand is finished first.");
        stopper.stop();
    });
    let outcome = daemon::run(config, reloads, stop).await;
    listening.abort();
    outcome
}

/// Libraries log commands, log-ins and bodies at their finer levels, so those stay off whatever RUST_LOG says.
const QUIET_LIBRARIES: [&str; 6] = [
    "async_imap=warn",
    "imap_proto=warn",
    "lettre=warn",
    "sled=warn",
    "rustls=warn",
    "notify=warn",
];

fn start_log(form: Option<LogForm>) {
    let mut filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    for quiet in QUIET_LIBRARIES {
        if let Ok(directive) = quiet.parse() {
            filter = filter.add_directive(directive);
        }
    }
    let for_people = std::io::stderr().is_terminal();
    let form = form.unwrap_or(if for_people {
        LogForm::Human
    } else {
        LogForm::Json
    });
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match form {
        LogForm::Human => log.with_target(false).with_ansi(for_people).try_init(),
        LogForm::Json => log.json().flatten_event(true).try_init(),
    };
    if let Err(error) = started {
        screen::complain(&format!("the log cannot be started: {error}"));
    }
}

/// Reads the configuration; prints what is wrong with it and gives the exit code.
///
/// # Errors
/// The exit code.
pub fn configured(path: &Path) -> Result<Config, u8> {
    let (config, findings, texts) = read(path)?;
    if !findings.is_empty() {
        screen::complaint(&draw(&findings, &texts, Colour::Coloured));
    }
    config.ok_or(WRONG)
}

/// Reads the configuration: what it says where nothing is wrong, every finding, and the text to draw them on.
///
/// # Errors
/// The exit code, where there is no text to read.
pub fn read(path: &Path) -> Result<(Option<Config>, Vec<Finding>, Texts), u8> {
    let bytes = std::fs::read(path).map_err(|error| {
        screen::complain(&format!(
            "the configuration {} cannot be read: {error} (name another with --config FILE)",
            path.display()
        ));
        UNREACHED
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        screen::complain(&format!(
            "the configuration {} is not UTF-8: save it in that encoding",
            path.display()
        ));
        WRONG
    })?;
    let name = path.display().to_string();
    let base = std::path::absolute(path)
        .ok()
        .and_then(|path| path.parent().map(Path::to_owned))
        .unwrap_or_default();
    let (config, findings) = config::read(&name, &text, &base);
    let texts = [(name, config::without_passwords(&text))];
    Ok((config, findings, texts.into_iter().collect()))
}

/// What every command needs that asks the running daemon.
#[derive(Debug, Args)]
pub struct Asking {
    #[command(flatten)]
    pub(super) config: ConfigArg,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(super) json: bool,
}

impl Asking {
    /// Asks, and prints the answer as JSON or shows it; gives the exit code.
    pub(super) fn ask<T: DeserializeOwned>(&self, request: &Request, show: impl FnOnce(T)) -> u8 {
        match asked(&self.config, request) {
            Ok(value) if self.json => {
                screen::json(&value);
                DONE
            }
            Ok(value) => screen::shown(value, show),
            Err(code) => code,
        }
    }

    /// Gives an order; the answer is a sentence.
    pub(super) fn order(&self, request: &Request) -> u8 {
        self.ask(request, |sentence: String| screen::line(&sentence))
    }
}

/// Asks the running daemon; prints why not and gives the exit code where there is no answer.
///
/// # Errors
/// The exit code.
pub fn asked(config: &ConfigArg, request: &Request) -> Result<serde_json::Value, u8> {
    let socket = configured(&config.config)?.control_socket;
    let answer = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(control::ask(&socket, request)));
    match answer {
        Ok(Answer::Done { value }) => Ok(value),
        Ok(Answer::No { why }) => {
            screen::complain(&why);
            Err(WRONG)
        }
        Ok(Answer::Failed { why }) => {
            screen::complain(&why);
            Err(UNREACHED)
        }
        Err(error) => {
            screen::complain(&unreached(&socket, &error));
            Err(UNREACHED)
        }
    }
}

fn unreached(socket: &Path, error: &std::io::Error) -> String {
    let socket = socket.display();
    let kind = error.kind();
    if matches!(
        kind,
        std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused
    ) {
        return format!(
            "no daemon listens at {socket}: is `triaged run` up with this configuration?"
        );
    }
    if kind == std::io::ErrorKind::PermissionDenied {
        return format!(
            "you may not talk to the daemon at {socket}: join the group that owns this socket"
        );
    }
    format!("the daemon at {socket} could not be asked: {error}")
}

/// Who gives an order, for the ticket's timeline.
#[must_use]
pub fn whoami() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.is_empty())
        .unwrap_or_else(user_number)
}

/// In a container or a service nobody may have set a name.
fn user_number() -> String {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self")
        .map(|us| format!("user number {}", us.uid()))
        .unwrap_or_else(|_| "somebody".to_owned())
}
