//! `triaged status`: does everything run, what waits, what is overdue?

use clap::Args;

use super::daemon::{Asking, asked};
use super::{DONE, WRONG, screen};
use crate::daemon::clock::told;
use crate::daemon::control::Request;
use crate::daemon::control::answers::Status;

/// `triaged status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    daemon: Asking,
}

/// Runs `triaged status`. Exit code 1 if something needs a person, so that a monitor can ask.
#[must_use]
pub fn run(args: &StatusArgs) -> u8 {
    let value = match asked(&args.daemon.config, &Request::Status) {
        Ok(value) => value,
        Err(code) => return code,
    };
    if args.daemon.json {
        screen::json(&value);
        let troubled = value
            .get("needs_a_person")
            .and_then(serde_json::Value::as_array)
            .is_some_and(|list| !list.is_empty());
        return if troubled { WRONG } else { DONE };
    }
    let mut code = DONE;
    let shown = screen::shown::<Status>(value, |status| {
        show(&status);
        code = if status.needs_a_person.is_empty() {
            DONE
        } else {
            WRONG
        };
    });
    code.max(shown)
}

fn show(status: &Status) {
    screen::line(&format!(
        "triaged {} ({}), running since {}",
        status.version,
        status.instance,
        told(status.since)
    ));
    screen::line(&format!(
        "rules    {} from {}{}",
        status.rules.version,
        status.rules.folder,
        status.rules.note()
    ));
    screen::line(&format!(
        "tickets  {} open, {} with a broken promise; {} opened in all",
        status.tickets.open, status.tickets.overdue, status.tickets.in_all
    ));
    screen::line(&format!(
        "         {}, {} waiting for the client",
        match status.tickets.ladders_climbing {
            1 => "1 ladder climbing".to_owned(),
            count => format!("{count} ladders climbing"),
        },
        status.tickets.waiting_for_client
    ));
    if let Some(average) = status.rated.average {
        screen::line(&format!(
            "rated    {average:.1} of 5 by {} in 30 days",
            screen::count(status.rated.count, "client")
        ));
    }
    let oldest = status
        .outbox
        .oldest
        .map_or_else(String::new, |at| format!(", the oldest from {}", told(at)));
    screen::line(&format!(
        "outbox   {} waiting, {} of them held, {} kept for a digest, {} in flight{oldest}",
        screen::count(status.outbox.waiting, "letter"),
        status.outbox.held,
        status.outbox.folded,
        status.outbox.in_flight
    ));
    for relay in &status.relays {
        screen::line(&format!("relay    {relay}"));
    }
    for mailbox in &status.mailboxes {
        screen::line(&format!("mailbox  {}", mailbox));
    }
    for need in &status.needs_a_person {
        screen::line(&format!("ATTENTION: {}", screen::tame(need)));
    }
}
