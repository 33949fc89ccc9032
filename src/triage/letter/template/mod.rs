//! Letter templates: strict placeholders, text and HTML, checked when the rules are read.
//!
//! `NAME.LANG.txt` begins with `Subject: …`; `NAME.LANG.html` beside it is the HTML part, and without one the
//! HTML part is made from the text. A brand's own templates lie in a folder with the partner's id.

mod filters;
mod html;
mod language;
mod read;
mod sample;
mod scan;
mod tidy;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};

pub use read::{Fault, Wrong};
pub use values::*;

/// The brand of letters that are not white label, and of letters to our own people.
pub const COMPANY: &str = "company";

/// Templates that triaged itself names; rules name the others.
pub mod names {
    /// To the support team: a ticket of level 2, or whatever a rule's `tell` says.
    pub const LEVEL_2_NOTICE: &str = "level-2-notice";
    /// To our people who were told of the ticket before: the client wrote again.
    pub const FOLLOW_UP_NOTICE: &str = "follow-up-notice";
    /// To the Partner Manager or the designated contact: level 3.
    pub const ESCALATION: &str = "escalation";
    /// To everybody whom a ladder has told: who has the matter now.
    pub const LADDER_TAKEN: &str = "ladder-taken";
    /// To the Partner Manager: a promise was broken.
    pub const PROMISE_BROKEN: &str = "promise-broken";
    /// To whomever a rule names: so much of a promise's time has gone by.
    pub const PROMISE_AT_RISK: &str = "promise-at-risk";
    /// To the client's side: what one of us wrote.
    pub const ANSWER: &str = "answer";
    /// To one of us who wrote: what was done, and what was not.
    pub const ORDERS_ANSWER: &str = "orders-answer";
    /// To our people on a ticket: somebody wrote who may not speak for us.
    pub const INTERNAL_NOTE: &str = "internal-note";
    /// To a contact: several notices in one letter.
    pub const DIGEST: &str = "digest";
    /// To the operators: something is wrong with triaged's own work.
    pub const ALARM: &str = "alarm";

    /// All of them. The rule check wants each in the company's default language.
    pub const ALL: [&str; 11] = [
        ANSWER,
        ORDERS_ANSWER,
        INTERNAL_NOTE,
        LEVEL_2_NOTICE,
        FOLLOW_UP_NOTICE,
        ESCALATION,
        LADDER_TAKEN,
        PROMISE_BROKEN,
        PROMISE_AT_RISK,
        DIGEST,
        ALARM,
    ];
}

/// Work that one letter may take, in the template engine's units. Our longest letters take some thousands.
const FUEL_PER_PART: u64 = 500_000;

/// Under which name, in which languages, letters of a brand are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// Languages of its letters, ISO 639-1; the first is taken where none fits.
    pub languages: Vec<String>,
    /// Letters never name the vendor.
    pub white_label: bool,
}

/// Every template, parsed and checked. Looked up as brand and language, brand and its default language, company
/// and language, company and its default language; never company text for a white-label brand unless it is free
/// of the vendor's name.
pub struct Templates {
    env: Environment<'static>,
    /// Template names by path, such as `brightdesk/ack.de.txt`.
    files: BTreeSet<String>,
    with_subject: BTreeSet<String>,
    /// Files that white-label brands cannot use.
    naming_the_vendor: BTreeSet<String>,
    voices: BTreeMap<String, Voice>,
}

/// A letter's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The text part, lines ending in `\n`.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The language it is written in, ISO 639-1.
    pub language: String,
}

/// Why a template gave no letter. The rule check tries every template with full and with bare values, so
/// this is a sign of a mistake in triaged, and the letter is to be held with an alarm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// There is no such template for this brand.
    #[error("there is no template `{name}` for {brand}")]
    Missing {
        /// The template.
        name: String,
        /// `company` or a partner's id.
        brand: String,
    },
    /// The template could not be filled in.
    #[error("template `{path}` could not be filled in: {why}")]
    Failed {
        /// The template's file.
        path: String,
        /// The template engine's words.
        why: String,
    },
}

/// A template that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its file, such as `brightdesk/ack.de.txt`.
    pub path: String,
    /// Its language.
    pub language: String,
    /// It lies in the brand's own folder.
    pub own: bool,
    /// It begins with a subject, so it is a letter; else it is a paragraph of one.
    pub is_letter: bool,
}

