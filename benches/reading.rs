//! What does reading a mail cost, against parsing its MIME alone?
//!
//! `cargo bench --bench reading -- [--json] [FOLDER]` reads every mail of a folder (fixtures/mail, if none is given) and mails
//! made up here, on one core: `Mail::read` and `Report::of` together, over mail-parser alone in the same run. Behind it
//! a series of growing mails of each kind that could be dear: what a megabyte costs must not grow with the mail.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "reading/kinds.rs"]
mod kinds;

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use serde_json::json;

use triaged::triage::mail::Mail;
use triaged::triage::report::Report;
use triaged::triage::rules::Rules;

use kinds::{KINDS, Make, letter, with_picture};

/// Each row is measured for at least so long, so that one interruption does not decide.
const AT_LEAST: Duration = Duration::from_millis(700);

/// A round lasts at least so long: where programs compete, a thread's processor time is not right to the microsecond.
const ROUND: Duration = Duration::from_millis(5);

/// Made-up mails, with the most that reading may cost there, as a multiple of parsing.
const MADE_UP: [(&str, Make, usize, f64); 4] = [
    ("8 KB, text and HTML", letter, 8 * 1024, 15.0),
    ("200 KB, text and HTML", letter, 200 * 1024, 8.0),
    ("200 KB, with a picture", with_picture, 200 * 1024, 8.0),
    // A little less: from 25 MB on only the beginning is read.
    ("25 MB, with a picture", with_picture, 25 * MB - 4_096, 5.0),
];

/// Sizes of the series, in megabytes. Up to 25 MB a mail is read whole; of a larger one the beginning.
const SERIES_MB: [usize; 5] = [1, 4, 16, 24, 64];

/// The largest size of the series that is read whole.
const WHOLE_MB: usize = 24;

const MB: usize = 1024 * 1024;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let as_json = arguments.iter().any(|argument| argument == "--json");
    let folder = arguments
        .iter()
        .find(|argument| !argument.starts_with('-'))
        .map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail"),
            PathBuf::from,
        );
    let mut mails = Vec::new();
    collect(&folder, &mut mails);
    assert!(!mails.is_empty(), "{} holds no .eml", folder.display());
    let mut rows = vec![Row::measure(&folder.display().to_string(), &mails, None)];
    for (name, make, bytes, allowed) in MADE_UP {
        rows.push(Row::measure(name, &[make(bytes)], Some(allowed)));
    }
    print_rows(&rows);
    let growths = series();
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| json!({ "mails": row.name, "per_s": row.per_s(), "ratio": row.ratio() }))
            .collect();
        println!("{}", json!({ "reading": rows, "growth": growths }));
    }
}

/// Every mail of a folder and of those below it.
fn collect(folder: &Path, mails: &mut Vec<Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(&path, mails);
        } else if path.extension().is_some_and(|kind| kind == "eml") {
            mails.extend(std::fs::read(&path));
        }
    }
}

/// What one kind of mail costs.
struct Row {
    name: String,
    bytes: usize,
    /// Per mail.
    parsing: Duration,
    reading: Duration,
    allowed: Option<f64>,
}

impl Row {
    fn measure(name: &str, mails: &[Vec<u8>], allowed: Option<f64>) -> Self {
        let parser = MessageParser::default();
        Self {
            name: name.to_owned(),
            bytes: mails.iter().map(Vec::len).sum::<usize>() / mails.len().max(1),
            parsing: per_mail(mails, |mail| drop(black_box(parser.parse(mail)))),
            reading: per_mail(mails, |mail| drop(black_box(understood(mail)))),
            allowed,
        }
    }

    fn per_s(&self) -> f64 {
        1.0 / self.reading.as_secs_f64()
    }

    fn ratio(&self) -> f64 {
        self.reading.as_secs_f64() / self.parsing.as_secs_f64()
    }
}

fn understood(mail: &[u8]) -> Report {
    Report::of(&Mail::read(mail), &Rules::shipped().lexicon)
}

/// The quickest of several rounds: what comes on top is other people's work on this machine.
fn per_mail(mails: &[Vec<u8>], work: impl Fn(&[u8])) -> Duration {
    let begun = Instant::now();
    let mut best = Duration::MAX;
    while begun.elapsed() < AT_LEAST {
        let (round, from, mut times) = (Instant::now(), worked(), 0);
        while times == 0 || round.elapsed() < ROUND {
            mails.iter().for_each(|mail| work(mail));
            times += 1;
        }
        best = best.min(worked().saturating_sub(from) / times);
    }
    best / u32::try_from(mails.len()).unwrap_or(u32::MAX)
}

/// The processor time that this thread has had: other programs on the machine count for little.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

fn print_rows(rows: &[Row]) {
    println!(
        "{:<40} {:>10} {:>14} {:>12} {:>7} {:>8}",
        "MAILS", "BYTES", "MAIL-PARSER us", "TRIAGED us", "RATIO", "AT MOST"
    );
    for row in rows {
        println!(
            "{:<40} {:>10} {:>14.1} {:>12.1} {:>7.1} {:>8}",
            row.name,
            row.bytes,
            row.parsing.as_secs_f64() * 1e6,
            row.reading.as_secs_f64() * 1e6,
            row.ratio(),
            row.allowed
                .map(|allowed| allowed.to_string())
                .unwrap_or_default(),
        );
    }
}

/// Prints what a megabyte costs as mails grow; comes back with the growth from the smallest to the largest that is read
/// whole, by kind.
fn series() -> serde_json::Value {
    println!(
        "\n{:<26} at {SERIES_MB:?} MB, and {WHOLE_MB} MB over 1 MB",
        "ms A MEGABYTE"
    );
    let mut growths = serde_json::Map::new();
    for (name, make) in KINDS {
        let costs = SERIES_MB.map(|megabytes| cost_of_a_megabyte(make, megabytes));
        let mut line = String::new();
        for cost in costs {
            let _infallible = write!(line, "{cost:>9.2}");
        }
        let whole = SERIES_MB.iter().position(|size| *size == WHOLE_MB);
        let growth = whole.map_or(0.0, |whole| costs[whole] / costs[0]);
        println!("{name:<26}{line}{growth:>9.2}");
        growths.insert(name.to_owned(), json!(growth));
    }
    growths.into()
}

/// In milliseconds, the better of two.
fn cost_of_a_megabyte(make: Make, megabytes: usize) -> f64 {
    let mail = make(megabytes * MB);
    let costs = [(); 2].map(|()| {
        let begun = worked();
        drop(black_box(understood(&mail)));
        worked().saturating_sub(begun)
    });
    costs[0].min(costs[1]).as_secs_f64() * 1e3 / megabytes as f64
}
