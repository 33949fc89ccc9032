//! What a letter says about its ticket and mail: the values that its template may name.
//!
//! Strangers wrote most of these words. They are shown, never believed; in a white-label letter they are shown
//! without the vendor's name.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::leak::without_vendor;
use super::template::{MailValues, PersonValues, PromiseValues, TicketValues, Values};
use crate::triage::mail::{Mail, Person};
use crate::triage::promise::Metric;
use crate::triage::report::Report;
use crate::triage::ticket::Ticket;

/// How letters show things to one reader.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The zone in which times are told.
    pub zone: TimeZone,
    /// What the reader must not be shown; empty for letters that may name everything.
    pub never_mention: &'a [String],
}

/// A mail with what it means.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The mail.
    pub mail: &'a Mail,
    /// What it means.
    pub report: &'a Report,
    /// When our server took it over.
    pub received_at: Timestamp,
}

/// How much of a mail a notice shows; the whole of it lies in the mailbox.
const TEXT_CHARS_MAX: usize = 2_000;

/// How many file names a letter lists.
const ATTACHMENTS_MAX: usize = 20;

/// The values that every letter about a ticket shares.
#[must_use]
pub fn values(ticket: &Ticket, said: Option<&Said<'_>>, view: &View<'_>) -> Values {
    Values {
        ticket: ticket_values(ticket, said, view),
        mail: said
            .map(|said| mail_values(ticket, said, view))
            .unwrap_or_default(),
        sender: said
            .and_then(|said| said.mail.from.as_ref())
            .map(|person| view.person(person))
            .unwrap_or_else(|| view.person(&ticket.requester)),
        promise: promise_values(ticket, view),
        ..Values::default()
    }
}

impl View<'_> {
    /// Somebody's words, as this reader may see them.
    #[must_use]
    pub fn words(&self, text: &str) -> String {
        if self.never_mention.is_empty() {
            text.to_owned()
        } else {
            without_vendor(text, self.never_mention)
        }
    }

    /// An instant in the reader's zone.
    #[must_use]
    pub fn at(&self, instant: Timestamp) -> Zoned {
        instant.to_zoned(self.zone.clone())
    }

    /// A person, with the name that a salutation may use.
    #[must_use]
    pub fn person(&self, person: &Person) -> PersonValues {
        let name = person.name.as_deref().map(|name| self.words(name));
        PersonValues {
            first_name: name.as_deref().and_then(first_name),
            name,
            address: person.address.clone(),
        }
    }

    fn some_words(&self, text: &str) -> Option<String> {
        Some(self.words(text.trim())).filter(|text| !text.is_empty())
    }
}

fn ticket_values(ticket: &Ticket, said: Option<&Said<'_>>, view: &View<'_>) -> TicketValues {
    let report = said.map(|said| said.report);
    let found = |field: fn(&Report) -> Option<&String>| {
        report
            .and_then(field)
            .and_then(|text| view.some_words(text))
    };
    TicketValues {
        id: ticket.number.clone(),
        urgency: ticket.urgency.name().to_owned(),
        level: ticket.level,
        reason: ticket
            .third_line_reason
            .map(|reason| reason.name().to_owned()),
        client: ticket
            .client
            .as_deref()
            .and_then(|client| view.some_words(client)),
        subject: view.some_words(&ticket.subject),
        summary: view.some_words(&ticket.summary),
        steps: ticket.steps.iter().map(|step| view.words(step)).collect(),
        affected_users: found(|report| report.affected_users.as_ref().map(|found| &found.value)),
        since: found(|report| report.since.as_ref().map(|found| &found.value)),
        topic: ticket.topic.component.clone(),
        labels: ticket.labels.clone(),
        opened: Some(view.at(ticket.opened_at)),
    }
}

