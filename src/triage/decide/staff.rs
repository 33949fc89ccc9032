//! A mail of one of our own people on a ticket: orders are obeyed, words go to the client's side, notes stay inside.
//!
//! Whoever may not speak for us is not answered, because the address may be somebody else's: the words stay on the
//! ticket, and our people on it are told.

use super::drafting::Drafting;
use super::facts::{Case, is_staff};
use super::first_lines::{self, FirstLines};
use super::order::{Obeyed, carry_out};
use super::reason::ThreadReason;
use super::relaying::{self, Relayed};
use super::writing::{ToStaff, brand_values};
use super::{Arrival, Decision, Order, Setting, follow_up, ladder, speaking, telling};
use crate::triage::letter::Purpose;
use crate::triage::letter::echo;
use crate::triage::letter::escalation::trouble;
use crate::triage::letter::template::{SpokenValues, Values, names};
use crate::triage::mail::thread::acknowledged_cycle;
use crate::triage::ticket::{Change, State, Ticket, Writer};

/// Decides a mail of one of us, or one that came into the thread of our own people.
pub(super) fn wrote(ticket: &Ticket, arrival: &Arrival<'_>, setting: &Setting<'_>) -> Decision {
    let from = arrival.mail.from_address().to_owned();
    let is_ours = is_staff(&from, setting.rules);
    let by = is_ours.then_some(Writer::Staff);
    let mut drafting = follow_up::begin_by(ticket, arrival, setting, by);
    let case = Case::of_ticket(ticket, setting.rules);
    let direct = is_ours && follow_up::answers(arrival.mail, ticket);
    if is_ours {
        drafting.because(ThreadReason::FromStaff {
            from: from.clone(),
            to_requester: direct,
        });
    }
    if arrival.too_old_to_answer {
        return drafting.finish();
    }
    let may_speak = speaking::may_speak(ticket, arrival, &case, setting);
    if is_ours && takes_the_matter(arrival, &case, (ticket, setting)) {
        taken(&mut drafting, arrival, &case, may_speak.err());
        return drafting.finish();
    }
    match may_speak {
        Ok(proof) => {
            let by = proof.to_owned();
            drafting.because(ThreadReason::Heard { from, by });
            heard(&mut drafting, arrival, &case, direct);
        }
        Err(because) => keep_inside(&mut drafting, arrival, &case, because),
    }
    drafting.finish()
}

