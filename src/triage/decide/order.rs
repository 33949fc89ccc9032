//! A person's order. The reasons of the decision are the answer that the person reads.

use super::drafting::Drafting;
use super::facts::Case;
use super::{
    Decision, Order, Reason, Setting, closing, ladder, merging, overdue, people, regrading,
    reopening, waiting,
};
use crate::triage::letter::LetterId;
use crate::triage::report::Urgency;
use crate::triage::ticket::{Change, State, Ticket};

/// Obeys, or says why there is nothing to do.
pub(super) fn obey(
    ticket: Option<&Ticket>,
    (order, other): (&Order, Option<&Ticket>),
    setting: &Setting<'_>,
) -> Decision {
    let mut drafting = Drafting::new(ticket, setting);
    carry_out(&mut drafting, order, other);
    drafting.finish()
}

/// Carries an order out, as a part of any decision. `other` is the ticket that [`Order::other`] names, if there is one.
/// What was done, or why it was not, stands among the reasons and comes back.
pub(super) fn carry_out(
    drafting: &mut Drafting<'_>,
    order: &Order,
    other: Option<&Ticket>,
) -> Obeyed {
    let done = match (order, drafting.ticket().cloned()) {
        (Order::RetryLetter { letter, .. }, _) => letter_goes(drafting, *letter, order.by()),
        (Order::DropLetter { letter, .. }, _) => letter_stays(drafting, *letter, order.by()),
        (
            Order::Solve { .. }
            | Order::Reopen { .. }
            | Order::Assign { .. }
            | Order::Note { .. }
            | Order::Acknowledge { .. }
            | Order::Wait { .. }
            | Order::Urgency { .. }
            | Order::Merge { .. },
            None,
        ) => Obeyed::Refused("there is no such ticket".to_owned()),
        (Order::Solve { by }, Some(ticket)) => solve(drafting, &ticket, by),
        (Order::Reopen { .. }, Some(ticket)) => reopen(drafting, &ticket),
        (Order::Assign { to, .. }, Some(ticket)) => assign(drafting, &ticket, to),
        (Order::Note { text, by }, Some(ticket)) => note(drafting, &ticket, (text, by)),
        (Order::Acknowledge { by }, Some(ticket)) => acknowledge(drafting, &ticket, by),
        (Order::Wait { .. }, Some(ticket)) => wait(drafting, &ticket),
        (Order::Urgency { urgency, .. }, Some(ticket)) => grade(drafting, &ticket, *urgency),
        (Order::Merge { into, .. }, Some(ticket)) => merge(drafting, &ticket, (into, other)),
    };
    let by = order.by().to_owned();
    drafting.because(match done.clone() {
        Obeyed::Done(what) => Reason::Ordered { by, what },
        Obeyed::Nothing(because) => Reason::Nothing { because },
        Obeyed::Refused(because) => Reason::Refused { because },
    });
    done
}

/// What became of an order: a sentence for whoever gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obeyed {
    /// Done.
    Done(String),
    /// It was so already.
    Nothing(String),
    /// It cannot be done as it was said.
    Refused(String),
}

/// Solved: what was promised is done, unless its time had passed before.
fn solve(drafting: &mut Drafting<'_>, ticket: &Ticket, by: &str) -> Obeyed {
    if let State::Solved { at } | State::Closed { solved_at: at } = ticket.state {
        return Obeyed::Nothing(format!("{} has been solved since {at:.0}", ticket.number));
    }
    let case = Case::of_ticket(ticket, drafting.rules());
    closing::solve(drafting, &case, &format!("the word of {by}"));
    if ticket.review {
        drafting.change(Change::Review(false));
    }
    Obeyed::Done(format!("{} is solved", ticket.number))
}

fn reopen(drafting: &mut Drafting<'_>, ticket: &Ticket) -> Obeyed {
    match ticket.state {
        State::Open => Obeyed::Nothing(format!("{} is open", ticket.number)),
        State::Waiting { .. } => {
            let case = Case::of_ticket(ticket, drafting.rules());
            waiting::end(drafting, &case, drafting.now());
            Obeyed::Done(format!("{} waits no longer", ticket.number))
        }
        State::Solved { .. } | State::Closed { .. } => {
            let case = Case::of_ticket(ticket, drafting.rules());
            reopening::reopen(drafting, &case, drafting.now());
            Obeyed::Done(format!("{} is open again", ticket.number))
        }
    }
}

