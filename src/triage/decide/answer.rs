//! The one letter to the sender: whether it goes, and what it says.

use super::drafting::Drafting;
use super::facts::{Case, is_ours};
use super::reason::{LetterReason, NoAnswer};
use super::telling::{self, FIRST_LINE};
use super::writing::{ToSender, brand_values};
use super::{Arrival, Reason};
use crate::triage::letter::Purpose;
use crate::triage::letter::acknowledgement::{self, Answer};
use crate::triage::letter::template::{BrandValues, PointerValues, Values};
use crate::triage::report::Topic;
use crate::triage::rules::combine::Judgement;
use crate::triage::rules::{Pointer, UnknownSender};
use crate::triage::ticket::{Change, Ticket};

/// What becomes of the letter to the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answering {
    Now,
    WhenReleased,
    Never(NoAnswer),
}

/// Whether the sender is answered.
pub(super) fn answering(arrival: &Arrival<'_>, case: &Case<'_>) -> Answering {
    let mail = arrival.mail;
    let address = mail.from_address();
    if arrival.too_old_to_answer {
        return Answering::Never(NoAnswer::TooOld);
    }
    if address.is_empty() {
        return Answering::Never(NoAnswer::NoSender);
    }
    if is_ours(address, arrival.mailbox, case.rules) {
        return Answering::Never(NoAnswer::OwnAddress {
            address: address.to_owned(),
        });
    }
    if let Some(sign) = &mail.signs.no_answer_wanted {
        return Answering::Never(NoAnswer::NotWanted { sign: sign.clone() });
    }
    match (case.partner, case.rules.company.unknown_sender) {
        (Some(_), _) | (None, UnknownSender::Answer) => Answering::Now,
        (None, UnknownSender::Hold) => Answering::WhenReleased,
        (None, UnknownSender::Note) => Answering::Never(NoAnswer::UnknownSender),
    }
}

/// The one letter to the sender: an acknowledgement, or pointers and back to the partner's own team.
pub(super) fn answer(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    (judgement, answering): (&Judgement, &Answering),
) {
    let held = match answering {
        Answering::Never(reason) => {
            drafting.because(Reason::NoAnswer {
                reason: reason.clone(),
            });
            return;
        }
        Answering::Now => None,
        Answering::WhenReleased => {
            Some("its sender belongs to no known partner, so a person looks first".to_owned())
        }
    };
    let Some((ticket, template)) = drafting.ticket().cloned().zip(judgement.reply.as_deref())
    else {
        return;
    };
    drafting.because(Reason::ReplyChosen {
        template: template.to_owned(),
        place: judgement.reply_place.clone(),
    });
    let values = values(&ticket, arrival, case, judgement.ask.clone());
    let asking = values.ask.is_some().then(|| values.missing.clone());
    let back = ticket.level == FIRST_LINE;
    let letter = ToSender {
        purpose: if back {
            Purpose::HandBack
        } else {
            Purpose::Acknowledgement
        },
        template,
        language: &ticket.language,
        to: &ticket.requester,
        values,
        references: &ticket.references,
        answers: arrival.mail.message_id.as_deref(),
        held,
        by: format!("the reply `{template}`"),
    };
    if !drafting.write_to_sender(letter, case) {
        return;
    }
    if let Some(missing) = asking {
        drafting.because(LetterReason::Asking { missing });
        drafting.change(Change::Asked);
    }
    if back {
        drafting.change(Change::HandedBack);
    }
}

/// What the letter may say, under its brand's name.
fn values(ticket: &Ticket, arrival: &Arrival<'_>, case: &Case<'_>, ask: Option<String>) -> Values {
    let brand = case.brand();
    let hidden: &[String] = if brand.white_label {
        &case.rules.company.never_mention
    } else {
        &[]
    };
    let answer = Answer {
        brand: BrandValues {
            pointers: pointers(&brand.pointers, &ticket.topic),
            ..brand_values(brand)
        },
        partner: case.partner.map(|partner| partner.name.clone()),
        ask,
    };
    let view = telling::view(case, hidden);
    acknowledgement::values(ticket, &telling::said(arrival), answer, &view)
}

/// The pages that help with this component; all of them where none does, because some help is better than none.
fn pointers(known: &[Pointer], topic: &Topic) -> Vec<PointerValues> {
    let fits = |pointer: &&Pointer| {
        topic
            .component
            .as_ref()
            .is_some_and(|component| pointer.topics.contains(component))
    };
    let fitting: Vec<&Pointer> = known.iter().filter(fits).collect();
    let shown = if fitting.is_empty() {
        known.iter().collect()
    } else {
        fitting
    };
    shown
        .into_iter()
        .map(|pointer| PointerValues {
            title: pointer.title.clone(),
            url: pointer.url.clone(),
        })
        .collect()
}
