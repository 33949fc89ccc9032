//! Every rule whose conditions hold applies; effects combine by maximum and union, in three fixed rounds.
//!
//! Round one: rules that test neither urgency nor level; then the urgency is final. Round two: rules that test the
//! urgency; then the level is final. Round three: rules that test the level; last, the one reply. A rule never
//! sees what another one has decided in its own round, so the order of rules means nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::criterion::{ClockEvent, Counted, Criterion, Facts, When};
use super::holds::{Held, View};
use super::{Choice, IncidentEffect, Rule, Rules, Who};
use crate::triage::incident::USUAL_WITHIN;
use crate::triage::report::{Evidence, Strength, Urgency};
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
    /// Final; never below where the ticket stood.
    pub urgency: Urgency,
    /// The urgency before floors and caps: the report's, else where the ticket stood, else the default.
    pub urgency_computed: Urgency,
    /// Final; never below where the ticket stood.
    pub level: u8,
    /// For level 3: the first that applies. `None` where no rule of this event set level 3.
    pub third_line_reason: Option<ThirdLineReason>,
    /// Union, by name.
    pub labels: Vec<String>,
    /// Union by name, with the rule that asked.
    pub ladders: Vec<(String, String)>,
    /// Union, with the rule that asked.
    pub tell: Vec<(Who, String)>,
    /// Template that asks for missing details.
    pub ask: Option<String>,
    /// A person is asked to look.
    pub review: bool,
    /// The reply's template; none for an event that a clock tells.
    pub reply: Option<String>,
    /// Where the reply was chosen.
    pub reply_place: Option<String>,
    /// Every rule that applied, by round and id.
    pub matches: Vec<Match>,
    /// How sure the level is, 0 to 1.
    pub level_confidence: f32,
    /// What rules make of several clients with one trouble.
    pub incident: Option<IncidentWish>,
}

/// What the rules that speak of an incident ask for, together.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentWish {
    /// Open it; otherwise it may be one.
    pub opens: bool,
    /// The first rule that asked, by round and id.
    pub rule: String,
    /// The highest floor of those rules.
    pub urgency: Option<Urgency>,
    /// The highest level of those rules.
    pub level: Option<u8>,
    /// Their ladders: climbed once for all tickets.
    pub ladders: Vec<String>,
    /// Everybody whom they tell: once for all tickets.
    pub tell: Vec<Who>,
    /// The longest time in which they count.
    pub within: SignedDuration,
}

impl Judgement {
    /// Nothing but a floor: what an incident means for one of its tickets.
    #[must_use]
    pub fn floor((urgency, level): (Urgency, u8), reason: ThirdLineReason) -> Self {
        Self {
            urgency,
            urgency_computed: urgency,
            level,
            third_line_reason: Some(reason),
            labels: Vec::new(),
            ladders: Vec::new(),
            tell: Vec::new(),
            ask: None,
            review: false,
            reply: None,
            reply_place: None,
            matches: Vec::new(),
            level_confidence: 1.0,
            incident: None,
        }
    }
}

/// How sure we are of the default level where no rule sets one, and where a signal of the third line is at least
/// possible: then a person should look.
const DEFAULT_LEVEL_CONFIDENCE: f32 = 0.85;
const DOUBTED_LEVEL_CONFIDENCE: f32 = 0.55;

/// Judges the facts. Permuting rules or files changes nothing.
#[must_use]
pub fn judge(facts: &Facts<'_>, rules: &Rules) -> Judgement {
    let mut view = View::new(facts);
    let mut round = Round {
        applying: rules
            .rules
            .iter()
            .filter(|rule| applies(rule, facts, rules))
            .collect(),
        matched: Vec::new(),
    };
    round.play(1, &view);
    let computed = computed_urgency(facts, rules);
    let urgency = round.urgency(computed, facts);
    view.decided.urgency = Some(urgency);

    round.play(2, &view);
    let level = round.level(facts, rules);
    view.decided.level = Some(level);

    round.play(3, &view);
    let reply = facts
        .event
        .is_none()
        .then(|| choose(&rules.reply, &view))
        .flatten();
    let matched = round.matched;
    Judgement {
        urgency,
        urgency_computed: computed,
        level,
        third_line_reason: third_line_reason(&matched, &view),
        labels: union(&matched, |rule| &rule.then.labels)
            .into_keys()
            .collect(),
        ladders: union(&matched, |rule| &rule.then.ladders)
            .into_iter()
            .collect(),
        tell: union(&matched, |rule| &rule.then.tell)
            .into_iter()
            .collect(),
        ask: matched
            .iter()
            .filter_map(|(rule, _)| rule.then.ask.clone())
            .min(),
        review: matched.iter().any(|(rule, _)| rule.then.review),
        reply: reply.map(|choice| choice.template.clone()),
        reply_place: reply.map(|choice| choice.place.clone()),
        level_confidence: level_confidence(level, &matched, facts),
        incident: incident(&matched),
        matches: matched
            .into_iter()
            .map(|(rule, held)| rule.matched(held))
            .collect(),
    }
}

