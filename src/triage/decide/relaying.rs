//! What one of our own people wrote, sent on to the client's side under the brand's name: their new words and files, and
//! nothing that shows who of us wrote or how we talk among ourselves.
//!
//! Where anything speaks against it nothing goes out at all, and whoever wrote is told why: half an answer is none.

use super::drafting::Drafting;
use super::facts::{Case, is_ours, is_staff};
use super::writing::{ToSender, brand_values};
use super::{Arrival, telling};
use crate::triage::letter::enclosures::{self, Reader};
use crate::triage::letter::template::{AnswerValues, Values, names};
use crate::triage::letter::{LetterId, Purpose, echo};
use crate::triage::mail::{File, Person};
use crate::triage::ticket::Ticket;

/// People of the client's side whom one answer reaches, each by a letter of their own.
const RECEIVERS_MAX: usize = 10;

/// The longest answer. Whoever writes more has pasted a log, and had better attach it.
const WORDS_BYTES_MAX: usize = 200 * 1024;

/// What became of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Relayed {
    /// The first letter: its acceptance is the answer that was promised.
    pub(super) letter: Option<LetterId>,
    /// Whom it goes to.
    pub(super) to: Vec<String>,
    /// Files and people that it does not reach, with why.
    pub(super) left_out: Vec<String>,
    /// Why it goes to nobody, or waits for a person.
    pub(super) stopped: Option<String>,
}

impl Relayed {
    fn stopped(because: impl Into<String>) -> Self {
        Self {
            stopped: Some(because.into()),
            ..Self::default()
        }
    }
}

/// Sends the words and files of a mail of ours to everybody of the client's side.
pub(super) fn relay(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    words: &str,
) -> Relayed {
    let Some(ticket) = drafting.ticket().cloned() else {
        return Relayed::default();
    };
    if let Some(because) = unfit(&ticket, words, drafting, case) {
        return Relayed::stopped(because);
    }
    let (receivers, surplus) = receivers(&ticket, case);
    if receivers.is_empty() {
        return Relayed::stopped("nobody of the client's side is on this ticket");
    }
    let described = &arrival.mail.attachments;
    let chosen = enclosures::choose(described, arrival.files, receivers.len(), Reader::Client);
    let mut relayed = Relayed {
        left_out: chosen.left_out,
        ..Relayed::default()
    };
    relayed.left_out.extend(
        surplus
            .into_iter()
            .map(|address| format!("{address}: an answer reaches {RECEIVERS_MAX} people at most")),
    );
    let words = with_names_of_images(words, &chosen.files);
    for receiver in &receivers {
        let id = drafting.next_letter();
        let letter = letter(&ticket, case, (receiver, &words), relayed.stopped.clone());
        if !drafting.write_with_files(letter, &chosen.files, case) {
            let why = "the letter could not be written; the operators know";
            relayed.stopped.get_or_insert_with(|| why.to_owned());
            continue;
        }
        if let Some(written) = drafting.written(id) {
            relayed.letter.get_or_insert(written.id);
            relayed.to.push(written.to.clone());
            relayed.stopped = written.held.clone().or(relayed.stopped);
        }
    }
    relayed
}

/// The letter to one of them. What holds one of the letters back holds all of them.
fn letter<'v>(
    ticket: &'v Ticket,
    case: &Case<'_>,
    (to, words): (&'v Person, &str),
    held: Option<String>,
) -> ToSender<'v> {
    let brand = case.brand();
    let hidden: &[String] = if brand.white_label {
        &case.rules.company.never_mention
    } else {
        &[]
    };
    let view = telling::view(case, hidden);
    let values = Values {
        brand: brand_values(brand),
        sender: view.person(to),
        answer: AnswerValues {
            text: words.to_owned(),
        },
        ..echo::values(ticket, None, &view)
    };
    ToSender {
        purpose: Purpose::Answer,
        template: names::ANSWER,
        language: &ticket.language,
        to,
        values,
        references: &ticket.references,
        answers: ticket.last_message_id.as_deref(),
        held,
        by: "the answer of one of us".to_owned(),
    }
}

/// Why these words must not reach the client: they show what stands in letters among ourselves.
fn unfit(ticket: &Ticket, words: &str, drafting: &Drafting<'_>, case: &Case<'_>) -> Option<String> {
    if words.len() > WORDS_BYTES_MAX {
        let most = WORDS_BYTES_MAX / 1024;
        return Some(format!("it is longer than {most} KB; attach what is long"));
    }
    let lower = words.to_lowercase();
    let token = drafting.setting.key.token(ticket.id.0);
    let names_ours = |text: &str| !text.is_empty() && lower.contains(text);
    if names_ours(&token) || names_ours("triaged ticket show") {
        return Some("it quotes our own letter; send it again without the quotation".to_owned());
    }
    let contacts = case.rules.contacts.values();
    let mut addresses = contacts.map(|contact| &contact.email);
    let named = addresses.find(|address| names_ours(address))?;
    Some(format!(
        "it names our own address {named}; send it again without it"
    ))
}

/// Everybody of the client's side, whoever wrote first before the others, and those for whom there is no room.
fn receivers(ticket: &Ticket, case: &Case<'_>) -> (Vec<Person>, Vec<String>) {
    let requester = std::iter::once(ticket.requester.clone());
    let others = ticket.participants.iter().map(|address| Person {
        name: None,
        address: address.clone(),
    });
    let mut people: Vec<Person> = Vec::new();
    let mut surplus = Vec::new();
    for person in requester.chain(others) {
        let address = &person.address;
        let inside = is_staff(address, case.rules)
            || is_ours(address, &ticket.address, case.rules)
            || case.address.forwarded_by.contains(address);
        let known = people.iter().any(|known| known.address == *address);
        if address.is_empty() || inside || known {
            continue;
        }
        if people.len() < RECEIVERS_MAX {
            people.push(person);
        } else {
            surplus.push(person.address);
        }
    }
    (people, surplus)
}

/// Mail programs mark the place of an image in a text by a number of theirs; people read its name.
fn with_names_of_images(words: &str, files: &[&File]) -> String {
    let mut words = words.to_owned();
    for file in files {
        let name = file.attachment.name.as_deref();
        if let (Some(id), Some(name)) = (&file.content_id, name) {
            words = words.replace(&format!("[cid:{id}]"), &format!("[image: {name}]"));
        }
    }
    words
}
