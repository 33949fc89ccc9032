//! What conditions may ask about: partner, brand, client, hours, gathered from the mail and the ticket.
//!
//! A [`Case`] is the part of it that rules decide once for a ticket: which of our addresses was written to, and so
//! which brand answers, which partner pays, which plan and calendar count.

use std::borrow::Cow;

use jiff::{Timestamp, Zoned};

use super::{Arrival, Reason, promising};
use crate::triage::incident::{Outlook, Standing};
use crate::triage::letter::trust_line::{Circumstances, trust_line};
use crate::triage::mail::{Kind, Mail};
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::{Metric, Plan, Promise};
use crate::triage::report::{Found, Urgency};
use crate::triage::rules::combine::{Judgement, judge};
use crate::triage::rules::criterion::{Anger, ClockEvent, Facts};
use crate::triage::rules::{Brand, OwnAddress, Partner, Rules};
use crate::triage::ticket::Ticket;

/// Whom and what a ticket is about, as the rules see it.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) rules: &'a Rules,
    pub(super) address: Cow<'a, OwnAddress>,
    pub(super) partner: Option<&'a Partner>,
    pub(super) calendar: Cow<'a, Calendar>,
    pub(super) plan: Option<&'a Plan>,
}

impl<'a> Case<'a> {
    /// The case of a new mail, with the reasons for it.
    pub(super) fn of_mail(arrival: &Arrival<'_>, rules: &'a Rules) -> (Self, Vec<Reason>) {
        let (address, header) = written_to(arrival.mail, arrival.mailbox, rules);
        let sender = arrival.mail.from_address();
        let (partner, by) = match &address.partner {
            Some(id) => (rules.partners.get(id), address.address.clone()),
            None => (rules.partner_of(sender), sender.to_owned()),
        };
        let case = Self::new(address, partner, rules);
        let reasons = vec![
            Reason::WrittenTo {
                address: case.address.address.clone(),
                header,
                brand: case.brand().id.clone(),
            },
            Reason::PartnerIs {
                partner: partner.map(|partner| partner.id.clone()),
                by,
            },
        ];
        (case, reasons)
    }

    /// The case of a ticket, by the rules of today.
    pub(super) fn of_ticket(ticket: &Ticket, rules: &'a Rules) -> Self {
        let address = own_address(&ticket.address, rules)
            .map_or_else(|| Cow::Owned(unlisted(&ticket.address)), Cow::Borrowed);
        let partner = ticket
            .partner
            .as_ref()
            .and_then(|id| rules.partners.get(id));
        Self::new(address, partner, rules)
    }

    fn new(address: Cow<'a, OwnAddress>, partner: Option<&'a Partner>, rules: &'a Rules) -> Self {
        let company = &rules.company;
        let calendar = partner.map_or(&company.default_calendar, |partner| &partner.calendar);
        let plan = partner.map_or(&company.default_plan, |partner| &partner.plan);
        Self {
            rules,
            address,
            partner,
            calendar: rules
                .calendars
                .get(calendar)
                .map_or_else(|| Cow::Owned(Calendar::always()), Cow::Borrowed),
            plan: rules.plans.get(plan),
        }
    }

    /// The brand that answers the sender.
    pub(super) fn brand(&self) -> &Brand {
        self.rules.brand_of(&self.address)
    }

    /// Languages of letters to the sender, the first is the default.
    pub(super) fn languages(&self) -> &[String] {
        match self.partner {
            Some(partner) if !partner.languages.is_empty() => &partner.languages,
            Some(_) | None => &self.rules.company.languages,
        }
    }

    /// The client that a mail names, spelled as the partner's file spells it.
    pub(super) fn client(&self, found: Option<&Found<String>>) -> Option<String> {
        found
            .map(|found| found.value.trim().to_owned())
            .filter(|client| !client.is_empty())
    }

