//! Names every mistake in the rule files, all at once, and makes [`Rules`] of files that have none.
//!
//! The shape of the files is [`super::file`]'s matter. Here every name must lead somewhere, and what is written must
//! be able to happen. After a mistake the check goes on with something harmless in its place.

mod at_night;
mod calendars;
mod clocks;
mod company;
mod contacts;
mod known;
mod ladders;
mod lexicon;
mod partners;
mod plans;
mod reach;
mod routing;
mod templates;
#[cfg(test)]
mod tests;
mod too_late;
mod watched;
mod when;
mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Brand, Company, Partner, Rules, file};
use crate::finding::{At, Finding, Gravity, Mistakes};
use crate::triage::promise::calendar::Calendar;
use crate::triage::promise::zones;
use crate::triage::report::lexicon::Lexicon;
use known::Known;

/// The text of every rule file by its path within the folder, such as `partners/northwind.toml`.
pub type Files = BTreeMap<String, String>;

/// How many hex digits of the hash name a version of the rules.
const VERSION_DIGITS: usize = 12;

/// Checks the files. Rules come out where no finding is an error; warnings come out beside them. `at` is the
/// day for which lists that run out (holidays, `until`) are judged.
#[must_use]
pub fn check(files: &Files, at: Date) -> (Option<Rules>, Vec<Finding>) {
    let (rules, findings) = rules_and_mistakes(files, at);
    let good = findings
        .iter()
        .all(|finding| finding.gravity != Gravity::Error);
    (good.then_some(rules), findings)
}

/// Only the calendars, of a folder that need not hold anything else. Mistakes come out beside them and stop nothing; a
/// calendar whose zone is not known is left out, because whatever it answered would be wrong.
#[must_use]
pub fn calendars(files: &Files, at: Date) -> (BTreeMap<String, Calendar>, Vec<Finding>) {
    let mistakes = Mistakes::default();
    let said = file::read_calendars(files, &mistakes);
    let known = Known::of(&said);
    let check = Check {
        said: &said,
        known: &known,
        files,
        at,
        mistakes: &mistakes,
    };
    let mut calendars = check.calendars();
    for calendar in &said.calendars {
        let zone = calendar.zone.as_ref();
        let zone_known = zone.is_some_and(|zone| zones::in_force().get(&zone.value).is_some());
        if !calendar.always && !zone_known {
            calendars.remove(&calendar.name.value);
        }
    }
    (calendars, mistakes.worst_first())
}

/// The same as [`check()`], with rules in which something harmless stands in place of every mistake.
pub(super) fn rules_and_mistakes(files: &Files, at: Date) -> (Rules, Vec<Finding>) {
    let mistakes = Mistakes::default();
    let said = file::read(files, &mistakes);
    let known = Known::of(&said);
    let check = Check {
        said: &said,
        known: &known,
        files,
        at,
        mistakes: &mistakes,
    };
    let rules = check.rules();
    (rules, mistakes.worst_first())
}

/// What every part of the check needs.
struct Check<'a> {
    said: &'a file::RuleFiles,
    known: &'a Known,
    files: &'a Files,
    at: Date,
    mistakes: &'a Mistakes,
}

impl Check<'_> {
    fn rules(&self) -> Rules {
        let company = self.company();
        let partners = self.partners(&company);
        let calendars = self.calendars();
        let rules = self.all_rules(&calendars);
        let reply = self.replies(&calendars);
        let templates = self.templates(&company, &partners, &reply);
        let rules = Rules {
            version: version(self.files),
            addresses: self.addresses(),
            contacts: self.contacts(),
            on_call: self.on_call(),
            ladders: self.ladders(),
            plans: self.plans(),
            warn_at: self.warn_at(),
            pauses: self.pauses(),
            reopen_within: self.reopen_within(),
            suppressed: self.suppressed(),
            lexicon: Lexicon::new(self.words()),
            company,
            partners,
            calendars,
            rules,
            reply,
            templates,
        };
        self.too_late(&rules);
        self.nobody_at_night(&rules);
        self.more_than_one_person(&rules);
        rules
    }

    fn note(&self, finding: Finding) {
        self.mistakes.note(finding);
    }

    /// `routing.toml:12`
    fn place(&self, at: &At) -> String {
        at.line_of(self.files.get(&*at.file).map_or("", String::as_str))
    }
}

/// The first hex digits of the BLAKE3 hash over all files and their names. Content counts, not times: a repaired
/// file is loaded even if it equals an older one.
fn version(files: &Files) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, text) in files {
        for piece in [path, text] {
            hasher.update(&(piece.len() as u64).to_le_bytes());
            hasher.update(piece.as_bytes());
        }
    }
    hasher
        .finalize()
        .to_hex()
        .chars()
        .take(VERSION_DIGITS)
        .collect()
}

/// The brands that letters may leave under, with the languages of each.
fn brands<'a>(
    company: &'a Company,
    partners: &'a BTreeMap<String, Partner>,
) -> impl Iterator<Item = (&'a Brand, &'a [String])> {
    let own = partners.values().filter_map(|partner| {
        let languages = if partner.languages.is_empty() {
            &company.languages
        } else {
            &partner.languages
        };
        Some((partner.brand.as_ref()?, languages.as_slice()))
    });
    std::iter::once((&company.brand, company.languages.as_slice())).chain(own)
}
