//! What does reading a mail cost, against parsing its MIME alone?
//!
//! `cargo bench --bench reading -- [--json] [FOLDER]` reads every mail of a folder (fixtures/mail, if none is given) and mails
//! made up here, on one core: `Mail::read` and `Report::of` together, over mail-parser alone in the same run. Behind it
//! a series of growing mails of each kind that could be dear: what a megabyte costs must not grow with the mail.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use serde_json::json;

use triaged::triage::mail::Mail;
use triaged::triage::report::Report;
use triaged::triage::rules::Rules;

/// Each row is measured for at least so long, so that one interruption does not decide.
const AT_LEAST: Duration = Duration::from_millis(700);

/// Makes a mail of so many bytes.
type Make = fn(usize) -> Vec<u8>;

/// Made-up mails, with the most that reading may cost there, as a multiple of parsing.
const MADE_UP: [(&str, Make, usize, f64); 4] = [
    ("8 KB, text and HTML", letter, 8 * 1024, 15.0),
    ("200 KB, text and HTML", letter, 200 * 1024, 8.0),
    ("200 KB, with a picture", with_picture, 200 * 1024, 8.0),
    // A little less: from 25 MB on only the beginning is read.
    ("25 MB, with a picture", with_picture, 25 * MB - 4_096, 5.0),
];

/// Sizes of the series, in megabytes.
const SERIES_MB: [usize; 4] = [1, 4, 16, 64];

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
        let round = Instant::now();
        mails.iter().for_each(|mail| work(mail));
        best = best.min(round.elapsed());
    }
    best / u32::try_from(mails.len()).unwrap_or(u32::MAX)
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

/// Prints what a megabyte costs as mails grow; comes back with the growth from the smallest to the largest, by kind.
fn series() -> serde_json::Value {
    let kinds: [(&str, Make); 6] = [
        ("plain text", pasted_log),
        ("HTML", html),
        ("deep nesting", nested),
        ("many parts", many_parts),
        ("levels of quotation", quoted),
        ("hostile patterns", hostile),
    ];
    println!("\n{:<22} at 1, 4, 16 and 64 MB", "ms A MEGABYTE");
    let mut growths = serde_json::Map::new();
    for (name, make) in kinds {
        let costs: Vec<f64> = SERIES_MB
            .iter()
            .map(|megabytes| {
                let mail = make(megabytes * MB);
                let begun = Instant::now();
                drop(black_box(understood(&mail)));
                begun.elapsed().as_secs_f64() * 1e3 / *megabytes as f64
            })
            .collect();
        let mut line = String::new();
        for cost in &costs {
            let _infallible = write!(line, "{cost:>9.2}");
        }
        println!("{name:<22}{line}");
        if let (Some(first), Some(last)) = (costs.first(), costs.last()) {
            growths.insert(name.to_owned(), json!(last / first));
        }
    }
    growths.into()
}

const HEAD: &str = "From: Jane Doe <jane@northwind.example>\r\nTo: support@everythingcloud.com\r\nSubject: Export fails\r\n\
                    Message-ID: <bench@northwind.example>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n";

/// What a partner needs, in a few lines.
const NEED: [&str; 8] = [
    "Client: Harbor Bank",
    "Urgency: Medium",
    "",
    "The CSV export of the sales report shows an error since this morning.",
    "Steps to reproduce:",
    "1. Open the report",
    "2. Click Export",
    "",
];

/// As mail programs write it: the text and the same as HTML, both quoted-printable.
fn letter(bytes: usize) -> Vec<u8> {
    format!("{HEAD}{}", alternative(bytes)).into_bytes()
}

fn alternative(bytes: usize) -> String {
    let (mut text, mut html) = (String::new(), String::new());
    let mut lines = NEED.into_iter().chain(std::iter::repeat(
        "We tried it twice, =E2=80=9Cagain=E2=80=9D with the same result, and the =\r\nteam waits.",
    ));
    while text.len() + html.len() < bytes
        && let Some(line) = lines.next()
    {
        let _infallible = write!(text, "{line}\r\n");
        let _infallible = write!(html, "<p class=3D\"MsoNormal\">{line}<o:p></o:p></p>\r\n");
    }
    format!(
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n\
         --a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{text}\
         --a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body>{html}</body></html>\r\n--a--\r\n"
    )
}

/// A letter of 8 KB, and the rest of the bytes as an attachment.
fn with_picture(bytes: usize) -> Vec<u8> {
    let mut text = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n{}--m\r\nContent-Type: image/png; name=screen.png\r\n\
         Content-Disposition: attachment; filename=screen.png\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        alternative(8 * 1024)
    );
    while text.len() < bytes {
        text.push_str(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n",
        );
    }
    text.push_str("--m--\r\n");
    text.into_bytes()
}

/// Words of need, then what people paste.
fn pasted_log(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\n{}\r\nLog:\r\n", NEED.join("\r\n"));
    while text.len() < bytes {
        let at = text.len();
        let _infallible = writeln!(text, "worker {} row {at} took {} units\r", at % 13, at % 97);
    }
    text.into_bytes()
}

fn html(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>");
    while text.len() < bytes {
        text.push_str("<div class=row><p>The <b>export</b> of <a href=\"https://x.example/\">the report</a> fails&nbsp;again.</p></div>\r\n");
    }
    text.into_bytes()
}

fn nested(bytes: usize) -> Vec<u8> {
    let mut text = HEAD.to_owned();
    let mut level = 0;
    while text.len() < bytes {
        let _infallible = write!(
            text,
            "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        );
        level += 1;
    }
    text.into_bytes()
}

fn many_parts(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    while text.len() < bytes {
        text.push_str("--b\r\nContent-Type: text/plain\r\n\r\nThe export fails.\r\n");
    }
    text.into_bytes()
}

fn quoted(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\nSee below.\r\n");
    let mut level = 1;
    while text.len() < bytes {
        let _infallible = write!(text, "{} and again\r\n", "> ".repeat(level % 60 + 1));
        level += 1;
    }
    text.into_bytes()
}

/// What would make careless patterns start over and over again.
fn hostile(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\n");
    while text.len() < bytes {
        text.push_str("On On On , wrote: From: From: >>>> ((((((( <<<<<<< can not can not can not can not ,,,,,,,, 1. 1. 1. \r\n");
    }
    text.into_bytes()
}
