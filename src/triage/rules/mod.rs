//! What the admin asked for. [`mod@file`] mirrors the TOML as typed, [`check`] names every mistake in it, and what
//! comes out is [`Rules`], which cannot be wrong: references exist, templates are parsed, times have zones.

mod brand;
pub mod check;
pub mod combine;
pub mod criterion;
pub mod file;
mod fold;
mod holds;
mod looked;
mod people;
pub mod shipped;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::letter::template::Templates;
use super::promise::calendar::Calendar;
use super::promise::{Budget, Metric, Plan};
use super::report::Urgency;
use super::report::lexicon::Lexicon;

pub use brand::{Brand, OwnAddress, Pointer};
pub use people::{Away, Contact, Ladder, OnCall, Step, Who};

/// All rule files, checked and compiled.
#[derive(Debug)]
pub struct Rules {
    /// The first 12 hex digits of the BLAKE3 hash over all files and their names.
    pub version: String,
    /// What is true for everybody.
    pub company: Company,
    /// Our addresses, each with the brand that answers.
    pub addresses: Vec<OwnAddress>,
    /// By id.
    pub partners: BTreeMap<String, Partner>,
    /// By id.
    pub contacts: BTreeMap<String, Contact>,
    /// By id.
    pub on_call: BTreeMap<String, OnCall>,
    /// By id.
    pub ladders: BTreeMap<String, Ladder>,
    /// By name.
    pub calendars: BTreeMap<String, Calendar>,
    /// By name, `like` resolved.
    pub plans: BTreeMap<String, Plan>,
    /// When to warn that a promise may break: percent of its time, 1 to 99, in rising order.
    pub warn_at: Vec<u8>,
    /// The promises whose clock stands still while we wait for the client; see [`Rules::pauses_for_client`].
    pub pauses: BTreeSet<Metric>,
    /// How long after solving a reply reopens.
    pub reopen_within: Budget,
    /// Every rule, the company's and the partners'.
    pub rules: Vec<Rule>,
    /// `[[suppress]]` by partner id and rule id, until that day.
    pub suppressed: BTreeMap<(String, String), Option<Date>>,
    /// The one reply of each new ticket: first match, the last entry always holds.
    pub reply: Vec<Choice>,
    /// The words.
    pub lexicon: Lexicon,
    /// The letters.
    pub templates: Templates,
}

/// `company.toml`.
#[derive(Clone, Debug, Default)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Words that no white-label letter may hold.
    pub never_mention: Vec<String>,
    /// Languages of letters, ISO 639-1.
    pub languages: Vec<String>,
    /// Where none fits.
    pub default_language: String,
    /// Its own brand, for letters that are not white label.
    pub brand: Brand,
    /// Told when new rules are refused.
    pub rules_admins: Vec<String>,
    /// Mail servers of ours whose Authentication-Results are believed, by the name with which they begin.
    pub authenticated_by: Vec<String>,
    /// When nothing points either way.
    pub default_urgency: Urgency,
    /// Plan for partners that name none.
    pub default_plan: String,
    /// Calendar for partners that name none.
    pub default_calendar: String,
    /// When no rule sets a level.
    pub default_level: u8,
    /// Partner Manager for a sender of no known partner.
    pub default_manager: String,
    /// What a sender of no known partner gets.
    pub unknown_sender: UnknownSender,
}

/// What happens with the mail of a sender of no known partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownSender {
    /// Like anybody: a ticket and an acknowledgement.
    #[default]
    Answer,
    /// A ticket; the acknowledgement waits until a person releases it.
    Hold,
    /// A ticket and a notice to our people, no letter to the sender.
    Note,
}

/// `partners/*.toml`.
#[derive(Clone, Debug)]
pub struct Partner {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Domains its people write from.
    pub domains: Vec<String>,
    /// Single addresses that belong to it, such as a director's private one.
    pub addresses: Vec<String>,
    /// Its Partner Manager: a contact.
    pub manager: String,
    /// The designated escalation contact: a contact.
    pub escalation_contact: Option<String>,
    /// Its plan.
    pub plan: String,
    /// Its calendar.
    pub calendar: String,
    /// Languages of letters to it, the first is the default.
    pub languages: Vec<String>,
    /// Clients whose threat to leave is a third-line matter.
    pub key_clients: Vec<String>,
    /// Its white-label brand.
    pub brand: Option<Brand>,
}

