//! One trouble of several clients, as it is decided: a mail joins an incident, opens one, or is told why it is none.
//!
//! A decision is about one ticket. What an incident means for the others reaches them one by one: the incident knows
//! which of its tickets have heard, and while one has not, its alarm is due. So nothing is lost wherever the machine stops.

mod order;
mod part;
mod reach;

use super::facts::Case;
use super::{Arrival, Setting};
use crate::triage::incident::{Outlook, Sighting};
use crate::triage::mail::Person;
use crate::triage::report::Urgency;
use crate::triage::rules::Rules;
use crate::triage::rules::criterion::{Anger, ClockEvent};
use crate::triage::ticket::Ticket;

pub(super) use order::obey;
pub use order::{IncidentOrder, IncidentOther};
pub(super) use part::{part, take, tell};
pub(super) use reach::{reach, ring};

/// What lies near the mail; `None` where it tells of no trouble, or where nobody looked.
pub(super) fn outlook<'n>(
    setting: &'n Setting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    (ticket, client): (Option<&Ticket>, Option<&str>),
) -> Option<Outlook<'n>> {
    let nearby = setting.nearby?;
    let prefix = case.brand().ticket_prefix.trim_end_matches('-');
    let partner = case.partner.map(|partner| partner.id.clone());
    let from = arrival.mail.from.as_ref().map_or("", Person::domain);
    let me = Sighting {
        ticket: ticket.map_or(setting.next_ticket, |ticket| ticket.id),
        number: ticket.map_or_else(
            || format!("{prefix}-{}", setting.next_ticket.0),
            |ticket| ticket.number.clone(),
        ),
        client: client.map_or_else(|| format!("unknown ({from})"), str::to_owned),
        who: client.map_or_else(
            || format!("domain {from}"),
            |client| client_key(partner.as_deref(), client),
        ),
        partner,
        at: arrival.received_at,
        signature: nearby.signature.clone(),
    };
    Outlook::of(nearby, me)
}

/// What clients are told apart by: two partners may each have a client of one name.
#[must_use]
pub fn client_key(partner: Option<&str>, client: &str) -> String {
    format!(
        "client {} of {}",
        client.to_lowercase(),
        partner.unwrap_or("nobody")
    )
}

/// The client whose earlier tickets and broken promises may count in this event.
#[must_use]
pub fn gathered_for(
    ticket: Option<&Ticket>,
    arrival: Option<&Arrival<'_>>,
    rules: &Rules,
) -> Option<String> {
    if let Some(ticket) = ticket.filter(|ticket| ticket.client.is_some()) {
        return ticket
            .client
            .as_ref()
            .map(|client| client_key(ticket.partner.as_deref(), client));
    }
    let arrival = arrival?;
    let case = match ticket {
        Some(ticket) => Case::of_ticket(ticket, rules),
        None => Case::of_mail(arrival, rules).0,
    };
    let client = case.client(arrival.report.client.as_ref())?;
    Some(client_key(
        case.partner.map(|partner| partner.id.as_str()),
        &client,
    ))
}

/// What has gathered between the client and us, this mail included; a promise broken in this event is not.
pub(super) fn anger(
    setting: &Setting<'_>,
    ticket: Option<&Ticket>,
    arrival: Option<&Arrival<'_>>,
) -> Anger {
    let said = arrival.and_then(|arrival| arrival.report.urgency.as_ref());
    let urgency = said
        .map(|found| found.value)
        .max(ticket.map(|ticket| ticket.urgency));
    let others = setting.nearby.map_or(0, |nearby| {
        let own = ticket.map(|ticket| ticket.id);
        let others = nearby.pressing.iter().filter(|other| Some(**other) != own);
        u32::try_from(others.count()).unwrap_or(u32::MAX)
    });
    let earlier = setting.nearby.map_or(0, |nearby| nearby.broken_promises);
    Anger {
        pressing_tickets: others + u32::from(urgency >= Some(Urgency::High)),
        unanswered: arrival.map_or(0, |_| 1) + ticket.map_or(0, |ticket| ticket.life.unanswered),
        again: false,
        broken_promises: earlier,
    }
}

/// The same for an event that a clock tells.
pub(super) fn anger_at(setting: &Setting<'_>, ticket: &Ticket, event: Option<ClockEvent>) -> Anger {
    let before = anger(setting, Some(ticket), None);
    let now = u32::from(event == Some(ClockEvent::PromiseBroken));
    Anger {
        broken_promises: before.broken_promises + now,
        ..before
    }
}
