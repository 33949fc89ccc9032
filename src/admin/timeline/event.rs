//! One thing that happened, as a line: a name of one word, and what there is to say.
//!
//! Instants stand in the sentences as they are, in UTC; the page tells them in its own zone.

use jiff::{SignedDuration, Timestamp};

use crate::daemon::control::answers::Happened;
use crate::triage::promise::Promise;
use crate::triage::tally::{Clocks, Turn};
use crate::triage::ticket::{Acknowledgement, Change, Climb, Writer};

/// One line of the page, and those that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) name: &'static str,
    pub(super) what: String,
    pub(super) more: Vec<String>,
}

impl Event {
    pub(super) fn new(at: Timestamp, name: &'static str, what: String) -> Self {
        Self {
            at,
            name,
            what,
            more: Vec::new(),
        }
    }
}

/// What one decision amounts to. The first one of a ticket opens it.
pub(super) fn of(happened: &Happened, (clocks, is_first): (&mut Clocks, bool)) -> Vec<Event> {
    let at = happened.at;
    let mut events = Vec::new();
    if happened.mail.is_some() {
        let name = if is_first { "opened" } else { mailed(happened) };
        events.push(Event::new(at, name, happened.what.clone()));
    } else if let Some((name, what)) = letter(happened) {
        events.push(Event::new(at, name, what));
    }
    let mut made = Vec::new();
    for change in &happened.changes {
        match clocks.take(change) {
            Some(Turn::Made(promise)) => made.push(promised(&promise)),
            Some(turn) => events.push(turned(at, turn)),
            None => events
                .extend(changed(change, is_first).map(|(name, what)| Event::new(at, name, what))),
        }
    }
    if !made.is_empty() {
        events.push(Event::new(at, "promised", made.join(", ")));
    }
    let letters = happened.letters.iter();
    events.extend(letters.map(|letter| Event::new(at, "wrote", letter.clone())));
    events
}

/// On whose behalf a further mail was written.
fn mailed(happened: &Happened) -> &'static str {
    let by = happened.changes.iter().find_map(|change| {
        if let Change::Message { by, .. } = change {
            Some(*by)
        } else {
            None
        }
    });
    match by {
        Some(Writer::Client) => "client",
        Some(Writer::Staff) => "staff",
        Some(Writer::Machine) => "robot",
        None => "mail",
    }
}

/// What became of a letter: `acknowledgement to jo@…: accepted by the relay (…)`.
fn letter(happened: &Happened) -> Option<(&'static str, String)> {
    let (letter, fate) = happened.what.split_once(": ")?;
    let names = [
        ("accepted by", "accepted"),
        ("later", "delayed"),
        ("refused for good", "REFUSED"),
        ("withheld", "WITHHELD"),
        ("kept for the digest", "folded"),
        ("dropped", "dropped"),
        ("released", "released"),
    ];
    let (_, name) = names
        .iter()
        .find(|(fate_is, _)| fate.starts_with(fate_is))?;
    let what = match *name {
        // That it was taken is all there is to know.
        "accepted" => letter.to_owned(),
        _ => happened.what.clone(),
    };
    Some((name, what))
}

fn promised(promise: &Promise) -> String {
    let metric = promise.metric;
    match promise.due {
        Some(due) => format!("{metric} until {due:.0}"),
        None => format!("{metric}, its clock stands still"),
    }
}

fn turned(at: Timestamp, turn: Turn) -> Event {
    match turn {
        Turn::Made(promise) => Event::new(at, "promised", promised(&promise)),
        Turn::Moved { promise, from } => {
            let later = promise.due.is_some_and(|due| due > from);
            let how = if later { "later" } else { "sooner" };
            let what = format!("{}, {how}: it was due {from:.0}", promised(&promise));
            Event::new(at, "moved", what)
        }
        Turn::Kept { promise, at: kept } => {
            let metric = promise.metric;
            let by = promise.due.map(|due| due.duration_since(kept));
            let what = match by {
                Some(left) if !left.is_negative() => {
                    format!("{metric}, {} before it was due", span(left))
                }
                Some(late) => format!("{metric}, {} too late", span(late.abs())),
                None => metric.to_string(),
            };
            let is_late = by.is_some_and(|by| by.is_negative());
            Event::new(at, if is_late { "done late" } else { "kept" }, what)
        }
        Turn::Broken {
            promise,
            noticed_at,
        } => {
            let due = promise.due.unwrap_or(noticed_at);
            let late = noticed_at.duration_since(due);
            let noticed = if late > NOTICED_AT_ONCE {
                format!("; noticed {} later", span(late))
            } else {
                String::new()
            };
            let what = format!("{} was due {due:.0}{noticed}", promise.metric);
            Event::new(at, "BROKEN", what)
        }
    }
}

