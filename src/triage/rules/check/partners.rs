//! Partners: whose domain is whose, who looks after them, under which brand letters to them leave, and what of the
//! company's rules they switch off.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::Check;
use super::company::{is_locked, values};
use super::known::Kind;
use crate::finding::typed::Said;
use crate::finding::{At, Finding};
use crate::triage::rules::file::PartnerFile;
use crate::triage::rules::{Brand, Company, Partner};

/// How long before its end a `[[suppress]]` is named.
const SUPPRESS_ENDS_SOON_DAYS: i32 = 14;

impl Check<'_> {
    pub(super) fn partners(&self, company: &Company) -> BTreeMap<String, Partner> {
        self.no_twice(
            "partner",
            self.said.partners.iter().map(|partner| &partner.id),
        );
        self.claims();
        self.said
            .partners
            .iter()
            .map(|said| (said.id.value.clone(), self.partner(said, company)))
            .collect()
    }

    fn partner(&self, said: &PartnerFile, company: &Company) -> Partner {
        if said.domains.is_empty() && said.addresses.is_empty() {
            let sentence = format!("nobody writes from partner \"{}\"", said.id.value);
            let help = "give its domains = [\"…\"], or single addresses = [\"…\"]";
            self.note(Finding::error("E107", &said.at, sentence).help(help));
        }
        let languages = if said.languages.is_empty() {
            company.languages.clone()
        } else {
            values(&said.languages)
        };
        Partner {
            id: said.id.value.clone(),
            name: said
                .name
                .as_ref()
                .map_or_else(|| said.id.value.clone(), |name| name.value.clone()),
            domains: values(&said.domains),
            addresses: values(&said.addresses),
            manager: self.manager(said),
            escalation_contact: self.named(Kind::Contact, said.escalation_contact.as_ref()),
            plan: self
                .plan_of(said)
                .unwrap_or_else(|| company.default_plan.clone()),
            calendar: self
                .named(Kind::Calendar, said.calendar.as_ref())
                .unwrap_or_else(|| company.default_calendar.clone()),
            languages,
            key_clients: values(&said.key_clients),
            brand: self.brand_of(said),
        }
    }

    /// The name, where it is given and leads somewhere.
    fn named(&self, kind: Kind, said: Option<&Said<String>>) -> Option<String> {
        said.filter(|said| self.follow(kind, said))
            .map(|said| said.value.clone())
    }

    /// Level 3 goes to the Partner Manager, so there is no partner without one.
    fn manager(&self, said: &PartnerFile) -> String {
        if said.manager.is_none() {
            let sentence = format!("partner \"{}\" has no Partner Manager", said.id.value);
            self.note(
                Finding::error("E204", &said.at, sentence)
                    .help("level 3 goes to the Partner Manager: write manager = \"…\", a contact of contacts.toml"),
            );
        }
        self.named(Kind::Contact, said.manager.as_ref())
            .unwrap_or_default()
    }

    /// A plan of another partner is not for this one.
    fn plan_of(&self, said: &PartnerFile) -> Option<String> {
        let plan = said.sla.as_ref()?;
        let others = self
            .said
            .partners
            .iter()
            .filter(|other| other.id.value != said.id.value);
        let foreign = others
            .flat_map(|other| &other.plans)
            .find(|other| other.name.value == plan.value)
            .filter(|_| !said.plans.iter().any(|own| own.name.value == plan.value));
        if let Some(foreign) = foreign {
            let sentence = format!("plan \"{}\" belongs to another partner", plan.value);
            self.note(
                Finding::error("E209", &plan.at, sentence).also(&foreign.name.at, "it stands here"),
            );
            return None;
        }
        self.named(Kind::Plan, Some(plan))
    }

    fn brand_of(&self, said: &PartnerFile) -> Option<Brand> {
        let file = said.brand.as_ref()?;
        let mut brand = self.brand(file, &said.id.value);
        if brand.product.is_empty() {
            brand.product = said
                .name
                .as_ref()
                .map(|name| name.value.clone())
                .unwrap_or_default();
        }
        let texts = [&file.product, &file.signature, &file.message_id_domain];
        for text in texts.into_iter().flatten() {
            self.names_nobody(&text.value, &text.at, &said.id.value);
        }
        if let Some(from) = &file.from {
            let written = format!(
                "{} {}",
                from.value.name.as_deref().unwrap_or(""),
                from.value.address
            );
            self.names_nobody(&written, &from.at, &said.id.value);
        }
        for pointer in &file.pointers {
            self.names_nobody(&pointer.title.value, &pointer.title.at, &said.id.value);
            self.names_nobody(&pointer.url.value, &pointer.url.at, &said.id.value);
        }
        Some(brand)
    }

    /// E203: a sender belongs to one partner.
    fn claims(&self) {
        let mut claims: BTreeMap<&str, (&str, &At)> = BTreeMap::new();
        for partner in &self.said.partners {
            for claim in partner.domains.iter().chain(&partner.addresses) {
                let owner = (partner.id.value.as_str(), &claim.at);
                let Some((other, before)) = claims.insert(&claim.value, owner) else {
                    continue;
                };
                if other == partner.id.value {
                    continue;
                }
                let sentence = format!(
                    "{} belongs to both \"{other}\" and \"{}\"",
                    claim.value, partner.id.value
                );
                self.note(Finding::error("E203", &claim.at, sentence).also(before, "first here"));
            }
        }
    }

    /// `[[suppress]]` by partner and rule.
    pub(super) fn suppressed(&self) -> BTreeMap<(String, String), Option<Date>> {
        let mut suppressed = BTreeMap::new();
        for partner in &self.said.partners {
            for entry in &partner.suppress {
                if !self.follow(Kind::Rule, &entry.rule) {
                    continue;
                }
                if is_locked(&self.said.locked.rules, &entry.rule.value) {
                    let sentence = format!(
                        "\"{}\" is protected and cannot be switched off",
                        entry.rule.value
                    );
                    self.note(
                        Finding::error("E402", &entry.rule.at, sentence)
                            .help("[locked] of company.toml says which rules hold for everybody"),
                    );
                }
                if let Some(until) = &entry.until {
                    self.ends_soon(until, &entry.rule.value);
                }
                let key = (partner.id.value.clone(), entry.rule.value.clone());
                suppressed.insert(key, entry.until.as_ref().map(|until| until.value));
            }
        }
        suppressed
    }

    /// W120
    fn ends_soon(&self, until: &Said<Date>, rule: &str) {
        let soon: Span = SUPPRESS_ENDS_SOON_DAYS.days();
        if self.at.saturating_add(soon) < until.value {
            return;
        }
        let sentence = if until.value < self.at {
            format!(
                "this has ended: \"{rule}\" applies again since {}",
                until.value
            )
        } else {
            format!(
                "this ends soon: \"{rule}\" applies again after {}",
                until.value
            )
        };
        self.note(
            Finding::warning("W120", &until.at, sentence)
                .help("take the table out, or give a later day"),
        );
    }
}
