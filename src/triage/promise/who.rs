//! Somebody to tell, as rules name people: a name, or a part that somebody plays on that day.
//!
//! A ladder in progress keeps these, and finds the people behind them only when a letter is written.

use serde::{Deserialize, Serialize};

/// Somebody to tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A contact by id.
    Contact(String),
    /// The partner's own manager.
    PartnerManager,
    /// The partner's designated escalation contact.
    EscalationContact,
    /// Whose turn it is on that list.
    OnCall(String),
}
