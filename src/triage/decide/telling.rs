//! What rules ask to be told, told: ladders begin, and single notices become letters to people, each effect once a ticket.
//!
//! Whatever the rules say, a matter of ours reaches somebody: where no rule names anybody, the Partner Manager is
//! told, and where the rules know no such person, the operators are.

use super::drafting::Drafting;
use super::facts::Case;
use super::writing::{ToStaff, brand_values};
use super::{Arrival, Reason, ladder, people};
use crate::triage::letter::Purpose;
use crate::triage::letter::echo::{Said, View};
use crate::triage::letter::escalation::{self, Briefing};
use crate::triage::letter::template::{Values, names};
use crate::triage::report::Evidence;
use crate::triage::rules::combine::Judgement;
use crate::triage::rules::{Contact, Who};
use crate::triage::ticket::Change;

/// Level 3 and nothing else: urgent or executive.
pub(super) const THIRD_LINE: u8 = 3;

/// The partner's own team answers.
pub(super) const FIRST_LINE: u8 = 1;

/// Somebody to be told, by which letter, and what asked for it.
struct Told<'a> {
    contact: &'a Contact,
    purpose: Purpose,
    by: String,
}

/// Notes which rules applied and why, before anything is made of them.
pub(super) fn explain(drafting: &mut Drafting<'_>, judgement: &Judgement) {
    for rule in &judgement.matches {
        drafting.because(Reason::RuleMatched {
            rule: rule.rule.clone(),
            say: rule.say.clone(),
            place: rule.place.clone(),
            evidence: rule.evidence.clone(),
        });
    }
}

/// Writes the letters to our own people that the rules ask for.
pub(super) fn tell(
    drafting: &mut Drafting<'_>,
    judgement: &Judgement,
    arrival: Option<&Arrival<'_>>,
    case: &Case<'_>,
) {
    let evidence = evidence(judgement, arrival);
    let brief = ladder::Brief {
        evidence: &evidence,
        arrival,
    };
    let climbing = ladder::begin(drafting, judgement, brief, case);
    let mut told = asked_for(drafting, judgement, case);
    if told.is_empty() && !climbing {
        told = fallback(drafting, judgement, case);
    }
    if told.is_empty() {
        return;
    }
    let values = briefed(drafting, evidence, arrival, case);
    for one in &told {
        drafting.write_to_staff(
            &ToStaff {
                purpose: one.purpose,
                template: template(one.purpose),
                values: values.clone(),
                by: one.by.clone(),
            },
            one.contact,
            case,
        );
    }
    let addresses = told.iter().map(|one| one.contact.email.clone()).collect();
    drafting.change(Change::Told(addresses));
}

/// The values of a letter about this ticket to our own people, with the reasons so far.
pub(super) fn briefed(
    drafting: &Drafting<'_>,
    evidence: Vec<Evidence>,
    arrival: Option<&Arrival<'_>>,
    case: &Case<'_>,
) -> Values {
    let Some(ticket) = drafting.ticket() else {
        return Values::default();
    };
    let said = arrival.map(said);
    let briefing = Briefing {
        brand: brand_values(&case.rules.company.brand),
        partner: case.partner.map(|partner| partner.name.clone()),
        trust: arrival
            .filter(|_| !drafting.opens())
            .map_or_else(|| ticket.trust.clone(), |arrival| case.trust(arrival)),
        evidence,
        reasons: drafting.reasons(),
    };
    escalation::values(ticket, said.as_ref(), &briefing, &view(case, &[]))
}

/// How letters show times and words.
pub(super) fn view<'v>(case: &Case<'_>, never_mention: &'v [String]) -> View<'v> {
    View {
        zone: case.calendar.zone.clone(),
        never_mention,
    }
}

/// The mail as letters echo it.
pub(super) fn said<'m>(arrival: &Arrival<'m>) -> Said<'m> {
    Said {
        mail: arrival.mail,
        report: arrival.report,
        received_at: arrival.received_at,
    }
}

fn template(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Escalation => names::ESCALATION,
        Purpose::Broken => names::PROMISE_BROKEN,
        Purpose::Digest => names::DIGEST,
        Purpose::Alarm => names::ALARM,
        Purpose::Notice | Purpose::Acknowledgement | Purpose::HandBack | Purpose::Answer => {
            names::LEVEL_2_NOTICE
        }
    }
}

