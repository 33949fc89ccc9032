//! Every rule whose conditions hold applies; effects combine by maximum and union, in three fixed rounds.
//!
//! Round one: rules that test neither urgency nor level; then the urgency is final. Round two: rules that test the
//! urgency; then the level is final. Round three: rules that test the level; last, the one reply.

use super::criterion::Facts;
use super::{Rules, Who};
use crate::triage::report::{Evidence, Urgency};
use crate::triage::ticket::ThirdLineReason;

/// A rule that applied, with what made it apply.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The rule's id.
    pub rule: String,
    /// Its `say`.
    pub say: String,
    /// `routing.toml:12`.
    pub place: String,
    /// The words.
    pub evidence: Vec<Evidence>,
}

/// What all matching rules together ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Final.
    pub urgency: Urgency,
    /// The urgency before floors and caps, from the report or the default.
    pub urgency_computed: Urgency,
    /// Final.
    pub level: u8,
    /// For level 3: the first that applies.
    pub third_line_reason: Option<ThirdLineReason>,
    /// Union.
    pub labels: Vec<String>,
    /// Union, with the rule that asked.
    pub ladders: Vec<(String, String)>,
    /// Union, with the rule that asked.
    pub tell: Vec<(Who, String)>,
    /// Template that asks for missing details.
    pub ask: Option<String>,
    /// A person is asked to look.
    pub review: bool,
    /// The reply's template.
    pub reply: Option<String>,
    /// Where the reply was chosen.
    pub reply_place: Option<String>,
    /// Every rule that applied, in the order of rounds and files.
    pub matches: Vec<Match>,
    /// How sure the level is, 0 to 1.
    pub level_confidence: f32,
}

/// Judges the facts. Permuting rules or files changes nothing.
#[must_use]
pub fn judge(facts: &Facts<'_>, rules: &Rules) -> Judgement {
    let _ = (facts, rules);
    todo!()
}