/// True for "I have it" in the first line, or at an address that says nothing else.
fn takes_the_matter(
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    (ticket, setting): (&Ticket, &Setting<'_>),
) -> bool {
    let teams = case.rules.teams_of(arrival.mail.from_address());
    let keyed = acknowledged_cycle(arrival.mail, setting.key, (ticket.id.0, &teams));
    keyed.is_some() || case.rules.lexicon.acknowledges(&arrival.mail.new_text())
}

/// Such a mail is for ourselves: nothing of it goes to the client, and whoever wrote more is told so.
fn taken(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    silenced: Option<String>,
) {
    let from = arrival.mail.from_address();
    let has_ladder = drafting
        .ticket()
        .is_some_and(|ticket| ticket.life.climb.is_some());
    ladder::said_by_mail(drafting, arrival, case);
    if let Some(because) = silenced {
        if !has_ladder {
            keep_inside(drafting, arrival, case, because);
        }
        return;
    }
    let by = from.to_owned();
    let words = arrival.mail.new_text();
    let below = words.trim().split_once('\n').map_or("", |(_, below)| below);
    let mut spoken = SpokenValues::default();
    if !has_ladder && let Obeyed::Done(what) = carry_out(drafting, &Order::Acknowledge { by }, None)
    {
        spoken.done.push(what);
    }
    if !below.trim().is_empty() {
        let first = "a mail whose first line takes the matter is for ourselves; answer once more";
        spoken
            .not_done
            .push(format!("your words were not sent: {first}"));
        tell_writer(drafting, from, spoken);
    }
}

/// Obeys the orders, sends the words on, and tells the writer what became of them.
fn heard(drafting: &mut Drafting<'_>, arrival: &Arrival<'_>, case: &Case<'_>, direct: bool) {
    let from = arrival.mail.from_address();
    drafting.change(Change::Looked { at: drafting.now() });
    let said = first_lines::read(&arrival.mail.new_text(), from, &case.rules.lexicon);
    let mut spoken = SpokenValues::default();
    let mistakes = mistakes(drafting, arrival, &said);
    if !mistakes.is_empty() {
        spoken.not_done = mistakes;
        kept(drafting, from, "an order in it cannot be obeyed");
        return tell_writer(drafting, from, spoken);
    }
    let notes = said
        .orders
        .iter()
        .any(|order| matches!(order, Order::Note { .. }));
    let says_something = !said.words.is_empty()
        || (said.orders.is_empty() && arrival.mail.attachments.iter().any(|file| !file.ornament));
    let relays = says_something && !notes;
    let relayed = match () {
        () if !relays => Relayed::default(),
        () if direct => {
            follow_up::answered_directly(drafting, arrival, case);
            Relayed::default()
        }
        () => passed_on(drafting, arrival, case, &said.words),
    };
    if let (Some(because), None) = (&relayed.stopped, relayed.letter) {
        spoken.not_done = vec![because.clone()];
        kept(drafting, from, because);
        return tell_writer(drafting, from, spoken);
    }
    spoken.done = obey(drafting, arrival, &said.orders, &relayed);
    if !relayed.to.is_empty() {
        stop_ladder(drafting, from);
    }
    spoken.left_out.clone_from(&relayed.left_out);
    match relayed.stopped {
        Some(because) => spoken
            .not_done
            .push(format!("your words wait for a person: {because}")),
        None => spoken.sent_to = relayed.to,
    }
    tell_writer(drafting, from, spoken);
}

/// Sends the words on, if they answer a letter that people answer to be heard.
fn passed_on(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    words: &str,
) -> Relayed {
    let stopped = |because: &str| Relayed {
        stopped: Some(because.to_owned()),
        ..Relayed::default()
    };
    let inside = drafting
        .ticket()
        .is_some_and(|ticket| speaking::is_inside(ticket, arrival, drafting.setting));
    if !inside {
        return stopped("it answers no letter of ours; answer the notice, and the client reads it");
    }
    let answered = arrival.answers.map(|(_, purpose)| purpose);
    if answered.is_some_and(|purpose| !speaking::is_answered_to_the_client(purpose)) {
        return stopped("it answers a letter about our own work; answer the notice of the ticket");
    }
    relaying::relay(drafting, arrival, case, words)
}

/// What is wrong with the orders, found out on a copy of the ticket: all of them are obeyed or none.
fn mistakes(drafting: &Drafting<'_>, arrival: &Arrival<'_>, said: &FirstLines) -> Vec<String> {
    let mut found = said.mistakes.clone();
    let mut trial = Drafting::new(drafting.ticket(), drafting.setting);
    for order in &said.orders {
        if let Obeyed::Refused(because) = carry_out(&mut trial, order, arrival.other) {
            found.push(because);
        }
    }
    found
}

/// Obeys the orders. Who asks the client something waits from when the question is accepted, not from when it is written.
fn obey(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    orders: &[Order],
    relayed: &Relayed,
) -> Vec<String> {
    let mut done = Vec::new();
    for order in orders {
        let open = drafting
            .ticket()
            .is_some_and(|ticket| ticket.state == State::Open);
        if let (Order::Wait { by }, Some(letter), true) = (order, relayed.letter, open) {
            let number = drafting.ticket().map(|ticket| ticket.number.clone());
            let what = format!(
                "{} waits for the client as soon as your answer is accepted",
                number.unwrap_or_default()
            );
            drafting.change(Change::WillWait { letter });
            let by = by.clone();
            drafting.because(super::Reason::Ordered {
                by,
                what: what.clone(),
            });
            done.push(what);
            continue;
        }
        let (Obeyed::Done(what) | Obeyed::Nothing(what) | Obeyed::Refused(what)) =
            carry_out(drafting, order, arrival.other);
        done.push(what);
    }
    done
}

/// Whoever answers the client has taken the matter: nobody more is called.
fn stop_ladder(drafting: &mut Drafting<'_>, from: &str) {
    let climb = drafting.ticket().and_then(Ticket::climb);
    if climb.is_some_and(|climb| climb.acknowledged.is_none()) {
        let by = from.to_owned();
        carry_out(drafting, &Order::Acknowledge { by }, None);
    }
}

/// One short letter: what was done, what was not and why. Silence where there is nothing to say but that it went out.
fn tell_writer(drafting: &mut Drafting<'_>, from: &str, spoken: SpokenValues) {
    let tells = [&spoken.done, &spoken.not_done, &spoken.left_out];
    if tells.iter().all(|list| list.is_empty()) {
        return;
    }
    let Some(ticket) = drafting.ticket().cloned() else {
        return;
    };
    let case = Case::of_ticket(&ticket, drafting.rules());
    let letter = ToStaff {
        purpose: Purpose::Notice,
        template: names::ORDERS_ANSWER,
        values: Values {
            brand: brand_values(&case.rules.company.brand),
            spoken,
            ..echo::values(&ticket, None, &telling::view(&case, &[]))
        },
        by: "having written".to_owned(),
    };
    drafting.write_to_address(&letter, from);
}

fn kept(drafting: &mut Drafting<'_>, from: &str, because: &str) {
    drafting.because(ThreadReason::KeptInside {
        from: from.to_owned(),
        because: because.to_owned(),
    });
    drafting.change(Change::Note(format!(
        "The mail of {from} went to nobody: {because}."
    )));
}

/// A mail of somebody who may not speak for us: a note, and our people on the ticket are told.
fn keep_inside(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    because: String,
) {
    let from = arrival.mail.from_address().to_owned();
    drafting.change(Change::Note(format!(
        "The mail of {from} is kept as a note among ourselves: {because}."
    )));
    drafting.change(Change::Review(true));
    drafting.because(ThreadReason::KeptInside {
        from: from.clone(),
        because: because.clone(),
    });
    let Some(ticket) = drafting.ticket().cloned() else {
        return;
    };
    let readers = speaking::people(&ticket, case, drafting.setting);
    let what = format!(
        "A mail of {from} on {} was passed on to nobody",
        ticket.number
    );
    if readers.is_empty() {
        let to_do = "Read it on the ticket, and name a manager in company.toml.";
        return drafting.alarm(what, Some(because), to_do);
    }
    let mut values = telling::briefed(drafting, Vec::new(), Some(arrival), case);
    values.trouble = trouble(
        what,
        Some(because),
        "If it is what it seems to be, answer the client yourself, or tell its writer what to do.",
        drafting.setting.instance,
    );
    let letter = ToStaff {
        purpose: Purpose::Notice,
        template: names::INTERNAL_NOTE,
        values,
        by: "being on the ticket".to_owned(),
    };
    for reader in readers {
        drafting.write_to_staff(&letter, reader, case);
    }
}