/// Everybody whom a rule wants told now by a single notice. Nobody twice.
fn asked_for<'a>(
    drafting: &mut Drafting<'_>,
    judgement: &Judgement,
    case: &Case<'a>,
) -> Vec<Told<'a>> {
    let mut told = Vec::new();
    for (who, rule) in &judgement.tell {
        if once(drafting, format!("{rule}/tell/{}", people::name(who))) {
            let by = format!("rule {rule}");
            add(
                &mut told,
                std::slice::from_ref(who),
                Purpose::Notice,
                &by,
                (drafting, case),
            );
        }
    }
    told
}

/// Whom to tell where no rule does. Level 1 is nobody's matter but the partner's, unless words of the mail made a
/// rule ask for a look, or no letter hands it back.
fn fallback<'a>(
    drafting: &mut Drafting<'_>,
    judgement: &Judgement,
    case: &Case<'a>,
) -> Vec<Told<'a>> {
    let Some(ticket) = drafting.ticket() else {
        return Vec::new();
    };
    if !ticket.told.is_empty() && !newly_third_line(drafting, judgement) {
        return Vec::new();
    }
    let mut told = Vec::new();
    if judgement.level >= THIRD_LINE {
        if once(drafting, "level-3/tell/partner manager".to_owned()) {
            let people = [Who::PartnerManager, Who::EscalationContact];
            add(
                &mut told,
                &people,
                Purpose::Escalation,
                "level 3",
                (drafting, case),
            );
        }
    } else if judgement.level > FIRST_LINE
        || looked_for(judgement, case)
        || !drafting.answers_sender()
    {
        let people = [Who::PartnerManager];
        add(
            &mut told,
            &people,
            Purpose::Notice,
            "nobody else being told",
            (drafting, case),
        );
    } else {
        return told;
    }
    if people::resolve(&Who::PartnerManager, case, drafting.now()).is_none() {
        let number = drafting
            .ticket()
            .map(|ticket| ticket.number.clone())
            .unwrap_or_default();
        drafting.alarm(
            format!("Nobody can be told of {number}"),
            Some("The rules name nobody for it, and the Partner Manager is unknown.".to_owned()),
            "Name a manager in company.toml, and look at the ticket yourself.",
        );
    }
    told
}

fn newly_third_line(drafting: &Drafting<'_>, judgement: &Judgement) -> bool {
    let escalated = drafting.ticket().is_some_and(|ticket| {
        ticket
            .done
            .iter()
            .any(|done| done.contains("/ladder/") || done.starts_with("level-3/"))
    });
    judgement.level >= THIRD_LINE && !escalated
}

/// True if a rule that wants a look was made to apply by words, not merely by what we do not know.
fn looked_for(judgement: &Judgement, case: &Case<'_>) -> bool {
    judgement.matches.iter().any(|matched| {
        let wants_a_look = case
            .rules
            .rules
            .iter()
            .any(|rule| rule.id == matched.rule && rule.then.review);
        wants_a_look && !matched.evidence.is_empty()
    })
}

/// True the first time; afterwards the reason says that it was done before.
fn once(drafting: &mut Drafting<'_>, effect: String) -> bool {
    let done = drafting
        .ticket()
        .is_some_and(|ticket| ticket.done.contains(&effect));
    if done {
        drafting.because(Reason::DoneBefore { effect });
        return false;
    }
    drafting.change(Change::Did(effect));
    true
}

/// Adds people who are not told yet by this decision.
fn add<'a>(
    told: &mut Vec<Told<'a>>,
    people: &[Who],
    purpose: Purpose,
    by: &str,
    (drafting, case): (&Drafting<'_>, &Case<'a>),
) {
    for who in people {
        let Some(contact) = people::resolve(who, case, drafting.now()) else {
            continue;
        };
        let known = told.iter().any(|one| one.contact.email == contact.email);
        if !known && !drafting.writes_to(&contact.email) {
            told.push(Told {
                contact,
                purpose,
                by: by.to_owned(),
            });
        }
    }
}

/// The words that decided: those of the rules first, then those behind the urgency.
fn evidence(judgement: &Judgement, arrival: Option<&Arrival<'_>>) -> Vec<Evidence> {
    let of_rules = judgement
        .matches
        .iter()
        .flat_map(|matched| &matched.evidence);
    let of_urgency = arrival
        .and_then(|arrival| arrival.report.urgency.as_ref())
        .map_or(&[][..], |found| &found.evidence);
    let mut found: Vec<Evidence> = Vec::new();
    for one in of_rules.chain(of_urgency) {
        let known = found
            .iter()
            .any(|known| known.text == one.text && known.because == one.because);
        if !known {
            found.push(one.clone());
        }
    }
    found
}
