//! `triaged outbox list | retry | drop`.

use clap::{Args, Subcommand};

use super::daemon::{Asking, whoami};
use super::screen;
use crate::daemon::clock::told;
use crate::daemon::control::Request;
use crate::daemon::control::answers::LetterRow;

/// `triaged outbox`.
#[derive(Debug, Args)]
pub struct OutboxArgs {
    #[command(flatten)]
    daemon: Asking,
    #[command(subcommand)]
    command: OutboxCommand,
}

#[derive(Debug, Subcommand)]
enum OutboxCommand {
    /// Letters that wait: to be sent, to be tried again, held, or folded for a digest.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Try a letter now; a held letter is released by it.
    Retry {
        /// Its number in `outbox list`.
        letter: u64,
    },
    /// Never send a letter.
    Drop {
        /// Its number in `outbox list`.
        letter: u64,
    },
}

/// Runs `triaged outbox`.
#[must_use]
pub fn run(args: &OutboxArgs) -> u8 {
    let daemon = &args.daemon;
    match &args.command {
        OutboxCommand::List { limit } => {
            let limit = *limit;
            daemon.ask(&Request::Letters { limit }, |rows: Vec<LetterRow>| {
                list(&rows)
            })
        }
        OutboxCommand::Retry { letter } => daemon.order(&Request::RetryLetter {
            letter: *letter,
            by: whoami(),
        }),
        OutboxCommand::Drop { letter } => daemon.order(&Request::DropLetter {
            letter: *letter,
            by: whoami(),
        }),
    }
}

fn list(rows: &[LetterRow]) {
    let headings = [
        "LETTER",
        "WRITTEN",
        "TICKET",
        "PURPOSE",
        "TO",
        "TRIES",
        "NEXT",
        "WHY IT WAITS",
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                row.letter.to_string(),
                told(row.written_at),
                row.ticket.clone().unwrap_or_else(|| "-".to_owned()),
                row.purpose.clone(),
                screen::short(&row.to, 40),
                row.tries.to_string(),
                next(row),
                screen::short(&row.why, 70),
            ]
        })
        .collect();
    screen::table(&headings, rows, "No letter waits.");
}

/// What becomes of a letter, and when.
fn next(row: &LetterRow) -> String {
    let at = row.next_at.map_or_else(|| "now".to_owned(), told);
    match row.next.as_str() {
        "sent" => at,
        "held" => "held".to_owned(),
        other => format!("{other} {at}"),
    }
}
