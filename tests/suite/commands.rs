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
    check("ticket urgency EC-1 hihg", 2, "did you mean \"High\"?");
    check(
        "ticket urgency EC-1 loud",
        2,
        "known: Low, Medium, High, Critical",
    );
    check("ticket note EC-1", 2, "<TEXT>...");
    check("ticket assign EC-1 anna", 3, "no daemon listens at");
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

const CALENDARS: &str = r#"
    [calendar.office]
    zone = "Europe/Berlin"
    hours = { mon = ["09:00-12:00", "13:00-17:00"], tue = "09:00-24:00", fri = "09:00-17:00" }
    closed = [2026-04-03, "2026-04-06"]
    special = { 2026-04-07 = [], "2026-12-24" = ["09:00-10:00", "11:00-12:00"] }
    [calendar.nobody]
    zone = "UTC"
    [calendar.nowhere]
    zone = "Nowhere/Here"
    hours = { mon = "09:00-17:00" }
"#;

/// One line a question: calendar | start | budget | pauses => exit code, what is printed, what is told on stderr.
const QUESTIONS: &str = "
    office | 2026-03-27T16:50:00+01:00 | 30 business minutes |                         => 0, 2026-03-30T07:20:00Z,
    office | 2026-03-27T15:50:00.9Z    | 30 business minutes |                         => 0, 2026-03-30T07:20:00Z,
    office | 2026-03-27T15:50:00Z      | 1800 business second |                        => 0, 2026-03-30T07:20:00Z,
    office | 2026-03-27T15:50:00Z      | 1 business seconds |                          => 0, 2026-03-27T15:50:01Z,
    office | 2026-03-27T15:50:00Z      | 2 hours |                                     => 0, 2026-03-27T17:50:00Z,
    office | 2026-04-03T08:00:00Z      | 1 business hour |                             => 0, 2026-04-10T08:00:00Z,
    office | 2026-12-24T08:30:00Z      | 1 business hour |                             => 0, 2026-12-24T10:30:00Z,
    nobody | 2026-03-27T15:50:00Z      | 1 business second |                           => 0, never,
    nobody | 2026-03-27T15:50:00Z      | 1 second |                                    => 0, 2026-03-27T15:50:01Z,
    office | 2026-03-27T15:50:00Z | 30 business minutes | 2026-03-27T15:55:00Z/2026-03-30T10:30:00+02:00 => 0, 2026-03-30T08:55:00Z,
    office | 2026-03-27T15:50:00Z | 30 business minutes | 2026-03-27T15:55:00Z/ 2026-03-27T15:52:00Z/2026-03-27T15:53:00Z => 0, never,
    office | 2026-03-27T15:50:00Z | 30 business minutes | 2026-03-27T15:55:00Z         => 2, , FROM/TO
    office | 2026-03-27T15:50:00Z | 30 business minutes | 2026-03-27T15:55:00Z/2026-03-27T15:54:00Z => 2, , ends before it begins
    office | 2026-03-27T16:50:00       | 1 hour |                                      => 2, , it has no zone
    office | 2026-03-27T15:50:00Z      | 2 business days |                             => 2, , 16 business hours
    office | 2026-03-27T15:50:00Z      | 30 |                                          => 2, , no unit
    ofice  | 2026-03-27T15:50:00Z      | 1 hour |                                      => 1, , did you mean \"office\"?
    nowhere| 2026-03-27T15:50:00Z      | 1 hour |                                      => 1, , there is no time zone \"Nowhere/Here\"
";

#[test]
fn due_answers_with_one_instant_or_never() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("calendars.toml"), CALENDARS).expect("calendars");
    for line in QUESTIONS.lines().filter(|line| line.contains("=>")) {
        let (question, answer) = line.split_once("=>").expect("an arrow");
        let question: Vec<&str> = question.split('|').map(str::trim).collect();
        let answer: Vec<&str> = answer.splitn(3, ',').map(str::trim).collect();
        let pauses = question[3].split_whitespace();
        let output = Command::new(env!("CARGO_BIN_EXE_triaged"))
            .arg("due")
            .args(&question[..3])
            .args(pauses.flat_map(|pause| ["--pause", pause]))
            .arg("--rules")
            .arg(folder.path())
            .output()
            .expect("the program starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let (printed, told) = (text(&output.stdout), text(&output.stderr));
        let code = output.status.code().expect("an exit code");
        assert_eq!(
            [&code.to_string(), &*printed],
            answer[..2],
            "{line}: {told}"
        );
        assert!(told.contains(answer[2]), "{line}: {told}");
        // What is wrong with the file is told, and stops nothing.
        let never_opens = told.contains("calendar \"nobody\" never opens");
        assert!(code == 2 || never_opens, "{line}: {told}");
    }
}

#[test]
fn the_version_of_the_time_zones_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, told) = said(folder.path(), "--version");
    assert_eq!(code, Some(0));
    assert!(told.contains("\ntime zones 20"), "{told}");
    // A budget without quotes is as good.
    let (code, told) = said(
        folder.path(),
        "due always 2026-05-04T10:00:00Z 90 business seconds",
    );
    assert_eq!((code, told.trim()), (Some(0), "2026-05-04T10:01:30Z"));
}

#[test]
fn a_configuration_of_another_encoding_is_a_mistake_of_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("triaged.toml"), b"# M\xfcller\n").expect("a file");
    let (code, told) = said(folder.path(), "status");
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("is not UTF-8"), "{told}");
}
