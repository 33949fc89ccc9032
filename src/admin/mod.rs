//! Looks and orders: one file per command. Only this folder prints.
//!
//! Exit codes: 0 done, 1 found something wrong in what was given, 2 used wrongly, 3 could not reach what is needed.

mod certificate;
pub mod check;
pub mod daemon;
pub mod due;
pub mod explain;
pub mod incidents;
pub mod mailbox;
pub mod mailboxes;
pub mod outbox;
pub mod parse;
pub mod report;
pub mod screen;
pub mod status;
pub mod store;
pub mod tickets;
pub mod timeline;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Done.
pub const DONE: u8 = 0;
/// Something is wrong in what was given.
pub const WRONG: u8 = 1;
/// Used wrongly.
pub const MISUSED: u8 = 2;
/// What is needed could not be reached.
pub const UNREACHED: u8 = 3;

/// Where the configuration lies unless told otherwise.
const CONFIG_DEFAULT: &str = "/etc/triaged/triaged.toml";

/// Reads a help desk's mailboxes and sees to it that no message is left unanswered.
#[derive(Debug, Parser)]
#[command(
    name = "triaged",
    version,
    long_version = crate::daemon::zone_files::long_version(),
    about,
    max_term_width = 110,
    propagate_version = true,
    after_help = "Exit codes: 0 done, 1 something is wrong in what you gave, 2 used wrongly, 3 could not reach what is needed."
)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// Which configuration.
#[derive(Clone, Debug, Args)]
pub struct ConfigArg {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = CONFIG_DEFAULT, env = "TRIAGED_CONFIG", global = true)]
    pub config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon in the foreground, until SIGTERM or Ctrl-C.
    Run(daemon::RunArgs),
    /// Check a folder of rules: every mistake at once, with its line. Exit code 0 clean, 1 errors.
    Check(CheckArgs),
    /// Show what is read from mail files: one JSON object a line.
    Parse(ParseArgs),
    /// Show what would be decided about a mail file or was decided about a ticket, and why.
    Explain(explain::ExplainArgs),
    /// Tell when something would be due on a calendar.
    Due(due::DueArgs),
    /// List and show tickets, and order what becomes of them.
    Ticket(tickets::TicketArgs),
    /// List, show, split, merge, solve and dismiss incidents: one trouble of several clients.
    Incident(incidents::IncidentArgs),
    /// List, retry and drop letters that wait.
    Outbox(outbox::OutboxArgs),
    /// List, probe and resume mailboxes.
    Mailbox(mailboxes::MailboxArgs),
    /// Tell how the daemon fares.
    Status(status::StatusArgs),
    /// Report what was promised and kept over a stretch of time.
    Report(report::ReportArgs),
    /// Verify or rebuild the store of a daemon that is stopped.
    Store(store::StoreArgs),
}

/// Runs one command; the exit code comes back.
#[must_use]
pub fn run(line: CommandLine) -> u8 {
    match line.command {
        Command::Run(args) => daemon::run(&args),
        Command::Check(args) => check(&args),
        Command::Parse(args) => parse::run(&args.files, args.rules.as_deref()),
        Command::Explain(args) => explain::run(&args),
        Command::Due(args) => due::run(&args),
        Command::Ticket(args) => tickets::run(&args),
        Command::Incident(args) => incidents::run(&args),
        Command::Outbox(args) => outbox::run(&args),
        Command::Mailbox(args) => mailboxes::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Store(args) => store::run(&args),
    }
}

/// `triaged check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The folder of rules; without it, the configuration is checked, and the folder that it names.
    folder: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArg,
    /// Warnings count as errors.
    #[arg(long)]
    strict: bool,
    /// The day for which lists that run out are judged; today, if not given.
    #[arg(long, value_name = "DATE")]
    at: Option<jiff::civil::Date>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum CheckFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn check(args: &CheckArgs) -> u8 {
    let format = match args.format {
        CheckFormat::Text => check::Format::Text,
        CheckFormat::Json => check::Format::Json,
    };
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => match daemon::read(&args.config.config) {
            Ok((Some(config), _, _)) => config.rules,
            Ok((None, findings, texts)) => return check::refused(&findings, &texts, format),
            Err(code) => return code,
        },
    };
    check::run(
        &folder,
        check::Wish {
            strict: args.strict,
            at: args.at,
            format,
        },
    )
}

/// `triaged parse`.
#[derive(Debug, Args)]
pub struct ParseArgs {
    /// Mail files as they came over the wire.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The folder of rules whose words are used; without it, the rules that ship with triaged.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}
