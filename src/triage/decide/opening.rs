//! A new ticket, as its first mail makes it.

use super::facts::{Case, is_ours};
use super::{Arrival, Setting};
use crate::triage::letter::acknowledgement;
use crate::triage::mail::Mail;
use crate::triage::report::Report;
use crate::triage::rules::combine::Judgement;
use crate::triage::ticket::{Life, State, Ticket};

/// How much of a mail without a key sentence stands for it.
const SUMMARY_CHARS_MAX: usize = 300;

/// People that one mail may bring along.
const PARTICIPANTS_MAX: usize = 50;

/// The ticket, without its client and its promises.
pub(super) fn ticket(
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    judgement: &Judgement,
    setting: &Setting<'_>,
) -> Ticket {
    let (mail, report) = (arrival.mail, arrival.report);
    let prefix = case.brand().ticket_prefix.trim_end_matches('-');
    Ticket {
        id: setting.next_ticket,
        number: format!("{prefix}-{}", setting.next_ticket.0),
        version: 1,
        partner: case.partner.map(|partner| partner.id.clone()),
        address: case.address.address.clone(),
        requester: mail.from.clone().unwrap_or_default(),
        participants: participants(arrival, case),
        client: None,
        subject: mail.subject.clone().unwrap_or_default(),
        summary: summary(mail, report),
        steps: report
            .steps
            .as_ref()
            .map(|found| found.value.clone())
            .unwrap_or_default(),
        urgency: judgement.urgency,
        level: judgement.level,
        third_line_reason: judgement.third_line_reason,
        topic: report.topic.clone(),
        labels: judgement.labels.clone(),
        review: judgement.review,
        language: acknowledgement::language(
            report.language.as_deref(),
            case.languages(),
            &case.rules.company.default_language,
        ),
        state: State::Open,
        opened_at: arrival.received_at,
        last_message_at: arrival.received_at,
        messages: 1,
        last_message_id: mail.message_id.clone(),
        references: references(mail),
        promises: Vec::new(),
        told: Vec::new(),
        done: Vec::new(),
        written: Vec::new(),
        asked: false,
        handed_back: false,
        rules_version: case.rules.version.clone(),
        trust: case.trust(arrival),
        life: Life {
            unanswered_since: Some(arrival.received_at),
            unanswered: 1,
            ..Life::default()
        },
    }
}

/// Everyone on the mail but us.
pub(super) fn participants(arrival: &Arrival<'_>, case: &Case<'_>) -> Vec<String> {
    let mail = arrival.mail;
    let mut people: Vec<String> = Vec::new();
    for person in mail.from.iter().chain(&mail.to).chain(&mail.cc) {
        let address = &person.address;
        let known = people.contains(address) || is_ours(address, arrival.mailbox, case.rules);
        if !known && !address.is_empty() && people.len() < PARTICIPANTS_MAX {
            people.push(address.clone());
        }
    }
    people
}

/// The key sentence, else the beginning of what was written, else the subject.
fn summary(mail: &Mail, report: &Report) -> String {
    if let Some(found) = &report.description {
        return found.value.clone();
    }
    let text = mail.new_text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = if words.is_empty() {
        mail.subject.clone().unwrap_or_default()
    } else {
        words.join(" ")
    };
    match text.char_indices().nth(SUMMARY_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The thread that the mail stands in, its own Message-ID last.
fn references(mail: &Mail) -> Vec<String> {
    let before = if mail.references.is_empty() {
        &mail.in_reply_to
    } else {
        &mail.references
    };
    before.iter().chain(&mail.message_id).cloned().collect()
}
