//! What has become of a ticket: waits for the client, breaches, its ladder, its people.
//!
//! Everything here follows from changes; the instants at which somebody must act are derived from it, never kept apart.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TicketId;
use crate::triage::incident::IncidentId;
use crate::triage::letter::LetterId;
use crate::triage::promise::clock::Pause;
use crate::triage::promise::ladder::{Repeat, Step};
use crate::triage::promise::{Budget, Metric, Who};

/// What has become of a ticket since it was opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Life {
    /// When we waited for the client; the last one may still last.
    pub waits: Vec<Pause>,
    /// The letter that asks the client something: we wait from when it is accepted.
    pub will_wait: Option<LetterId>,
    /// Promises that were broken. Only ever added to.
    pub breaches: Vec<Breach>,
    /// The ladder that is being climbed, or was.
    pub climb: Option<Climb>,
    /// Who is responsible: a contact's id.
    pub assigned: Option<String>,
    /// When somebody of ours first looked at it.
    pub looked_at: Option<Timestamp>,
    /// Until when somebody must have looked, because it may be a matter of the third line.
    pub look_by: Option<Timestamp>,
    /// When the client's side last heard from us.
    pub spoke_at: Option<Timestamp>,
    /// When a person of ours last wrote to the client's side.
    pub answered_at: Option<Timestamp>,
    /// The client's oldest message that no person of ours has answered.
    pub unanswered_since: Option<Timestamp>,
    /// When to look at it again for the sake of where it stands: a wait that lasts, a solution that nobody objects to.
    pub look_again: Option<Timestamp>,
    /// Messages of the client's side since a person of ours last answered, the first one included.
    pub unanswered: u32,
    /// The incident it belongs to.
    pub incident: Option<IncidentId>,
    /// The ticket it went on in.
    pub merged_into: Option<TicketId>,
    /// How the client says it was, 1 to 5.
    pub stars: Option<u8>,
    /// When they said so.
    pub rated_at: Option<Timestamp>,
}

/// A promise that was broken. Immutable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Which promise.
    pub metric: Metric,
    /// Which of its kind.
    pub cycle: u32,
    /// The deadline that passed.
    pub at: Timestamp,
    /// When we noticed.
    pub noticed_at: Timestamp,
}

/// A ladder on its way up. Its steps are those of the rules in force when it began; who is behind them is found when
/// a letter is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Climb {
    /// The ladder's id.
    pub ladder: String,
    /// What it is for.
    pub say: String,
    /// When this cycle began.
    pub started_at: Timestamp,
    /// 0 for the first; an acknowledgement that has run out begins the next.
    pub cycle: u32,
    /// What set it off, and what has joined it since: sentences.
    pub because: Vec<String>,
    /// The notices of this cycle in time order, repeats included.
    pub rungs: Vec<Rung>,
    /// How many of them are behind us.
    pub done: usize,
    /// Who took the matter.
    pub acknowledged: Option<Acknowledgement>,
    /// How long an acknowledgement holds.
    pub ack_holds_for: Option<Budget>,
    /// Told when nobody else could be reached.
    pub if_all_fails: Option<Who>,
    /// The level of the matter: only one of a higher level brings its own ladder.
    #[serde(default)]
    pub level: u8,
    /// Its steps as the rules stated them when it began: each cycle is made of them.
    #[serde(default)]
    pub course: Course,
    /// Who has been written to, in this cycle and before: the newest.
    #[serde(default)]
    pub notified: Vec<Notified>,
    /// Whose acknowledgement ran out, so that this cycle began.
    #[serde(default)]
    pub lapsed: Option<String>,
    /// When the ticket was solved, or went on in another.
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
}

/// A ladder as the rules state it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Its calendar's name; `None`: the partner's.
    pub calendar: Option<String>,
    /// In time order.
    pub steps: Vec<Step>,
    /// How the last step repeats.
    pub repeat_last: Option<Repeat>,
}

/// A notice of a ladder that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    /// The letter.
    pub letter: LetterId,
    /// To whom.
    pub to: String,
    /// In which cycle.
    pub cycle: u32,
    /// Which of the cycle's rungs it was, the last one where it stands for several.
    pub rung: u32,
}

/// The newest notices that a ladder remembers: all of two cycles of any sensible ladder.
const NOTIFIED_MAX: usize = 100;

/// One notice of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// When.
    pub at: Timestamp,
    /// The step it belongs to, from 0.
    pub step: u32,
    /// 0, or which repeat of the last step.
    pub repeat: u32,
    /// Whom.
    pub notify: Vec<Who>,
}

/// Somebody of ours took the matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Their address, or the name of whoever gave the command.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it runs out, if it does.
    pub until: Option<Timestamp>,
}

impl Life {
    pub(super) fn acknowledge(&mut self, acknowledgement: &Acknowledgement) {
        if let Some(climb) = &mut self.climb {
            climb.acknowledged = Some(acknowledgement.clone());
        }
    }

    /// The first second in which it is overlooked if nobody looks.
    pub(super) fn overlooked_at(&self) -> Option<Timestamp> {
        let until = self.look_by.filter(|_| self.looked_at.is_none())?;
        Timestamp::from_second(until.as_second().checked_add(1)?).ok()
    }

    /// The matter is over, so nobody is called any more.
    pub(super) fn end_climb(&mut self, at: Timestamp) {
        if let Some(climb) = &mut self.climb {
            climb.ended_at.get_or_insert(at);
        }
    }

    pub(super) fn spoke(&mut self, at: Timestamp, by_person: bool) {
        self.spoke_at = self.spoke_at.max(Some(at));
        if by_person {
            self.unanswered = 0;
            self.answered_at = self.answered_at.max(Some(at));
            self.unanswered_since = self.unanswered_since.filter(|asked| *asked > at);
        }
    }
}

impl Climb {
    /// The next notice, unless somebody has taken the matter.
    #[must_use]
    pub fn next(&self) -> Option<&Rung> {
        let waiting = self.acknowledged.is_none() && self.ended_at.is_none();
        self.rungs.get(self.done).filter(|_| waiting)
    }

    /// When the clock must look at it: a second after the next notice's time, because an acknowledgement in that very second
    /// still wins; or when an acknowledgement runs out.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Timestamp> {
        match (&self.acknowledged, self.ended_at) {
            (_, Some(_)) => None,
            (Some(acknowledged), None) => acknowledged.until,
            (None, None) => {
                let after = self.next()?.at.as_second().checked_add(1)?;
                Timestamp::from_second(after).ok()
            }
        }
    }

    /// With more people written to.
    #[must_use]
    pub fn with_notified(mut self, more: Vec<Notified>) -> Self {
        self.notified.extend(more);
        let surplus = self.notified.len().saturating_sub(NOTIFIED_MAX);
        self.notified.drain(..surplus);
        self
    }
}