/// The rules that may apply to this event, and those that did.
struct Round<'r> {
    applying: Vec<&'r Rule>,
    matched: Vec<(&'r Rule, Held)>,
}

impl<'r> Round<'r> {
    fn play(&mut self, number: u8, view: &View<'_>) {
        for rule in self.applying.iter().filter(|rule| rule.round == number) {
            if let Some(held) = view.holds(&rule.when) {
                self.matched.push((*rule, held));
            }
        }
    }

    /// Floors beat caps, because the house rule is to escalate early.
    fn urgency(&self, computed: Urgency, facts: &Facts<'_>) -> Urgency {
        let effects = || self.matched.iter().map(|(rule, _)| &rule.then);
        let cap = effects().filter_map(|then| then.urgency_at_most).min();
        let floor = effects().filter_map(|then| then.urgency_at_least).max();
        let standing = facts.standing.map(|(urgency, _)| urgency);
        let capped = cap.map_or(computed, |cap| computed.min(cap));
        [floor, standing]
            .into_iter()
            .flatten()
            .fold(capped, Urgency::max)
    }

    fn level(&self, facts: &Facts<'_>, rules: &Rules) -> u8 {
        let set = self
            .matched
            .iter()
            .filter_map(|(rule, _)| rule.then.level)
            .max();
        let standing = facts.standing.map(|(_, level)| level);
        // A clock says nothing of its own about the level; a mail is at least of the default level.
        let default = facts.mail.map(|_| rules.company.default_level).or(standing);
        let level = set.or(default).unwrap_or(rules.company.default_level);
        level.max(standing.unwrap_or(level))
    }
}

/// True where the rule speaks of such an event and such a partner, and nobody has switched it off.
fn applies(rule: &Rule, facts: &Facts<'_>, rules: &Rules) -> bool {
    let event = rule.event == facts.event && (facts.event.is_some() || facts.mail.is_some());
    let partner = rule
        .partner
        .as_deref()
        .is_none_or(|partner| facts.partner == Some(partner));
    event && partner && !is_suppressed(rule, facts, rules)
}

fn is_suppressed(rule: &Rule, facts: &Facts<'_>, rules: &Rules) -> bool {
    let Some(partner) = facts.partner else {
        return false;
    };
    let mut switched_off = rules
        .suppressed
        .iter()
        .filter(|((whose, id), _)| whose == partner && *id == rule.id);
    switched_off.any(|(_, until)| until.is_none_or(|until| facts.at.date() <= until))
}

fn computed_urgency(facts: &Facts<'_>, rules: &Rules) -> Urgency {
    let said = facts
        .report
        .and_then(|report| report.urgency.as_ref())
        .map(|found| found.value);
    said.or(facts.standing.map(|(urgency, _)| urgency))
        .unwrap_or(rules.company.default_urgency)
}

/// First match; the last entry always holds.
fn choose<'r>(choices: &'r [Choice], view: &View<'_>) -> Option<&'r Choice> {
    choices.iter().find(|choice| {
        choice
            .when
            .as_ref()
            .is_none_or(|when| view.holds(when).is_some())
    })
}

