//! `triaged incident list | show | split | merge | add | solve | dismiss`.

use clap::{Args, Subcommand};

use super::daemon::{Asking, whoami};
use super::screen;
use crate::daemon::clock::told;
use crate::daemon::control::incidents::{IncidentRow, IncidentView};
use crate::daemon::control::{IncidentRequest, Request};

/// `triaged incident`.
#[derive(Debug, Args)]
pub struct IncidentArgs {
    #[command(flatten)]
    daemon: Asking,
    #[command(subcommand)]
    command: IncidentCommand,
}

#[derive(Debug, Subcommand)]
enum IncidentCommand {
    /// The newest incidents that are open, or may be one.
    List {
        /// Solved and dismissed ones as well.
        #[arg(long)]
        all: bool,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// One incident: its tickets, what they share, and why it is one.
    Show {
        /// Its number, such as I-3.
        incident: String,
    },
    /// Take tickets out that have nothing to do with it.
    Split {
        /// Its number, such as I-3.
        incident: String,
        /// Their numbers, such as EC-1042.
        #[arg(required = true)]
        tickets: Vec<String>,
    },
    /// It is the same trouble as another one, and goes on there.
    Merge {
        /// Its number, such as I-4.
        incident: String,
        /// The number of the one that goes on.
        into: String,
    },
    /// A ticket belongs to it.
    Add {
        /// Its number, such as I-3.
        incident: String,
        /// The ticket's number, such as EC-1042.
        ticket: String,
    },
    /// It is over; its open tickets are solved with it.
    Solve {
        /// Its number, such as I-3.
        incident: String,
        /// Its tickets stay as they are.
        #[arg(long)]
        keep_tickets: bool,
    },
    /// It is none: its tickets go on each for itself, and the same topic opens none for three hours.
    Dismiss {
        /// Its number, such as I-3.
        incident: String,
    },
}

/// Runs `triaged incident`.
#[must_use]
pub fn run(args: &IncidentArgs) -> u8 {
    let daemon = &args.daemon;
    let by = whoami();
    let order = match &args.command {
        IncidentCommand::List { all, limit } => {
            let list = IncidentRequest::List {
                all: *all,
                limit: *limit,
            };
            return daemon.ask(
                &Request::Incident { about: list },
                |rows: Vec<IncidentRow>| list_rows(&rows),
            );
        }
        IncidentCommand::Show { incident } => {
            let incident = incident.clone();
            let about = IncidentRequest::Show { incident };
            return daemon.ask(&Request::Incident { about }, |view: IncidentView| {
                show(&view)
            });
        }
        IncidentCommand::Split { incident, tickets } => IncidentRequest::Split {
            incident: incident.clone(),
            tickets: tickets.clone(),
            by,
        },
        IncidentCommand::Merge { incident, into } => IncidentRequest::Merge {
            incident: incident.clone(),
            into: into.clone(),
            by,
        },
        IncidentCommand::Add { incident, ticket } => IncidentRequest::Add {
            incident: incident.clone(),
            ticket: ticket.clone(),
            by,
        },
        IncidentCommand::Solve {
            incident,
            keep_tickets,
        } => IncidentRequest::Solve {
            incident: incident.clone(),
            with_tickets: !keep_tickets,
            by,
        },
        IncidentCommand::Dismiss { incident } => IncidentRequest::Dismiss {
            incident: incident.clone(),
            by,
        },
    };
    daemon.order(&Request::Incident { about: order })
}

fn list_rows(rows: &[IncidentRow]) {
    let headings = [
        "INCIDENT",
        "OPENED",
        "STATE",
        "CLIENTS",
        "TICKETS",
        "LAST REPORT",
        "ABOUT",
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                row.number.clone(),
                told(row.opened_at),
                row.state.clone(),
                row.clients.to_string(),
                row.tickets.to_string(),
                told(row.last_report_at),
                screen::short(&row.about, 48),
            ]
        })
        .collect();
    screen::table(&headings, rows, "No incident is open.");
}

fn show(view: &IncidentView) {
    let (row, incident) = (&view.row, &view.incident);
    screen::strong(&format!("{}  {}  {}", row.number, row.state, row.about));
    screen::line(&view.because);
    if let Some(lead) = &view.lead {
        screen::line(&format!(
            "{lead} leads; no ticket is below {}, level {}",
            incident.urgency, incident.level
        ));
    }
    screen::line("");
    let rows = incident
        .present()
        .map(|member| {
            vec![
                member.number.clone(),
                screen::short(&member.client, 32),
                member.partner.clone().unwrap_or_else(|| "-".to_owned()),
                told(member.at),
                screen::short(&member.because.join("; "), 72),
            ]
        })
        .collect();
    screen::table(
        &["TICKET", "CLIENT", "PARTNER", "CAME", "SHARES"],
        rows,
        "It has no ticket any more.",
    );
    if incident.trail.is_empty() {
        return;
    }
    screen::heading("What happened");
    for (at, what) in &incident.trail {
        screen::line(&format!("{}  {what}", told(*at)));
    }
}
