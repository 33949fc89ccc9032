//! A mail that joins its ticket: a reply, a duplicate, a robot's word, the word of one of us.
//!
//! Whether it joins at all is judged here: a token of ours proves itself, a Message-ID or a number is believed from
//! those who belong to the ticket. Everybody else gets a ticket of their own, which links to the other one.

use super::arrival::{self, by_machine, points};
use super::drafting::Drafting;
use super::facts::{Around, Case, is_staff, kind_of};
use super::opening::participants;
use super::reason::ThreadReason;
use super::writing::ToStaff;
use super::{
    Arrival, Decision, Setting, bounce, incident, promising, raising, rating, reopening, silence,
    speaking, staff, telling, waiting,
};
use crate::triage::letter::Purpose;
use crate::triage::letter::enclosures::{self, Reader};
use crate::triage::letter::template::names;
use crate::triage::mail::thread::Clue;
use crate::triage::mail::{Kind, Mail};
use crate::triage::rules::Rules;
use crate::triage::rules::criterion::Anger;
use crate::triage::ticket::{Change, State, Ticket, Writer};

/// Decides a mail whose clues lead to a ticket.
pub(super) fn join(ticket: &Ticket, arrival: &Arrival<'_>, setting: &Setting<'_>) -> Decision {
    if arrival.duplicate {
        return duplicate(ticket, arrival, setting);
    }
    let kind = kind_of(arrival.mail, setting.rules);
    if let Some(because) = stays_out(ticket, arrival, setting) {
        return arrival::open(arrival, setting, Some((ticket, because)));
    }
    if kind == Kind::Bounce && arrival.mail.road.own_loop.is_none() {
        return bounce::came_back(ticket, arrival, setting);
    }
    if let Some((what, sign)) = by_machine(arrival.mail, kind) {
        let mut drafting = begin(ticket, arrival, setting, Writer::Machine);
        drafting.because(ThreadReason::FromMachine {
            kind: what.to_owned(),
            sign,
        });
        return drafting.finish();
    }
    if is_staff(arrival.mail.from_address(), setting.rules)
        || speaking::is_inside(ticket, arrival, setting)
    {
        return staff::wrote(ticket, arrival, setting);
    }
    by_client(ticket, arrival, setting)
}

/// A mail on the ticket: noted, and what answers it finds the ticket.
pub(super) fn begin<'a>(
    ticket: &Ticket,
    arrival: &Arrival<'_>,
    setting: &'a Setting<'a>,
    by: Writer,
) -> Drafting<'a> {
    begin_by(ticket, arrival, setting, Some(by))
}

/// The same; a mail of nobody's that counts is linked and no more.
pub(super) fn begin_by<'a>(
    ticket: &Ticket,
    arrival: &Arrival<'_>,
    setting: &'a Setting<'a>,
    by: Option<Writer>,
) -> Drafting<'a> {
    let mut drafting = Drafting::new(Some(ticket), setting);
    let mail = arrival.mail;
    drafting.because(ThreadReason::Joining {
        number: ticket.number.clone(),
        clue: arrival
            .joined_by
            .map_or_else(|| "its thread".to_owned(), in_words),
    });
    if let Some(by) = by {
        drafting.change(Change::Message {
            from: mail.from.clone().unwrap_or_default(),
            message_id: mail.message_id.clone(),
            at: arrival.received_at,
            by,
        });
    }
    if let Some(id) = &mail.message_id {
        drafting.clue(Clue::MessageId(id.clone()));
    }
    drafting
}

fn in_words(clue: &Clue) -> String {
    match clue {
        Clue::Token { place, .. } => format!("our token in {place}"),
        Clue::Personal { place, .. } => format!("the writer's own token in {place}"),
        Clue::MessageId(id) => format!("the Message-ID {id}"),
        Clue::Number(number) => format!("the number {number} in the subject"),
    }
}

/// Why a mail does not join the ticket that its clue names; `None` if it does.
fn stays_out(ticket: &Ticket, arrival: &Arrival<'_>, setting: &Setting<'_>) -> Option<String> {
    let writer = arrival.mail.from_address();
    let belongs = match arrival.joined_by {
        None | Some(Clue::Token { .. } | Clue::Personal { .. }) => true,
        Some(Clue::MessageId(_)) => is_of_the_circle(ticket, writer, setting.rules),
        Some(Clue::Number(_)) => ticket.has_participant(writer) || is_staff(writer, setting.rules),
    };
    if !belongs {
        return Some(format!("{writer} has no part in that ticket"));
    }
    let (State::Solved { at } | State::Closed { solved_at: at }) = ticket.state else {
        return None;
    };
    let kind = kind_of(arrival.mail, setting.rules);
    let is_a_clients = by_machine(arrival.mail, kind).is_none() && !is_staff(writer, setting.rules);
    let over = is_a_clients && !reopening::is_in_time(at, arrival.received_at, setting.rules);
    over.then(|| "it was solved too long ago".to_owned())
}

