//! A person's order about an incident: solved, dismissed, taken apart, merged. The reasons are the answer.

use serde::{Deserialize, Serialize};

use super::super::drafting::Drafting;
use super::super::{Decision, Reason, Setting};
use crate::triage::incident::{Incident, IncidentChange, Member, Signature, Standing};
use crate::triage::ticket::{Ticket, TicketId};

/// What a person orders about an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "order")]
pub enum IncidentOrder {
    /// It is over.
    Solve {
        /// Its tickets are solved with it.
        with_tickets: bool,
        /// Who.
        by: String,
    },
    /// It is none.
    Dismiss {
        /// Who.
        by: String,
    },
    /// These tickets have nothing to do with it.
    Split {
        /// Which.
        tickets: Vec<TicketId>,
        /// Who.
        by: String,
    },
    /// It is the same trouble as the other one, and goes on there.
    Merge {
        /// Who.
        by: String,
    },
    /// A ticket belongs to it.
    Add {
        /// Who.
        by: String,
    },
}

/// What an order is about besides its incident.
#[derive(Clone, Copy, Debug)]
pub enum IncidentOther<'a> {
    /// Nothing.
    Nothing,
    /// The incident that it is merged into.
    Incident(&'a Incident),
    /// The ticket that is added.
    Ticket(&'a Ticket),
}

/// Obeys, or says why there is nothing to do.
pub(in super::super) fn obey(
    incident: &Incident,
    order: &IncidentOrder,
    other: &IncidentOther<'_>,
    setting: &Setting<'_>,
) -> Decision {
    let mut drafting = Drafting::new(None, setting);
    let (id, at) = (incident.id, setting.now);
    let stands = incident.standing.takes_reports();
    match (order, other) {
        (IncidentOrder::Solve { with_tickets, by }, _) if stands => {
            let (by, with_tickets) = (by.clone(), *with_tickets);
            let tickets = if with_tickets {
                ", and its open tickets with it"
            } else {
                ""
            };
            ordered(&mut drafting, &by, format!("{id} is solved{tickets}"));
            drafting.incident(
                id,
                IncidentChange::Solved {
                    by,
                    with_tickets,
                    at,
                },
            );
        }
        (IncidentOrder::Dismiss { by }, _) if stands => {
            let by = by.clone();
            ordered(
                &mut drafting,
                &by,
                format!("{id} is dismissed: its tickets go on each for itself"),
            );
            drafting.incident(id, IncidentChange::Dismissed { by, at });
        }
        (IncidentOrder::Split { tickets, by }, _) => split(&mut drafting, incident, tickets, by),
        (IncidentOrder::Merge { by }, IncidentOther::Incident(into)) if stands => {
            merge(&mut drafting, incident, into, by);
        }
        (IncidentOrder::Add { by }, IncidentOther::Ticket(ticket)) if stands => {
            add(&mut drafting, incident, ticket, by);
        }
        (
            IncidentOrder::Merge { .. } | IncidentOrder::Add { .. },
            IncidentOther::Nothing | IncidentOther::Ticket(_) | IncidentOther::Incident(_),
        ) if stands => nothing(&mut drafting, format!("{id} has nothing to be joined with")),
        (
            IncidentOrder::Solve { .. }
            | IncidentOrder::Dismiss { .. }
            | IncidentOrder::Merge { .. }
            | IncidentOrder::Add { .. },
            _,
        ) => nothing(
            &mut drafting,
            format!("{id} is {} already", incident.standing.name()),
        ),
    }
    drafting.finish()
}

fn split(drafting: &mut Drafting<'_>, incident: &Incident, tickets: &[TicketId], by: &str) {
    let leaving: Vec<&Member> = incident
        .present()
        .filter(|member| tickets.contains(&member.ticket))
        .collect();
    if leaving.is_empty() {
        return nothing(
            drafting,
            format!("none of these tickets is in {}", incident.id),
        );
    }
    let numbers: Vec<&str> = leaving
        .iter()
        .map(|member| member.number.as_str())
        .collect();
    let verb = if numbers.len() == 1 { "is" } else { "are" };
    ordered(
        drafting,
        by,
        format!("{} {verb} taken out of {}", numbers.join(", "), incident.id),
    );
    for member in leaving {
        let left = IncidentChange::Left {
            ticket: member.ticket,
            by: by.to_owned(),
            at: drafting.now(),
        };
        drafting.incident(incident.id, left);
    }
}

/// The other one takes over every ticket, with what it is recognised by.
fn merge(drafting: &mut Drafting<'_>, incident: &Incident, into: &Incident, by: &str) {
    if incident.id == into.id || into.standing != Standing::Open {
        let why = format!(
            "{} cannot be merged into {}: that one must be another, and open",
            incident.id, into.id
        );
        return nothing(drafting, why);
    }
    ordered(
        drafting,
        by,
        format!("{} goes on in {}", incident.id, into.id),
    );
    let at = drafting.now();
    let by = by.to_owned();
    drafting.incident(
        incident.id,
        IncidentChange::Merged {
            into: into.id,
            by,
            at,
        },
    );
    let signatures = incident
        .known_by
        .iter()
        .cloned()
        .map(Some)
        .chain(std::iter::repeat(None));
    for (member, signature) in incident.present().zip(signatures) {
        let joined = IncidentChange::Joined {
            member: Member {
                knows: false,
                because: vec![format!("merged from {}", incident.id)],
                ..member.clone()
            },
            signature: signature.unwrap_or_default(),
        };
        drafting.incident(into.id, joined);
    }
    drafting.incident(into.id, IncidentChange::TookOver(incident.id));
}

fn add(drafting: &mut Drafting<'_>, incident: &Incident, ticket: &Ticket, by: &str) {
    if incident.present().any(|member| member.ticket == ticket.id) {
        return nothing(
            drafting,
            format!("{} is in {} already", ticket.number, incident.id),
        );
    }
    ordered(
        drafting,
        by,
        format!("{} belongs to {}", ticket.number, incident.id),
    );
    let client = ticket.client.clone();
    let member = Member {
        ticket: ticket.id,
        number: ticket.number.clone(),
        who: client.as_ref().map_or_else(
            || format!("domain {}", ticket.requester.domain()),
            |client| super::client_key(ticket.partner.as_deref(), client),
        ),
        client: client.unwrap_or_else(|| format!("unknown ({})", ticket.requester.domain())),
        partner: ticket.partner.clone(),
        at: ticket.opened_at,
        because: vec![format!("added by {by}")],
        left: false,
        knows: false,
    };
    let signature = Signature::default();
    drafting.incident(incident.id, IncidentChange::Joined { member, signature });
}

fn ordered(drafting: &mut Drafting<'_>, by: &str, what: String) {
    drafting.because(Reason::Ordered {
        by: by.to_owned(),
        what,
    });
}

fn nothing(drafting: &mut Drafting<'_>, because: String) {
    drafting.because(Reason::Refused { because });
}
