//! `unknown_sender = "hold"`: a stranger's mail is a ticket at once, and the answer waits for a person's word.

use crate::support::daemon::Setup;
use crate::support::stage::{SUPPORT, Stage, TEAM};
use crate::support::until;

const RUTH: &str = "ruth@stranger.example";
const EMIL: &str = "emil@stranger.example";

#[test]
fn a_stranger_is_answered_when_a_person_says_so() {
    let mut stage = Stage::closed(&Setup::default());
    hold(&stage);
    stage.start();
    let released = held_for(&stage, RUTH);
    let dropped = held_for(&stage, EMIL);
    assert_eq!(
        order(&stage, &["status"]),
        Some(1),
        "a monitor must see that something waits for a person"
    );
    let notices = stage.wait_for(TEAM, 2);
    let command = format!("triaged outbox retry {released}");
    assert!(
        notices.iter().any(|notice| notice.text.contains(&command)),
        "support must read how the letter is released: {notices:#?}"
    );

    stage.stop();
    stage.start();
    stage.wait_for(RUTH, 0);
    assert_eq!(order(&stage, &["outbox", "retry", &released]), Some(0));
    assert_eq!(order(&stage, &["outbox", "drop", &dropped]), Some(0));
    let letter = &stage.wait_for(RUTH, 1)[0];
    assert!(letter.answers(&id(RUTH)), "{letter:#?}");
    stage.settle();
    stage.wait_for(RUTH, 1);
    stage.wait_for(EMIL, 0);
    for gone in [&released, &dropped] {
        assert_eq!(order(&stage, &["outbox", "retry", gone]), Some(1));
    }
}

/// The shipped rules answer strangers; this admin wants to look first.
fn hold(stage: &Stage) {
    let file = stage.home.folder.join("rules/company.toml");
    let rules = std::fs::read_to_string(&file).expect("company.toml");
    let answer = "unknown_sender = \"answer\"";
    assert!(rules.contains(answer), "{rules}");
    std::fs::write(&file, rules.replace(answer, "unknown_sender = \"hold\"")).expect("a change");
}

/// A stranger writes; the number of the letter that is held for him.
fn held_for(stage: &Stage, stranger: &str) -> String {
    stage.send(
        stranger,
        &[SUPPORT],
        &id(stranger),
        "Subject: Export\n\nHello, the export stops with an error since Monday.\n",
    );
    let row = until("the answer is held", || {
        let rows = stage.outbox();
        rows.into_iter()
            .find(|row| row["to"] == stranger && row["next"] == "held")
    });
    row["letter"]
        .as_u64()
        .map_or_else(String::new, |number| number.to_string())
}

fn id(stranger: &str) -> String {
    format!("question-{stranger}")
}

fn order(stage: &Stage, words: &[&str]) -> Option<i32> {
    let output = stage.home.command(words).output();
    output.expect("the program runs").status.code()
}
