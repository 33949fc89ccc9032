//! Letter templates: strict placeholders, text and HTML, checked when the rules are read.
//!
//! `NAME.LANG.txt` begins with `Subject: …`; `NAME.LANG.html` beside it is the HTML part, and without one the
//! HTML part is made from the text. A brand's own templates lie in a folder with the partner's id.

mod values;

use std::collections::BTreeMap;

pub use values::*;

/// Templates that triaged itself names; rules name the others.
pub mod names {
    /// To the support team: a ticket of level 2, or whatever a rule's `tell` says.
    pub const LEVEL_2_NOTICE: &str = "level-2-notice";
    /// To our people who were told of the ticket before: the client wrote again.
    pub const FOLLOW_UP_NOTICE: &str = "follow-up-notice";
    /// To the Partner Manager or the designated contact: level 3.
    pub const ESCALATION: &str = "escalation";
    /// To the Partner Manager: a promise was broken.
    pub const PROMISE_BROKEN: &str = "promise-broken";
    /// To a contact: several notices in one letter.
    pub const DIGEST: &str = "digest";
    /// To the operators: something is wrong with triaged's own work.
    pub const ALARM: &str = "alarm";
}

/// Every template, parsed and checked. Looked up as brand and language, brand and its default language, company
/// and language; never company text for a white-label brand unless it is free of the vendor's name.
pub struct Templates {
    /// Text by path within the folder, such as `ack.en.txt` or `brightdesk/ack.de.txt`.
    pub sources: BTreeMap<String, String>,
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

/// Why a template gave no letter. The rule check renders every template with full and with empty values, so
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

impl Templates {
    /// Writes a letter. `brand` is `company` or a partner's id; `language` is what the reader should get, if
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
        let _ = (name, brand, language, values);
        todo!()
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.sources.keys()).finish()
    }
}
