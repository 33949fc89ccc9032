//! What an incident means for one of its tickets, and what its own alarm asks for.
//!
//! Each ticket hears once of each turn that the incident takes. A ticket that has heard is passed over, so that a look
//! too many does no harm.

use super::super::drafting::Drafting;
use super::super::facts::Case;
use super::super::reason::IncidentReason;
use super::super::{Decision, Order, Setting, order, people, raising, telling};
use super::part::{tell_manager, write};
use crate::triage::incident::{
    Incident, IncidentChange, IncidentId, Member, QUIET_AFTER, Standing, Word,
};
use crate::triage::rules::combine::Judgement;
use crate::triage::rules::{Contact, Who};
use crate::triage::ticket::{Change, ThirdLineReason, Ticket};

/// The ticket hears of the incident.
pub(in super::super) fn reach(
    ticket: Option<&Ticket>,
    (incident, member): (&Incident, &Member),
    setting: &Setting<'_>,
) -> Decision {
    let Some(ticket) = ticket else {
        // A ticket that is not there hears no more.
        let mut decision = Decision::nothing("the ticket is gone");
        decision
            .incidents
            .push((incident.id, IncidentChange::Knows(member.ticket)));
        return decision;
    };
    if let (Standing::Solved { .. }, false, Some(by)) =
        (incident.standing, member.left, &incident.solved_by)
        && ticket.is_open()
    {
        let by = format!("{by}, with {}", incident.id);
        let mut decision = order::obey(Some(ticket), (&Order::Solve { by }, None), setting);
        decision
            .incidents
            .push((incident.id, IncidentChange::Knows(ticket.id)));
        return decision;
    }
    let mut drafting = Drafting::new(Some(ticket), setting);
    drafting.incident(incident.id, IncidentChange::Knows(ticket.id));
    match (incident.standing, member.left) {
        (_, true) => goes(&mut drafting, incident.id, "was taken out of"),
        (Standing::Dismissed { .. }, false) => {
            goes(&mut drafting, incident.id, "is no incident, so leaves")
        }
        (Standing::Open, false) => comes_in(&mut drafting, incident, member),
        (Standing::Maybe, false) => {
            let reason = IncidentReason::Reached {
                incident: incident.id,
                about: incident.about.clone(),
                maybe: true,
                surge: incident.surge.clone(),
                shared: member.because.clone(),
            };
            drafting.change(Change::Note(format!("{reason}.")));
            drafting.because(reason);
        }
        (Standing::Solved { .. } | Standing::Lapsed { .. } | Standing::Merged { .. }, false) => {
            let standing = incident.standing.name();
            drafting.change(Change::Note(format!("{} is {standing}.", incident.id)));
        }
    }
    drafting.finish()
}

fn goes(drafting: &mut Drafting<'_>, id: IncidentId, what: &str) {
    let number = drafting
        .ticket()
        .map(|ticket| ticket.number.clone())
        .unwrap_or_default();
    drafting.change(Change::Note(format!("{number} {what} {id}.")));
    if drafting.ticket().and_then(|ticket| ticket.life.incident) == Some(id) {
        drafting.change(Change::InIncident(None));
    }
}

/// The ticket belongs to the incident from now on, is as pressing as it, and climbs its ladder if it leads.
fn comes_in(drafting: &mut Drafting<'_>, incident: &Incident, member: &Member) {
    let Some(ticket) = drafting.ticket().cloned() else {
        return;
    };
    if ticket
        .life
        .incident
        .is_some_and(|other| other != incident.id && !incident.takes_over(other))
    {
        let by = "triaged, because it belongs to another incident".to_owned();
        let at = drafting.now();
        return drafting.incident(
            incident.id,
            IncidentChange::Left {
                ticket: ticket.id,
                by,
                at,
            },
        );
    }
    let reason = IncidentReason::Reached {
        incident: incident.id,
        about: incident.about.clone(),
        maybe: false,
        surge: incident.surge.clone(),
        shared: member.because.clone(),
    };
    drafting.change(Change::Note(format!("{reason}.")));
    drafting.because(reason);
    drafting.change(Change::InIncident(Some(incident.id)));
    if !ticket.is_open() {
        // A ticket that is solved climbs nothing: the next one leads.
        return lead_goes_on(drafting, incident, &ticket);
    }
    let case = Case::of_ticket(&ticket, drafting.rules());
    let mut judgement = Judgement::floor(
        (incident.urgency, incident.level),
        ThirdLineReason::MultiClient,
    );
    let now = drafting.now();
    raising::raise(
        drafting,
        &judgement,
        &case,
        (vec![incident.surge.to_string()], Some(now)),
    );
    if incident.lead == ticket.id && !incident.ladders.is_empty() {
        judgement.ladders.clone_from(&incident.ladders);
        telling::tell(drafting, &judgement, None, &case);
        let told = drafting
            .ticket()
            .map(|ticket| ticket.told.clone())
            .unwrap_or_default();
        drafting.incident(incident.id, IncidentChange::Told(told));
    } else {
        tell_manager(drafting, Some(incident), None, &case);
    }
}

fn lead_goes_on(drafting: &mut Drafting<'_>, incident: &Incident, ticket: &Ticket) {
    if incident.lead != ticket.id {
        return;
    }
    let mut behind = incident
        .present()
        .skip_while(|member| member.ticket != ticket.id);
    if let Some(next) = behind.nth(1) {
        drafting.incident(incident.id, IncidentChange::Leads(next.ticket));
    }
}

/// The incident's own alarm: its people are told what it owes them. `lead` is its leading ticket.
pub(in super::super) fn ring(
    lead: Option<&Ticket>,
    incident: &Incident,
    setting: &Setting<'_>,
) -> Decision {
    let mut drafting = Drafting::new(lead, setting);
    let at = setting.now;
    let quiet = at.duration_since(incident.last_report_at) >= QUIET_AFTER;
    if incident.owes == Some(Word::Back) {
        drafting.because(IncidentReason::IsBack {
            incident: incident.id,
            about: incident.about.clone(),
        });
        tell_its_people(&mut drafting, incident);
        drafting.incident(incident.id, IncidentChange::SaidSo { at });
    } else if quiet && incident.standing == Standing::Maybe {
        drafting.incident(incident.id, IncidentChange::Lapsed { at });
    } else if quiet && incident.standing == Standing::Open && !incident.asked_to_close {
        drafting.because(IncidentReason::Quiet {
            incident: incident.id,
            about: incident.about.clone(),
            since: incident.last_report_at,
        });
        tell_its_people(&mut drafting, incident);
        drafting.incident(incident.id, IncidentChange::AskedToClose { at });
    } else {
        return Decision::nothing("the incident needs nobody now");
    }
    drafting.finish()
}

/// Everybody who was told of the incident; where nobody was, the manager; where there is none, the operators.
fn tell_its_people(drafting: &mut Drafting<'_>, incident: &Incident) {
    let Some(lead) = drafting.ticket().cloned() else {
        let what = format!("{} has no ticket that leads it", incident.id);
        return drafting.alarm(what, None, "Look at `triaged incident show`.");
    };
    let case = Case::of_ticket(&lead, drafting.rules());
    let knows = |contact: &&Contact| {
        incident.told.contains(&contact.email) || lead.told.contains(&contact.email)
    };
    let mut readers: Vec<&Contact> = case.rules.contacts.values().filter(knows).collect();
    if readers.is_empty() {
        readers.extend(people::resolve(&Who::PartnerManager, &case, drafting.now()));
    }
    for reader in readers {
        write(drafting, reader, None, &case);
    }
}