/// Assigned to a contact, who stays responsible while away: stand-ins are told, but take no matter over.
fn assign(drafting: &mut Drafting<'_>, ticket: &Ticket, to: &str) -> Obeyed {
    let rules = drafting.rules();
    let to = match to.trim() {
        NOBODY => None,
        name => match people::named(name, rules) {
            Ok(contact) => Some(contact.id.clone()),
            Err(why) => return Obeyed::Refused(why),
        },
    };
    let name = to.clone().unwrap_or_else(|| NOBODY.to_owned());
    if ticket.life.assigned == to {
        return Obeyed::Nothing(format!("{} is assigned to {name}", ticket.number));
    }
    drafting.change(Change::Assigned(to));
    Obeyed::Done(format!("{} is assigned to {name}", ticket.number))
}

/// Who takes a ticket from whoever has it.
const NOBODY: &str = "nobody";

/// The most of a note that is kept: more is a document, and belongs into a mail.
const NOTE_CHARS_MAX: usize = 4_000;

fn note(drafting: &mut Drafting<'_>, ticket: &Ticket, (text, by): (&str, &str)) -> Obeyed {
    let text = text.trim();
    if text.is_empty() {
        return Obeyed::Refused("the note says nothing".to_owned());
    }
    if text.chars().count() > NOTE_CHARS_MAX {
        return Obeyed::Refused(format!(
            "the note is longer than {NOTE_CHARS_MAX} characters; mail it to the ticket instead"
        ));
    }
    drafting.change(Change::Note(format!("{by}: {text}")));
    looked(drafting);
    Obeyed::Done(format!("{} has the note", ticket.number))
}

fn acknowledge(drafting: &mut Drafting<'_>, ticket: &Ticket, by: &str) -> Obeyed {
    if let State::Solved { at } | State::Closed { solved_at: at } = ticket.state {
        return Obeyed::Nothing(format!("{} has been solved since {at:.0}", ticket.number));
    }
    let case = Case::of_ticket(ticket, drafting.rules());
    ladder::take(drafting, by, &case);
    Obeyed::Done(format!("{by} has taken {}", ticket.number))
}

fn wait(drafting: &mut Drafting<'_>, ticket: &Ticket) -> Obeyed {
    let number = &ticket.number;
    match ticket.state {
        State::Open => {
            let case = Case::of_ticket(ticket, drafting.rules());
            waiting::begin(drafting, &case, drafting.now());
            looked(drafting);
            Obeyed::Done(format!("{number} waits for the client"))
        }
        State::Waiting { since } => Obeyed::Nothing(format!(
            "{number} has waited for the client since {since:.0}"
        )),
        State::Solved { at } | State::Closed { solved_at: at } => {
            Obeyed::Refused(format!("{number} has been solved since {at:.0}"))
        }
    }
}

fn grade(drafting: &mut Drafting<'_>, ticket: &Ticket, urgency: Urgency) -> Obeyed {
    let number = &ticket.number;
    if ticket.urgency == urgency {
        return Obeyed::Nothing(format!("{number} is {urgency}"));
    }
    let case = Case::of_ticket(ticket, drafting.rules());
    // What had passed before was promised on the terms of before.
    overdue::notice_until(drafting, &case, drafting.now());
    drafting.change(Change::Urgency(urgency));
    regrading::follow(drafting, ticket, &case, drafting.now());
    looked(drafting);
    Obeyed::Done(format!("{number} is {urgency}, it was {}", ticket.urgency))
}

/// A ticket goes on in another: it is solved, and the other has its people and says where they come from.
fn merge(
    drafting: &mut Drafting<'_>,
    ticket: &Ticket,
    (into, other): (&str, Option<&Ticket>),
) -> Obeyed {
    let Some(other) = other else {
        return Obeyed::Refused(format!(
            "there is no ticket {into}; `triaged ticket list` names them"
        ));
    };
    if let Some(why) = merging::refused(ticket, other, drafting.rules()) {
        return Obeyed::Refused(why);
    }
    merging::merge(drafting, ticket, other);
    Obeyed::Done(format!("{} goes on in {}", ticket.number, other.number))
}

/// Somebody of ours has looked at it.
fn looked(drafting: &mut Drafting<'_>) {
    drafting.change(Change::Looked { at: drafting.now() });
}

fn letter_goes(drafting: &mut Drafting<'_>, letter: LetterId, by: &str) -> Obeyed {
    drafting.change(Change::Note(format!(
        "Letter {} was released by {by}.",
        letter.0
    )));
    Obeyed::Done(format!("letter {} goes out now", letter.0))
}

fn letter_stays(drafting: &mut Drafting<'_>, letter: LetterId, by: &str) -> Obeyed {
    drafting.change(Change::Note(format!(
        "Letter {} was dropped by {by}.",
        letter.0
    )));
    Obeyed::Done(format!("letter {} will not be sent", letter.0))
}
