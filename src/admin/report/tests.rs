//! What leaves as CSV and HTML, whatever strangers wrote.

use super::*;
use crate::triage::promise::Metric;
use crate::triage::report::Urgency;
use crate::triage::tally::{Day, Moved, Promises, Tally};

fn report() -> PeriodReport {
    let at = |text: &str| text.parse().unwrap();
    PeriodReport {
        wanted: Wanted {
            since: at("2026-05-01T00:00:00Z"),
            until: at("2026-06-01T00:00:00Z"),
            zone: "UTC".to_owned(),
            partner: None,
        },
        tally: Tally {
            promises: vec![Promises {
                partner: Some("north<b>wind".to_owned()),
                urgency: Urgency::High,
                metric: Metric::Solve,
                kept: 199,
                broken: 1,
            }],
            moved_later: vec![Moved {
                ticket: "EC-7".to_owned(),
                at: at("2026-05-04T10:00:00Z"),
                metric: Metric::Solve,
                from: at("2026-05-04T12:00:00Z"),
                to: at("2026-05-04T16:00:00Z"),
                because: "=ordered by \"<script>anna\", who knows".to_owned(),
            }],
            days: vec![Day {
                date: "2026-05-04".parse().unwrap(),
                opened: 1,
                kept: 199,
                broken: 1,
            }],
            ..Tally::default()
        },
    }
}

#[test]
fn cells_are_quoted_where_they_must_be() {
    let check = |cell: &str, expected: &str| assert_eq!(csv::escaped(cell), expected);
    check("plain", "plain");
    check("one, two", "\"one, two\"");
    check("say \"yes\"", "\"say \"\"yes\"\"\"");
    check("two\nlines", "\"two\nlines\"");
    check("=1+1", "'=1+1");
    let text = csv::text(&report());
    assert!(
        text.contains("kept,north<b>wind,High,solve,,,,,199,\r\n"),
        "{text}"
    );
    assert!(text.contains(",\"'=ordered by \"\"<script>anna\"\", who knows\"\r\n"));
    let columns = text.lines().next().unwrap().split(',').count();
    assert_eq!(columns, 10);
}

#[test]
fn the_page_escapes_what_people_wrote_and_fetches_nothing() {
    let page = html::page(&report());
    assert!(page.contains("north&lt;b&gt;wind"));
    assert!(page.contains("=ordered by &quot;&lt;script&gt;anna&quot;, who knows"));
    for forbidden in ["<script", "http:", "https:", "url(", "@import", "src="] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("2026-05-04: 199 kept, 1 broken"));
    // One breach in two hundred is not a hundred per cent.
    assert!(page.contains("<td>99</td>"));
}

#[test]
fn a_period_that_ends_before_it_begins_is_refused() {
    let args = ReportArgs {
        config: ConfigArg {
            config: PathBuf::new(),
        },
        since: "1d".to_owned(),
        until: Some("2d".to_owned()),
        partner: None,
        csv: false,
        html: None,
        json: false,
    };
    let now = "2026-05-04T10:00:00Z".parse().unwrap();
    assert!(super::wanted(&args, now, &TimeZone::UTC).is_err());
}
