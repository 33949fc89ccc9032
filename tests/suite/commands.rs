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

#[test]
fn a_configuration_of_another_encoding_is_a_mistake_of_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("triaged.toml"), b"# M\xfcller\n").expect("a file");
    let (code, told) = said(folder.path(), "status");
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("is not UTF-8"), "{told}");
}
