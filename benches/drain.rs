//! How fast does triaged drain a mailbox, against what the network and Dovecot allow at all?
//!
//! `drain SERVERS_DIR [--json] [MAILS...]`; deploy/bench.sh starts the servers and calls this. In one run, each on a fresh
//! copy of the mailbox: a bare TLS client that fetches everything (the limit), triaged from its start to the last
//! acknowledgement accepted by a sink, and single mails under IDLE beside a bare IDLE client.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "drain/bare.rs"]
mod bare;
#[path = "drain/sink.rs"]
mod sink;
#[path = "../tests/suite/support/mod.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests use all of it, the bench a part"
)]
mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use bare::Bare;
use sink::Sink;
use support::daemon::Home;
use support::post;
use support::servers::Servers;

/// Mean size of a mail.
const MAIL_BYTES: usize = 8 * 1024;

/// After so long no change of a single mail is held back any more.
const SETTLED_AFTER: Duration = Duration::from_millis(700);

/// Single mails under IDLE. Dovecot holds each back for half a second.
const SINGLES: usize = 60;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let Some(folder) = arguments.iter().find(|argument| !argument.starts_with('-')) else {
        eprintln!("usage: drain SERVERS_DIR [--json] [MAILS...]; deploy/bench.sh does the rest");
        std::process::exit(2);
    };
    let asked: Vec<usize> = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes: &[usize] = if asked.is_empty() {
        &[1_000, 5_000, 20_000]
    } else {
        &asked
    };
    let servers =
        Servers::attach(Path::new(folder)).expect("servers that deploy/servers.sh has started");
    let runs: Vec<Run> = sizes.iter().map(|size| run(*size, &servers)).collect();
    let singles = singles(&servers, SINGLES);
    report(
        &runs,
        &singles,
        arguments.iter().any(|argument| argument == "--json"),
    );
}

/// One size of mailbox.
struct Run {
    mails: usize,
    raw: Duration,
    drain: Duration,
    /// Processor time of triaged alone.
    cpu: Duration,
    peak_mb: f64,
}

impl Run {
    fn raw_per_s(&self) -> f64 {
        self.mails as f64 / self.raw.as_secs_f64()
    }

    fn drain_per_s(&self) -> f64 {
        self.mails as f64 / self.drain.as_secs_f64()
    }
}

fn run(mails: usize, servers: &Servers) -> Run {
    eprintln!("{mails} mails ...");
    let run = fastrand::u32(..);
    let (raw_box, own_box) = (
        format!("raw{run}@everythingcloud.com"),
        format!("own{run}@everythingcloud.com"),
    );
    let folder = write_mails(mails);
    for address in [&raw_box, &own_box] {
        servers.command(
            "seed",
            &[address, folder.path().to_str().expect("a plain path")],
        );
    }
    let raw = Bare::fetch_all(servers, &raw_box, mails);
    let sink = Sink::start();
    let home = home(servers, &own_box, &sink);
    let began = Instant::now();
    let daemon = home.start_without_waiting();
    sink.wait_for_partners(mails);
    let drain = began.elapsed();
    let peak_mb = peak_mb(daemon.id());
    let cpu = cpu(daemon.id());
    daemon.stop();
    Run {
        mails,
        raw,
        drain,
        cpu,
        peak_mb,
    }
}

/// Mails of partners as they are: a few lines of need, then what they paste. Distinct senders.
fn write_mails(mails: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir_in("/tmp").expect("a temporary folder");
    let random = fastrand::u32(..);
    for number in 0..mails {
        std::fs::write(
            folder.path().join(format!("bench{random}.{number}")),
            mail(number, random),
        )
        .expect("a mail is written");
    }
    folder
}

fn mail(number: usize, random: u32) -> String {
    let mut text = format!(
        "From: Partner {number} <partner{number}@northwind.example>\r\nTo: support@everythingcloud.com\r\nSubject: Export {number} fails\r\n\
         Message-ID: <bench-{random}-{number}@northwind.example>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\n\r\n\
         Client: Harbor Bank\r\nUrgency: Medium\r\n\r\nThe CSV export of the sales report shows an error since this morning.\r\n\
         Steps to reproduce:\r\n1. Open the report\r\n2. Click Export\r\n\r\nLog:\r\n"
    );
    // Between 4 and 12 KB, 8 KB in the mean.
    let bytes = MAIL_BYTES / 2 + (number * 7_919) % MAIL_BYTES;
    while text.len() < bytes {
        let _infallible = writeln!(
            text,
            "worker {} row {} took {} units\r",
            text.len() % 13,
            text.len(),
            number % 97
        );
    }
    text
}

