//! `triaged explain`: what would be decided about a mail file, or was decided about a ticket, and why. Verdict first.

mod conclusions;
mod marked;
mod page;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::daemon::{asked, configured};
use super::{ConfigArg, DONE, UNREACHED, WRONG, screen};
use crate::daemon::control::Request;
use crate::daemon::rules_files;
use crate::finding::{Colour, draw};
use crate::triage::decide::{Arrival, Decision, Event, Setting, decide, judgement};
use crate::triage::letter::LetterId;
use crate::triage::mail::thread::TokenKey;
use crate::triage::mail::{Kind, Mail};
use crate::triage::report::Report;
use crate::triage::rules::Rules;
use crate::triage::ticket::{ThirdLineReason, TicketId};
use marked::{Look, Marked};

/// `triaged explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A mail file, or a ticket's number such as EC-1042 (asked of the running daemon).
    what: String,
    #[command(flatten)]
    config: ConfigArg,
    /// The folder of rules; without it, for a ticket the configuration's, for a file those that ship with triaged.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// The mailbox that the mail is supposed to have come to.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "support@everythingcloud.com"
    )]
    mailbox: String,
    /// When the mail is supposed to have come; now, if not given.
    #[arg(long, value_name = "RFC3339")]
    at: Option<Timestamp>,
    /// Also print the letters that would be sent.
    #[arg(long)]
    full: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `triaged explain`. Sends nothing and keeps nothing.
#[must_use]
pub fn run(args: &ExplainArgs) -> u8 {
    let raw = match raw(args) {
        Ok(raw) => raw,
        Err(code) => return code,
    };
    // A command is no part of the daemon: the clock is read here, once, where the person did not name an instant.
    let now = args
        .at
        .unwrap_or_else(|| crate::daemon::clock::Clock::default().now());
    let folder = match &args.rules {
        Some(folder) => Some(folder.clone()),
        // A ticket was decided by the rules that this machine works with.
        None if is_ticket(args) => match configured(&args.config.config) {
            Ok(config) => Some(config.rules),
            Err(code) => return code,
        },
        None => None,
    };
    let Some(folder) = folder else {
        explain(args, &raw, Rules::shipped(), now);
        return DONE;
    };
    match loaded(&folder, now) {
        Ok(rules) => explain(args, &raw, &rules, now),
        Err(code) => return code,
    }
    DONE
}

fn is_ticket(args: &ExplainArgs) -> bool {
    !args.what.contains(['/', '.']) && !Path::new(&args.what).exists()
}

fn raw(args: &ExplainArgs) -> Result<Vec<u8>, u8> {
    if !is_ticket(args) {
        return std::fs::read(&args.what).map_err(|error| {
            screen::complain(&format!("{} cannot be read: {error}", args.what));
            UNREACHED
        });
    }
    let value = asked(
        &args.config,
        &Request::RawMail {
            number: args.what.clone(),
        },
    )?;
    serde_json::from_value(value).map_err(|_| UNREACHED)
}

fn loaded(folder: &Path, now: Timestamp) -> Result<Rules, u8> {
    let loaded = rules_files::load(folder, now.to_zoned(jiff::tz::TimeZone::UTC).date()).map_err(
        |error| {
            screen::complain(&error.to_string());
            UNREACHED
        },
    )?;
    loaded.rules.ok_or_else(|| {
        screen::complaint(&draw(&loaded.findings, &loaded.files, Colour::Coloured));
        WRONG
    })
}

