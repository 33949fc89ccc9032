//! Rules and the one reply: rounds, contradictions, and answers that can never be chosen.

use std::collections::BTreeMap;

use super::Check;
use super::company::values;
use super::known::Kind;
use super::reach::{self, reach};
use super::when::Compiled;
use crate::finding::typed::Said;
use crate::finding::{At, Finding};
use crate::triage::promise::calendar::Calendar;
use crate::triage::rules::criterion::{ClockEvent, Criterion, When};
use crate::triage::rules::file::{ChoiceFile, EffectsFile, RuleFile};
use crate::triage::rules::{Choice, Effects, Rule};

impl Check<'_> {
    /// Every rule, by round and id: the order in which they are judged, whatever the order of the files.
    pub(super) fn all_rules(&self, calendars: &BTreeMap<String, Calendar>) -> Vec<Rule> {
        let company = self.said.rules.iter().map(|rule| (None, rule));
        let partners = self.said.partners.iter().flat_map(|partner| {
            partner
                .rules
                .iter()
                .map(|rule| (Some(partner.id.value.clone()), rule))
        });
        let all: Vec<(Option<String>, &RuleFile)> = company.chain(partners).collect();
        self.rule_ids(&all);
        let mut rules: Vec<Rule> = all
            .into_iter()
            .map(|(partner, said)| self.rule(said, partner, calendars))
            .collect();
        rules.sort_by(|a, b| (a.round, &a.id).cmp(&(b.round, &b.id)));
        rules
    }

    /// E104, which says more where an inherited rule is meant to be changed.
    fn rule_ids(&self, all: &[(Option<String>, &RuleFile)]) {
        let mut first: BTreeMap<&str, &At> = BTreeMap::new();
        for (partner, rule) in all {
            let Some(before) = first.insert(&rule.id.value, &rule.id.at) else {
                continue;
            };
            let sentence = format!("rule \"{}\" is given twice", rule.id.value);
            let mut finding =
                Finding::error("E104", &rule.id.at, sentence).also(before, "first here");
            if partner.is_some() {
                finding = finding.help(
                    "to change a rule for one partner: [[suppress]] it, and add one with a new id",
                );
            }
            self.note(finding);
        }
    }

    fn rule(
        &self,
        said: &RuleFile,
        partner: Option<String>,
        calendars: &BTreeMap<String, Calendar>,
    ) -> Rule {
        let compiled = said
            .when
            .as_ref()
            .map(|when| (self.when(when, calendars), &when.at));
        let (when, event) = match compiled {
            Some((compiled, at)) => {
                self.can_hold(&compiled, at);
                (compiled.when, compiled.event)
            }
            None => (When::All(Vec::new()), None),
        };
        let then = self.effects(&said.then);
        if said.then.is_empty {
            let sentence = format!("rule \"{}\" would match and do nothing", said.id.value);
            self.note(Finding::warning("W129", &said.at, sentence));
        }
        let round = when.round();
        self.sets_what_it_tests(said, round);
        Rule {
            id: said.id.value.clone(),
            say: said
                .say
                .as_ref()
                .map(|say| say.value.clone())
                .unwrap_or_default(),
            place: self.place(&said.at),
            partner,
            event,
            round,
            when,
            then,
        }
    }

    fn effects(&self, said: &EffectsFile) -> Effects {
        for ladder in &said.ladders {
            self.follow(Kind::Ladder, ladder);
        }
        if let Some(ask) = &said.ask {
            self.follow(Kind::Template, ask);
        }
        Effects {
            urgency_at_least: said.urgency_at_least.as_ref().map(|said| said.value),
            urgency_at_most: said.urgency_at_most.as_ref().map(|said| said.value),
            level: said.level.as_ref().and_then(|level| self.level(level)),
            labels: values(&said.labels),
            ladders: values(&said.ladders),
            tell: said.tell.iter().filter_map(|who| self.who(who)).collect(),
            ask: said.ask.as_ref().map(|ask| ask.value.clone()),
            review: said.review,
            incident: said.incident.as_ref().map(|said| said.value),
        }
    }

    /// E303b: within its own or an earlier round a rule cannot set what is decided there.
    fn sets_what_it_tests(&self, said: &RuleFile, round: u8) {
        let urgency = [&said.then.urgency_at_least, &said.then.urgency_at_most]
            .into_iter()
            .flatten();
        let urgency = urgency
            .filter(|_| round >= 2)
            .map(|set| (&set.at, "the urgency"));
        let level = said
            .then
            .level
            .iter()
            .filter(|_| round >= 3)
            .map(|set| (&set.at, "the level"));
        for (at, what) in urgency.chain(level) {
            let sentence =
                format!("this sets {what}, but the rule asks for something that is decided later");
            let asks = said.when.as_ref().map_or(&said.at, |when| &when.at);
            self.note(
                Finding::error("E303b", at, sentence)
                    .also(asks, "it asks here")
                    .help("first the urgency is decided, by rules that ask for neither urgency nor level; then the level, by rules that do not ask for it"),
            );
        }
    }

    /// E303: conditions that exclude one another.
    fn can_hold(&self, compiled: &Compiled, at: &At) {
        if reach(&compiled.when).may == 0 {
            self.note(Finding::error(
                "E303",
                at,
                "these conditions contradict each other: this is never true",
            ));
        }
        let clock = compiled.event.is_some_and(ClockEvent::is_of_promise);
        let mut asks_for_promise = false;
        compiled
            .when
            .each(&mut |criterion| asks_for_promise |= matches!(criterion, Criterion::Promise(_)));
        if asks_for_promise && !clock {
            let sentence = "\"promise\" goes with event = \"promise broken\" or \"promise at …%\"";
            self.note(Finding::error("E303", at, sentence));
        }
        let without_mail = compiled.event.is_some_and(ClockEvent::is_of_clock);
        if without_mail && needs_mail(&compiled.when) {
            let sentence = "this asks for something in a mail, but a clock comes without one: this is never true";
            self.note(Finding::error("E303", at, sentence));
        }
    }

    pub(super) fn replies(&self, calendars: &BTreeMap<String, Calendar>) -> Vec<Choice> {
        let choices: Vec<(Choice, &ChoiceFile)> = self
            .said
            .replies
            .iter()
            .filter_map(|said| Some((self.choice(said, calendars)?, said)))
            .collect();
        self.ends_with_otherwise(&choices);
        self.all_can_be_chosen(&choices);
        choices.into_iter().map(|(choice, _)| choice).collect()
    }

    fn choice(&self, said: &ChoiceFile, calendars: &BTreeMap<String, Calendar>) -> Option<Choice> {
        if let Some(template) = &said.template {
            self.follow(Kind::Template, template);
        }
        let otherwise = said.otherwise.as_ref().is_some_and(|said| said.value);
        let when = match (&said.when, otherwise) {
            (Some(when), false) => Some(self.choice_when(when, calendars)),
            (None, true) => None,
            (Some(_), true) | (None, false) => {
                let sentence = "an answer has a \"when\" or \"otherwise = true\": one of the two";
                self.note(Finding::error("E107", &said.at, sentence));
                return None;
            }
        };
        Some(Choice {
            place: self.place(&said.at),
            when,
            template: said.template.as_ref().map(|said| said.value.clone())?,
        })
    }

    fn choice_when(
        &self,
        said: &Said<crate::finding::typed::Value>,
        calendars: &BTreeMap<String, Calendar>,
    ) -> When {
        let compiled = self.when(said, calendars);
        self.can_hold(&compiled, &said.at);
        if compiled.event.is_some() {
            let sentence = "an answer is chosen for new tickets, not for events";
            self.note(Finding::error("E303", &said.at, sentence));
        }
        compiled.when
    }

    /// E301: like a `match`, the list has an answer for everything.
    fn ends_with_otherwise(&self, choices: &[(Choice, &ChoiceFile)]) {
        let last = choices.last();
        if last.is_some_and(|(choice, _)| choice.when.is_none()) {
            return;
        }
        let said = last.map(|(_, said)| *said).or(self.said.replies.last());
        let at = said.map_or_else(|| At::new("routing.toml", 0..0), |said| said.at.clone());
        let sentence = "the list [[choose.reply]] does not end with \"otherwise = true\"";
        self.note(
            Finding::error("E301", &at, sentence)
                .help("a ticket that nothing above fits would get no answer at all"),
        );
    }

    /// E302, exact for conditions on level and urgency and for equal conditions; silent about the rest.
    fn all_can_be_chosen(&self, choices: &[(Choice, &ChoiceFile)]) {
        let mut taken: reach::Pairs = 0;
        let mut before: Vec<(&Choice, &ChoiceFile)> = Vec::new();
        for (choice, said) in choices {
            let reached = choice
                .when
                .as_ref()
                .map_or(reach(&When::All(Vec::new())), reach);
            let equal = before
                .iter()
                .find(|(earlier, _)| earlier.when == choice.when);
            let covers = before.iter().find(|(earlier, _)| {
                let of_earlier = earlier
                    .when
                    .as_ref()
                    .map_or(reach(&When::All(Vec::new())), reach);
                of_earlier.exact && reached.may & !of_earlier.may == 0
            });
            let covered = reached.may != 0 && reached.may & !taken == 0;
            if let Some(culprit) = equal.or(covers).or(before.last().filter(|_| covered)) {
                self.never_chosen(said, culprit.1);
            }
            if reached.exact {
                taken |= reached.may;
            }
            before.push((choice, said));
        }
    }

    fn never_chosen(&self, said: &ChoiceFile, earlier: &ChoiceFile) {
        let place = |said: &ChoiceFile| {
            said.when
                .as_ref()
                .map_or(said.at.clone(), |when| when.at.clone())
        };
        self.note(
            Finding::error("E302", &place(said), "this answer can never be chosen")
                .label("never reached")
                .also(&place(earlier), "this already takes every such ticket")
                .help("in a \"choose\" list the first match wins: move it up"),
        );
    }

    /// Every template that letters to clients use, with the place that names it: answers and paragraphs that ask.
    pub(super) fn client_templates(&self) -> (BTreeMap<&str, &At>, BTreeMap<&str, &At>) {
        let answers = self
            .said
            .replies
            .iter()
            .filter_map(|choice| choice.template.as_ref());
        let of_partners = self.said.partners.iter().flat_map(|partner| &partner.rules);
        let asks = self
            .said
            .rules
            .iter()
            .chain(of_partners)
            .filter_map(|rule| rule.then.ask.as_ref());
        (
            answers
                .map(|said| (said.value.as_str(), &said.at))
                .collect(),
            asks.map(|said| (said.value.as_str(), &said.at)).collect(),
        )
    }
}

