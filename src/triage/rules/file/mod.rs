//! The rule files as typed: one struct a table, every value with its place.
//!
//! Here only shape matters: which keys a table has and of what type they are. Whether names lead anywhere is
//! [`super::check`]'s matter. Conditions stay trees until then, because their vocabulary is the check's.

pub mod budget;
mod clocks;
mod company;
mod contacts;
mod hours;
mod lexicon;
mod names;
mod partner;
mod plan;
mod routing;

use super::check::Files;
use super::shipped;
use crate::finding::guess::did_you_mean;
use crate::finding::typed::{Section, parse};
use crate::finding::{At, Finding, Mistakes};

pub(super) use budget::BudgetSaid;
pub(super) use clocks::{ClocksFile, percent_of};
pub(super) use company::{AddressFile, CompanyFile, DefaultsFile, LockedFile, URGENCIES};
pub(super) use contacts::{ContactFile, LadderFile, OnCallFile, RepeatFile};
pub(super) use hours::CalendarFile;
pub(super) use lexicon::{GroupFile, LexiconFile, SignalFile, TopicFile};
pub(super) use names::{address, all_texts, day, domain, each, language, person};
pub(super) use partner::{BrandFile, PartnerFile, PointerFile};
pub(super) use plan::PlanFile;
pub(super) use routing::{ChoiceFile, EffectsFile, RuleFile};

/// Everything that the folder says.
#[derive(Debug, Default)]
pub(super) struct RuleFiles {
    pub company: Option<CompanyFile>,
    pub defaults: Option<DefaultsFile>,
    pub locked: LockedFile,
    pub company_pointers: Vec<PointerFile>,
    pub addresses: Vec<AddressFile>,
    pub partners: Vec<PartnerFile>,
    pub lexicon: LexiconFile,
    pub calendars: Vec<CalendarFile>,
    pub plans: Vec<PlanFile>,
    pub clocks: ClocksFile,
    pub contacts: Vec<ContactFile>,
    pub on_call: Vec<OnCallFile>,
    pub ladders: Vec<LadderFile>,
    /// The company's; a partner's lie with the partner.
    pub rules: Vec<RuleFile>,
    pub replies: Vec<ChoiceFile>,
    /// Path below `templates/` and text.
    pub templates: std::collections::BTreeMap<String, String>,
}

/// Files of the folder that must be there.
const NEEDED: [&str; 6] = [
    "company.toml",
    "addresses.toml",
    "calendars.toml",
    "sla.toml",
    "contacts.toml",
    "routing.toml",
];

/// Where templates lie.
pub(super) const TEMPLATES: &str = "templates/";

/// Reads all files, noting what is wrong with their shape.
pub(super) fn read(files: &Files, mistakes: &Mistakes) -> RuleFiles {
    let mut all = RuleFiles::default();
    for name in NEEDED.into_iter().filter(|name| !files.contains_key(*name)) {
        missing(name, mistakes);
    }
    for (path, text) in files {
        if let Some(below) = path.strip_prefix(TEMPLATES) {
            all.templates.insert(below.to_owned(), text.clone());
        } else if path.ends_with(".toml") {
            read_toml(path, text, &mut all, mistakes);
        }
    }
    for (path, text) in shipped::standing_in(files) {
        read_toml(path, text, &mut all, mistakes);
    }
    all
}

/// Reads `calendars.toml` alone, whatever else is there or is not.
pub(super) fn read_calendars(files: &Files, mistakes: &Mistakes) -> RuleFiles {
    const CALENDARS: &str = "calendars.toml";
    let mut all = RuleFiles::default();
    match files.get(CALENDARS) {
        Some(text) => read_toml(CALENDARS, text, &mut all, mistakes),
        None => missing(CALENDARS, mistakes),
    }
    all
}

fn missing(name: &str, mistakes: &Mistakes) {
    let sentence = format!("the folder of rules has no {name}");
    mistakes.note(Finding::error("E108", &At::new(name, 0..0), sentence));
}

fn read_toml(path: &str, text: &str, all: &mut RuleFiles, mistakes: &Mistakes) {
    if path.starts_with("tests/") {
        // The rules' own tests are no rules.
        return;
    }
    let value = parse(path, text, mistakes);
    let Some(mut top) = Section::of(&value, path, mistakes) else {
        return;
    };
    match path {
        "company.toml" => company::read(&mut top, all),
        "addresses.toml" => company::read_addresses(&mut top, all),
        "calendars.toml" => all.calendars.extend(hours::read(&mut top)),
        "sla.toml" => {
            all.plans.extend(plan::read(&mut top, None));
            all.clocks = clocks::read(&mut top);
        }
        "contacts.toml" => contacts::read(&mut top, all),
        "routing.toml" => routing::read(&mut top, all),
        _ if path.starts_with("partners/") => all.partners.extend(partner::read(&mut top)),
        _ if path.starts_with("lexicon/") => lexicon::read(&mut top, &mut all.lexicon),
        _ => return unread(path, mistakes),
    }
    misplaced(&mut top);
    top.done();
}

/// A file that nobody reads is a file whose author believes in something that does not happen.
fn unread(path: &str, mistakes: &Mistakes) {
    let sentence = format!("nobody reads a file of this name: {path}");
    mistakes.note(
        Finding::error("E108", &At::new(path, 0..0), sentence)
            .label(did_you_mean(path, NEEDED))
            .help(format!(
                "read are {}, partners/*.toml, lexicon/*.toml and templates/",
                NEEDED.join(", ")
            )),
    );
}

/// Tables and the file each belongs into.
const HOMES: [(&str, &str); 30] = [
    ("company", "company.toml"),
    ("defaults", "company.toml"),
    ("locked", "company.toml"),
    ("pointer", "company.toml"),
    ("address", "addresses.toml"),
    ("calendar", "calendars.toml"),
    ("sla", "sla.toml"),
    ("clocks", "sla.toml"),
    ("contact", "contacts.toml"),
    ("on_call", "contacts.toml"),
    ("ladder", "contacts.toml"),
    ("rule", "routing.toml or a partner's file"),
    ("choose", "routing.toml"),
    ("partner", "partners/NAME.toml"),
    ("client", "partners/NAME.toml"),
    ("suppress", "partners/NAME.toml"),
    ("words", "lexicon/words.toml"),
    ("signal", "lexicon/words.toml"),
    ("urgency", "lexicon/words.toml"),
    ("component", "lexicon/topics.toml"),
    ("symptom", "lexicon/topics.toml"),
    ("label", "lexicon/labels.toml"),
    ("urgency_name", "lexicon/labels.toml"),
    ("grammar", "lexicon/grammar.toml"),
    ("names", "lexicon/names.toml"),
    ("steps", "lexicon/steps.toml"),
    ("people", "lexicon/people.toml"),
    ("number", "lexicon/people.toml"),
    ("since", "lexicon/since.toml"),
    ("staff", "lexicon/staff.toml"),
];

/// Names tables that stand in the wrong file; they would otherwise only be "not known".
fn misplaced(top: &mut Section<'_>) {
    for (table, home) in HOMES {
        if top.was_asked(table) {
            continue;
        }
        let Some(at) = top.leave(table) else {
            continue;
        };
        let sentence = format!("\"{table}\" does not belong into {}", top.what);
        top.mistakes()
            .note(Finding::error("E101", &at, sentence).help(format!("it belongs into {home}")));
    }
}
