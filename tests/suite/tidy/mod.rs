//! The rules of the house, as tests: who may import whom, one door for each foreign crate, sizes.
//!
//! Only what ships is judged by the borders; tests may read files and clocks. [`source`] tells the two apart.

mod source;

use regex::Regex;
pub(crate) use source::{Source, sources};

/// The shelves of `triage`, top to bottom; each sees only those above it.
const SHELVES: [&str; 9] = [
    "mail", "report", "promise", "incident", "ticket", "tally", "letter", "rules", "decide",
];

/// The five parts of `daemon` that meet only at the desk.
const PEERS: [&str; 5] = ["inbox", "outbox", "alarm", "control", "health"];

#[test]
fn triage_does_no_io_and_reads_no_clock() {
    let forbidden = "tokio|sled|async_imap|lettre::transport|std::(fs|env|net|process|thread|io)|(Timestamp|Zoned|SystemTime|Instant)::now|async|await";
    let forbidden = word(forbidden);
    for file in sources("src/triage") {
        let found = forbidden.find(&file.code).map(|found| found.as_str());
        assert_eq!(found, None, "{} is pure: values in, values out", file.path);
    }
}

#[test]
fn each_shelf_of_triage_sees_only_those_above() {
    // A ticket's history tells which letter went out and what for: two names of the letters' shelf, none of its work.
    // An incident names its tickets, as a ticket names its incident.
    let exceptions = [
        ("incident", "triage::ticket::TicketId"),
        ("ticket", "triage::letter::LetterId"),
        ("ticket", "triage::letter::Purpose"),
    ];
    let level = |path: &[String]| {
        let shelf = path.get(1)?;
        let level = SHELVES.iter().position(|known| known == shelf);
        Some(level.unwrap_or_else(|| {
            panic!("`triage::{shelf}` is no shelf; a new one needs its place in the order")
        }))
    };
    for file in sources("src/triage") {
        // The front page names them all.
        let Some(own) = level(&file.module) else {
            continue;
        };
        for path in file.paths().iter().filter(|path| path[0] == "triage") {
            let above = level(path).is_none_or(|other| other <= own);
            let whole = path.join("::");
            let excepted = exceptions.contains(&(&file.module[1], &whole));
            assert!(
                above || excepted,
                "{} sees {whole}, a shelf below its own",
                file.path
            );
        }
    }
}

#[test]
fn modules_import_only_what_they_may() {
    // (who, whom of ours it may see); `admin` looks at everything, and nothing but `main` looks at it.
    let table = [
        ("finding", &["finding"][..]),
        ("config", &["config", "finding"]),
        ("triage", &["triage", "finding"]),
        ("daemon", &["daemon", "config", "triage", "finding"]),
    ];
    for file in sources("src") {
        let Some((_, allowed)) = table
            .iter()
            .find(|(who, _)| file.module.first().is_some_and(|first| first == who))
        else {
            continue;
        };
        for path in file.paths() {
            let allowed = path[0] == "self" || allowed.contains(&path[0].as_str());
            assert!(allowed, "{} sees {}", file.path, path.join("::"));
        }
    }
}

#[test]
fn the_parts_of_the_daemon_meet_only_at_the_desk() {
    // (who, whom): what the socket answers is made of what the two tell about themselves, and of nothing else of theirs.
    let exceptions = [
        ("daemon::control::answers", "daemon::inbox"),
        ("daemon::control::answers", "daemon::inbox::MailboxStatus"),
        ("daemon::control::answers", "daemon::inbox::status"),
        ("daemon::control::answers", "daemon::outbox"),
        ("daemon::control::answers", "daemon::outbox::RelayStatus"),
        ("daemon::control::answers", "daemon::outbox::status"),
        ("daemon::control::needs", "daemon::inbox::MailboxStatus"),
        ("daemon::control::needs", "daemon::inbox::State"),
        ("daemon::control::needs", "daemon::outbox::RelayStatus"),
    ];
    for file in sources("src/daemon") {
        let Some(own) = file.module.get(1) else {
            continue;
        };
        let (module, is_peer) = (file.module.join("::"), PEERS.contains(&own.as_str()));
        for path in file.paths().iter().filter(|path| path[0] == "daemon") {
            let Some(other) = path.get(1) else { continue };
            let whole = path.join("::");
            let peer = is_peer && other != own && PEERS.contains(&other.as_str());
            assert!(
                !peer || exceptions.contains(&(&module, &whole)),
                "{} sees {whole}; the desk is where they meet",
                file.path
            );
            let upward = own == "store" && other == "desk"
                || matches!(own.as_str(), "store" | "desk") && PEERS.contains(&other.as_str());
            assert!(!upward, "{} sees {whole}, which stands above it", file.path);
        }
    }
}