impl Templates {
    /// Parses and tries all templates: `files` by path within the folder, `voices` by brand with
    /// [`COMPANY`] among them, `vendor` as `never_mention` lists it. Templates with faults are left out.
    #[must_use]
    pub fn read(
        files: &BTreeMap<String, String>,
        voices: BTreeMap<String, Voice>,
        vendor: &[String],
    ) -> (Self, Vec<Fault>) {
        read::read(files, voices, vendor)
    }

    /// Writes a letter. `brand` is [`COMPANY`] or a partner's id; `language` is what the reader should get, if
    /// the brand has it.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(
        &self,
        name: &str,
        brand: &str,
        language: &str,
        values: &Values,
    ) -> Result<Rendered, RenderError> {
        let sheet = self.sheet(name, brand, language)?;
        let ask = match &values.ask {
            Some(paragraph) => {
                let asking = self.sheet(paragraph, brand, &sheet.language)?;
                Some(self.fill(&asking.path, &values_of(values, &asking.language, None))?)
            }
            None => None,
        };
        let context = values_of(values, &sheet.language, ask.as_deref().map(str::trim_end));
        self.letter(&sheet, &context)
    }

    /// The template that a letter of that brand would use.
    #[must_use]
    pub fn find(&self, name: &str, brand: &str, language: &str) -> Option<Sheet> {
        let none = Voice::default();
        let own = self.voices.get(brand).unwrap_or(&none);
        let company = self.voices.get(COMPANY).unwrap_or(&none);
        let first = |voice: &Voice| voice.languages.first().cloned().unwrap_or_default();
        let (own_first, company_first) = (first(own), first(company));
        let of_brand =
            [language, &own_first].map(|lang| (format!("{brand}/{name}.{lang}.txt"), lang, true));
        let of_company =
            [language, &company_first].map(|lang| (format!("{name}.{lang}.txt"), lang, false));
        of_brand
            .into_iter()
            .chain(of_company)
            .find_map(|(path, language, own_file)| {
                let usable = self.files.contains(&path)
                    && !(own.white_label && self.naming_the_vendor.contains(&path));
                usable.then(|| Sheet {
                    is_letter: self.with_subject.contains(&path),
                    path: path.clone(),
                    language: language.to_owned(),
                    own: own_file,
                })
            })
    }

    /// How many files there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files.len()
    }

    fn sheet(&self, name: &str, brand: &str, language: &str) -> Result<Sheet, RenderError> {
        self.find(name, brand, language)
            .ok_or_else(|| RenderError::Missing {
                name: name.to_owned(),
                brand: brand.to_owned(),
            })
    }

    fn letter(&self, sheet: &Sheet, context: &Value) -> Result<Rendered, RenderError> {
        let text = tidy::text(&self.fill(&sheet.path, context)?);
        let html_path = read::html_beside(&sheet.path);
        let html = match self.env.get_template(&html_path) {
            Ok(_) => self.fill(&html_path, context)?,
            Err(_) => html::document(&text, &sheet.language),
        };
        let subject = match sheet.is_letter {
            true => tidy::subject(&self.fill(&read::subject_of(&sheet.path), context)?),
            false => String::new(),
        };
        Ok(Rendered {
            subject,
            text,
            html,
            language: sheet.language.clone(),
        })
    }

    fn fill(&self, path: &str, context: &Value) -> Result<String, RenderError> {
        let filled = self
            .env
            .get_template(path)
            .and_then(|template| template.render(context));
        filled
            .map(|text| match text.contains('\r') {
                true => text.replace('\r', ""),
                false => text,
            })
            .map_err(|error| RenderError::Failed {
                path: path.to_owned(),
                why: error.to_string(),
            })
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.files).finish()
    }
}

/// The values as the template sees them: the letter's language is known, and the paragraph that asks is filled in.
fn values_of(values: &Values, language: &str, ask: Option<&str>) -> Value {
    let ask = ask.map_or_else(|| Value::from(()), Value::from);
    context! { language, ask, ..Value::from(Serde(values)) }
}

#[cfg(test)]
mod tests;
