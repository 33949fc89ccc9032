//! Did a person write this mail? Answers only what the message itself says (RFC 3834, RFC 3464, list headers).

use serde::{Deserialize, Serialize};

use super::Kind;

/// One sign that a machine wrote or sent this mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// What kind of machine it points to.
    pub kind: Kind,
    /// The header or words that say so, such as `Auto-Submitted: auto-replied`.
    pub because: String,
    /// The list or group whose software added the header, where the header names one (List-Post, X-BeenThere, List-Id).
    pub list: Option<String>,
    /// True if the sign alone is proof; others only support.
    pub proof: bool,
}

/// Every sign of a machine that was found in one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signs {
    /// In the order of strength.
    pub found: Vec<Sign>,
    /// The writer asked for no automatic answer (X-Auto-Response-Suppress: All, AutoReply or OOF; no-reply sender).
    pub no_answer_wanted: Option<String>,
    /// What the mail would be if no list header stood in it.
    pub kind_without_lists: Option<Kind>,
}

impl Signs {
    /// The kind of mail behind configured forwarders: headers that a group or list at one of `ours` adds
    /// (our own addresses and their configured forwarders, host names or addresses) are no sign of a list.
    #[must_use]
    pub fn kind_behind(&self, kind: Kind, ours: &[&str]) -> Kind {
        let _ = (kind, ours);
        todo!()
    }
}