#[test]
fn each_foreign_crate_has_one_door() {
    let table = [
        ("async_imap", &["src/daemon/inbox/session.rs"][..]),
        // The types of a server's answers, which several files of the inbox read.
        ("imap_proto", &["src/daemon/inbox/"]),
        // One builds the mail, the other sends it.
        (
            "lettre",
            &["src/triage/letter/compose.rs", "src/daemon/outbox/relay.rs"],
        ),
        ("sled", &["src/daemon/store/"]),
        (
            "mail_parser",
            &["src/triage/mail/read.rs", "src/triage/mail/html.rs"],
        ),
        ("minijinja", &["src/triage/letter/template/"]),
        ("annotate_snippets", &["src/finding/draw.rs"]),
    ];
    for (name, doors) in table {
        // A path, not a mere word: the log filter says `async_imap=warn`.
        let named = Regex::new(&format!(r"\b{name}::|\buse {name}\b")).unwrap();
        for file in sources("src")
            .iter()
            .filter(|file| named.is_match(&file.code))
        {
            let is_door = doors.iter().any(|door| file.path.starts_with(door));
            assert!(
                is_door,
                "{} names {name}, whose door is {}",
                file.path,
                doors.join(" and ")
            );
        }
    }
}

#[test]
fn only_the_clock_reads_the_clock() {
    let exceptions = [
        "src/daemon/clock.rs",
        // `triaged check` without `--at` means the administrator's own today.
        "src/admin/check.rs",
    ];
    // `Instant` only measures pauses.
    let reads = word("(Timestamp|Zoned|SystemTime)::now");
    for file in sources("src") {
        assert!(
            !reads.is_match(&file.code) || exceptions.contains(&file.path.as_str()),
            "{} reads the clock",
            file.path
        );
    }
}

#[test]
fn every_file_says_what_it_is() {
    for file in everything() {
        assert!(
            file.text.starts_with("//! "),
            "{} does not begin with its `//!` line",
            file.path
        );
    }
}

#[test]
fn nothing_is_left_for_later() {
    let later = Regex::new(r"\b(todo!|unimplemented!|TODO\b|FIXME\b)").unwrap();
    for file in ["src", "benches"].into_iter().flat_map(sources) {
        let found = later.find(&file.text).map(|found| found.as_str());
        assert_eq!(found, None, "{} is not finished", file.path);
    }
}

#[test]
fn files_and_functions_stay_readable() {
    // The most that is still read in one go. What comes near is better split: aim at 400, 250 and 60.
    const FILE_LINES_MAX: usize = 600;
    const FRONT_PAGE_LINES_MAX: usize = 400;
    const FUNCTION_LINES_MAX: usize = 100;

    for file in everything() {
        let front_page = file.path.starts_with("src/") && file.path.ends_with("/mod.rs");
        let (lines, max) = (
            file.text.lines().count(),
            if front_page {
                FRONT_PAGE_LINES_MAX
            } else {
                FILE_LINES_MAX
            },
        );
        assert!(
            lines <= max,
            "{} has {lines} lines, more than {max}",
            file.path
        );
        for (name, lines) in file.functions() {
            assert!(
                lines <= FUNCTION_LINES_MAX,
                "`{name}` in {} has {lines} lines",
                file.path
            );
        }
    }
}

/// Every Rust file of ours.
fn everything() -> Vec<Source> {
    ["src", "tests", "deploy", "benches"]
        .into_iter()
        .flat_map(sources)
        .collect()
}

fn word(pattern: &str) -> Regex {
    Regex::new(&format!(r"\b({pattern})\b")).unwrap()
}