    /// True for a client of whom the hint of leaving is enough for the third line.
    pub(super) fn is_key_client(&self, client: Option<&str>) -> bool {
        let Some((client, partner)) = client.zip(self.partner) else {
            return false;
        };
        partner
            .key_clients
            .iter()
            .any(|key| key.to_lowercase() == client.to_lowercase())
    }

    /// An instant in the zone in which the partner works.
    pub(super) fn at(&self, instant: Timestamp) -> Zoned {
        instant.to_zoned(self.calendar.zone.clone())
    }

    /// What the plan promises for this urgency, its clocks started at `start`.
    pub(super) fn promises(
        &self,
        urgency: Urgency,
        metrics: &[Metric],
        start: Timestamp,
    ) -> Vec<Promise> {
        metrics
            .iter()
            .filter_map(|metric| promising::made(self, (urgency, *metric), start))
            .collect()
    }

    /// What the rules say to a mail: a first one, or a further one of `ticket`.
    pub(super) fn judge_mail(
        &self,
        arrival: &Arrival<'_>,
        ticket: Option<&Ticket>,
        around: &Around<'_>,
    ) -> Judgement {
        let at = self.at(arrival.received_at);
        let facts = self.facts(&Asked {
            arrival: Some(arrival),
            kind: kind_of(arrival.mail, self.rules),
            ticket,
            around: *around,
            event: None,
            broken: None,
            at: &at,
        });
        judge(&facts, self.rules)
    }

    /// What conditions may ask about a mail, or about an event that has none.
    pub(super) fn facts<'f>(&'f self, of: &Asked<'f>) -> Facts<'f> {
        Facts {
            mail: of.arrival.map(|arrival| arrival.mail),
            report: of.arrival.map(|arrival| arrival.report),
            kind: of.kind,
            partner: self.partner.map(|partner| partner.id.as_str()),
            client: of.around.client,
            key_client: self.is_key_client(of.around.client),
            address: &self.address.address,
            white_label: self.address.white_label,
            first_message: of.ticket.is_none(),
            reopened: of.around.reopened,
            handed_back: of.ticket.is_some_and(|ticket| ticket.handed_back),
            calendar: &self.calendar,
            event: of.event,
            broken: of.broken,
            at: of.at,
            outlook: of.around.outlook,
            anger: of.around.anger,
            standing: stands(of.ticket, of.around.outlook),
        }
    }

    /// Who really wrote, by which road.
    pub(super) fn trust(&self, arrival: &Arrival<'_>) -> String {
        let domains: Vec<&str> = self
            .rules
            .partners
            .values()
            .flat_map(|partner| &partner.domains)
            .map(String::as_str)
            .chain(
                self.rules
                    .addresses
                    .iter()
                    .filter_map(|own| domain(&own.address)),
            )
            .collect();
        let writer = self.rules.partner_of(arrival.mail.from_address());
        trust_line(
            arrival.mail,
            &Circumstances {
                partner: writer.map(|partner| partner.name.as_str()),
                address: &self.address.address,
                forwarded_by: &self.address.forwarded_by,
                known_domains: &domains,
                first_contact: arrival.first_contact,
            },
        )
    }
}

/// What the rules say to a mail that belongs to no ticket, without deciding anything.
#[must_use]
pub fn judgement(arrival: &Arrival<'_>, rules: &Rules) -> Judgement {
    let (case, _) = Case::of_mail(arrival, rules);
    let client = case.client(arrival.report.client.as_ref());
    let around = Around {
        client: client.as_deref(),
        ..Around::default()
    };
    case.judge_mail(arrival, None, &around)
}

/// Where the sum starts: where the ticket stands, and not below the incident that the mail joins.
fn stands(ticket: Option<&Ticket>, outlook: Option<&Outlook<'_>>) -> Option<(Urgency, u8)> {
    let own = ticket.map(|ticket| (ticket.urgency, ticket.level));
    let joined = outlook.and_then(Outlook::to_join);
    let joined = joined
        .filter(|(incident, _)| incident.standing == Standing::Open)
        .map(|(incident, _)| (incident.urgency, incident.level));
    match (own, joined) {
        (Some(own), Some(joined)) => Some((own.0.max(joined.0), own.1.max(joined.1))),
        (own, joined) => own.or(joined),
    }
}

