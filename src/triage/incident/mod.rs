//! One trouble that hits several clients: which mails speak of the same thing, and when that is more than chance.

use serde::{Deserialize, Serialize};

/// An incident's place in the order of all incidents; people see it as `I-3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub u64);
