//! Who may speak for us on a ticket: one of our own people, whose mail is proven to be theirs, and who is on its list.
//!
//! A From header proves nothing. What proves is a token that only this person's letters carried, or the word of a mail
//! server of ours that the rules name; where that server says that DMARC failed, no token helps.

use super::facts::{Case, is_staff};
use super::{Arrival, Setting, people};
use crate::triage::letter::Purpose;
use crate::triage::mail::Vouching;
use crate::triage::mail::thread::{self, Clue};
use crate::triage::rules::{Contact, Rules, Who};
use crate::triage::ticket::Ticket;

/// True for a mail in the thread of our own people: it answers a letter to one of them, or came to an address that only
/// such letters carry.
pub(super) fn is_inside(ticket: &Ticket, arrival: &Arrival<'_>, setting: &Setting<'_>) -> bool {
    let answers_ours = arrival
        .answers
        .is_some_and(|(_, purpose)| !purpose.is_to_the_client());
    answers_ours
        || has_own_token(ticket, arrival)
        || thread::is_internal(arrival.mail, setting.key, ticket.id.0)
}

/// True for a letter of ours that our people answer to be heard by the client's side. What they say to a letter about
/// triaged's own work or about a broken promise is for ourselves.
pub(super) fn is_answered_to_the_client(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Notice | Purpose::Escalation => true,
        Purpose::Acknowledgement
        | Purpose::HandBack
        | Purpose::Answer
        | Purpose::Broken
        | Purpose::Digest
        | Purpose::Alarm => false,
    }
}

/// What proves that the writer may speak for us on this ticket.
///
/// # Errors
/// Why the writer may not, as the end of a sentence.
pub(super) fn may_speak(
    ticket: &Ticket,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    setting: &Setting<'_>,
) -> Result<&'static str, String> {
    let from = arrival.mail.from_address();
    if !is_staff(from, case.rules) {
        return Err(format!("{from} is none of our own people"));
    }
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let servers = &case.rules.company.authenticated_by;
    let by = match arrival.mail.road.vouching(servers, domain) {
        Vouching::Failed => {
            return Err(format!("our mail server says that {from} did not send it"));
        }
        _ if has_own_token(ticket, arrival) => "a token that only this person's letters carry",
        Vouching::Passed => "our mail server",
        Vouching::Silent => return Err(format!("nothing proves that {from} wrote it")),
    };
    if !is_listed(ticket, from, case, setting) {
        return Err(format!(
            "{from} was not told of {} and is not responsible for it",
            ticket.number
        ));
    }
    Ok(by)
}

/// Our people on a ticket: who was told and who is responsible, or the Partner Manager where there is nobody.
pub(super) fn people<'a>(
    ticket: &Ticket,
    case: &Case<'a>,
    setting: &Setting<'_>,
) -> Vec<&'a Contact> {
    let rules = case.rules;
    let told = |contact: &&Contact| ticket.told.contains(&contact.email);
    let mut found: Vec<&Contact> = rules.contacts.values().filter(told).collect();
    let reads_along = |contact: &Contact| {
        let teams = rules.teams_of(&contact.email);
        found
            .iter()
            .any(|one| one.email == contact.email || teams.contains(&one.email.as_str()))
    };
    let assigned = assigned(ticket, rules).filter(|contact| !reads_along(contact));
    found.extend(assigned);
    if found.is_empty() {
        found.extend(people::resolve(&Who::PartnerManager, case, setting.now));
    }
    found
}

fn assigned<'a>(ticket: &Ticket, rules: &'a Rules) -> Option<&'a Contact> {
    rules.contacts.get(ticket.life.assigned.as_ref()?)
}

fn has_own_token(ticket: &Ticket, arrival: &Arrival<'_>) -> bool {
    matches!(arrival.joined_by, Some(Clue::Personal { ticket: id, .. }) if *id == ticket.id.0)
}

/// Told, responsible, or in charge of the partner; by an own address or as one who reads a team's mail.
fn is_listed(ticket: &Ticket, from: &str, case: &Case<'_>, setting: &Setting<'_>) -> bool {
    let rules = case.rules;
    let teams = rules.teams_of(from);
    let is_writer = |address: &str| address == from || teams.contains(&address);
    let in_charge = [Who::PartnerManager, Who::EscalationContact];
    let in_charge = in_charge.iter().flat_map(|who| {
        let present = people::resolve(who, case, setting.now);
        present.into_iter().chain(people::in_person(who, case))
    });
    ticket.told.iter().any(|address| is_writer(address))
        || assigned(ticket, rules)
            .into_iter()
            .chain(in_charge)
            .any(|contact| is_writer(&contact.email))
}
