//! Commands as people type them where no daemon runs: what they say and how they end.

use std::path::Path;
use std::process::Command;

/// Runs the program in a folder that holds a mail and a configuration without a daemon; the exit code and all it says.
fn said(folder: &Path, words: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_triaged"))
        .args(words.split_whitespace())
        .current_dir(folder)
        .env("TRIAGED_CONFIG", folder.join("triaged.toml"))
        .output()
        .expect("the program starts");
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&told).into_owned(),
    )
}

#[test]
fn the_exit_code_tells_whose_turn_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/triaged.example.toml");
    let config = std::fs::read_to_string(example).expect("the example");
    let config = config
        .replace("/var/lib/triaged", "store")
        .replace("/run/triaged/", "")
        .replace("/etc/triaged/rules", "rules");
    std::fs::write(root.join("triaged.toml"), config).expect("a configuration");
    std::fs::write(root.join("mail.eml"), "From: a@b.example\n\nHello.\n").expect("a mail");
    std::fs::create_dir(root.join("wrong")).expect("a folder of rules");
    let check = |words: &str, code: i32, says: &str| {
        let (ended, told) = said(root, words);
        assert_eq!(ended, Some(code), "triaged {words}: {told}");
        assert!(told.contains(says), "triaged {words}: {told}");
    };
    check("parse mail.eml", 0, "a@b.example");
    check("explain mail.eml", 0, "VERDICT");
    check("check wrong", 1, "the folder of rules has no company.toml");
    check(
        "parse mail.eml --rules wrong",
        1,
        "`triaged check` names them",
    );
    std::fs::write(root.join("wrong.toml"), "instance = 7\n").expect("a wrong configuration");
    let wrong = "must be a text in quotes";
    check("check --config wrong.toml", 1, wrong);
    check(
        "check --config wrong.toml --format json",
        1,
        "\"code\":\"E102\"",
    );
    check("status --config wrong.toml", 1, wrong);
    check("ticket list --level 4", 2, "1..=3");
    check("outbox retry one", 2, "invalid value");
    check("parse nowhere.eml", 3, "cannot read nowhere.eml");
    check("parse mail.eml nowhere.eml", 3, "a@b.example");
    check("explain nowhere.eml", 3, "nowhere.eml cannot be read");
    check("check nowhere", 3, "cannot read nowhere");
    check("status", 3, "no daemon listens");
    check("explain EC-1", 3, "no daemon listens");
    check(
        "status --config nowhere.toml",
        3,
        "name another with --config",
    );
}

/// Runs `triaged due` on a folder with nothing but calendars.toml; exit code, stdout and stderr.
fn due(folder: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_triaged"))
        .arg("due")
        .args(words)
        .args(["--rules", "rules"])
        .current_dir(folder)
        .output()
        .expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn due_answers_with_one_instant_or_never() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).expect("a folder of rules");
    let calendars = "
        [calendar.office]
        zone = \"Europe/Berlin\"
        hours = { mon = [\"09:00-12:00\", \"13:00-17:00\"], tue = \"09:00-24:00\", fri = \"09:00-17:00\" }
        closed = [2026-04-03, \"2026-04-06\"]
        special = { 2026-04-07 = [], \"2026-12-24\" = [\"09:00-10:00\", \"11:00-12:00\"] }
        [calendar.nobody]
        zone = \"UTC\"
        [calendar.nowhere]
        zone = \"Nowhere/Here\"
        hours = { mon = \"09:00-17:00\" }";
    std::fs::write(rules.join("calendars.toml"), calendars).expect("calendars");
    let check = |words: &[&str], code: i32, printed: &str, told: &str| {
        let (ended, out, err) = due(folder.path(), words);
        assert_eq!(
            (ended, out.as_str()),
            (Some(code), printed),
            "{words:?}: {err}"
        );
        assert!(err.contains(told), "{words:?}: {err}");
        // What is wrong with the file is told, and stops nothing.
        assert!(
            code == 2 || err.contains("calendar \"nobody\" never opens"),
            "{err}"
        );
    };
    let friday = "2026-03-27T16:50:00+01:00";
    let at = "2026-03-30T07:20:00Z";
    check(&["office", friday, "30 business minutes"], 0, at, "");
    check(
        &["office", "2026-03-27T15:50:00.9Z", "30 business minutes"],
        0,
        at,
        "",
    );
    check(&["office", friday, "30", "business", "minutes"], 0, at, "");
    check(&["office", friday, "1800 business second"], 0, at, "");
    check(
        &["office", friday, "1 business seconds"],
        0,
        "2026-03-27T15:50:01Z",
        "",
    );
    check(
        &["office", friday, "2 hours"],
        0,
        "2026-03-27T17:50:00Z",
        "",
    );
    check(
        &["office", "2026-04-03T08:00:00Z", "1 business hour"],
        0,
        "2026-04-10T08:00:00Z",
        "",
    );
    check(&["nobody", friday, "1 business second"], 0, "never", "");
    check(
        &["nobody", friday, "1 second"],
        0,
        "2026-03-27T15:50:01Z",
        "",
    );
    let pause = "2026-03-27T15:55:00Z/2026-03-30T10:30:00+02:00";
    let hour = ["office", friday, "30 business minutes", "--pause"];
    let with = |pauses: &[&'static str]| [&hour[..], pauses].concat();
    check(&with(&[pause]), 0, "2026-03-30T08:55:00Z", "");
    check(
        &with(&[pause, "--pause", "2026-03-30T08:40:00Z/"]),
        0,
        "never",
        "",
    );
    check(&with(&["2026-03-27T15:55:00Z"]), 2, "", "FROM/TO");
    check(
        &with(&["2026-03-27T15:55:00Z/2026-03-27T15:54:00Z"]),
        2,
        "",
        "ends before it begins",
    );
    check(
        &["office", "2026-03-27T16:50:00", "1 hour"],
        2,
        "",
        "it has no zone",
    );
    check(
        &["office", friday, "2 business days"],
        2,
        "",
        "16 business hours",
    );
    check(&["office", friday, "30"], 2, "", "no unit");
    check(
        &["ofice", friday, "1 hour"],
        1,
        "",
        "did you mean \"office\"?",
    );
    check(
        &["nowhere", friday, "1 hour"],
        1,
        "",
        "there is no time zone \"Nowhere/Here\"",
    );
    let (code, printed) = said(folder.path(), "--version");
    assert!(
        code == Some(0) && printed.contains("\ntime zones 20"),
        "{printed}"
    );
}

#[test]
fn a_configuration_of_another_encoding_is_a_mistake_of_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("triaged.toml"), b"# M\xfcller\n").expect("a file");
    let (code, told) = said(folder.path(), "status");
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("is not UTF-8"), "{told}");
}