/// What is known around an event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around<'f> {
    /// The client, from the mail or the ticket.
    pub(super) client: Option<&'f str>,
    /// A solved ticket was opened again.
    pub(super) reopened: bool,
    /// Tickets and incidents that the mail may have to do with.
    pub(super) outlook: Option<&'f Outlook<'f>>,
    /// What has gathered between the client and us.
    pub(super) anger: Anger,
}

/// What [`Case::facts`] is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'f> {
    pub(super) arrival: Option<&'f Arrival<'f>>,
    pub(super) kind: Kind,
    pub(super) ticket: Option<&'f Ticket>,
    pub(super) around: Around<'f>,
    pub(super) event: Option<ClockEvent>,
    pub(super) broken: Option<Metric>,
    pub(super) at: &'f Zoned,
}

/// What kind of mail it is, once the headers that our own forwarders add are left out of account.
pub(super) fn kind_of(mail: &Mail, rules: &Rules) -> Kind {
    let ours: Vec<&str> = rules
        .addresses
        .iter()
        .flat_map(|own| std::iter::once(&own.address).chain(&own.forwarded_by))
        .map(String::as_str)
        .collect();
    mail.signs.kind_behind(mail.kind, &ours)
}

/// True for an address that we answer from, with or without a tag behind a plus.
pub(super) fn is_ours(address: &str, mailbox: &str, rules: &Rules) -> bool {
    let bare = without_tag(address);
    bare == mailbox || own_address(&bare, rules).is_some()
}

/// True for one of our own people: a contact, or somebody at a domain that the company answers from and no partner has.
pub(super) fn is_staff(address: &str, rules: &Rules) -> bool {
    if rules
        .contacts
        .values()
        .any(|contact| contact.email == address)
    {
        return true;
    }
    let Some(home) = domain(address) else {
        return false;
    };
    let answers_there =
        |own: &&OwnAddress| own.partner.is_none() && domain(&own.address) == Some(home);
    rules.addresses.iter().any(|own| answers_there(&own)) && rules.partner_of(address).is_none()
}

/// Which of our addresses a mail was written to, and the header that says so: a brand's own address before one that
/// serves all, then in the order in which headers are believed. If none is named (BCC), the polled mailbox tells.
fn written_to<'a>(
    mail: &Mail,
    mailbox: &str,
    rules: &'a Rules,
) -> (Cow<'a, OwnAddress>, Option<String>) {
    let named: Vec<(&OwnAddress, &str)> = mail
        .addressed
        .iter()
        .filter_map(|to| {
            Some((
                own_address(&without_tag(&to.address), rules)?,
                to.header.as_str(),
            ))
        })
        .collect();
    let of_a_brand = named.iter().find(|(own, _)| own.partner.is_some());
    if let Some((own, header)) = of_a_brand.or(named.first()) {
        return (Cow::Borrowed(own), Some((*header).to_owned()));
    }
    match own_address(mailbox, rules) {
        Some(own) => (Cow::Borrowed(own), None),
        None => (Cow::Owned(unlisted(mailbox)), None),
    }
}

fn own_address<'a>(address: &str, rules: &'a Rules) -> Option<&'a OwnAddress> {
    rules.addresses.iter().find(|own| own.address == address)
}

/// A mailbox that the rules do not know answers as the company does.
fn unlisted(address: &str) -> OwnAddress {
    OwnAddress {
        address: address.to_owned(),
        partner: None,
        white_label: false,
        forwarded_by: Vec::new(),
    }
}

/// `help+tag@desk.example` is `help@desk.example`.
fn without_tag(address: &str) -> Cow<'_, str> {
    let bare = address.rsplit_once('@').and_then(|(local, domain)| {
        let (local, _) = local.split_once('+')?;
        Some(format!("{local}@{domain}"))
    });
    bare.map_or(Cow::Borrowed(address), Cow::Owned)
}

fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}