/// True where a tree cannot hold without a mail.
fn needs_mail(when: &When) -> bool {
    match when {
        When::All(list) => list.iter().any(needs_mail),
        When::Any(list) => !list.is_empty() && list.iter().all(needs_mail),
        When::None(_) => false,
        When::Is(criterion) => match criterion {
            Criterion::Sender(_)
            | Criterion::SenderDomain(_)
            | Criterion::Language(_)
            | Criterion::Topic(_)
            | Criterion::SeveralClients(_)
            | Criterion::Signal { .. }
            | Criterion::Words { .. }
            | Criterion::Matches { .. }
            | Criterion::Missing(_)
            | Criterion::ConfidenceBelow { .. }
            | Criterion::Attachment(_)
            | Criterion::Count { .. }
            | Criterion::Unusual { .. } => true,
            Criterion::Partner(_)
            | Criterion::Client(_)
            | Criterion::Address(_)
            | Criterion::Level(_)
            | Criterion::WhiteLabel(_)
            | Criterion::KeyClient(_)
            | Criterion::Urgency(_)
            | Criterion::UrgencyAtLeast(_)
            | Criterion::UrgencyAtMost(_)
            | Criterion::Time(_)
            | Criterion::During(_)
            | Criterion::Thread(_)
            | Criterion::Accumulated(_)
            | Criterion::Promise(_) => false,
        },
    }
}
