//! The part that a mail takes in an incident: it joins one, opens one, brings one back, or none.
//!
//! Joining comes before opening. One ladder is climbed for an incident, on its first ticket: what the mail's own ticket
//! would climb for the same reason is taken from its judgement.

use super::super::drafting::Drafting;
use super::super::facts::Case;
use super::super::reason::IncidentReason;
use super::super::telling::{self, THIRD_LINE};
use super::super::writing::ToStaff;
use super::super::{Arrival, people};
use crate::triage::incident::{
    COMES_BACK_FROM, Incident, IncidentChange, Link, Member, Outlook, Same, Sighting, Standing,
};
use crate::triage::letter::Purpose;
use crate::triage::letter::template::names;
use crate::triage::rules::combine::{IncidentWish, Judgement};
use crate::triage::rules::{Contact, Who};
use crate::triage::ticket::{Change, ThirdLineReason};

/// What a mail has to do with an incident.
#[derive(Debug)]
pub(in super::super) enum Part<'n> {
    /// It tells of no trouble, or nothing near it does.
    None,
    /// It joins one that stands.
    Joins(&'n Incident, Link),
    /// It joins one that stood in doubt, and now is certain.
    Confirms(&'n Incident, Link, IncidentWish),
    /// It fits one that is solved.
    Back(&'n Incident, Link),
    /// It opens one, certain or not.
    Opens(IncidentWish),
    /// It would open one, but people have said of late that it is none.
    Cooling(&'n Incident),
}

/// Finds the part, and takes from the judgement what the incident does for all its tickets.
pub(in super::super) fn part<'n>(
    judgement: &mut Judgement,
    outlook: Option<&Outlook<'n>>,
) -> Part<'n> {
    let Some(outlook) = outlook else {
        return Part::None;
    };
    let wish = judgement.incident.take();
    if let Some((incident, link)) = outlook.to_join() {
        tell_once(judgement, wish.as_ref());
        let confirms = wish.filter(|wish| wish.opens && incident.standing == Standing::Maybe);
        return match confirms {
            Some(wish) => {
                climb_once(judgement, &wish.ladders);
                Part::Confirms(incident, link, wish)
            }
            None => {
                let ladders: Vec<String> = incident
                    .ladders
                    .iter()
                    .map(|(ladder, _)| ladder.clone())
                    .collect();
                climb_once(judgement, &ladders);
                if incident.standing == Standing::Open {
                    judgement.third_line_reason = judgement
                        .third_line_reason
                        .or(Some(ThirdLineReason::MultiClient));
                }
                Part::Joins(incident, link)
            }
        };
    }
    if let Some((incident, link)) = outlook.back() {
        tell_once(judgement, wish.as_ref());
        let ladders = wish.map(|wish| wish.ladders).unwrap_or_default();
        climb_once(judgement, &ladders);
        return Part::Back(incident, link);
    }
    let Some(wish) = wish else {
        return Part::None;
    };
    let (clients, _, tickets) = outlook.counted(wish.within, Same::Topic);
    if let Some(incident) = outlook.cooling(clients) {
        climb_once(judgement, &wish.ladders);
        tell_once(judgement, Some(&wish));
        return Part::Cooling(incident);
    }
    // Where nobody else has written yet, this ticket leads, and climbs what it is asked to.
    if tickets > 1 {
        climb_once(judgement, &wish.ladders);
    }
    Part::Opens(wish)
}

fn climb_once(judgement: &mut Judgement, ladders: &[String]) {
    judgement
        .ladders
        .retain(|(ladder, _)| !ladders.contains(ladder));
}

fn tell_once(judgement: &mut Judgement, wish: Option<&IncidentWish>) {
    if let Some(wish) = wish {
        judgement
            .tell
            .retain(|(who, rule)| *rule != wish.rule || !wish.tell.contains(who));
    }
}

/// Carries it out on the mail's ticket, and on the incident.
pub(in super::super) fn take(
    drafting: &mut Drafting<'_>,
    part: &Part<'_>,
    outlook: Option<&Outlook<'_>>,
) {
    let Some(outlook) = outlook else { return };
    drafting.sighted(outlook.me().clone());
    match part {
        Part::None => why_not(drafting, outlook),
        Part::Joins(incident, link) => {
            join(drafting, incident, outlook.member(link.in_words()));
        }
        Part::Confirms(incident, link, wish) => {
            join(drafting, incident, outlook.member(link.in_words()));
            drafting.change(Change::InIncident(Some(incident.id)));
            drafting.incident(
                incident.id,
                IncidentChange::Confirmed {
                    surge: outlook.surge(wish.within),
                    urgency: wish.urgency.unwrap_or(incident.urgency),
                    level: wish.level.unwrap_or(incident.level),
                    ladders: ladders(wish),
                    at: drafting.now(),
                },
            );
        }
        Part::Back(incident, link) => back(drafting, incident, (outlook, link)),
        Part::Opens(wish) => open(drafting, wish, outlook),
        Part::Cooling(incident) => drafting.because(IncidentReason::Cooling {
            incident: incident.id,
            surge: outlook.surge(crate::triage::incident::USUAL_WITHIN),
        }),
    }
}

/// The negative case is told as well, where there is something to tell.
fn why_not(drafting: &mut Drafting<'_>, outlook: &Outlook<'_>) {
    let surge = outlook.surge(crate::triage::incident::USUAL_WITHIN);
    if surge.clients > 1 {
        drafting.because(IncidentReason::None { surge });
    }
}

fn join(drafting: &mut Drafting<'_>, incident: &Incident, member: Member) {
    let open = incident.standing == Standing::Open;
    drafting.because(IncidentReason::Joins {
        incident: incident.id,
        about: incident.about.clone(),
        maybe: !open,
        shared: member.because.clone(),
    });
    if open {
        drafting.change(Change::InIncident(Some(incident.id)));
    }
    let signature = drafting.signature();
    let member = Member {
        knows: true,
        ..member
    };
    drafting.incident(incident.id, IncidentChange::Joined { member, signature });
}

/// One report after solving may be a late one; the second says that the trouble is back.
fn back(drafting: &mut Drafting<'_>, incident: &Incident, (outlook, link): (&Outlook<'_>, &Link)) {
    let reopens = incident.seen_again + 1 >= COMES_BACK_FROM;
    drafting.because(IncidentReason::Back {
        incident: incident.id,
        about: incident.about.clone(),
        reopens,
    });
    drafting.change(Change::InIncident(Some(incident.id)));
    let again = IncidentChange::SeenAgain {
        number: outlook.me().number.clone(),
        at: outlook.me().at,
    };
    drafting.incident(incident.id, again);
    let member = Member {
        knows: true,
        ..outlook.member(link.in_words())
    };
    let signature = drafting.signature();
    drafting.incident(incident.id, IncidentChange::Joined { member, signature });
    if reopens {
        drafting.incident(incident.id, IncidentChange::Reopened { at: drafting.now() });
    }
}

