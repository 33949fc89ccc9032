//! One function for each condition a rule can name, each answering with its evidence.

use std::cell::OnceCell;

use jiff::SignedDuration;

use super::criterion::{
    Accumulated, Attached, Counted, Criterion, Decided, Facts, Field, Hours, Look, OneOf, Pattern,
    Thread, When,
};
use super::fold::fold;
use super::looked::{Looked, find, looked};
use crate::triage::incident::Same;
use crate::triage::mail::Mail;
use crate::triage::promise::calendar::Calendar;
use crate::triage::report::{Evidence, Found, Report, Strength};

/// The facts while rules are judged, with what the rounds have decided so far.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub facts: &'a Facts<'a>,
    pub decided: Decided,
    /// Folded once, however many rules look into it.
    texts: OnceCell<Vec<Looked>>,
}

/// What made a condition hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Held {
    pub evidence: Vec<Evidence>,
    /// 0 to 1: how sure the weakest of the conditions is.
    pub confidence: f32,
}

/// How sure a signal of that strength is. The bounds are those of [`Strength`]; of the levels that came from certain ones,
/// eight in eleven were right on mails that nobody had looked at, and nineteen in twenty on the others.
fn confidence_of(strength: Strength) -> f32 {
    match strength {
        Strength::Possible => 0.5,
        Strength::Likely => 0.85,
        Strength::Certain => 0.9,
    }
}

/// Tickets of High urgency and above of one client within a week: the third one is no coincidence.
const PRESSING_TICKETS_MIN: u32 = 3;

/// Messages of the client's side that no person has answered.
const UNANSWERED_MIN: u32 = 3;

/// Promises broken for one client within thirty days.
const BROKEN_PROMISES_MIN: u32 = 2;

impl<'a> View<'a> {
    pub(super) fn new(facts: &'a Facts<'a>) -> Self {
        Self {
            facts,
            decided: Decided::default(),
            texts: OnceCell::new(),
        }
    }

    /// What makes the tree hold, or nothing.
    pub(super) fn holds(&self, when: &When) -> Option<Held> {
        match when {
            When::All(list) => {
                let held: Option<Vec<Held>> = list.iter().map(|when| self.holds(when)).collect();
                held.map(|held| together(held, f32::min))
            }
            When::Any(list) => {
                let held: Vec<Held> = list.iter().filter_map(|when| self.holds(when)).collect();
                (!held.is_empty()).then(|| together(held, f32::max))
            }
            When::None(list) => list
                .iter()
                .all(|when| self.holds(when).is_none())
                .then(sure),
            When::Is(criterion) => self.is(criterion),
        }
    }

    /// One condition: the `match` only names the function.
    pub(super) fn is(&self, criterion: &Criterion) -> Option<Held> {
        match criterion {
            Criterion::Partner(one_of) => plain(is_one_of(one_of, self.facts.partner)),
            Criterion::Client(one_of) => self.client(one_of),
            Criterion::Address(one_of) => plain(is_one_of(one_of, Some(self.facts.address))),
            Criterion::Sender(one_of) => plain(is_one_of(one_of, self.sender())),
            Criterion::SenderDomain(one_of) => plain(self.sender_domain(one_of)),
            Criterion::Language(one_of) => self.language(one_of),
            Criterion::Topic(one_of) => self.topic(one_of),
            Criterion::Level(levels) => plain(
                self.decided
                    .level
                    .is_some_and(|level| levels.contains(&level)),
            ),
            Criterion::WhiteLabel(wanted) => plain(self.facts.white_label == *wanted),
            Criterion::KeyClient(wanted) => self.key_client(*wanted),
            Criterion::SeveralClients(wanted) => self.several_clients(*wanted),
            Criterion::Urgency(wanted) => self.urgency(|urgency| wanted.contains(&urgency)),
            Criterion::UrgencyAtLeast(wanted) => self.urgency(|urgency| urgency >= *wanted),
            Criterion::UrgencyAtMost(wanted) => self.urgency(|urgency| urgency <= *wanted),
            Criterion::Signal { ids, at_least } => self.signal(ids, *at_least),
            Criterion::Words { pattern, within } | Criterion::Matches { pattern, within } => {
                self.pattern(pattern, *within)
            }
            Criterion::Missing(fields) => plain(fields.iter().any(|field| self.is_missing(*field))),
            Criterion::ConfidenceBelow { below, of } => self.confidence_below(*below, *of),
            Criterion::Attachment(wanted) => plain(self.attached(wanted)),
            Criterion::Time(hours) => plain(self.time(*hours)),
            Criterion::During(calendar) => plain(calendar.0.open_at(self.facts.at.timestamp())),
            Criterion::Thread(wanted) => plain(wanted.iter().any(|thread| self.stands(*thread))),
            Criterion::Count {
                what,
                same,
                at_least,
                within,
            } => self.counted((*what, *same), *at_least, *within),
            Criterion::Unusual { in_so_many, within } => plain(
                self.facts
                    .outlook
                    .is_some_and(|outlook| outlook.is_unusual(*within, *in_so_many)),
            ),
            Criterion::Accumulated(ways) => plain(ways.iter().any(|way| self.lost(*way))),
            Criterion::Promise(metrics) => plain(
                self.facts
                    .broken
                    .is_some_and(|metric| metrics.contains(&metric)),
            ),
        }
    }

