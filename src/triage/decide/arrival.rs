//! A mail that opens a ticket, or that is kept without one.
//!
//! A person's mail always opens a ticket, whoever the person is; whether an answer goes out is another question. A
//! machine's mail that belongs to no ticket is kept in the journal and answered by nobody.

use super::answer::{self, Answering};
use super::drafting::Drafting;
use super::facts::{Around, Case, kind_of};
use super::reason::{PromiseReason, ThreadReason};
use super::telling::{self, FIRST_LINE};
use super::{Arrival, Decision, Reason, Setting, bounce, incident, opening, promising, silence};
use crate::triage::mail::thread::Clue;
use crate::triage::mail::{Kind, Mail};
use crate::triage::promise::{Metric, Promise};
use crate::triage::report::Report;
use crate::triage::rules::combine::Judgement;
use crate::triage::ticket::{Change, Ticket};

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
        bounce::without_ticket(&mut drafting, arrival);
        return drafting.finish();
    }
    let (case, reasons) = Case::of_mail(arrival, setting.rules);
    reasons
        .into_iter()
        .for_each(|reason| drafting.because(reason));
    let answering = answer::answering(arrival, &case);
    let client = case.client(arrival.report.client.as_ref());
    let outlook = incident::outlook(setting, arrival, &case, (None, client.as_deref()));
    let around = Around {
        client: client.as_deref(),
        outlook: outlook.as_ref(),
        anger: incident::anger(setting, None, Some(arrival)),
        ..Around::default()
    };
    let mut judgement = case.judge_mail(arrival, None, &around);
    let part = incident::part(&mut judgement, outlook.as_ref());
    explain(&mut drafting, arrival, &judgement, client.as_deref());
    let ticket = opening::ticket(arrival, &case, &judgement, setting);
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
        promising::next_response(&mut drafting, &case);
    }
    incident::take(&mut drafting, &part, outlook.as_ref());
    answer::answer(&mut drafting, arrival, &case, (&judgement, &answering));
    if !arrival.too_old_to_answer {
        incident::tell(&mut drafting, &judgement, arrival, (&case, &part));
        silence::watch(&mut drafting, arrival);
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
        drafting.because(PromiseReason::Made {
            metric: promise.metric,
            due: promise.due,
            origin: promise.origin,
        });
    }
    for defect in &arrival.mail.defects {
        drafting.change(Change::Note(format!("Defect of the mail: {defect}.")));
    }
}
