//! The life of a ticket as a page: its days, and on each what happened, what was promised and who was told.
//!
//! Times are those of the zone in which the partner works. What a stranger wrote is tamed before it reaches a screen.

mod event;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::screen;
use crate::daemon::control::answers::{Happened, TicketView};
use crate::triage::tally::Clocks;

pub(crate) use event::span;
use event::{Event, of};

/// Of a longer life the beginning and the end are shown, unless all of it is wanted.
const EVENTS_SHOWN: (usize, usize) = (12, 48);

/// Columns of the time and of the event's name, each with the gap behind it.
const MARGIN: (usize, usize) = (10, 12);

/// The page, a line each. `full`: every event, and why it was decided so.
#[must_use]
pub fn page(view: &TicketView, full: bool) -> Vec<String> {
    let zone = TimeZone::get(&view.zone).unwrap_or(TimeZone::UTC);
    let events = events(view, full);
    let (first, last) = EVENTS_SHOWN;
    let left_out = events.len().saturating_sub(first + last);
    let left_out = if full || left_out < 2 { 0 } else { left_out };
    let mut page = Page {
        zone,
        day: None,
        time: String::new(),
        lines: Vec::new(),
    };
    for (place, event) in events.iter().enumerate() {
        if left_out > 0 && place == first {
            page.lines.push(String::new());
            page.lines.push(format!(
                "  … {left_out} events are left out; --full shows them"
            ));
            page.day = None;
        }
        if left_out == 0 || place < first || place >= first + left_out {
            page.event(event);
        }
    }
    page.lines
}

/// What happened, in order.
fn events(view: &TicketView, full: bool) -> Vec<Event> {
    let mut clocks = Clocks::default();
    let mut events = Vec::new();
    for (place, happened) in view.timeline.iter().enumerate() {
        let mut found = of(happened, (&mut clocks, place == 0));
        if found.is_empty() {
            found.extend(otherwise(happened, full));
        }
        if let (true, Some(last)) = (full, found.last_mut()) {
            let reasons = happened.because.iter();
            last.more
                .extend(reasons.map(|reason| format!("because {reason}")));
        }
        events.extend(found);
    }
    events
}

/// What changed nothing that has a name: the outcome of a letter is told, the rest only to whoever wants all.
fn otherwise(happened: &Happened, full: bool) -> Option<Event> {
    let told = full || happened.changes.is_empty();
    told.then(|| Event::new(happened.at, "event", happened.what.clone()))
}

/// The page as it is written.
struct Page {
    zone: TimeZone,
    day: Option<jiff::civil::Date>,
    time: String,
    lines: Vec<String>,
}

impl Page {
    fn event(&mut self, event: &Event) {
        let at = event.at.to_zoned(self.zone.clone());
        if self.day != Some(at.date()) {
            self.lines.push(String::new());
            self.lines.push(day(&at));
            self.day = Some(at.date());
            self.time.clear();
        }
        let time = at.strftime("%H:%M:%S").to_string();
        let shown = if time == self.time { "" } else { &time };
        let (time_width, name_width) = MARGIN;
        let name = event.name;
        self.lines.push(
            format!(
                "  {shown:time_width$}{name:name_width$}{}",
                local(&event.what, &self.zone)
            )
            .trim_end()
            .to_owned(),
        );
        for more in &event.more {
            let margin = time_width + name_width;
            self.lines
                .push(format!("  {:margin$}{}", "", local(more, &self.zone)));
        }
        self.time = time;
    }
}

/// `Monday, 4 May 2026 (CEST)`
fn day(at: &Zoned) -> String {
    at.strftime("%A, %-d %B %Y (%Z)").to_string()
}

/// A sentence for the screen, the instants that it names told in the page's zone.
fn local(sentence: &str, zone: &TimeZone) -> String {
    let tamed = screen::tame(sentence);
    let words = tamed.split(' ').map(|word| {
        let bare = word.trim_end_matches([',', '.', ';', ':', ')']);
        let rest = word.get(bare.len()..).unwrap_or_default();
        // Only what can be an instant is looked at: `2026-05-04T08:15:00Z`.
        let instant = (bare.len() >= 20 && bare.ends_with('Z'))
            .then(|| bare.parse::<Timestamp>().ok())
            .flatten();
        instant.map_or_else(
            || word.to_owned(),
            |at| {
                let at = at.to_zoned(zone.clone());
                format!("{}{rest}", at.strftime("%Y-%m-%d %H:%M:%S"))
            },
        )
    });
    words.collect::<Vec<_>>().join(" ")
}
