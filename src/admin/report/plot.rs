//! Plots as inline SVG: bars of each day, and of parts of a whole. No script, no font, nothing from elsewhere.
//!
//! Colours are classes, so that one style sheet serves light and dark.

use std::fmt::Write;

use super::html::escaped;
use crate::triage::tally::Day;

/// The drawing's own units; it scales to the screen.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 160.0;
/// Room for the dates below the bars.
const FOOT: f64 = 18.0;
/// Dates that fit below the bars.
const DATES_MAX: usize = 6;

/// A bar a day: what was kept, and upon it what was broken.
pub(super) fn days(days: &[Day]) -> String {
    let most = days.iter().map(|day| day.kept + day.broken).max();
    let most = most.unwrap_or_default().max(1) as f64;
    let step = WIDTH / days.len().max(1) as f64;
    let mut bars = String::new();
    for (place, day) in days.iter().enumerate() {
        let x = place as f64 * step;
        let wide = (step * 0.8).max(0.5);
        let (kept, broken) = (
            day.kept as f64 / most * HEIGHT,
            day.broken as f64 / most * HEIGHT,
        );
        let title = format!("{}: {} kept, {} broken", day.date, day.kept, day.broken);
        // Writing to a text cannot fail.
        let _never = write!(
            bars,
            "<g><title>{title}</title><rect class=\"kept\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{kept:.1}\"/>\
             <rect class=\"broken\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{broken:.1}\"/></g>",
            HEIGHT - kept,
            HEIGHT - kept - broken,
        );
    }
    let every = days.len().div_ceil(DATES_MAX).max(1);
    for (place, day) in days.iter().enumerate().step_by(every) {
        let x = place as f64 * step;
        let _never = write!(
            bars,
            "<text x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            HEIGHT + FOOT - 4.0,
            day.date
        );
    }
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"Promises kept and broken each day\">{bars}</svg>",
        HEIGHT + FOOT
    )
}

/// One bar across: so many of all.
pub(super) fn share(good: u64, all: u64) -> String {
    let share = if all == 0 {
        0.0
    } else {
        good as f64 / all as f64 * 100.0
    };
    let label = escaped(&format!("{good} of {all}"));
    format!(
        "<svg class=\"share\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{label}\">\
         <rect class=\"broken\" width=\"100\" height=\"8\"/><rect class=\"kept\" width=\"{share:.1}\" height=\"8\"/></svg>"
    )
}
