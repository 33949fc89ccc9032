//! The report as one HTML page: readable on a phone, light or dark as its reader likes, with nothing from elsewhere.
//!
//! Whatever a stranger or an admin wrote is escaped where it enters the page, and only there.

use crate::daemon::control::period::PeriodReport;
use crate::triage::tally::{Spread, Tally};

use super::plot;
use super::table::{by_step, length, partner, percent};

const STYLE: &str = "\
:root{color-scheme:light dark;--kept:#2a7d4f;--broken:#c0392b;--line:#8884}\
@media(prefers-color-scheme:dark){:root{--kept:#4cb97c;--broken:#ef6f61}}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}\
svg{width:100%;height:auto}svg.share{width:6rem;height:.6rem}\
svg text{font-size:10px;fill:currentColor}.kept{fill:var(--kept)}.broken{fill:var(--broken)}";

/// The whole page.
pub(super) fn page(report: &PeriodReport) -> String {
    let wanted = &report.wanted;
    let tally = &report.tally;
    let of = wanted.partner.as_deref().unwrap_or("all partners");
    let title = escaped(&format!(
        "Promises, {:.0} to {:.0}, {of}",
        wanted.since, wanted.until
    ));
    let tickets = tally.tickets;
    let parts = [
        format!("<h1>{title}</h1>"),
        format!(
            "<p>{} tickets opened, {} solved, {} reopened, {} closed by silence.</p>",
            tickets.opened, tickets.solved, tickets.reopened, tickets.closed
        ),
        days(report),
        promises(tally),
        times(tally),
        ladders(tally),
        incidents(tally),
        moved(tally),
        ratings(tally),
    ];
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n{}\n</body></html>\n",
        parts.join("\n")
    )
}

fn days(report: &PeriodReport) -> String {
    if report.tally.days.is_empty() {
        return String::new();
    }
    format!(
        "<h2>Promises kept and broken each day ({})</h2>{}",
        escaped(&report.wanted.zone),
        plot::days(&report.tally.days)
    )
}

fn promises(tally: &Tally) -> String {
    let rows = tally.promises.iter().map(|row| {
        let all = row.kept + row.broken;
        let mut cells = text([
            partner(row),
            row.urgency.name(),
            row.metric.name(),
            &row.kept.to_string(),
            &row.broken.to_string(),
            &percent(row),
        ]);
        cells.push(plot::share(row.kept, all));
        cells
    });
    section(
        "Promises",
        &[
            "Partner", "Urgency", "Promise", "Kept", "Broken", "Kept %", "",
        ],
        rows.collect(),
        "No promise fell due.",
    )
}

fn times(tally: &Tally) -> String {
    let rows = [
        ("Confirmation", &tally.acknowledged),
        ("First answer", &tally.answered),
    ];
    let rows = rows.iter().filter_map(|(name, spread)| {
        let spread = spread.as_ref()?;
        Some(text([
            name,
            spread.count.to_string().as_str(),
            &length(spread.median),
            &length(spread.ninetieth),
            &length(spread.worst),
            &spread.worst_of,
        ]))
    });
    section(
        "How long it took",
        &["", "Count", "Median", "90th", "Worst", "Ticket"],
        rows.collect(),
        "Nothing was acknowledged or answered.",
    )
}

fn ladders(tally: &Tally) -> String {
    let rows = tally.ladders.iter().map(|row| {
        let took = |of: fn(&Spread) -> i64| {
            let took = row.took.as_ref();
            took.map_or_else(|| "-".to_owned(), |took| length(of(took)))
        };
        let by = row.by.iter().map(|(who, count)| format!("{who} {count}"));
        text([
            row.ladder.as_str(),
            &row.climbed.to_string(),
            &row.taken.to_string(),
            &by_step(row),
            &took(|took| took.median),
            &took(|took| took.worst),
            &by.collect::<Vec<_>>().join(", "),
        ])
    });
    section(
        "Ladders",
        &[
            "Ladder", "Climbed", "Taken", "By step", "Median", "Worst", "Taken by",
        ],
        rows.collect(),
        "No ladder was climbed.",
    )
}

fn incidents(tally: &Tally) -> String {
    let rows = tally.incidents.iter().map(|row| {
        text([
            format!("I-{}", row.incident.0).as_str(),
            &format!("{:.0}", row.from),
            &row.tickets.to_string(),
            &row.partners.join(", "),
        ])
    });
    section(
        "Incidents",
        &["Incident", "Since", "Tickets", "Partners"],
        rows.collect(),
        "There was no incident.",
    )
}

fn moved(tally: &Tally) -> String {
    let rows = tally.moved_later.iter().map(|row| {
        text([
            row.ticket.as_str(),
            &format!("{:.0}", row.at),
            row.metric.name(),
            &format!("{:.0}", row.from),
            &format!("{:.0}", row.to),
            &row.because,
        ])
    });
    section(
        &format!("Deadlines moved later ({})", tally.moved_in_all),
        &["Ticket", "When", "Promise", "From", "To", "Because"],
        rows.collect(),
        "None was.",
    )
}

fn ratings(tally: &Tally) -> String {
    let ratings = &tally.ratings;
    let Some(average) = ratings.average() else {
        return "<h2>What clients said</h2><p>Nobody rated a solution.</p>".to_owned();
    };
    let rows = (1..).zip(ratings.by_stars).map(|(stars, count)| {
        let mut cells = text(["★".repeat(stars).as_str(), &count.to_string()]);
        cells.push(plot::share(count, ratings.count()));
        cells
    });
    section(
        &format!("What clients said: {average:.1} of 5"),
        &["", "Clients", ""],
        rows.collect(),
        "",
    )
}

/// A table under its title, or the sentence instead. Cells are HTML already.
fn section(title: &str, headings: &[&str], rows: Vec<Vec<String>>, if_empty: &str) -> String {
    let title = escaped(title);
    if rows.is_empty() {
        return format!("<h2>{title}</h2><p>{if_empty}</p>");
    }
    let head: String = headings
        .iter()
        .map(|heading| format!("<th>{heading}</th>"))
        .collect();
    let body: String = rows
        .iter()
        .map(|cells| {
            let cells: String = cells
                .iter()
                .map(|cell| format!("<td>{cell}</td>"))
                .collect();
            format!("<tr>{cells}</tr>\n")
        })
        .collect();
    format!(
        "<h2>{title}</h2><div class=\"wide\"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )
}

fn text<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(escaped).to_vec()
}

/// Text as it may stand in HTML, in an element or in a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