fn open(drafting: &mut Drafting<'_>, wish: &IncidentWish, outlook: &Outlook<'_>) {
    let near = outlook.near(wish.within, Same::Topic);
    let surge = outlook.surge(wish.within);
    let id = outlook.next_incident();
    let mut shared: Vec<String> = Vec::new();
    for what in near.iter().flat_map(|(_, link)| link.in_words()) {
        if !shared.contains(&what) {
            shared.push(what);
        }
    }
    let own = Member {
        knows: true,
        ..outlook.member(shared.clone())
    };
    let others = near
        .iter()
        .map(|(other, link)| other.member(link.in_words()));
    let members: Vec<Member> = others.chain([own]).collect();
    let me: &Sighting = outlook.me();
    let known_by = near.iter().map(|(other, _)| other.signature.clone());
    drafting.because(IncidentReason::Opens {
        incident: id,
        maybe: !wish.opens,
        surge: surge.clone(),
        shared,
    });
    if wish.opens {
        drafting.change(Change::InIncident(Some(id)));
    }
    let ticket = drafting.ticket();
    let incident = Incident {
        id,
        version: 1,
        standing: if wish.opens {
            Standing::Open
        } else {
            Standing::Maybe
        },
        topic: me.signature.topic(),
        about: me.signature.topic_in_words(),
        known_by: known_by
            .chain([me.signature.clone()])
            .take(KNOWN_BY_FIRST)
            .collect(),
        lead: members.first().map_or(me.ticket, |member| member.ticket),
        members,
        opened_at: drafting.now(),
        last_report_at: me.at,
        urgency: wish
            .urgency
            .or(ticket.map(|ticket| ticket.urgency))
            .unwrap_or_default(),
        level: wish
            .level
            .or(ticket.map(|ticket| ticket.level))
            .unwrap_or(THIRD_LINE),
        ladders: ladders(wish),
        surge,
        took_over: Vec::new(),
        told: Vec::new(),
        seen_again: 0,
        solved_by: None,
        owes: None,
        asked_to_close: false,
        trail: Vec::new(),
    };
    drafting.incident(id, IncidentChange::Opened(incident));
}