/// A breach is noticed in the next second; more is worth a word, for then triaged was down.
const NOTICED_AT_ONCE: SignedDuration = SignedDuration::from_secs(5);

/// What else a change says. What a ticket began with stands at the head of the page.
fn changed(change: &Change, is_first: bool) -> Option<(&'static str, String)> {
    let say = |name, what: &str| Some((name, what.to_owned()));
    let (name, what) = match change {
        Change::Waiting { .. } => say("waiting", "for the client"),
        Change::Resumed { .. } => say("resumed", "it is our turn again"),
        Change::Solved { .. } => say("solved", ""),
        Change::Reopened { .. } => say("reopened", ""),
        Change::Closed { .. } => say("closed", "nobody objected"),
        Change::Merged { into } => Some(("merged", format!("into ticket {}", into.0))),
        Change::Acknowledged(by) => Some(("taken", taken(by))),
        Change::Assigned(to) => {
            let to = to.as_deref().unwrap_or("nobody");
            Some(("assigned", format!("to {to}")))
        }
        Change::InIncident(Some(incident)) => {
            Some(("incident", format!("joined I-{}", incident.0)))
        }
        Change::InIncident(None) => say("incident", "belongs to none any more"),
        Change::Climbed(climb) => Some(("ladder", climbed(climb))),
        Change::Urgency(urgency) => Some(("urgency", urgency.to_string())),
        Change::Level { level, reason } => {
            let reason = reason.map(|reason| format!(", {reason}"));
            Some(("level", format!("{level}{}", reason.unwrap_or_default())))
        }
        Change::Client(client) => say("client is", client),
        Change::Labelled(labels) => Some(("labels", labels.join(", "))),
        Change::Review(true) => say("review", "a person is asked to look"),
        Change::Review(false) => say("review", "a person has looked"),
        Change::Warned { metric, percent } => {
            let what = format!("{percent} % of the time for {metric} have gone by");
            Some(("warned", what))
        }
        Change::Asked => say("asked", "for missing details"),
        Change::HandedBack => say("handed back", "to the partner's own team"),
        Change::Rated { stars, .. } => Some(("rated", stars_of(*stars))),
        Change::Note(text) => Some(("note", format!("(internal) {text}"))),
        // The mail, the clocks and the letters are told by their own lines; the rest nobody would read.
        Change::Opened(_)
        | Change::Message { .. }
        | Change::Participants(_)
        | Change::Promised(_)
        | Change::Kept { .. }
        | Change::Broken { .. }
        | Change::Told(_)
        | Change::Did(_)
        | Change::WillWait { .. }
        | Change::Looked { .. }
        | Change::LookAgain { .. }
        | Change::LookBy { .. }
        | Change::Spoke { .. }
        | Change::Wrote { .. }
        | Change::Rules(_) => None,
    }?;
    let told_at_the_head = is_first && matches!(name, "urgency" | "level" | "client is" | "labels");
    (!told_at_the_head).then_some((name, what))
}

fn taken(by: &Acknowledgement) -> String {
    let until = by.until.map(|until| format!(", until {until:.0}"));
    format!("by {}{}", by.by, until.unwrap_or_default())
}

fn climbed(climb: &Climb) -> String {
    let done = climb.rungs.get(climb.done.saturating_sub(1));
    let ladder = &climb.ladder;
    let again = match climb.cycle {
        0 => String::new(),
        cycle => format!(", begun again for the {cycle}. time"),
    };
    match done.filter(|_| climb.done > 0) {
        Some(rung) => {
            let repeat = match rung.repeat {
                0 => String::new(),
                repeat => format!(", repeat {repeat}"),
            };
            let next = climb
                .next()
                .map(|next| format!("; the next is due {:.0}", next.at));
            format!(
                "{ladder}: step {}{repeat}{again}{}",
                rung.step + 1,
                next.unwrap_or_default()
            )
        }
        None => format!("{ladder} begins{again}"),
    }
}

/// `★★★★☆ (4 of 5)`
fn stars_of(stars: u8) -> String {
    let stars = usize::from(stars.min(5));
    format!(
        "{}{} ({stars} of 5)",
        "★".repeat(stars),
        "☆".repeat(5 - stars)
    )
}

/// A length of time in its two largest units: `3 h 59 min`, `2 d 4 h`, `12 s`.
pub(crate) fn span(time: SignedDuration) -> String {
    let seconds = time.as_secs().unsigned_abs();
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (unit, size) in units {
        let count = left / size;
        left %= size;
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {unit}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() {
        return "0 s".to_owned();
    }
    parts.join(" ")
}