/// A participant, one of us, or a colleague of a participant: somebody at the requester's or a participant's domain.
fn is_of_the_circle(ticket: &Ticket, writer: &str, rules: &Rules) -> bool {
    let domain = |address: &str| {
        address
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_owned())
    };
    let own = domain(writer);
    let same_partner = ticket.partner.is_some()
        && rules.partner_of(writer).map(|partner| &partner.id) == ticket.partner.as_ref();
    ticket.has_participant(writer)
        || is_staff(writer, rules)
        || same_partner
        || std::iter::once(&ticket.requester.address)
            .chain(&ticket.participants)
            .any(|one| own.is_some() && domain(one) == own)
}

/// The same mail once more, such as by a second mailbox: answered the first time, noted this time.
fn duplicate(ticket: &Ticket, arrival: &Arrival<'_>, setting: &Setting<'_>) -> Decision {
    let mut drafting = Drafting::new(Some(ticket), setting);
    let mailbox = arrival.mailbox.to_owned();
    drafting.change(Change::Note(format!(
        "The same mail also came to {mailbox}."
    )));
    drafting.because(ThreadReason::Duplicate { mailbox });
    drafting.finish()
}

/// One of us wrote to the requester as well: that is the answer that we promised.
pub(super) fn answered_directly(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
) {
    let by = format!("the answer of {}", arrival.mail.from_address());
    promising::spoke(drafting, case, (arrival.received_at, true), &by);
}

/// True if a mail goes to the requester, too.
pub(super) fn answers(mail: &Mail, ticket: &Ticket) -> bool {
    mail.to
        .iter()
        .chain(&mail.cc)
        .any(|person| person.address == ticket.requester.address)
}

/// The client's side wrote again: judged like a first mail, so that "now everybody is down" escalates, and told to
/// everybody who knows of the ticket.
fn by_client(ticket: &Ticket, arrival: &Arrival<'_>, setting: &Setting<'_>) -> Decision {
    let mut drafting = begin(ticket, arrival, setting, Writer::Client);
    let case = Case::of_ticket(ticket, setting.rules);
    let mut newcomers = participants(arrival, &case);
    newcomers.retain(|address| !ticket.has_participant(address));
    if !newcomers.is_empty() {
        drafting.change(Change::Participants(newcomers));
    }
    if rating::rests(&mut drafting, ticket, arrival) {
        return drafting.finish();
    }
    waiting::end(&mut drafting, &case, arrival.received_at);
    let reopened = reopening::reopen(&mut drafting, &case, arrival.received_at);
    let named = case.client(arrival.report.client.as_ref());
    if let Some(client) = named.clone().filter(|_| ticket.client.is_none()) {
        drafting.change(Change::Client(client));
    }
    let client = ticket.client.clone().or(named);
    let near = (Some(ticket), client.as_deref());
    // A ticket that belongs to an incident has been counted.
    let outlook =
        incident::outlook(setting, arrival, &case, near).filter(|_| ticket.life.incident.is_none());
    let anger = incident::anger(setting, Some(ticket), Some(arrival));
    let around = Around {
        client: client.as_deref(),
        reopened,
        outlook: outlook.as_ref(),
        anger: Anger {
            again: reopened
                && setting
                    .nearby
                    .is_some_and(|near| near.signature.tells_of_trouble()),
            ..anger
        },
    };
    let mut judgement = case.judge_mail(arrival, Some(ticket), &around);
    let part = incident::part(&mut judgement, outlook.as_ref());
    telling::explain(&mut drafting, &judgement);
    // Mail that was there before us is promised nothing.
    let from = (!arrival.too_old_to_answer).then_some(arrival.received_at);
    raising::raise(
        &mut drafting,
        &judgement,
        &case,
        (points(arrival.report), from),
    );
    incident::take(&mut drafting, &part, outlook.as_ref());
    if !arrival.too_old_to_answer {
        promising::next_response(&mut drafting, &case);
        incident::tell(&mut drafting, &judgement, arrival, (&case, &part));
        tell_those_who_know(&mut drafting, arrival, &case);
        silence::watch(&mut drafting, arrival);
    }
    drafting.finish()
}

/// Our people on the ticket hear that the client wrote again, unless this decision writes to them anyway: the words, and
/// the files as far as they fit.
fn tell_those_who_know(drafting: &mut Drafting<'_>, arrival: &Arrival<'_>, case: &Case<'_>) {
    let Some(ticket) = drafting.ticket() else {
        return;
    };
    let nobody_knows = ticket.told.is_empty() && ticket.life.assigned.is_none();
    if nobody_knows && !drafting.writes_nothing() {
        return;
    }
    let mut readers = speaking::people(ticket, case, drafting.setting);
    readers.retain(|contact| !drafting.writes_to(&contact.email));
    if readers.is_empty() {
        return;
    }
    let described = &arrival.mail.attachments;
    let chosen = enclosures::choose(described, arrival.files, readers.len(), Reader::Ours);
    let mut values = telling::briefed(drafting, Vec::new(), Some(arrival), case);
    values.spoken.left_out = chosen.left_out;
    let letter = ToStaff {
        purpose: Purpose::Notice,
        template: names::FOLLOW_UP_NOTICE,
        values,
        by: "having been told before".to_owned(),
    };
    for reader in readers {
        drafting.write_to_staff_with(&letter, reader, (case, &chosen.files));
    }
}
