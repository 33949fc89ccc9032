//! Names given twice, names that lead nowhere, people who cannot be reached, what partners must leave alone.

use super::{AT, check_change, check_changes};

#[test]
fn names_given_twice() {
    check_change(
        "routing.toml",
        "",
        "[[rule]]\nid = \"third-line-outage\"\nsay = \"x\"\nwhen = { level = 3 }\nthen.review = true",
        &["E104 \"third-line-outage\""],
    );
    check_change(
        "partners/northwind.toml",
        "",
        "[[rule]]\nid = \"third-line-outage\"\nsay = \"x\"\nwhen = { level = 3 }\nthen.review = true",
        &["E104 \"third-line-outage\""],
    );
    check_change(
        "partners/northwind.toml",
        "",
        "[sla.gold.High]\nsolve = \"90 business hours\"",
        &["E104 gold"],
    );
    check_change(
        "contacts.toml",
        "",
        "[contact.dana]\nemail = \"x@y.example\"",
        &["E103 dana", "E103 email"],
    );
}

#[test]
fn names_that_lead_nowhere() {
    check_change(
        "contacts.toml",
        "[\"partner manager\",",
        "[\"partner manger\",",
        &["E201 \"partner manger\""],
    );
    check_change(
        "routing.toml",
        "\"executive\"",
        "\"executives\"",
        &["E201 \"executives\""],
    );
    check_change(
        "contacts.toml",
        "\"on call: support\"",
        "\"on call: suport\"",
        &["E201 \"on call: suport\""],
    );
    check_change(
        "contacts.toml",
        "instead = \"dana\"",
        "instead = \"donna\"",
        &["E201 \"donna\""],
    );
    check_change(
        "partners/northwind.toml",
        "\"us-office\"",
        "\"usoffice\"",
        &["E205 \"usoffice\""],
    );
    check_change(
        "calendars.toml",
        "\"Europe/Berlin\"",
        "\"Europe/Belrin\"",
        &["E205 \"Europe/Belrin\""],
    );
    check_change(
        "routing.toml",
        "\"missing-details\"",
        "\"missing-detail\"",
        &["E206 \"missing-detail\""],
    );
    check_change(
        "partners/brightdesk.toml",
        "[\"de\", \"en\"]",
        "[\"de\", \"english\"]",
        &["E206 \"english\""],
    );
    check_change(
        "lexicon/words.toml",
        "[\"service\", \"dead\"]",
        "[\"servise\", \"dead\"]",
        &["E207 \"servise\""],
    );
    check_change(
        "routing.toml",
        "{ signal = \"outage\" }",
        "{ signal = \"outtage\" }",
        &["E207 \"outtage\""],
    );
    check_change(
        "partners/brightdesk.toml",
        "topic = \"export\"",
        "topic = \"exports\"",
        &["E207 \"exports\""],
    );
    check_change(
        "partners/northwind.toml",
        "",
        "[[suppress]]\nrule = \"how-to-goes-bak\"\nreason = \"x\"",
        &["E208 \"how-to-goes-bak\""],
    );
    check_change(
        "partners/northwind.toml",
        "\"gold\"",
        "\"golden\"",
        &["E209 \"golden\""],
    );
    check_change(
        "addresses.toml",
        "\"brightdesk\"",
        "\"brightdesc\"",
        &["E209 \"brightdesc\"", "E105 true"],
    );
}

#[test]
fn people_who_cannot_be_reached() {
    check_change(
        "contacts.toml",
        "email = \"dana.reyes@everythingcloud.com\"\n",
        "",
        &["E202 dana"],
    );
    check_change(
        "contacts.toml",
        "turns  = [\"anna\", \"ben\"]",
        "turns  = []",
        &["E202 support"],
    );
    check_change(
        "contacts.toml",
        "support-team@everythingcloud.com",
        "support@everythingcloud.com",
        &["E203 \"support@everythingcloud.com\""],
    );
    check_change(
        "partners/northwind.toml",
        "\"nw-consulting.example\"",
        "\"brightdesk.example\"",
        &["E203 \"brightdesk.example\""],
    );
    check_change(
        "addresses.toml",
        "",
        "[[address]]\naddress = \"Support@everythingcloud.com\"\npartner = \"from sender\"",
        &["E203 \"Support@everythingcloud.com\""],
    );
    check_change(
        "partners/northwind.toml",
        "manager   = \"dana\"",
        "",
        &["E204 [partner]"],
    );
    check_change(
        "contacts.toml",
        "languages = [\"en\"]",
        "languages = [\"en\"]\naway = [ { from = 2026-08-01, to = 2026-08-30, instead = \"marco\" } ]",
        &["E308 \"dana\""],
    );
    check_change(
        "contacts.toml",
        ", instead = \"dana\"",
        "",
        &["W113 2026-08-03"],
    );
}

#[test]
fn what_partners_must_leave_alone() {
    check_change(
        "partners/northwind.toml",
        "",
        "[[suppress]]\nrule = \"third-line-outage\"\nreason = \"x\"",
        &["E402 \"third-line-outage\""],
    );
    check_change(
        "partners/northwind.toml",
        "",
        "[sla.own]\nlike = \"gold\"\n[sla.own.Critical]\nsolve = \"30 hours\"",
        &["E401 solve"],
    );
    check_change(
        "partners/northwind.toml",
        "",
        "[sla.own]\nlike = \"gold\"\n[sla.own.Low]\nsolve = \"90 business hours\"",
        &[],
    );
    check_changes(
        &[
            ("partners/northwind.toml", "", "[sla.own]\nlike = \"gold\""),
            (
                "partners/brightdesk.toml",
                "manager   = \"marco\"",
                "manager = \"marco\"\nsla = \"own\"",
            ),
        ],
        AT,
        &["E209 \"own\""],
    );
    let suppress = |until| {
        format!("[[suppress]]\nrule = \"how-to-goes-back\"\nreason = \"x\"\nuntil = {until}")
    };
    check_change(
        "partners/northwind.toml",
        "",
        &suppress("2026-06-10"),
        &["W120 2026-06-10"],
    );
    check_change(
        "partners/northwind.toml",
        "",
        &suppress("2026-05-10"),
        &["W120 2026-05-10"],
    );
    check_change("partners/northwind.toml", "", &suppress("2026-09-10"), &[]);
}
