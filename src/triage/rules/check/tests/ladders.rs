//! What a ladder says of repeats, acknowledgements and people, and whether there are enough of them.

use super::{check_change, check_changes};

const EVERY: &str = "repeat_last   = { every = \"30 minutes\", at_most = 6 }";
const FAILS: &str = "if_all_fails  = \"executives\"";

#[test]
fn repeats_and_acknowledgements() {
    let repeat = |to: &str, expected: &[&str]| check_change("contacts.toml", EVERY, to, expected);
    repeat("", &[]);
    repeat(
        "repeat_last = { every = \"1 business hour\", at_most = 100 }",
        &[],
    );
    repeat(
        "repeat_last = { every = \"30\", at_most = 6 }",
        &["E102 \"30\""],
    );
    repeat(
        "repeat_last = { every = \"0 minutes\", at_most = 6 }",
        &["E306 \"0 minutes\""],
    );
    repeat(
        "repeat_last = { every = \"30 minutes\", at_most = 0 }",
        &["E105 0"],
    );
    repeat(
        "repeat_last = { every = \"30 minutes\", at_most = 101 }",
        &["E105 101"],
    );
    repeat(
        "repeat_last = { every = \"30 minutes\" }",
        &["E107 { every = \"30 minutes\" }"],
    );
    repeat(
        "repeat_last = { evry = \"30 minutes\", at_most = 6 }",
        &["E107 { evry = \"30 minutes\", at_most = 6 }", "E101 evry"],
    );
    repeat("repeat_last = \"30 minutes\"", &["E102 \"30 minutes\""]);
    let holds = |to: &str, expected: &[&str]| {
        check_change("contacts.toml", "ack_holds_for = \"2 hours\"", to, expected);
    };
    holds("", &[]);
    holds("ack_holds_for = \"3 business hours\"", &[]);
    holds("ack_holds_for = \"soon\"", &["E102 \"soon\""]);
    holds("ack_holds_for = \"0 hours\"", &["E306 \"0 hours\""]);
}

#[test]
fn whom_the_last_hope_names() {
    let fails = |to: &str, expected: &[&str]| check_change("contacts.toml", FAILS, to, expected);
    fails("if_all_fails = \"partner manager\"", &[]);
    fails("if_all_fails = \"on call: support\"", &[]);
    fails("if_all_fails = \"executive\"", &["E201 \"executive\""]);
    fails("if_all_fail = \"executives\"", &["E101 if_all_fail"]);
}

#[test]
fn one_person_on_every_step() {
    let alone = [
        (
            "contacts.toml",
            "[\"partner manager\", \"escalation contact\", \"on call: support\"]",
            "[\"dana\"]",
        ),
        ("contacts.toml", "[\"tech-leads\"]", "[\"dana\"]"),
        ("contacts.toml", "[\"executives\"]", "[\"partner manager\"]"),
    ];
    let check = |more: &[(&str, &str, &str)], expected: &[&str]| {
        let changes = [&alone[..], more].concat();
        check_changes(&changes, super::AT, expected);
    };
    // The on-call list of the other ladder has turns of two people.
    check(&[], &[]);
    let by_day = ("contacts.toml", "[\"on call: support\"]", "[\"dana\"]");
    check(&[by_day], &["W114 executive"]);
    // Northwind's and nobody's manager is dana, but BrightDesk's is marco.
    let marco = ("contacts.toml", "[\"dana\"]", "[\"marco\"]");
    check(&[by_day, marco], &[]);
}
