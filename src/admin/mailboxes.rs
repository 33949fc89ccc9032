//! `triaged mailbox list | probe | resume`.

use clap::{Args, Subcommand};

use super::daemon::{Asking, configured};
use super::{DONE, UNREACHED, WRONG, screen};
use crate::config::Config;
use crate::daemon::clock::told;
use crate::daemon::control::Request;
use crate::daemon::inbox::MailboxStatus;
use crate::daemon::{outbox, rules_files};

/// `triaged mailbox`.
#[derive(Debug, Args)]
pub struct MailboxArgs {
    #[command(flatten)]
    daemon: Asking,
    #[command(subcommand)]
    command: MailboxCommand,
}

#[derive(Debug, Subcommand)]
enum MailboxCommand {
    /// Every mailbox of the running daemon and how it fares.
    List,
    /// Try it out: connect, log in, look at the folder, and ask the relays whether we may send as each brand. Sends nothing.
    Probe {
        /// Only this mailbox.
        address: Option<String>,
    },
    /// Log in again to a mailbox whose log-ins were refused.
    Resume {
        /// Its address.
        address: String,
    },
}

/// Runs `triaged mailbox`.
#[must_use]
pub fn run(args: &MailboxArgs) -> u8 {
    let daemon = &args.daemon;
    match &args.command {
        MailboxCommand::List => {
            daemon.ask(&Request::Mailboxes, |rows: Vec<MailboxStatus>| list(&rows))
        }
        MailboxCommand::Probe { address } => probe(daemon, address.as_deref()),
        MailboxCommand::Resume { address } => daemon.order(&Request::ResumeMailbox {
            address: address.clone(),
        }),
    }
}

fn list(rows: &[MailboxStatus]) {
    let headings = [
        "MAILBOX",
        "STATE",
        "LAST VISIT",
        "LAST MAIL",
        "TAKEN",
        "LAST ERROR",
    ];
    let time = |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".to_owned(), told);
    let rows = rows
        .iter()
        .map(|row| {
            let error = row.last_error.as_ref().map_or_else(
                || "-".to_owned(),
                |(at, why)| format!("{} {}", told(*at), screen::short(why, 60)),
            );
            vec![
                row.mailbox.clone(),
                row.state.to_string(),
                time(row.last_visit),
                time(row.last_mail),
                row.taken.to_string(),
                error,
            ]
        })
        .collect();
    screen::table(&headings, rows, "No mailbox is polled.");
}

/// Tries out mailboxes and relays. Sends nothing.
fn probe(args: &Asking, only: Option<&str>) -> u8 {
    let config = match configured(&args.config.config) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let wanted: Vec<_> = config
        .mailboxes
        .iter()
        .filter(|mailbox| only.is_none_or(|only| mailbox.address.eq_ignore_ascii_case(only)))
        .collect();
    if wanted.is_empty() {
        screen::complain(&format!(
            "no mailbox {} stands in the configuration",
            only.unwrap_or_default()
        ));
        return WRONG;
    }
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            screen::complain(&error.to_string());
            return UNREACHED;
        }
    };
    let mut good = true;
    let mut probed = Vec::new();
    for mailbox in wanted {
        let probe = runtime.block_on(super::mailbox::probe_imap(mailbox));
        good &= probe.is_good();
        if !args.json {
            screen::line(&probe.mailbox);
            for step in &probe.steps {
                screen::line(&format!(
                    "  {:<13}{:<6}{}",
                    step.what,
                    step.verdict.name(),
                    screen::tame(&step.words)
                ));
            }
        }
        probed.push(serde_json::json!(probe));
    }
    for relay in config.relays.values() {
        let probe = runtime.block_on(outbox::probe(relay, &senders(&config)));
        good &= probe.is_good();
        if !args.json {
            screen::line(&probe.to_string());
        }
        probed.push(serde_json::json!(probe));
    }
    if args.json {
        screen::json(&probed);
    }
    if good { DONE } else { UNREACHED }
}

/// Every address that we may send as: the mailboxes', and those that the rules name.
fn senders(config: &Config) -> Vec<String> {
    let mut senders: Vec<String> = config
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.address.clone())
        .collect();
    let today = jiff::tz::TimeZone::UTC
        .to_datetime(crate::daemon::clock::Clock::default().now())
        .date();
    match rules_files::load(&config.rules, today).map(|loaded| loaded.rules) {
        Ok(Some(rules)) => senders.extend(rules.addresses.into_iter().map(|own| own.address)),
        Ok(None) => screen::complain(
            "the rules have mistakes, so only the mailboxes' own addresses are tried; see `triaged check`",
        ),
        Err(error) => screen::complain(&error.to_string()),
    }
    senders.sort();
    senders.dedup();
    senders
}
