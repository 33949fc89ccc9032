//! Conditions that are not known, or can never hold.

use super::check_change;

#[test]
fn what_can_never_be() {
    check_change(
        "routing.toml",
        "[[choose.reply]]\notherwise = true\ntemplate  = \"ack\"",
        "",
        &["E301 [[choose.reply]]"],
    );
    check_change(
        "routing.toml",
        "when     = { level = 3 }",
        "when     = { level = 1, urgency = \"High\" }",
        &["E302 { level = 1, urgency = \"High\" }"],
    );
    check_change(
        "routing.toml",
        "when     = { level = 3 }",
        "when     = { level = [2, 3] }",
        &[
            "E302 { urgency_at_least = \"High\" }",
            "E302 [[choose.reply]]",
        ],
    );
    check_change(
        "routing.toml",
        "{ urgency_at_least = \"High\" } ]",
        "{ urgency = \"Low\" }, { urgency_at_least = \"High\" } ]",
        &["E303 when"],
    );
    check_change(
        "routing.toml",
        "when = { signal = \"sla-complaint\" }",
        "when = { all = [{ level = 3 }, { level = 2 }] }",
        &["E303 { all = [{ level = 3 }, { level = 2 }] }", "E303b 3"],
    );
    check_change(
        "routing.toml",
        "urgency = [\"High\", \"Critical\"] }",
        "topic = \"report\" }",
        &[
            "E303 { event = \"promise broken\", promise = [\"first_response\", \"solve\"], topic = \"report\" }",
        ],
    );
    check_change(
        "routing.toml",
        "event = \"promise broken\", promise",
        "promise",
        &["E303 { promise = [\"first_response\", \"solve\"], urgency = [\"High\", \"Critical\"] }"],
    );
    check_change(
        "routing.toml",
        "{ several_clients = true }",
        "{ signal = [] }",
        &["E303 []"],
    );
    check_change(
        "routing.toml",
        "when = { level = 2 }\nthen.tell",
        "when = { level = 2 }\nthen.level = 1\nthen.tell",
        &["E303b 1"],
    );
    check_change(
        "routing.toml",
        "then.level = 1",
        "then.level = 1\nthen.urgency_at_most = \"Low\"",
        &["E303b \"Low\""],
    );
    check_change(
        "routing.toml",
        "{ several_clients = true }",
        "{ any = [ { event = \"reopened\" } ] }",
        &["E303 \"reopened\""],
    );
}

#[test]
fn conditions() {
    let check_when = |when: &str, expected: &[&str]| {
        check_change(
            "routing.toml",
            "when = { signal = \"sla-complaint\" }",
            &format!("when = {when}"),
            expected,
        );
    };
    check_when("{ signl = \"outage\" }", &["E101 signl"]);
    check_when(
        "{ count = \"clients\", same = \"topic\", at_least = 3, within = \"30 minutes\" }",
        &[],
    );
    check_when(
        "{ unusual_for = \"topic\", chance_below = \"1 in 1000\", within = \"2 hours\" }",
        &[],
    );
    check_when("{ accumulated = [\"again\", \"broken promises\"] }", &[]);
    check_when(
        "{ count = \"clients\", same = \"topic\" }",
        &["E107 \"clients\""],
    );
    check_when(
        "{ count = \"cats\", same = \"topic\", at_least = 3, within = \"30 minutes\" }",
        &["E105 \"cats\""],
    );
    check_when(
        "{ count = \"clients\", same = \"topic\", at_least = 1, within = \"30 minutes\" }",
        &["E105 1"],
    );
    check_when(
        "{ count = \"clients\", same = \"topic\", at_least = 3, within = \"3 days\" }",
        &["E119 \"3 days\""],
    );
    check_when("{ unusual_for = \"topic\" }", &["E107 \"topic\""]);
    check_when(
        "{ unusual_for = \"topic\", chance_below = \"rare\" }",
        &["E102 \"rare\""],
    );
    check_when("{ accumulated = \"rage\" }", &["E105 \"rage\""]);
    check_when(
        "{ event = \"incident opened\" }",
        &["E101 \"incident opened\""],
    );
    check_when("{ event = \"reopend\" }", &["E105 \"reopend\""]);
    check_when("{ matches = \"(\" }", &["E105 \"(\""]);
    check_when("{ matches = \"ERROR [0-9]+\" }", &["W104 \"ERROR [0-9]+\""]);
    check_when("{ matches = \"(error)*\" }", &["W105 \"(error)*\""]);
    check_when("{ words = [\"*\"] }", &["E105 \"*\""]);
    check_when(
        "{ words_in = \"subject\", level = 2 }",
        &["E101 \"subject\"", "E303b 3"],
    );
    check_when("{ confidence_below = 60 }", &["E105 60"]);
    check_when(
        "{ time = \"last 3 working days of the month\", during = \"always\" }",
        &[],
    );
    check_when("{ time = \"weekend\" }", &["E105 \"weekend\""]);
    check_when("{ thread = \"first\" }", &["E105 \"first\""]);
    check_when("{ language = \"german\" }", &["E206 \"german\""]);
    check_when(
        "{ address = \"support@everythingcloud.co\" }",
        &["E105 \"support@everythingcloud.co\""],
    );
    check_when(
        "{ partner = [\"northwind\", \"unknown\"], client = \"unknown\", attachment = [\"pdf\", \".csv\"] }",
        &[],
    );
    check_when("{}", &["E107 {}"]);
    check_when(
        "{ any = [ { missing = \"step\" }, { sender = \"x\" }, { sender_domain = \"a@b\" } ] }",
        &["E105 \"step\"", "E105 \"x\"", "E105 \"a@b\""],
    );
    check_change(
        "routing.toml",
        "then.review = true",
        "then.incident = \"open\"",
        &["E105 \"open\""],
    );
    check_change("routing.toml", "then.review = true", "", &["E107 [[rule]]"]);
    check_change(
        "routing.toml",
        "",
        "[[choose.sla]]\notherwise = true",
        &["E101 sla"],
    );
}
