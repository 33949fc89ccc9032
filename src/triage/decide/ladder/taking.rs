//! Somebody of ours says "I have it": by an answer to the notice, by its keyed address or subject, or by a command.
//!
//! Whoever was notified may say so, for a team whoever reads its mail, and must be who they seem to be: what only their
//! notice carried proves it. Automatic replies never get here.

use super::super::drafting::Drafting;
use super::super::facts::Case;
use super::super::reason::LadderReason;
use super::super::writing::ToStaff;
use super::super::{Arrival, telling};
use super::{beginning, running};
use crate::triage::letter::Purpose;
use crate::triage::letter::template::{LadderValues, names};
use crate::triage::mail::Vouching;
use crate::triage::mail::thread::{Clue, acknowledged_cycle};
use crate::triage::promise::clock::due;
use crate::triage::rules::Contact;
use crate::triage::ticket::{Acknowledgement, Change, Climb};

/// What a mail of one of ours says about taking the matter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    /// Nothing.
    Nothing,
    /// It is taken.
    Mine,
    /// It would be, but.
    NotSo(String),
}

/// Takes the matter for the writer, if the mail says so and the writer may. True if it is taken.
pub(in super::super) fn said_by_mail(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
) -> bool {
    let from = arrival.mail.from_address().to_owned();
    if is_proven(arrival, case) {
        drafting.change(Change::Looked { at: drafting.now() });
    }
    match said(drafting, arrival, case) {
        Said::Nothing => false,
        Said::Mine => {
            take(drafting, &from, case);
            true
        }
        Said::NotSo(because) => {
            drafting.change(Change::Note(format!(
                "{from} wanted to acknowledge, but {because}."
            )));
            drafting.because(LadderReason::NotTaken { by: from, because });
            false
        }
    }
}

fn said(drafting: &Drafting<'_>, arrival: &Arrival<'_>, case: &Case<'_>) -> Said {
    let Some(ticket) = drafting.ticket() else {
        return Said::Nothing;
    };
    let (mail, from) = (arrival.mail, arrival.mail.from_address());
    let teams = case.rules.teams_of(from);
    let keyed = acknowledged_cycle(mail, drafting.setting.key, (ticket.id.0, &teams));
    if keyed.is_none() && !case.rules.lexicon.acknowledges(&mail.new_text()) {
        return Said::Nothing;
    }
    let Some(climb) = ticket.climb() else {
        return match &ticket.life.climb {
            Some(_) => Said::NotSo("its ladder has ended".to_owned()),
            None => Said::Nothing,
        };
    };
    let told = |address: &str| climb.notified.iter().any(|one| one.to == address);
    if !told(from) && !teams.iter().any(|team| told(team)) {
        return Said::NotSo("nobody had written to that address about the ladder".to_owned());
    }
    match keyed {
        Some(cycle) if cycle == climb.cycle => Said::Mine,
        Some(_) => Said::NotSo(
            "that notice was of an earlier turn of the ladder; the newest one has the right address"
                .to_owned(),
        ),
        None if is_proven(arrival, case) => Said::Mine,
        None => Said::NotSo("nothing proves who wrote that mail".to_owned()),
    }
}

/// True if the mail answers a letter that only its writer got, or a mail server of ours vouches for it.
fn is_proven(arrival: &Arrival<'_>, case: &Case<'_>) -> bool {
    let from = arrival.mail.from_address();
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let servers = &case.rules.company.authenticated_by;
    match arrival.mail.road.vouching(servers, domain) {
        Vouching::Passed => true,
        Vouching::Failed => false,
        Vouching::Silent => matches!(arrival.joined_by, Some(Clue::Personal { .. })),
    }
}

/// The ladder stops, for as long as it says; everybody else who was told hears who has the matter.
pub(in super::super) fn take(drafting: &mut Drafting<'_>, by: &str, case: &Case<'_>) {
    let now = drafting.now();
    let climb = running(drafting).cloned();
    let until = climb.as_ref().and_then(|climb| {
        let calendar = beginning::calendar(climb, case);
        due(&calendar, now, climb.ack_holds_for?, &[])
    });
    drafting.change(Change::Looked { at: now });
    let Some(climb) = climb else {
        return;
    };
    drafting.because(LadderReason::Taken {
        ladder: climb.ladder.clone(),
        by: by.to_owned(),
        until,
    });
    let again = climb
        .acknowledged
        .as_ref()
        .is_some_and(|before| before.by == by);
    let taken = Acknowledgement {
        by: by.to_owned(),
        at: now,
        until,
    };
    drafting.change(Change::Acknowledged(taken));
    if !again {
        tell_others(drafting, &climb, (by, until), case);
    }
}

/// One line to everybody who was told, except whoever has it now.
fn tell_others(
    drafting: &mut Drafting<'_>,
    climb: &Climb,
    (by, until): (&str, Option<jiff::Timestamp>),
    case: &Case<'_>,
) {
    let known = case.rules.contacts.values();
    let name = |contact: &&Contact| contact.email == by;
    let who = known
        .clone()
        .find(name)
        .map_or_else(|| by.to_owned(), |contact| contact.name.clone());
    let was_told = |contact: &&Contact| {
        contact.email != by && climb.notified.iter().any(|one| one.to == contact.email)
    };
    let readers: Vec<&Contact> = known.filter(was_told).collect();
    let mut values = telling::briefed(drafting, Vec::new(), None, case);
    let link = drafting
        .ticket()
        .map(|ticket| format!("triaged ticket show {}", ticket.number));
    values.mail.link = values.mail.link.or(link);
    let view = telling::view(case, &[]);
    values.ladder = LadderValues {
        say: Some(climb.say.clone()).filter(|say| !say.is_empty()),
        taken_by: Some(who),
        taken_until: until.map(|until| view.at(until)),
        ..LadderValues::default()
    };
    let letter = ToStaff {
        purpose: Purpose::Notice,
        template: names::LADDER_TAKEN,
        values,
        by: format!("the acknowledgement of {by}"),
    };
    for reader in readers {
        drafting.write_to_staff(&letter, reader, case);
    }
}