fn explain(args: &ExplainArgs, raw: &[u8], rules: &Rules, now: Timestamp) {
    let mail = Mail::read(raw);
    let report = Report::of(&mail, &rules.lexicon);
    let arrival = Arrival {
        mail: &mail,
        report: &report,
        received_at: now,
        mailbox: &args.mailbox,
        too_old_to_answer: false,
        first_contact: true,
        joined_by: None,
        duplicate: false,
        bounced: None,
        answers: None,
        files: &[],
        other: None,
    };
    let judgement = judgement(&arrival, rules);
    let alarms_to = [];
    let setting = Setting {
        rules,
        key: &TokenKey([0; 32]),
        next_ticket: TicketId(1),
        next_letter: LetterId(1),
        nearby: None,
        alarms_to: &alarms_to,
        instance: "explain",
        now,
    };
    let decision = decide(None, &Event::MailArrived(arrival), &setting);
    if args.json {
        let verdict = super::parse::Verdict {
            level: Some((judgement.level, judgement.level_confidence)),
            third_line_reason: judgement.third_line_reason.map(ThirdLineReason::name),
        };
        let parsed = super::parse::json(&args.what, &mail, Some(&report), verdict);
        return screen::json(&json!({ "mail": parsed, "decision": decision }));
    }
    let look = Look {
        coloured: screen::coloured(),
        columns: screen::columns(),
    };
    let marked = Marked::of(&report, look);
    heading(args, &mail, rules);
    verdict(&mail, &decision, judgement.level_confidence);
    screen::line("");
    marked
        .mail(&mail)
        .iter()
        .for_each(|line| screen::line(line));
    conclusions::print(&report, &marked);
    why(&mail, &decision);
    letters(args, &decision);
}

fn heading(args: &ExplainArgs, mail: &Mail, rules: &Rules) {
    let from = match mail.from_address() {
        "" => "nobody",
        address => address,
    };
    screen::line(&format!(
        "{}  {}  from {}  rules {}",
        args.what,
        kind(mail.kind),
        screen::tame(from),
        rules.version
    ));
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Request => "request",
        Kind::Reply => "reply",
        Kind::AutoReply => "auto-reply",
        Kind::Bounce => "bounce",
        Kind::List => "mailing list",
        Kind::Calendar => "calendar",
        Kind::Unparsable => "unparsable",
    }
}

fn verdict(mail: &Mail, decision: &Decision, sure: f32) {
    let Some(ticket) = decision.opens() else {
        screen::strong("VERDICT  no ticket is opened");
        if let Some(bounce) = &mail.bounce {
            let recipient = bounce.recipient.as_deref().unwrap_or("somebody");
            let lasting = if bounce.permanent { "" } else { "not " };
            screen::line(&format!(
                "bounce   {} cannot be reached, {lasting}for good, status {}",
                screen::tame(recipient),
                bounce.status.as_deref().unwrap_or("not given")
            ));
        }
        return;
    };
    let reason = ticket
        .third_line_reason
        .map(|reason| format!(" ({reason})"))
        .unwrap_or_default();
    screen::strong(&format!(
        "VERDICT  level {}{reason}, {}, partner {}, client {}, language {}, review {}",
        ticket.level,
        ticket.urgency,
        ticket.partner.as_deref().unwrap_or("unknown"),
        screen::tame(ticket.client.as_deref().unwrap_or("not stated")),
        ticket.language,
        if ticket.review { "yes" } else { "no" },
    ));
    screen::line(&format!("sure     {} of the level", percent(sure)));
    for promise in &ticket.promises {
        screen::line(&format!(
            "promise  {}",
            crate::daemon::control::answers::promise_line(promise)
        ));
    }
    screen::line(&format!("trust    {}", screen::tame(&ticket.trust)));
}

fn percent(confidence: f32) -> String {
    format!("{:.0} %", f64::from(confidence) * 100.0)
}

fn why(mail: &Mail, decision: &Decision) {
    screen::heading("DECISION");
    for reason in &decision.because {
        screen::line(&format!("because  {}", screen::tame(&reason.to_string())));
    }
    for defect in &mail.defects {
        screen::line(&format!("defect   {}", screen::tame(&defect.to_string())));
    }
}

fn letters(args: &ExplainArgs, decision: &Decision) {
    if decision.letters.is_empty() {
        return screen::line("would send nothing");
    }
    for letter in &decision.letters {
        let held = letter
            .held
            .as_ref()
            .map(|why| format!("  HELD: {why}"))
            .unwrap_or_default();
        screen::line(&format!(
            "would send  {} to {} as {}: {}{held}",
            letter.purpose,
            letter.to,
            letter.envelope_from,
            screen::tame(&letter.subject)
        ));
        if args.full {
            screen::text(&letter.mime.replace('\r', ""));
        }
    }
    screen::line("(nothing was sent)");
    if is_ticket(args) {
        screen::line(&format!(
            "Decided anew, as if its first mail came now; `triaged ticket show {}` tells what was decided then.",
            args.what
        ));
    }
}
