//! Letter templates: each that is named exists for every brand and language, can be filled in whatever the mail, and
//! keeps the vendor's name from clients of a white-label brand.

use std::collections::BTreeMap;

use super::known::Kind;
use super::{Check, brands};
use crate::finding::{At, Finding, guess};
use crate::triage::letter::leak;
use crate::triage::letter::template::{
    COMPANY, Fault, PLACEHOLDERS, Templates, Voice, Wrong, names,
};
use crate::triage::rules::file::TEMPLATES;
use crate::triage::rules::{Choice, Company, Partner};

impl Check<'_> {
    pub(super) fn templates(
        &self,
        company: &Company,
        partners: &BTreeMap<String, Partner>,
        replies: &[Choice],
    ) -> Templates {
        let voices = brands(company, partners).map(|(brand, languages)| {
            let voice = Voice {
                languages: languages.to_vec(),
                white_label: brand.white_label,
            };
            (brand.id.clone(), voice)
        });
        let voices: BTreeMap<String, Voice> = voices.collect();
        let (templates, faults) =
            Templates::read(&self.said.templates, voices.clone(), &company.never_mention);
        for fault in &faults {
            self.fault(fault);
        }
        self.folders_are_brands(&voices);
        self.own_texts_name_nobody(&voices);
        if !faults.is_empty() || company.default_language.is_empty() {
            // What is broken would be named as missing a second time; without a language everything would be.
            return templates;
        }
        self.clients_get_letters(&templates, &voices, replies);
        self.own_people_get_letters(&templates, &voices);
        templates
    }

    /// Every brand has every answer, and every paragraph that asks.
    fn clients_get_letters(
        &self,
        templates: &Templates,
        voices: &BTreeMap<String, Voice>,
        replies: &[Choice],
    ) {
        let (answers, asks) = self.client_templates();
        let chosen = |name: &str| replies.iter().any(|choice| choice.template == name);
        let answers = answers.into_iter().filter(|(name, _)| chosen(name));
        let wanted: Vec<(&str, &At, bool)> = answers
            .map(|(name, at)| (name, at, true))
            .chain(asks.into_iter().map(|(name, at)| (name, at, false)))
            // What is not there at all has been named already.
            .filter(|(name, _, _)| self.known.has(Kind::Template, name))
            .collect();
        for (brand, voice) in voices {
            for (name, at, letter) in wanted.iter().copied() {
                let wanted = Wanted {
                    name,
                    at,
                    brand,
                    voice,
                    letter,
                };
                self.is_there(templates, &wanted);
            }
        }
    }

    /// The letters that triaged itself writes to our own people.
    fn own_people_get_letters(&self, templates: &Templates, voices: &BTreeMap<String, Voice>) {
        let (Some(voice), Some(company)) = (voices.get(COMPANY), &self.said.company) else {
            return;
        };
        for name in names::ALL {
            let wanted = Wanted {
                name,
                at: &company.at,
                brand: COMPANY,
                voice,
                letter: true,
            };
            self.is_there(templates, &wanted);
        }
    }

    fn fault(&self, fault: &Fault) {
        let at = At::new(&format!("{TEMPLATES}{}", fault.path), fault.span.clone());
        let finding = match &fault.wrong {
            Wrong::Name => Finding::error("E108", &at, "a template is named NAME.LANGUAGE.txt or NAME.LANGUAGE.html")
                .help("such as ack.en.txt, or brightdesk/ack.de.txt for a brand of its own"),
            Wrong::NoText => Finding::error("E312", &at, "an HTML part without its text")
                .help("write the .txt file beside it: some people read plain text, and it has the subject"),
            Wrong::Syntax(why) => Finding::error("E313", &at, format!("this template cannot be read: {why}")),
            Wrong::Fails(why) => Finding::error("E313", &at, format!("this template cannot be filled in: {why}")),
            Wrong::Unknown(name) => unknown_placeholder(&at, name),
            Wrong::MayBeEmpty(name) => {
                Finding::error("E310", &at, format!("\"{name}\" may be empty"))
                    .label("what stands here then?")
                    .help(format!("write {{{{ {name} or \"…\" }}}}, or {{% if {name} %}} … {{% endif %}}"))
            }
        };
        self.note(finding);
    }

    /// A folder that is no brand's is never looked into.
    fn folders_are_brands(&self, voices: &BTreeMap<String, Voice>) {
        for path in self.said.templates.keys() {
            let Some((folder, _)) = path.split_once('/') else {
                continue;
            };
            if folder == COMPANY || !voices.contains_key(folder) {
                let at = At::new(&format!("{TEMPLATES}{path}"), 0..0);
                let sentence =
                    format!("there is no partner with a brand of its own called \"{folder}\"");
                let known = voices
                    .keys()
                    .map(String::as_str)
                    .filter(|brand| *brand != COMPANY);
                self.note(
                    Finding::error("E206", &at, sentence).label(guess::did_you_mean(folder, known)),
                );
            }
        }
    }

    /// E311
    fn own_texts_name_nobody(&self, voices: &BTreeMap<String, Voice>) {
        let words = self.vendor();
        for (path, text) in &self.said.templates {
            let brand = path.split_once('/').map(|(folder, _)| folder);
            let Some(brand) =
                brand.filter(|brand| voices.get(*brand).is_some_and(|voice| voice.white_label))
            else {
                continue;
            };
            for (place, _) in leak::places(text, &words) {
                let at = At::new(&format!("{TEMPLATES}{path}"), place);
                self.note(
                    Finding::error("E311", &at, "a white-label text names the vendor")
                        .label(format!("clients of {brand} must not see this"))
                        .help("use {{ brand.signature }} or {{ brand.product }}"),
                );
            }
        }
    }

    fn is_there(&self, templates: &Templates, wanted: &Wanted<'_>) {
        let Wanted {
            name, at, brand, ..
        } = wanted;
        for language in &wanted.voice.languages {
            let Some(sheet) = templates.find(name, brand, language) else {
                let sentence =
                    format!("brand \"{brand}\" has no template \"{name}\" that it may use");
                let mut finding = Finding::error("E206", at, sentence);
                if wanted.voice.white_label {
                    finding = finding.help(format!(
                        "write {TEMPLATES}{brand}/{name}.{language}.txt; the company's text names the vendor or is not there"
                    ));
                } else {
                    finding = finding.help(format!("write {TEMPLATES}{name}.{language}.txt"));
                }
                self.note(finding);
                return;
            };
            let found = At::new(&format!("{TEMPLATES}{}", sheet.path), 0..0);
            if wanted.letter && !sheet.is_letter {
                self.note(
                    Finding::error("E312", &found, "this letter has no subject")
                        .help("its first line is \"Subject: …\""),
                );
            }
            if sheet.language != *language {
                let sentence =
                    format!("brand \"{brand}\" has no \"{name}\" in language \"{language}\"");
                self.note(
                    Finding::warning("W116", at, sentence)
                        .help(format!("{TEMPLATES}{} would be used", sheet.path)),
                );
            }
        }
    }
}

/// A template that some letter needs.
struct Wanted<'a> {
    name: &'a str,
    at: &'a At,
    brand: &'a str,
    voice: &'a Voice,
    /// It must have a subject.
    letter: bool,
}

fn unknown_placeholder(at: &At, name: &str) -> Finding {
    let known = || PLACEHOLDERS.iter().map(|placeholder| placeholder.name);
    let tree = name.split('.').next().unwrap_or(name);
    let near = known().filter(|known| known.split('.').next() == Some(tree));
    Finding::error("E309", at, format!("there is no placeholder \"{name}\""))
        .label(guess::did_you_mean(name, known()))
        .help(guess::known_are(near))
}
