//! `triaged ticket list | show`, and the orders about one ticket: `solve`, `assign`, `note` and their like.

use clap::{Args, Subcommand};

use super::daemon::{Asking, whoami};
use super::{screen, timeline};
use crate::daemon::clock::told;
use crate::daemon::control::Request;
use crate::daemon::control::answers::{NextDue, TicketRow, TicketView};
use crate::finding::guess::{did_you_mean, known_are};
use crate::triage::decide::Order;
use crate::triage::report::Urgency;

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
        /// Every event of a long life, and why each was decided so.
        #[arg(long)]
        full: bool,
    },
    /// The ticket is solved.
    Solve {
        /// Its number, such as EC-1042.
        number: String,
    },
    /// The ticket is open again, or waits for the client no longer.
    Reopen {
        /// Its number, such as EC-1042.
        number: String,
    },
    /// Somebody of ours is responsible for it.
    Assign {
        /// Its number, such as EC-1042.
        number: String,
        /// A contact of contacts.toml by id, address or name; "nobody" takes it from whoever has it.
        who: String,
    },
    /// Put a note into its timeline, which only our own people read.
    Note {
        /// Its number, such as EC-1042.
        number: String,
        /// What to note.
        #[arg(required = true, num_args = 1..)]
        text: Vec<String>,
    },
    /// You take the matter: its ladder stops.
    Ack {
        /// Its number, such as EC-1042.
        number: String,
    },
    /// It is the client's turn: clocks that may stand still do until the client answers.
    Wait {
        /// Its number, such as EC-1042.
        number: String,
    },
    /// Say how pressing it is, more or less than before.
    Urgency {
        /// Its number, such as EC-1042.
        number: String,
        /// Low, Medium, High or Critical.
        #[arg(value_parser = urgency)]
        urgency: Urgency,
    },
    /// It goes on in another ticket of the same partner; later mail to it comes there.
    Merge {
        /// Its number, such as EC-1043.
        number: String,
        /// The other ticket's number, such as EC-1042.
        into: String,
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
        TicketCommand::Show { number, full } => {
            let number = number.clone();
            daemon.ask(&Request::Ticket { number }, |view: TicketView| {
                show(&view, *full)
            })
        }
        TicketCommand::Solve { number } => daemon.order(&Request::Solve {
            number: number.clone(),
            by: whoami(),
        }),
        TicketCommand::Reopen { number } => daemon.order(&Request::Reopen {
            number: number.clone(),
            by: whoami(),
        }),
        TicketCommand::Assign { number, who } => {
            let to = who.clone();
            give(daemon, number, |by| Order::Assign { to, by })
        }
        TicketCommand::Note { number, text } => {
            let text = text.join(" ");
            give(daemon, number, |by| Order::Note { text, by })
        }
        TicketCommand::Ack { number } => give(daemon, number, |by| Order::Acknowledge { by }),
        TicketCommand::Wait { number } => give(daemon, number, |by| Order::Wait { by }),
        TicketCommand::Urgency { number, urgency } => {
            let urgency = *urgency;
            give(daemon, number, |by| Order::Urgency { urgency, by })
        }
        TicketCommand::Merge { number, into } => {
            let into = into.clone();
            give(daemon, number, |by| Order::Merge { into, by })
        }
    }
}

/// Gives an order in the name of whoever typed it.
fn give(daemon: &Asking, number: &str, order: impl FnOnce(String) -> Order) -> u8 {
    daemon.order(&Request::Order {
        number: number.to_owned(),
        order: order(whoami()),
    })
}

/// An urgency as people type it, in any case of letters.
fn urgency(text: &str) -> Result<Urgency, String> {
    let known = || Urgency::ALL.map(Urgency::name);
    let said = Urgency::ALL
        .into_iter()
        .find(|one| one.name().eq_ignore_ascii_case(text));
    said.ok_or_else(|| match did_you_mean(text, known()) {
        meant if meant.is_empty() => known_are(known()),
        meant => meant,
    })
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

fn show(view: &TicketView, full: bool) {
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
    if let Some(owner) = &ticket.life.assigned {
        facts.push(("assigned to", owner.clone()));
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
    for line in timeline::page(view, full) {
        screen::line(&line);
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
