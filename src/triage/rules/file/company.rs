//! `company.toml` and `addresses.toml`: what is true for everybody, and which addresses are ours.

use super::partner::{self, BrandFile};
use super::{RuleFiles, address, all_texts, each, language};
use crate::finding::At;
use crate::finding::typed::{Said, Section};
use crate::triage::report::Urgency;
use crate::triage::rules::UnknownSender;

/// `[company]`
#[derive(Debug)]
pub(in crate::triage::rules) struct CompanyFile {
    pub at: At,
    pub name: Option<Said<String>>,
    pub never_mention: Vec<Said<String>>,
    pub languages: Vec<Said<String>>,
    pub default_language: Option<Said<String>>,
    pub rules_admins: Vec<Said<String>>,
    pub authenticated_by: Vec<Said<String>>,
    pub brand: BrandFile,
}

/// `[defaults]`
#[derive(Debug)]
pub(in crate::triage::rules) struct DefaultsFile {
    pub urgency: Option<Said<Urgency>>,
    pub sla: Option<Said<String>>,
    pub calendar: Option<Said<String>>,
    pub level: Option<Said<i64>>,
    pub manager: Option<Said<String>>,
    pub unknown_sender: UnknownSender,
}

/// `[locked]`: patterns with `*` at the beginning or end.
#[derive(Debug, Default)]
pub(in crate::triage::rules) struct LockedFile {
    pub rules: Vec<Said<String>>,
    pub sla: Vec<Said<String>>,
}

/// `[[address]]`
#[derive(Debug)]
pub(in crate::triage::rules) struct AddressFile {
    pub address: Said<String>,
    pub partner: Option<Said<String>>,
    pub white_label: Option<Said<bool>>,
    pub forwarded_by: Vec<Said<String>>,
}

/// The urgencies by name.
pub(in crate::triage::rules) const URGENCIES: [(&str, Urgency); 4] = [
    ("Low", Urgency::Low),
    ("Medium", Urgency::Medium),
    ("High", Urgency::High),
    ("Critical", Urgency::Critical),
];

pub(super) fn read(top: &mut Section<'_>, all: &mut RuleFiles) {
    match top.section("company", "[company]") {
        Some(section) => all.company = Some(company(section)),
        None => top.missing("[company]"),
    }
    match top.section("defaults", "[defaults]") {
        Some(section) => all.defaults = Some(defaults(section)),
        None => top.missing("[defaults]"),
    }
    if let Some(mut locked) = top.section("locked", "[locked]") {
        all.locked = LockedFile {
            rules: all_texts(locked.texts("rules")),
            sla: all_texts(locked.texts("sla")),
        };
        locked.done();
    }
    all.company_pointers = partner::pointers(top, "pointer");
}

fn company(mut section: Section<'_>) -> CompanyFile {
    let mistakes = section.mistakes();
    let file = CompanyFile {
        at: section.at.clone(),
        name: section.need_text("name"),
        never_mention: all_texts(section.texts("never_mention")),
        languages: each(section.texts("languages"), mistakes, language),
        default_language: section
            .need_text("default_language")
            .and_then(|said| language(&said, mistakes)),
        rules_admins: each(section.texts("rules_admins"), mistakes, address),
        authenticated_by: all_texts(section.texts("authenticated_by")),
        brand: partner::brand_keys(&mut section),
    };
    section.done();
    file
}

fn defaults(mut section: Section<'_>) -> DefaultsFile {
    let unknown_sender = section.one_of(
        "unknown_sender",
        &[
            ("answer", UnknownSender::Answer),
            ("hold", UnknownSender::Hold),
            ("note", UnknownSender::Note),
        ],
    );
    let file = DefaultsFile {
        urgency: section.one_of("urgency", &URGENCIES),
        sla: section.need_text("sla"),
        calendar: section.need_text("calendar"),
        level: section.number("level"),
        manager: section.need_text("manager"),
        unknown_sender: unknown_sender.map(|said| said.value).unwrap_or_default(),
    };
    section.done();
    file
}

pub(super) fn read_addresses(top: &mut Section<'_>, all: &mut RuleFiles) {
    for mut section in top.sections("address", "an [[address]]") {
        let mistakes = section.mistakes();
        let written = section
            .need_text("address")
            .and_then(|said| address(&said, mistakes));
        let entry = (section.need_text("partner"), section.flag("white_label"));
        let forwarded_by = all_texts(section.texts("forwarded_by"));
        section.done();
        let Some(address) = written else {
            continue;
        };
        all.addresses.push(AddressFile {
            address,
            partner: entry.0,
            white_label: entry.1,
            forwarded_by,
        });
    }
}
