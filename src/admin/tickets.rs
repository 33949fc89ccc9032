//! `triaged ticket list | show | solve | reopen`.

use clap::{Args, Subcommand};

use super::daemon::{Asking, whoami};
use super::screen;
use crate::daemon::clock::told;
use crate::daemon::control::Request;
use crate::daemon::control::answers::{NextDue, TicketRow, TicketView};

/// `triaged ticket`.
#[derive(Debug, Args)]
pub struct TicketArgs {
    #[command(flatten)]
    daemon: Asking,
    #[command(subcommand)]
    command: TicketCommand,
}

#[derive(Debug, Subcommand)]
enum TicketCommand {
    /// The newest tickets that are open.
    List {
        /// Solved ones as well.
        #[arg(long)]
        all: bool,
        /// Only of this partner.
        #[arg(long, value_name = "ID")]
        partner: Option<String>,
        /// Only of this level.
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..=3))]
        level: Option<u8>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// One ticket and everything that happened to it.
    Show {
        /// Its number, such as EC-1042.
        number: String,
    },
    /// The ticket is solved.
    Solve {
        /// Its number, such as EC-1042.
        number: String,
    },
    /// The ticket is open again.
    Reopen {
        /// Its number, such as EC-1042.
        number: String,
    },
}

/// Runs `triaged ticket`.
#[must_use]
pub fn run(args: &TicketArgs) -> u8 {
    let daemon = &args.daemon;
    match &args.command {
        TicketCommand::List {
            all,
            partner,
            level,
            limit,
        } => {
            let request = Request::Tickets {
                all: *all,
                partner: partner.clone(),
                level: *level,
                limit: *limit,
            };
            daemon.ask(&request, |rows: Vec<TicketRow>| list(&rows))
        }
        TicketCommand::Show { number } => {
            let number = number.clone();
            daemon.ask(&Request::Ticket { number }, |view: TicketView| show(&view))
        }
        TicketCommand::Solve { number } => daemon.order(&Request::Solve {
            number: number.clone(),
            by: whoami(),
        }),
        TicketCommand::Reopen { number } => daemon.order(&Request::Reopen {
            number: number.clone(),
            by: whoami(),
        }),
    }
}

fn list(rows: &[TicketRow]) {
    let headings = [
        "TICKET", "OPENED", "LEVEL", "URGENCY", "PARTNER", "CLIENT", "STATE", "NEXT DUE", "SUBJECT",
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                row.number.clone(),
                told(row.opened_at),
                row.level.to_string(),
                row.urgency.to_string(),
                row.partner.clone().unwrap_or_else(|| "unknown".to_owned()),
                screen::short(row.client.as_deref().unwrap_or("-"), 24),
                row.state.clone(),
                row.next_due.as_ref().map_or_else(|| "-".to_owned(), due),
                screen::short(&row.subject, 48),
            ]
        })
        .collect();
    screen::table(&headings, rows, "No ticket is open.");
}

fn due(next: &NextDue) -> String {
    let broken = if next.broken { " BROKEN" } else { "" };
    format!("{} {}{broken}", told(next.at), next.promise)
}

fn show(view: &TicketView) {
    let ticket = &view.ticket;
    screen::line(&format!(
        "{}  {}",
        ticket.number,
        screen::short(&ticket.subject, 90)
    ));
    let mut facts = vec![
        ("from", person(&ticket.requester)),
        ("written to", ticket.address.clone()),
        (
            "partner",
            ticket
                .partner
                .clone()
                .unwrap_or_else(|| "unknown".to_owned()),
        ),
        (
            "client",
            ticket
                .client
                .clone()
                .unwrap_or_else(|| "not stated".to_owned()),
        ),
        ("urgency", ticket.urgency.to_string()),
        ("level", level(ticket)),
        ("state", view.state.clone()),
        ("summary", screen::short(&ticket.summary, 300)),
    ];
    if !ticket.trust.is_empty() {
        facts.push(("trust", screen::short(&ticket.trust, 300)));
    }
    if ticket.review {
        facts.push(("review", "a person is asked to look".to_owned()));
    }
    for (name, value) in facts {
        screen::line(&format!("  {name:<12}{}", screen::tame(&value)));
    }
    for promise in &ticket.promises {
        screen::line(&format!(
            "  {:<12}{}",
            "promise",
            crate::daemon::control::answers::promise_line(promise)
        ));
    }
    screen::line("");
    for entry in &view.timeline {
        screen::line(&format!(
            "  {}  {}",
            told(entry.at),
            screen::tame(&entry.what)
        ));
        for reason in &entry.because {
            screen::line(&format!("{:24}because {}", "", screen::tame(reason)));
        }
        for letter in &entry.letters {
            screen::line(&format!("{:24}letter  {}", "", screen::tame(letter)));
        }
    }
}

fn level(ticket: &crate::triage::ticket::Ticket) -> String {
    let reason = ticket
        .third_line_reason
        .map(|reason| format!(" ({reason})"))
        .unwrap_or_default();
    format!("{}{reason}", ticket.level)
}

fn person(person: &crate::triage::mail::Person) -> String {
    person.name.as_ref().map_or_else(
        || person.address.clone(),
        |name| format!("{name} <{}>", person.address),
    )
}