/// Reports by which an incident is known when it begins.
const KNOWN_BY_FIRST: usize = 6;

fn ladders(wish: &IncidentWish) -> Vec<(String, String)> {
    let named = wish.ladders.iter();
    named
        .map(|ladder| (ladder.clone(), wish.rule.clone()))
        .collect()
}

/// Tells our own people of the mail's ticket, or, where the incident's people know, the partner's manager alone.
pub(in super::super) fn tell(
    drafting: &mut Drafting<'_>,
    judgement: &Judgement,
    arrival: &Arrival<'_>,
    (case, part): (&Case<'_>, &Part<'_>),
) {
    let incident = match part {
        Part::Joins(incident, _) | Part::Confirms(incident, ..) | Part::Back(incident, _) => {
            Some(*incident)
        }
        Part::Opens(_) | Part::None | Part::Cooling(_) => None,
    };
    let asked = !judgement.ladders.is_empty() || !judgement.tell.is_empty();
    let stands = drafting.ticket().and_then(|ticket| ticket.life.incident);
    match (stands, asked) {
        (Some(_), false) => tell_manager(drafting, incident, Some(arrival), case),
        (None, _) | (Some(_), true) => telling::tell(drafting, judgement, Some(arrival), case),
    }
}

/// The manager of the ticket's partner hears once that the incident reaches their client.
pub(super) fn tell_manager(
    drafting: &mut Drafting<'_>,
    incident: Option<&Incident>,
    arrival: Option<&Arrival<'_>>,
    case: &Case<'_>,
) {
    let Some(id) = drafting.ticket().and_then(|ticket| ticket.life.incident) else {
        return;
    };
    let Some(manager) = people::resolve(&Who::PartnerManager, case, drafting.now()) else {
        return;
    };
    let told = incident.is_some_and(|incident| incident.told.contains(&manager.email))
        || drafting
            .ticket()
            .is_some_and(|ticket| ticket.told.contains(&manager.email));
    if !told && !drafting.writes_to(&manager.email) {
        write(drafting, manager, arrival, case);
        drafting.incident(id, IncidentChange::Told(vec![manager.email.clone()]));
    }
    drafting.change(Change::Told(vec![manager.email.clone()]));
}

/// A notice with the ticket and the reasons.
pub(super) fn write(
    drafting: &mut Drafting<'_>,
    reader: &Contact,
    arrival: Option<&Arrival<'_>>,
    case: &Case<'_>,
) {
    let letter = ToStaff {
        purpose: Purpose::Notice,
        template: names::LEVEL_2_NOTICE,
        values: telling::briefed(drafting, Vec::new(), arrival, case),
        by: "the incident".to_owned(),
    };
    drafting.write_to_staff(&letter, reader, case);
}