fn mail_values(ticket: &Ticket, said: &Said<'_>, view: &View<'_>) -> MailValues {
    let mail = said.mail;
    let text = shown_text(mail);
    MailValues {
        subject: mail
            .subject
            .as_deref()
            .and_then(|subject| view.some_words(subject)),
        text: view.some_words(&text),
        attachments: mail
            .attachments
            .iter()
            .filter(|attachment| !attachment.ornament)
            .filter_map(|attachment| attachment.name.as_deref())
            .take(ATTACHMENTS_MAX)
            .map(|name| view.words(name))
            .collect(),
        received: Some(view.at(said.received_at)),
        link: Some(format!("triaged ticket show {}", ticket.number)),
    }
}

/// The writer's own words, then what he passes on, without which "please see below" says nothing.
fn shown_text(mail: &Mail) -> String {
    let whole = [mail.new_text(), mail.passed_on()].join("\n\n");
    let whole = whole.trim();
    let shown = beginning(whole, TEXT_CHARS_MAX);
    if shown.len() == whole.len() {
        return shown.to_owned();
    }
    format!("{} […]", shown.trim_end())
}

/// What is still promised. A promise that was kept or broken is no news for the reader.
fn promise_values(ticket: &Ticket, view: &View<'_>) -> PromiseValues {
    let until = |metric| {
        let promise = ticket
            .promise_of(metric)
            .filter(|promise| promise.is_running())?;
        promise.due.map(|due| view.at(due))
    };
    PromiseValues {
        acknowledge: until(Metric::Acknowledge),
        first_response: until(Metric::FirstResponse),
        next_response: until(Metric::NextResponse),
        update_every: until(Metric::UpdateEvery),
        solve: until(Metric::Solve),
    }
}

/// Words in names that are no person's.
const ROLES: [&str; 24] = [
    "team",
    "support",
    "helpdesk",
    "hotline",
    "desk",
    "service",
    "services",
    "office",
    "ops",
    "operations",
    "admin",
    "administration",
    "info",
    "sales",
    "billing",
    "accounting",
    "purchasing",
    "it",
    "gmbh",
    "ag",
    "inc",
    "ltd",
    "llc",
    "group",
];

/// Words before a person's name.
const TITLES: [&str; 9] = [
    "dr", "prof", "mr", "mrs", "ms", "herr", "frau", "dipl", "ing",
];

/// The name for a salutation, where a display name looks like a person's: `Jane Doe`, `Doe, Jane`, `Dr. Jane Doe`.
fn first_name(name: &str) -> Option<String> {
    let name = name.split('(').next()?.trim();
    let plain = |word: &str| word.trim_matches(['.', ',']).to_lowercase();
    if name
        .split_whitespace()
        .any(|word| ROLES.contains(&plain(word).as_str()))
    {
        return None;
    }
    let (given, surname) = match name.split_once(',') {
        Some((surname, given)) => (given, surname),
        None => (name, name),
    };
    let word = given
        .split_whitespace()
        .find(|word| !TITLES.contains(&plain(word).as_str()))?;
    let is_capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let is_name = is_capital(word)
        && word.chars().count() > 1
        && word
            .chars()
            .all(|char| char.is_alphabetic() || matches!(char, '-' | '\'' | '’'));
    // One capitalised word alone may as well be a company or a robot, and a surname begins with a capital.
    let last = surname.split_whitespace().last()?;
    let is_whole_name = name.split_whitespace().count() > 1 && is_capital(last);
    (is_name && is_whole_name).then(|| word.to_owned())
}

/// At most so many characters from the beginning of a text.
fn beginning(text: &str, chars_max: usize) -> &str {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salutation_uses_the_first_name_of_a_person() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(first_name(name).as_deref(), expected, "{name}");
        };
        check("Jane Doe", Some("Jane"));
        check("Doe, Jane", Some("Jane"));
        check("Dr. Jane van Doe", Some("Jane"));
        check("Jean-Luc O’Neil", Some("Jean-Luc"));
        check("Élodie Durand", Some("Élodie"));
        check("Support", None);
        check("jane@north.example", None);
        check("north it", None);
        check("Dana Reyes (Partner Manager, Americas)", Some("Dana"));
        check("Executive sponsor, Americas", None);
        check("Support Team", None);
        check("2nd Line Team", None);
        check("Northwind Ops", None);
        check("Northwind Ltd.", None);
        check("", None);
    }
}
