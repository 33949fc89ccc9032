//! `triaged mailbox list | probe | resume`.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};

use super::daemon::{Asking, configured};
use super::{DONE, UNREACHED, WRONG, screen};
use crate::config::Config;
use crate::daemon::clock::told;
use crate::daemon::control::Request;
use crate::daemon::inbox::MailboxStatus;
use crate::daemon::outbox::{self, DEFAULT_RELAY, Sender};
use crate::daemon::rules_files;
use crate::triage::rules::{Brand, Rules};

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
            "no mailbox {} stands in the configuration; there is {}",
            only.unwrap_or_default(),
            config
                .mailboxes
                .iter()
                .map(|mailbox| mailbox.address.as_str())
                .collect::<Vec<_>>()
                .join(", ")
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
    let senders = senders(&config);
    for (name, relay) in &config.relays {
        let own = senders.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let probe = runtime.block_on(outbox::probe(relay, own));
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

/// Every address that we send as, by the relay that takes its letters.
fn senders(config: &Config) -> BTreeMap<&str, Vec<Sender>> {
    let mailboxes = config.mailboxes.iter().map(|mailbox| &mailbox.address);
    let Some(rules) = rules(config) else {
        let own = mailboxes.map(|address| sender(address, &Brand::default(), &[]));
        return BTreeMap::from([(DEFAULT_RELAY, own.collect())]);
    };
    let listed = rules.addresses.iter();
    let listed = listed.map(|own| (&own.address, rules.brand_of(own)));
    // A mailbox that the rules do not know answers as the company does.
    let is_listed = |address: &String| rules.addresses.iter().any(|own| own.address == *address);
    let unlisted = mailboxes.filter(|address| !is_listed(address));
    let unlisted = unlisted.map(|address| (address, &rules.company.brand));
    let mut senders: BTreeMap<&str, Vec<Sender>> = BTreeMap::new();
    for (address, brand) in listed.chain(unlisted) {
        // As the outbox does with a relay that the configuration does not name.
        let relay = config.relays.get(&brand.relay);
        let relay = relay.map_or(DEFAULT_RELAY, |relay| relay.name.as_str());
        let sender = sender(address, brand, &rules.company.never_mention);
        let senders = senders.entry(relay).or_default();
        if !senders.contains(&sender) {
            senders.push(sender);
        }
    }
    senders
}

fn rules(config: &Config) -> Option<Rules> {
    let today = jiff::tz::TimeZone::UTC
        .to_datetime(crate::daemon::clock::Clock::default().now())
        .date();
    let why_not = match rules_files::load(&config.rules, today).map(|loaded| loaded.rules) {
        Ok(Some(rules)) => return Some(rules),
        Ok(None) => "the rules have mistakes (see `triaged check`)".to_owned(),
        Err(error) => error.to_string(),
    };
    screen::complain(&format!(
        "{why_not}, so only the mailboxes' own addresses are tried"
    ));
    None
}

fn sender(address: &str, brand: &Brand, never_mention: &[String]) -> Sender {
    let from = brand.from.as_ref().map(|from| from.address.as_str());
    let never_mention = if brand.white_label {
        never_mention
    } else {
        &[]
    };
    Sender {
        address: from.unwrap_or(address).to_owned(),
        never_mention: never_mention.to_vec(),
    }
}
