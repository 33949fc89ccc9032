//! `partners/*.toml`: a partner, its brand and clients, its own rules and what it switches off.

use jiff::civil::Date;

use super::plan::{self, PlanFile};
use super::routing::{self, RuleFile};
use super::{address, all_texts, domain, each, language, person};
use crate::finding::At;
use crate::finding::typed::{Said, Section};
use crate::triage::mail::Person;

/// A partner's file.
#[derive(Debug)]
pub(in crate::triage::rules) struct PartnerFile {
    pub at: At,
    pub id: Said<String>,
    pub name: Option<Said<String>>,
    pub domains: Vec<Said<String>>,
    pub addresses: Vec<Said<String>>,
    pub manager: Option<Said<String>>,
    pub escalation_contact: Option<Said<String>>,
    pub sla: Option<Said<String>>,
    pub calendar: Option<Said<String>>,
    pub languages: Vec<Said<String>>,
    pub key_clients: Vec<Said<String>>,
    pub brand: Option<BrandFile>,
    pub clients: Vec<ClientFile>,
    pub plans: Vec<PlanFile>,
    pub rules: Vec<RuleFile>,
    pub suppress: Vec<SuppressFile>,
}

/// `[partner.brand]`, and the keys of `[company]` that mean the same.
#[derive(Debug)]
pub(in crate::triage::rules) struct BrandFile {
    pub product: Option<Said<String>>,
    pub signature: Option<Said<String>>,
    pub from: Option<Said<Person>>,
    pub message_id_domain: Option<Said<String>>,
    pub ticket_prefix: Option<Said<String>>,
    pub plus_address: bool,
    pub relay: Option<Said<String>>,
    pub pointers: Vec<PointerFile>,
}

/// `[[pointer]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct PointerFile {
    pub topics: Vec<Said<String>>,
    pub title: Said<String>,
    pub url: Said<String>,
}

/// `[[client]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct ClientFile {
    pub name: Said<String>,
    pub aliases: Vec<Said<String>>,
    pub domains: Vec<Said<String>>,
}

/// `[[suppress]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct SuppressFile {
    pub rule: Said<String>,
    pub until: Option<Said<Date>>,
}

pub(super) fn read(top: &mut Section<'_>) -> Option<PartnerFile> {
    let Some(mut section) = top.section("partner", "[partner]") else {
        top.missing("[partner]");
        return None;
    };
    let mistakes = section.mistakes();
    let id = section.need_text("id");
    let partner = PartnerFile {
        at: section.at.clone(),
        id: id.clone().unwrap_or_else(|| Said {
            value: String::new(),
            at: section.at.clone(),
        }),
        name: section.need_text("name"),
        domains: each(section.texts("domains"), mistakes, domain),
        addresses: each(section.texts("addresses"), mistakes, address),
        manager: section.text("manager"),
        escalation_contact: section.text("escalation_contact"),
        sla: section.text("sla"),
        calendar: section.text("calendar"),
        languages: each(section.texts("languages"), mistakes, language),
        key_clients: all_texts(section.texts("key_clients")),
        brand: section.section("brand", "[partner.brand]").map(brand),
        clients: clients(top),
        plans: plan::read(top, id.as_ref()),
        rules: routing::rules(top),
        suppress: suppress(top),
    };
    section.done();
    id.map(|_| partner)
}

fn brand(mut section: Section<'_>) -> BrandFile {
    let mut brand = brand_keys(&mut section);
    brand.pointers = pointers(&mut section, "pointer");
    section.done();
    brand
}

/// The keys that `[company]` and `[partner.brand]` share.
pub(super) fn brand_keys(section: &mut Section<'_>) -> BrandFile {
    let mistakes = section.mistakes();
    BrandFile {
        product: section.text("product"),
        signature: section.need_text("signature"),
        from: section
            .text("from")
            .and_then(|said| person(&said, mistakes)),
        message_id_domain: section
            .need_text("message_id_domain")
            .and_then(|said| domain(&said, mistakes)),
        ticket_prefix: section.need_text("ticket_prefix"),
        plus_address: section.flag("plus_address").is_some_and(|said| said.value),
        relay: section.text("relay"),
        pointers: Vec::new(),
    }
}

pub(super) fn pointers(section: &mut Section<'_>, key: &'static str) -> Vec<PointerFile> {
    let mut pointers = Vec::new();
    for mut section in section.sections(key, "a [[pointer]]") {
        let topics = all_texts(section.texts("topic"));
        let (title, url) = (section.need_text("title"), section.need_text("url"));
        section.done();
        if let (Some(title), Some(url)) = (title, url) {
            pointers.push(PointerFile { topics, title, url });
        }
    }
    pointers
}

fn clients(top: &mut Section<'_>) -> Vec<ClientFile> {
    let mut clients = Vec::new();
    for mut section in top.sections("client", "a [[client]]") {
        let mistakes = section.mistakes();
        let name = section.need_text("name");
        let aliases = all_texts(section.texts("aliases"));
        let domains = each(section.texts("domains"), mistakes, domain);
        section.done();
        if let Some(name) = name {
            clients.push(ClientFile {
                name,
                aliases,
                domains,
            });
        }
    }
    clients
}

fn suppress(top: &mut Section<'_>) -> Vec<SuppressFile> {
    let mut list = Vec::new();
    for mut section in top.sections("suppress", "a [[suppress]]") {
        let rule = section.need_text("rule");
        // Kept in the file for people; asked for so that nobody forgets to write one.
        let _ = section.need_text("reason");
        let until = section.date("until");
        section.done();
        if let Some(rule) = rule {
            list.push(SuppressFile { rule, until });
        }
    }
    list
}