/// Every value that a matching rule names, with the first rule (by round and id) that named it.
fn union<'m, T: Clone + Ord + 'm>(
    matched: &'m [(&Rule, Held)],
    values: impl Fn(&'m Rule) -> &'m Vec<T>,
) -> BTreeMap<T, String> {
    let mut all = BTreeMap::new();
    for (rule, _) in matched {
        for value in values(rule) {
            all.entry(value.clone()).or_insert_with(|| rule.id.clone());
        }
    }
    all
}

/// What the rules that speak of an incident ask for; those that open one before those that doubt it.
fn incident(matched: &[(&Rule, Held)]) -> Option<IncidentWish> {
    let speaking = || {
        let rules = matched.iter().map(|(rule, _)| *rule);
        rules.filter(|rule| rule.then.incident.is_some())
    };
    let strongest = speaking().filter_map(|rule| rule.then.incident).max()?;
    let asking = || speaking().filter(|rule| rule.then.incident == Some(strongest));
    let ladders: BTreeSet<&String> = asking().flat_map(|rule| &rule.then.ladders).collect();
    let tell: BTreeSet<&Who> = asking().flat_map(|rule| &rule.then.tell).collect();
    Some(IncidentWish {
        opens: strongest == IncidentEffect::Open,
        rule: asking().map(|rule| rule.id.clone()).next()?,
        urgency: asking().filter_map(|rule| rule.then.urgency_at_least).max(),
        level: asking().filter_map(|rule| rule.then.level).max(),
        ladders: ladders.into_iter().cloned().collect(),
        tell: tell.into_iter().cloned().collect(),
        within: asking().map(|rule| counts_within(&rule.when)).max()?,
    })
}

/// The longest time in which a rule counts.
fn counts_within(when: &When) -> SignedDuration {
    let mut longest = USUAL_WITHIN;
    when.each(&mut |criterion| {
        if let Criterion::Count { within, .. } = criterion {
            longest = longest.max(*within);
        }
    });
    longest
}

/// Why the third line is called: what the rules that call it look for, as far as it is there.
fn third_line_reason(matched: &[(&Rule, Held)], view: &View<'_>) -> Option<ThirdLineReason> {
    let mut reasons = BTreeSet::new();
    for (rule, _) in matched
        .iter()
        .filter(|(rule, _)| rule.then.level == Some(THIRD_LINE))
    {
        let mut own = BTreeSet::new();
        if rule.event.is_some_and(ClockEvent::is_of_promise) {
            own.insert(ThirdLineReason::SlaBreach);
        }
        reasons_in(&rule.when, view, &mut own);
        if own.is_empty() {
            own.insert(ThirdLineReason::HighProfile);
        }
        reasons.extend(own);
    }
    // The set is ordered as the reasons are named.
    reasons.into_iter().next()
}

/// The level of executives.
const THIRD_LINE: u8 = 3;

/// What a rule asks for and finds; what it excludes is no reason.
fn reasons_in(when: &When, view: &View<'_>, into: &mut BTreeSet<ThirdLineReason>) {
    match when {
        When::All(list) | When::Any(list) => {
            list.iter().for_each(|when| reasons_in(when, view, into))
        }
        When::None(_) => {}
        When::Is(Criterion::SeveralClients(true)) => {
            into.extend(
                view.is(&Criterion::SeveralClients(true))
                    .map(|_| ThirdLineReason::MultiClient),
            );
        }
        When::Is(
            criterion @ Criterion::Count {
                what: Counted::Clients | Counted::Partners,
                ..
            },
        ) => {
            into.extend(view.is(criterion).map(|_| ThirdLineReason::MultiClient));
        }
        When::Is(Criterion::Signal { ids, at_least }) => {
            let there = ids.iter().filter(|id| {
                let signal = view.facts.report.and_then(|report| report.signal(id));
                signal.is_some_and(|signal| signal.strength >= *at_least)
            });
            into.extend(there.filter_map(|id| reason_of_signal(id)));
        }
        When::Is(_) => {}
    }
}

fn reason_of_signal(id: &str) -> Option<ThirdLineReason> {
    match id {
        "several-clients" => Some(ThirdLineReason::MultiClient),
        "outage" => Some(ThirdLineReason::Outage),
        "churn" => Some(ThirdLineReason::Churn),
        "sla-complaint" => Some(ThirdLineReason::SlaBreach),
        "high-profile" => Some(ThirdLineReason::HighProfile),
        _ => None,
    }
}

/// As sure as the surest rule that sets this level; the default is doubted where a signal stands in the way.
fn level_confidence(level: u8, matched: &[(&Rule, Held)], facts: &Facts<'_>) -> f32 {
    let surest = matched
        .iter()
        .filter(|(rule, _)| rule.then.level == Some(level))
        .map(|(_, held)| held.confidence)
        .reduce(f32::max);
    let doubted = facts.report.is_some_and(|report| {
        report.signals.iter().any(|signal| {
            reason_of_signal(&signal.id).is_some() && signal.strength >= Strength::Possible
        })
    });
    match surest {
        Some(surest) => surest,
        None if doubted => DOUBTED_LEVEL_CONFIDENCE,
        None => DEFAULT_LEVEL_CONFIDENCE,
    }
}

impl Rule {
    fn matched(&self, held: Held) -> Match {
        let mut evidence: Vec<Evidence> = Vec::with_capacity(held.evidence.len());
        for one in held.evidence {
            if !evidence.contains(&one) {
                evidence.push(one);
            }
        }
        Match {
            rule: self.id.clone(),
            say: self.say.clone(),
            place: self.place.clone(),
            evidence,
        }
    }
}

#[cfg(test)]
mod tests;
