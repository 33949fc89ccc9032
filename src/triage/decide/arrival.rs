//! A mail that opens a ticket, or that is kept without one.
//!
//! A person's mail always opens a ticket, whoever the person is; whether an answer goes out is another question. A
//! machine's mail that belongs to no ticket is kept in the journal and answered by nobody.

use super::drafting::{Drafting, ToSender, brand_values};
use super::facts::{Asked, Case, is_ours, kind_of};
use super::reason::{LetterReason, NoAnswer, ThreadReason};
use super::telling::{self, FIRST_LINE};
use super::{Arrival, Decision, Reason, Setting};
use crate::triage::letter::Purpose;
use crate::triage::letter::acknowledgement::{self, Answer};
use crate::triage::letter::template::PointerValues;
use crate::triage::mail::thread::Clue;
use crate::triage::mail::{Kind, Mail, Person};
use crate::triage::promise::{Metric, Promise};
use crate::triage::report::{Report, Topic};
use crate::triage::rules::combine::{Judgement, judge};
use crate::triage::rules::{Pointer, UnknownSender};
use crate::triage::ticket::{Change, State, Ticket};

/// How much of a mail without a key sentence stands for it.
const SUMMARY_CHARS_MAX: usize = 300;

/// People that one mail may bring along.
const PARTICIPANTS_MAX: usize = 50;

/// Decides a mail that belongs to no ticket. `linked` is a ticket that a clue named, but that the mail does not join.
pub(super) fn open(
    arrival: &Arrival<'_>,
    setting: &Setting<'_>,
    linked: Option<(&Ticket, String)>,
) -> Decision {
    let mut drafting = Drafting::new(None, setting);
    let kind = kind_of(arrival.mail, setting.rules);
    if let Some((what, sign)) = by_machine(arrival.mail, kind) {
        drafting.because(ThreadReason::WithoutTicket {
            kind: what.to_owned(),
            sign,
        });
        return drafting.finish();
    }
    let (case, reasons) = Case::of_mail(arrival, setting.rules);
    reasons
        .into_iter()
        .for_each(|reason| drafting.because(reason));
    let answering = answering(arrival, &case);
    let client = case.client(arrival.report.client.as_ref());
    let at = case.at(arrival.received_at);
    let judgement = judge(
        &case.facts(&Asked {
            arrival: Some(arrival),
            kind,
            ticket: None,
            client: client.as_deref(),
            reopened: false,
            event: None,
            broken: None,
            at: &at,
        }),
        setting.rules,
    );
    explain(&mut drafting, arrival, &judgement, client.as_deref());
    let ticket = ticket(arrival, &case, &judgement, setting);
    drafting.because(ThreadReason::Opening {
        number: ticket.number.clone(),
    });
    drafting.open(Ticket {
        client,
        promises: promises(arrival, &case, &judgement, &answering),
        ..ticket
    });
    settle_in(&mut drafting, arrival, linked);
    if !arrival.too_old_to_answer {
        answer(&mut drafting, arrival, &case, (&judgement, &answering));
        telling::tell(&mut drafting, &judgement, Some(arrival), &case);
    }
    drafting.finish()
}

/// What a machine's mail is, and the sign that says so.
pub(super) fn by_machine(mail: &Mail, kind: Kind) -> Option<(&'static str, String)> {
    if let Some(mark) = &mail.road.own_loop {
        return Some((
            "a letter of ours",
            format!("it bears our loop header, `{mark}`"),
        ));
    }
    let what = match kind {
        Kind::Request | Kind::Reply | Kind::Unparsable => return None,
        Kind::AutoReply => "an automatic reply",
        Kind::Bounce => "a delivery report",
        Kind::List => "a mailing list",
        Kind::Calendar => "an invitation",
    };
    let sign = mail.signs.found.iter().find(|sign| sign.kind == kind);
    Some((
        what,
        sign.or(mail.signs.found.first())
            .map_or_else(|| "by its form".to_owned(), |sign| sign.because.clone()),
    ))
}

