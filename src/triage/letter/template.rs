//! Letter templates: strict placeholders, text and HTML, checked when the rules are read.

use std::collections::BTreeMap;

/// Every template, parsed and checked. Looked up as brand and language, brand and its default language, company
/// and language; never company text for a white-label brand unless it is free of the vendor's name.
pub struct Templates {
    /// Text by path within the folder, such as `ack.en.txt` or `brightdesk/ack.de.txt`.
    pub sources: BTreeMap<String, String>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.sources.keys()).finish()
    }
}
