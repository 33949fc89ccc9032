//! The company, its addresses, and what it shares with brands.

use std::collections::BTreeMap;

use super::Check;
use super::known::Kind;
use crate::finding::typed::Said;
use crate::finding::{At, Finding};
use crate::triage::letter::leak;
use crate::triage::letter::template::COMPANY;
use crate::triage::report::Urgency;
use crate::triage::rules::file::{BrandFile, PointerFile};
use crate::triage::rules::{Brand, Company, OwnAddress, Pointer};

/// What an address says whose partner is decided by the sender's domain.
const FROM_SENDER: &str = "from sender";

/// The level of most tickets, where a mistake leaves none.
const USUAL_LEVEL: u8 = 2;

impl Check<'_> {
    pub(super) fn company(&self) -> Company {
        let Some(said) = &self.said.company else {
            return Company::default();
        };
        let text = |said: &Option<Said<String>>| {
            said.as_ref()
                .map(|said| said.value.clone())
                .unwrap_or_default()
        };
        let default_language = text(&said.default_language);
        let mut languages = values(&said.languages);
        // The first language of a brand is the one taken where none fits.
        languages.retain(|language| *language != default_language);
        languages.insert(0, default_language.clone());
        let mut company = Company {
            name: text(&said.name),
            never_mention: values(&said.never_mention),
            languages,
            default_language,
            brand: Brand {
                pointers: self.pointers(&self.said.company_pointers),
                ..self.brand(&said.brand, COMPANY)
            },
            rules_admins: values(&said.rules_admins),
            authenticated_by: values(&said.authenticated_by),
            default_level: USUAL_LEVEL,
            ..Company::default()
        };
        if said.brand.product.is_none() {
            company.brand.product.clone_from(&company.name);
        }
        self.defaults(&mut company);
        self.locked_patterns();
        company
    }

    fn defaults(&self, company: &mut Company) {
        let Some(said) = &self.said.defaults else {
            return;
        };
        company.default_urgency = said
            .urgency
            .as_ref()
            .map_or(Urgency::Medium, |said| said.value);
        company.unknown_sender = said.unknown_sender;
        if let Some(level) = said.level.as_ref().and_then(|said| self.level(said)) {
            company.default_level = level;
        }
        for (kind, said, into) in [
            (Kind::Plan, &said.sla, &mut company.default_plan),
            (
                Kind::Calendar,
                &said.calendar,
                &mut company.default_calendar,
            ),
            (Kind::Contact, &said.manager, &mut company.default_manager),
        ] {
            if let Some(said) = said.as_ref().filter(|said| self.follow(kind, said)) {
                into.clone_from(&said.value);
            }
        }
    }

    /// 1, 2 or 3.
    pub(super) fn level(&self, said: &Said<i64>) -> Option<u8> {
        let level = u8::try_from(said.value)
            .ok()
            .filter(|level| (1..=3).contains(level));
        if level.is_none() {
            let sentence = format!("there is no level {}", said.value);
            let help =
                "1 is the partner's own team, 2 our support, 3 the Partner Manager and executives";
            self.note(Finding::error("E105", &said.at, sentence).help(help));
        }
        level
    }

    pub(super) fn brand(&self, said: &BrandFile, id: &str) -> Brand {
        let text = |said: &Option<Said<String>>| said.as_ref().map(|said| said.value.clone());
        Brand {
            id: id.to_owned(),
            product: text(&said.product).unwrap_or_default(),
            signature: text(&said.signature).unwrap_or_default(),
            from: said.from.as_ref().map(|said| said.value.clone()),
            message_id_domain: text(&said.message_id_domain).unwrap_or_default(),
            ticket_prefix: self.ticket_prefix(said),
            plus_address: said.plus_address,
            relay: text(&said.relay).unwrap_or_else(|| "default".to_owned()),
            white_label: id != COMPANY,
            pointers: self.pointers(&said.pointers),
        }
    }

    /// Ticket numbers are found again in subjects, so their prefix is plain.
    fn ticket_prefix(&self, said: &BrandFile) -> String {
        let Some(prefix) = &said.ticket_prefix else {
            return String::new();
        };
        let plain = prefix
            .value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let fine = plain
            && (1..=8).contains(&prefix.value.len())
            && !prefix.value.ends_with(|c: char| c.is_ascii_digit());
        if !fine {
            let sentence = format!("\"{}\" cannot stand before ticket numbers", prefix.value);
            let help =
                "one to eight capital letters or digits, the last one a letter, such as \"EC\"";
            self.note(Finding::error("E105", &prefix.at, sentence).help(help));
        }
        prefix.value.clone()
    }

    pub(super) fn pointers(&self, said: &[PointerFile]) -> Vec<Pointer> {
        for pointer in said {
            for topic in &pointer.topics {
                self.follow(Kind::Component, topic);
            }
            let is_link = pointer.url.value.starts_with("https://")
                || pointer.url.value.starts_with("http://");
            if !is_link || pointer.url.value.contains(char::is_whitespace) {
                let sentence = format!("\"{}\" is not a web address", pointer.url.value);
                self.note(
                    Finding::error("E105", &pointer.url.at, sentence).help("write it as https://…"),
                );
            }
        }
        said.iter()
            .map(|pointer| Pointer {
                topics: values(&pointer.topics),
                title: pointer.title.value.clone(),
                url: pointer.url.value.clone(),
            })
            .collect()
    }

    /// E311: a text that clients of a white-label brand read must not name the vendor.
    pub(super) fn names_nobody(&self, text: &str, at: &At, brand: &str) {
        let words = self.vendor();
        for (_, word) in leak::places(text, &words) {
            let sentence = format!("what clients of {brand} read names the vendor (\"{word}\")");
            self.note(Finding::error("E311", at, sentence).label("clients must not see this"));
        }
    }

    /// `never_mention`
    pub(super) fn vendor(&self) -> Vec<String> {
        self.said
            .company
            .as_ref()
            .map(|company| values(&company.never_mention))
            .unwrap_or_default()
    }

    pub(super) fn addresses(&self) -> Vec<OwnAddress> {
        let mut first: BTreeMap<&str, &At> = BTreeMap::new();
        let mut addresses = Vec::new();
        for said in &self.said.addresses {
            if let Some(before) = first.insert(&said.address.value, &said.address.at) {
                let sentence = format!("{} is claimed twice", said.address.value);
                self.note(
                    Finding::error("E203", &said.address.at, sentence).also(before, "first here"),
                );
            }
            let partner = said
                .partner
                .as_ref()
                .filter(|partner| partner.value != FROM_SENDER);
            let known = partner.filter(|partner| self.follow(Kind::Partner, partner));
            let white_label = said.white_label.as_ref().is_some_and(|said| said.value);
            if let Some(at) = said
                .white_label
                .as_ref()
                .filter(|said| said.value)
                .map(|said| &said.at)
            {
                self.white_label_has_a_brand(known.map(|said| said.value.as_str()), at);
            }
            addresses.push(OwnAddress {
                address: said.address.value.clone(),
                partner: known.map(|said| said.value.clone()),
                white_label,
                forwarded_by: values(&said.forwarded_by)
                    .iter()
                    .map(|by| by.to_lowercase())
                    .collect(),
            });
        }
        addresses
    }

    fn white_label_has_a_brand(&self, partner: Option<&str>, at: &At) {
        let Some(id) = partner else {
            let sentence = "a white-label address belongs to one partner, not to whoever writes";
            self.note(
                Finding::error("E105", at, sentence).help("name the partner: partner = \"…\""),
            );
            return;
        };
        let found = self
            .said
            .partners
            .iter()
            .find(|partner| partner.id.value == id);
        if let Some(partner) = found.filter(|partner| partner.brand.is_none()) {
            let sentence = format!("a white-label address of \"{id}\", which has no brand");
            self.note(
                Finding::error("E107", at, sentence)
                    .also(&partner.at, "[partner.brand] is missing here")
                    .help("letters could only leave under the vendor's name"),
            );
        }
    }

    /// A pattern of `[locked]` has at most one `*`, at its beginning or end.
    fn locked_patterns(&self) {
        for said in self.said.locked.rules.iter().chain(&self.said.locked.sla) {
            let inner = said.value.trim_matches('*');
            if inner.contains('*') || said.value.is_empty() {
                let sentence = format!("\"{}\" is not a pattern", said.value);
                self.note(
                    Finding::error("E105", &said.at, sentence)
                        .help("\"*\" may stand at the beginning or the end"),
                );
            }
        }
    }
}

/// True where one of the patterns of `[locked]` fits the name.
pub(super) fn is_locked(patterns: &[Said<String>], name: &str) -> bool {
    patterns.iter().any(|pattern| {
        let pattern = pattern.value.as_str();
        match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
            (Some(end), None) => name.ends_with(end),
            (None, Some(beginning)) => name.starts_with(beginning),
            (None, None) => name == pattern,
        }
    })
}

pub(super) fn values(said: &[Said<String>]) -> Vec<String> {
    said.iter().map(|said| said.value.clone()).collect()
}