/// A home whose relay is the sink, with the caps lifted.
fn home(servers: &Servers, mailbox: &str, sink: &Sink) -> Home {
    let lifted = "letters_per_ticket = 1000000\nletters_per_address = 1000000\nletters_per_domain = 1000000\nletters_per_brand = 1000000\nletters_in_all = 1000000\n";
    let home = Home::new(
        servers,
        &support::daemon::Setup {
            mailboxes: &[mailbox],
            limits: lifted,
            ..support::daemon::Setup::default()
        },
    );
    let config = std::fs::read_to_string(home.config()).expect("the configuration");
    let (before, _relay) = config.split_once("[relay.default]").expect("a relay");
    let (_, limits) = config.split_once("[limits]").expect("limits");
    let text = format!(
        "{before}[relay.default]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n\n[limits]{limits}",
        sink.port
    );
    std::fs::write(home.config(), text).expect("the configuration is written");
    home
}

/// Processor time that a process has taken, user and system.
fn cpu(process: u32) -> Duration {
    /// The kernel tells it in hundredths of a second.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: u32 = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u32>().ok())
        .sum();
    TICK * ticks
}

fn peak_mb(process: u32) -> f64 {
    let status = std::fs::read_to_string(PathBuf::from(format!("/proc/{process}/status")))
        .unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| {
            rest.trim()
                .trim_end_matches(" kB")
                .trim()
                .parse::<f64>()
                .ok()
        });
    peak.unwrap_or_default() / 1024.0
}

/// Milliseconds from the bare IDLE client's having the body to the acknowledgement's acceptance, and what Dovecot took.
struct Singles {
    ours_ms: Vec<f64>,
    dovecot_ms: Vec<f64>,
}

fn singles(servers: &Servers, count: usize) -> Singles {
    eprintln!("{count} single mails under IDLE ...");
    let address = &format!("single{}@everythingcloud.com", fastrand::u32(..));
    let sink = Sink::start();
    let home = home(servers, address, &sink);
    let daemon = home.start();
    let mut bare = Bare::idle(servers, address);
    let (mut ours_ms, mut dovecot_ms) = (Vec::new(), Vec::new());
    for number in 0..count {
        let text = mail(number, fastrand::u32(..));
        let sent = Instant::now();
        post::send(
            servers.port("SMTP_PORT"),
            "partner@northwind.example",
            &[address],
            text.as_bytes(),
        )
        .expect("Postfix takes the mail");
        let in_hand = bare.next_body();
        let accepted = sink.wait_for_partners(number + 1);
        let ours = accepted.saturating_duration_since(in_hand).as_secs_f64() * 1000.0;
        ours_ms.push(ours);
        dovecot_ms.push(in_hand.saturating_duration_since(sent).as_secs_f64() * 1000.0);
        // Dovecot tells of new mail half a second after a first change: our own keyword on the mail before must not
        // start that clock for the bare client.
        std::thread::sleep(SETTLED_AFTER);
    }
    daemon.stop();
    ours_ms.sort_by(f64::total_cmp);
    dovecot_ms.sort_by(f64::total_cmp);
    Singles {
        ours_ms,
        dovecot_ms,
    }
}

fn quantile(sorted: &[f64], part: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * part).round() as usize)
        .copied()
        .unwrap_or_default()
}

fn report(runs: &[Run], singles: &Singles, as_json: bool) {
    println!(
        "{:>7} {:>14} {:>14} {:>7} {:>12} {:>9}",
        "MAILS", "RAW TLS /s", "TRIAGED /s", "RATIO", "CPU us/MAIL", "PEAK MB"
    );
    for run in runs {
        println!(
            "{:>7} {:>14.0} {:>14.0} {:>7.2} {:>12.0} {:>9.0}",
            run.mails,
            run.raw_per_s(),
            run.drain_per_s(),
            run.drain_per_s() / run.raw_per_s(),
            run.cpu.as_secs_f64() * 1e6 / run.mails as f64,
            run.peak_mb
        );
    }
    let (p50, p99) = (
        quantile(&singles.ours_ms, 0.5),
        quantile(&singles.ours_ms, 0.99),
    );
    println!(
        "single mails: accepted {p50:.1} ms (p50), {p99:.1} ms (p99) after a bare IDLE client has the body"
    );
    println!(
        "              which itself has it {:.0} ms (p50) after Postfix took the mail: Dovecot holds notices back",
        quantile(&singles.dovecot_ms, 0.5)
    );
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        return;
    };
    let growth = (last.drain.as_secs_f64() / last.mails as f64)
        / (first.drain.as_secs_f64() / first.mails as f64);
    println!(
        "cost of a mail at {} over that at {}: {growth:.2}",
        last.mails, first.mails
    );
    if as_json {
        let middle = runs.get(runs.len() / 2).unwrap_or(last);
        println!(
            "{}",
            json!({
                "raw_tls_per_s": middle.raw_per_s(),
                "drain_per_s": middle.drain_per_s(),
                "ratio": middle.drain_per_s() / middle.raw_per_s(),
                "p50_ms": p50,
                "p99_ms": p99,
                "peak_mb": runs.iter().map(|run| run.peak_mb).fold(0.0, f64::max),
                "cost_growth": growth,
            })
        );
    }
}