/// One `[[rule]]`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it means, for people.
    pub say: String,
    /// `routing.toml:12`.
    pub place: String,
    /// Holds for this partner only.
    pub partner: Option<String>,
    /// What it waits for; `None` is mail.
    pub event: Option<criterion::ClockEvent>,
    /// The round in which it is judged: 1, 2 or 3.
    pub round: u8,
    /// When it applies.
    pub when: criterion::When,
    /// What it does.
    pub then: Effects,
}

/// What a rule does. Effects of several rules combine without order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// The highest of all wins, also over caps.
    pub urgency_at_least: Option<Urgency>,
    /// The lowest of all.
    pub urgency_at_most: Option<Urgency>,
    /// The highest of all.
    pub level: Option<u8>,
    /// All of them.
    pub labels: Vec<String>,
    /// All of them.
    pub ladders: Vec<String>,
    /// One letter each, no ladder.
    pub tell: Vec<Who>,
    /// Template that asks for missing details, once.
    pub ask: Option<String>,
    /// A person is asked to look.
    pub review: bool,
    /// What is made of several clients with one trouble.
    pub incident: Option<IncidentEffect>,
}

/// `then.incident`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncidentEffect {
    /// `maybe`: people look; ladders are not climbed.
    Maybe,
    /// `open or join`.
    Open,
}

/// One entry of a `[[choose.reply]]` list.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `routing.toml:70`.
    pub place: String,
    /// `None` is `otherwise`.
    pub when: Option<criterion::When>,
    /// The template of the reply.
    pub template: String,
}

impl Rules {
    /// True if that promise's clock stands still while we wait for the client. However the rules are, nobody is left
    /// without news on an urgent ticket because we have asked something.
    #[must_use]
    pub fn pauses_for_client(&self, metric: Metric, urgency: Urgency) -> bool {
        let urgent_news = metric == Metric::UpdateEvery && urgency >= Urgency::High;
        self.pauses.contains(&metric) && !urgent_news
    }

    /// The ticket prefixes of all brands, the company's first.
    #[must_use]
    pub fn ticket_prefixes(&self) -> Vec<&str> {
        let partners = self
            .partners
            .values()
            .filter_map(|partner| partner.brand.as_ref());
        std::iter::once(&self.company.brand)
            .chain(partners)
            .map(|brand| brand.ticket_prefix.as_str())
            .collect()
    }

    /// The addresses of the teams whose mail the contact with this address reads.
    #[must_use]
    pub fn teams_of(&self, address: &str) -> Vec<&str> {
        let mut teams = Vec::new();
        for person in self.contacts.values().filter(|one| one.email == address) {
            let theirs = |team: &&Contact| team.members.contains(&person.id);
            teams.extend(
                self.contacts
                    .values()
                    .filter(theirs)
                    .map(|team| team.email.as_str()),
            );
        }
        teams
    }

    /// The partner that an address of a person belongs to: whole addresses before domains, the longest
    /// domain first, and a client's own domain last.
    #[must_use]
    pub fn partner_of(&self, address: &str) -> Option<&Partner> {
        let address = address.to_lowercase();
        let by_address = self
            .partners
            .values()
            .find(|partner| partner.addresses.contains(&address));
        let domain = address.rsplit_once('@')?.1;
        by_address
            .or_else(|| self.partner_of_domain(domain))
            .or_else(|| self.partner_of_client(domain))
    }

    /// A client that writes to us itself belongs to the partner that names its domain.
    fn partner_of_client(&self, domain: &str) -> Option<&Partner> {
        let clients = self.lexicon.words.clients.iter();
        let mut theirs = clients.filter(|client| {
            client
                .domains
                .iter()
                .any(|own| holds::is_within_domain(domain, own))
        });
        self.partners.get(&theirs.next()?.partner)
    }

    fn partner_of_domain(&self, domain: &str) -> Option<&Partner> {
        self.partners
            .values()
            .flat_map(|partner| partner.domains.iter().map(move |own| (own, partner)))
            .filter(|(own, _)| holds::is_within_domain(domain, own))
            .max_by_key(|(own, _)| own.len())
            .map(|(_, partner)| partner)
    }

    /// The brand that answers at one of our addresses.
    #[must_use]
    pub fn brand_of(&self, address: &OwnAddress) -> &Brand {
        let partner = address.partner.as_ref().filter(|_| address.white_label);
        partner
            .and_then(|id| self.partners.get(id))
            .and_then(|partner| partner.brand.as_ref())
            .unwrap_or(&self.company.brand)
    }
}