    fn report(&self) -> Option<&'a Report> {
        self.facts.report
    }

    fn sender(&self) -> Option<&'a str> {
        self.facts.mail.map(Mail::from_address)
    }

    fn sender_domain(&self, one_of: &OneOf) -> bool {
        let Some((_, domain)) = self.sender().and_then(|address| address.rsplit_once('@')) else {
            return one_of.unknown && self.facts.mail.is_some();
        };
        one_of
            .names
            .iter()
            .any(|wanted| is_within_domain(domain, wanted))
    }

    fn client(&self, one_of: &OneOf) -> Option<Held> {
        if !is_one_of(one_of, self.facts.client) {
            return None;
        }
        Some(
            self.report()
                .and_then(|report| found(report.client.as_ref()))
                .unwrap_or_else(sure),
        )
    }

    fn key_client(&self, wanted: bool) -> Option<Held> {
        if self.facts.key_client != wanted {
            return None;
        }
        let client = self
            .report()
            .and_then(|report| found(report.client.as_ref()));
        Some(client.filter(|_| wanted).unwrap_or_else(sure))
    }

    fn several_clients(&self, wanted: bool) -> Option<Held> {
        let said = self
            .report()?
            .several_clients
            .as_ref()
            .filter(|said| said.value);
        match (said, wanted) {
            (Some(said), true) => found(Some(said)),
            (None, false) => Some(sure()),
            (Some(_), false) | (None, true) => None,
        }
    }

    fn language(&self, one_of: &OneOf) -> Option<Held> {
        let report = self.report()?;
        plain(is_one_of(one_of, report.language.as_deref()))
    }

    fn topic(&self, one_of: &OneOf) -> Option<Held> {
        let report = self.report()?;
        is_one_of(one_of, report.topic.component.as_deref()).then(|| Held {
            evidence: report.topic_evidence.clone(),
            confidence: 1.0,
        })
    }

    fn urgency(&self, fits: impl Fn(crate::triage::report::Urgency) -> bool) -> Option<Held> {
        let urgency = self.decided.urgency.filter(|urgency| fits(*urgency))?;
        let said = self
            .report()
            .and_then(|report| report.urgency.as_ref())
            .filter(|said| said.value == urgency);
        Some(found(said).unwrap_or_else(sure))
    }

    fn signal(&self, ids: &[String], at_least: Strength) -> Option<Held> {
        let report = self.report()?;
        let held: Vec<Held> = ids
            .iter()
            .filter_map(|id| report.signal(id))
            .filter(|signal| signal.strength >= at_least)
            .map(|signal| Held {
                evidence: signal.evidence.clone(),
                confidence: confidence_of(signal.strength),
            })
            .collect();
        (!held.is_empty()).then(|| together(held, f32::max))
    }

    fn pattern(&self, pattern: &Pattern, look: Look) -> Option<Held> {
        let mail = self.facts.mail?;
        let evidence: Vec<Evidence> = self
            .texts
            .get_or_init(|| looked(mail))
            .iter()
            .filter(|text| {
                look == text.look
                    || (look == Look::Everywhere && text.look != Look::AttachmentNames)
            })
            .filter_map(|text| find(pattern, text, mail))
            .collect();
        (!evidence.is_empty()).then_some(Held {
            evidence,
            confidence: 1.0,
        })
    }

    fn is_missing(&self, field: Field) -> bool {
        let Some(report) = self.report() else {
            return false;
        };
        match field {
            Field::Client => self.facts.client.is_none(),
            Field::Steps => report.steps.is_none(),
            Field::Urgency => report.urgency.is_none(),
            Field::Description => report.description.is_none(),
        }
    }

    fn confidence_below(&self, below: f32, of: Option<Field>) -> Option<Held> {
        let report = self.report()?;
        let fields = [
            (Field::Client, found(report.client.as_ref())),
            (Field::Steps, found(report.steps.as_ref())),
            (Field::Urgency, found(report.urgency.as_ref())),
            (Field::Description, found(report.description.as_ref())),
        ];
        let unsure = fields
            .into_iter()
            .filter(|(field, _)| of.is_none_or(|of| of == *field))
            .filter_map(|(_, held)| held)
            .find(|held| held.confidence < below)?;
        Some(Held {
            confidence: 1.0,
            ..unsure
        })
    }

    fn attached(&self, wanted: &Attached) -> bool {
        let attachments = self
            .facts
            .mail
            .map_or(&[][..], |mail| mail.attachments.as_slice());
        attachments.iter().any(|attachment| match wanted {
            Attached::Any => !attachment.inline,
            Attached::Image => {
                attachment.content_type.starts_with("image/") && !attachment.ornament
            }
            Attached::Ending(endings) => attachment
                .name
                .as_deref()
                .and_then(|name| name.rsplit_once('.'))
                .is_some_and(|(_, ending)| {
                    endings
                        .iter()
                        .any(|wanted| wanted.eq_ignore_ascii_case(ending))
                }),
        })
    }

    fn time(&self, hours: Hours) -> bool {
        let open = self.facts.calendar.open_at(self.facts.at.timestamp());
        match hours {
            Hours::Office => open,
            Hours::Outside => !open,
            Hours::LastWorkingDays(days) => {
                is_in_last_working_days(self.facts.calendar, self.facts.at, days)
            }
        }
    }

    /// The words that this mail shares with the others are the evidence.
    fn counted(
        &self,
        (what, same): (Counted, Same),
        at_least: u32,
        within: SignedDuration,
    ) -> Option<Held> {
        let outlook = self.facts.outlook?;
        let (clients, partners, tickets) = outlook.counted(within, same);
        let count = match what {
            Counted::Clients => clients,
            Counted::Partners => partners,
            Counted::Tickets => tickets,
        };
        (count >= at_least).then(|| Held {
            evidence: outlook.evidence(within, same),
            confidence: 0.9,
        })
    }

    fn lost(&self, way: Accumulated) -> bool {
        let anger = &self.facts.anger;
        match way {
            Accumulated::PressingTickets => anger.pressing_tickets >= PRESSING_TICKETS_MIN,
            Accumulated::Unanswered => anger.unanswered >= UNANSWERED_MIN,
            Accumulated::Again => anger.again,
            Accumulated::BrokenPromises => anger.broken_promises >= BROKEN_PROMISES_MIN,
        }
    }

    fn stands(&self, thread: Thread) -> bool {
        match thread {
            Thread::First => self.facts.first_message,
            Thread::Reply => !self.facts.first_message,
            Thread::Reopened => self.facts.reopened,
            Thread::HandedBack => self.facts.handed_back,
        }
    }
}

