//! Our own people: contacts and their stand-ins, whose turn it is, and ladders of whom to tell when.

use jiff::civil::Date;

use crate::triage::promise::Budget;
pub use crate::triage::promise::Who;
use crate::triage::promise::ladder::Repeat;
pub use crate::triage::promise::ladder::Step;

/// A person or team of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// In lower case.
    pub email: String,
    /// Languages that letters to it are written in, the first is preferred.
    pub languages: Vec<String>,
    /// Of a team: the contacts that read its mail, and answer it from addresses of their own.
    pub members: Vec<String>,
    /// When somebody else stands in.
    pub away: Vec<Away>,
}

/// A stretch of days on which somebody stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The contact that stands in.
    pub instead: Option<String>,
}

/// An on-call list: turns of one week.
#[derive(Clone, Debug)]
pub struct OnCall {
    /// Its id.
    pub id: String,
    /// Contacts in turn.
    pub turns: Vec<String>,
    /// Zone in which the turn changes.
    pub zone: jiff::tz::TimeZone,
    /// Weekday and time of the change.
    pub change: (jiff::civil::Weekday, jiff::civil::Time),
    /// A day in the first turn.
    pub starts: Date,
}

/// Who is told, and after how long.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub say: String,
    /// Its calendar's name; `None`: the partner's.
    pub calendar: Option<String>,
    /// In time order.
    pub steps: Vec<Step>,
    /// How the last step repeats.
    pub repeat_last: Option<Repeat>,
    /// How long an acknowledgement holds; `None`: until it is solved.
    pub ack_holds_for: Option<Budget>,
    /// Told as well when a notice cannot be delivered.
    pub if_all_fails: Option<Who>,
}