/// What becomes of the letter to the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answering {
    Now,
    WhenReleased,
    Never(NoAnswer),
}

fn answering(arrival: &Arrival<'_>, case: &Case<'_>) -> Answering {
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

fn explain(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    judgement: &Judgement,
    client: Option<&str>,
) {
    if let Some(client) = client {
        let found = arrival.report.client.as_ref();
        drafting.because(Reason::ClientIs {
            client: client.to_owned(),
            evidence: found.and_then(|found| found.evidence.first().cloned()),
        });
    }
    telling::explain(drafting, judgement);
    drafting.because(Reason::UrgencyIs {
        urgency: judgement.urgency,
        computed: judgement.urgency_computed,
        points: points(arrival.report),
    });
    drafting.because(Reason::LevelIs {
        level: judgement.level,
        third_line_reason: judgement.third_line_reason,
    });
}

/// The urgency's sum, line by line.
pub(super) fn points(report: &Report) -> Vec<String> {
    report
        .points
        .iter()
        .map(|line| format!("{:+} {}", line.points, line.because))
        .collect()
}

fn ticket(
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    judgement: &Judgement,
    setting: &Setting<'_>,
) -> Ticket {
    let (mail, report) = (arrival.mail, arrival.report);
    let prefix = case.brand().ticket_prefix.trim_end_matches('-');
    Ticket {
        id: setting.next_ticket,
        number: format!("{prefix}-{}", setting.next_ticket.0),
        version: 1,
        partner: case.partner.map(|partner| partner.id.clone()),
        address: case.address.address.clone(),
        requester: mail.from.clone().unwrap_or_default(),
        participants: participants(arrival, case),
        client: None,
        subject: mail.subject.clone().unwrap_or_default(),
        summary: summary(mail, report),
        steps: report
            .steps
            .as_ref()
            .map(|found| found.value.clone())
            .unwrap_or_default(),
        urgency: judgement.urgency,
        level: judgement.level,
        third_line_reason: judgement.third_line_reason,
        topic: Topic::clone(&report.topic),
        labels: judgement.labels.clone(),
        review: judgement.review,
        language: acknowledgement::language(
            report.language.as_deref(),
            case.languages(),
            &case.rules.company.default_language,
        ),
        state: State::Open,
        opened_at: arrival.received_at,
        last_message_at: arrival.received_at,
        messages: 1,
        last_message_id: mail.message_id.clone(),
        references: references(mail),
        promises: Vec::new(),
        told: Vec::new(),
        done: Vec::new(),
        written: Vec::new(),
        asked: false,
        handed_back: false,
        rules_version: case.rules.version.clone(),
        trust: case.trust(arrival),
    }
}

/// Everyone on the mail but us.
pub(super) fn participants(arrival: &Arrival<'_>, case: &Case<'_>) -> Vec<String> {
    let mail = arrival.mail;
    let mut people: Vec<String> = Vec::new();
    for person in mail.from.iter().chain(&mail.to).chain(&mail.cc) {
        let address = &person.address;
        let known = people.contains(address) || is_ours(address, arrival.mailbox, case.rules);
        if !known && !address.is_empty() && people.len() < PARTICIPANTS_MAX {
            people.push(address.clone());
        }
    }
    people
}

/// The key sentence, else the beginning of what was written, else the subject.
fn summary(mail: &Mail, report: &Report) -> String {
    if let Some(found) = &report.description {
        return found.value.clone();
    }
    let text = mail.new_text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = if words.is_empty() {
        mail.subject.clone().unwrap_or_default()
    } else {
        words.join(" ")
    };
    match text.char_indices().nth(SUMMARY_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The thread that the mail stands in, its own Message-ID last.
fn references(mail: &Mail) -> Vec<String> {
    let before = if mail.references.is_empty() {
        &mail.in_reply_to
    } else {
        &mail.references
    };
    before.iter().chain(&mail.message_id).cloned().collect()
}

/// What is promised from the moment in which our server took the mail over. Mail that was there before us is
/// promised nothing, and what goes back to the partner's team is theirs to answer.
fn promises(
    arrival: &Arrival<'_>,
    case: &Case<'_>,
    judgement: &Judgement,
    answering: &Answering,
) -> Vec<Promise> {
    let confirmed: &[Metric] = match answering {
        Answering::Now | Answering::WhenReleased => &[Metric::Acknowledge],
        Answering::Never(_) => &[],
    };
    let by_us: &[Metric] = if judgement.level > FIRST_LINE {
        &[Metric::FirstResponse, Metric::Solve]
    } else {
        &[]
    };
    if arrival.too_old_to_answer {
        return Vec::new();
    }
    case.promises(
        judgement.urgency,
        &[confirmed, by_us].concat(),
        arrival.received_at,
    )
}

/// Clues by which later mails find the ticket, and what people should read in its timeline.
fn settle_in(
    drafting: &mut Drafting<'_>,
    arrival: &Arrival<'_>,
    linked: Option<(&Ticket, String)>,
) {
    if let Some(id) = &arrival.mail.message_id {
        drafting.clue(Clue::MessageId(id.clone()));
    }
    if let Some((other, because)) = linked {
        let number = other.number.clone();
        drafting.change(Change::Note(format!("Linked to {number}: {because}.")));
        drafting.because(ThreadReason::Linked { number, because });
    }
    let promises = drafting
        .ticket()
        .map(|ticket| ticket.promises.clone())
        .unwrap_or_default();
    for promise in promises {
        drafting.because(super::reason::PromiseReason::Made {
            metric: promise.metric,
            due: promise.due,
            origin: promise.origin,
        });
    }
    for defect in &arrival.mail.defects {
        drafting.change(Change::Note(format!("Defect of the mail: {defect}.")));
    }
}

/// The one letter to the sender: an acknowledgement, or pointers and back to the partner's own team.
fn answer(
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
        Answering::WhenReleased => Some(
            "a person must release it, because its sender belongs to no known partner".to_owned(),
        ),
    };
    let Some((ticket, template)) = drafting.ticket().cloned().zip(judgement.reply.as_deref())
    else {
        return;
    };
    drafting.because(Reason::ReplyChosen {
        template: template.to_owned(),
        place: judgement.reply_place.clone(),
    });
    let brand = case.brand();
    let hidden: &[String] = if brand.white_label {
        &case.rules.company.never_mention
    } else {
        &[]
    };
    let answer = Answer {
        brand: crate::triage::letter::template::BrandValues {
            pointers: pointers(&brand.pointers, &ticket.topic),
            ..brand_values(brand)
        },
        partner: case.partner.map(|partner| partner.name.clone()),
        ask: judgement.ask.clone(),
    };
    let values = acknowledgement::values(
        &ticket,
        &telling::said(arrival),
        answer,
        &telling::view(case, hidden),
    );
    let asking = values.ask.is_some().then(|| values.missing.clone());
    let back = ticket.level == FIRST_LINE;
    drafting.to_sender(
        ToSender {
            purpose: if back {
                Purpose::HandBack
            } else {
                Purpose::Acknowledgement
            },
            template,
            language: &ticket.language,
            to: &receiver(&ticket),
            values,
            references: &ticket.references,
            answers: arrival.mail.message_id.as_deref(),
            held,
            by: format!("the reply `{template}`"),
        },
        case,
    );
    if let Some(missing) = asking {
        drafting.because(LetterReason::Asking { missing });
        drafting.change(Change::Asked);
    }
    if back {
        drafting.change(Change::HandedBack);
    }
}

fn receiver(ticket: &Ticket) -> Person {
    ticket.requester.clone()
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