/// True where the day is one of the last `days` days of its month on which the calendar is open at all.
fn is_in_last_working_days(calendar: &Calendar, at: &jiff::Zoned, days: u8) -> bool {
    let today = at.date();
    let works = |date| calendar.always || !calendar.windows(date).is_empty();
    let later = std::iter::successors(today.tomorrow().ok(), |date| date.tomorrow().ok())
        .take_while(|date| date.month() == today.month())
        .filter(|date| works(*date))
        .count();
    works(today) && later < usize::from(days)
}

fn is_one_of(one_of: &OneOf, value: Option<&str>) -> bool {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return one_of.unknown;
    };
    let value = fold(value);
    one_of.names.iter().any(|name| fold(name) == value)
}

/// `mail.partner.example` belongs to `partner.example`.
pub(super) fn is_within_domain(domain: &str, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    domain
        .strip_suffix(wanted.as_str())
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn plain(holds: bool) -> Option<Held> {
    holds.then(sure)
}

fn sure() -> Held {
    Held {
        evidence: Vec::new(),
        confidence: 1.0,
    }
}

fn found<T>(found: Option<&Found<T>>) -> Option<Held> {
    found.map(|found| Held {
        evidence: found.evidence.clone(),
        confidence: found.confidence,
    })
}

fn together(held: Vec<Held>, pick: impl Fn(f32, f32) -> f32) -> Held {
    let confidence = held
        .iter()
        .map(|held| held.confidence)
        .reduce(pick)
        .unwrap_or(1.0);
    Held {
        evidence: held.into_iter().flat_map(|held| held.evidence).collect(),
        confidence,
    }
}
