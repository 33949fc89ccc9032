//! One change to the shipped rules, and the finding it makes: its code and the piece that is underlined.

use jiff::civil::{Date, date};

use super::*;
use crate::finding::{Colour, draw};
use crate::triage::rules::shipped;

const AT: Date = date(2026, 6, 1);

/// Changes the first `from` in a shipped file to `to` (or adds `to` at the end, where `from` is empty) and compares the findings, each as
/// `CODE underlined piece`.
fn check_change(path: &str, from: &str, to: &str, expected: &[&str]) {
    check_changes(&[(path, from, to)], AT, expected);
}

fn check_changes(changes: &[(&str, &str, &str)], at: Date, expected: &[&str]) {
    let mut files = shipped::files();
    for (path, from, to) in changes {
        let text = files.entry((*path).to_owned()).or_default();
        *text = if from.is_empty() {
            format!("{text}\n{to}\n")
        } else {
            assert!(text.contains(from), "{path} has no {from}");
            text.replacen(from, to, 1)
        };
    }
    let (rules, findings) = check(&files, at);
    let drawn = draw(&findings, &files, Colour::Plain);
    let found: Vec<String> = findings
        .iter()
        .map(|finding| {
            let text = files.get(&finding.spot.file).map_or("", String::as_str);
            let piece = text.get(finding.spot.span.clone()).unwrap_or("");
            let piece = piece.lines().next().unwrap_or("");
            format!("{} {piece}", finding.code).trim_end().to_owned()
        })
        .collect();
    assert_eq!(found, expected, "{changes:?}\n{drawn}");
    let refused = findings
        .iter()
        .any(|finding| finding.gravity == Gravity::Error);
    assert_eq!(rules.is_none(), refused);
}

#[test]
fn shapes() {
    check_change(
        "routing.toml",
        "then.urgency_at_least = \"High\"",
        "then.urgency_atleast = \"High\"",
        &["E101 urgency_atleast"],
    );
    check_change("company.toml", "[locked] ", "[loked] ", &["E101 loked"]);
    check_change(
        "sla.toml",
        "",
        "[calendar.x]\nalways = true",
        &["E101 calendar"],
    );
    check_change(
        "company.toml",
        "level          = 2 ",
        "level          = \"2\" ",
        &["E102 \"2\""],
    );
    check_change("sla.toml", "\"15 minutes\"", "\"15\"", &["E102 \"15\""]);
    check_change(
        "sla.toml",
        "first_response = \"4 business hours\"",
        "first_response = \"1 business day\"",
        &["E102 \"1 business day\""],
    );
    check_change(
        "company.toml",
        "name              = \"EverythingCloud\"",
        "name              = ",
        &["E103"],
    );
    check_change(
        "company.toml",
        "urgency        = \"Medium\"",
        "urgency        = \"Urgent\"",
        &["E105 \"Urgent\""],
    );
    check_change(
        "company.toml",
        "level          = 2 ",
        "level          = 4 ",
        &["E105 4"],
    );
    check_change(
        "company.toml",
        "\"ops@everythingcloud.com\"",
        "\"ops at everythingcloud\"",
        &["E105 \"ops at everythingcloud\""],
    );
    check_change(
        "company.toml",
        "ticket_prefix     = \"EC\"",
        "ticket_prefix     = \"ec-\"",
        &["E105 \"ec-\""],
    );
    check_change(
        "company.toml",
        "https://help.everythingcloud.com/reports",
        "help pages",
        &["E105 \"help pages\""],
    );
    check_change(
        "lexicon/labels.toml",
        "",
        "[urgency]\nthresholds = { High = 3 }",
        &["E106 urgency"],
    );
    check_change(
        "routing.toml",
        "say  = \"Major outage reported\"\n",
        "",
        &["E107 [[rule]]"],
    );
    check_change(
        "partners/northwind.toml",
        "domains   = [\"northwind.example\", \"nw-consulting.example\"]",
        "",
        &["E107 [partner]"],
    );
    check_change("roting.toml", "", "[[rule]]", &["E108"]);
    check_change("templates/ack.txt", "", "x", &["E108"]);
}

#[test]
fn a_missing_file_is_named() {
    let (rules, findings) = check(&Files::new(), AT);
    assert!(rules.is_none());
    let missing = findings
        .iter()
        .filter(|finding| finding.code == "E108")
        .count();
    assert_eq!(missing, 6, "{findings:?}");
    // Drawing findings of files that are not there must work as well.
    assert!(draw(&findings, &Files::new(), Colour::Plain).contains("company.toml"));
}

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
        "routing.toml",
        "[\"partner manager\"]",
        "[\"partner manger\"]",
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
fn promises_and_hours() {
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = \"22:00-06:00\"",
        &["E304 \"22:00-06:00\""],
    );
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = [\"09:00-12:00\", \"11:00-17:00\"]",
        &["E304 \"11:00-17:00\""],
    );
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = \"00:00-23:59\"",
        &["W111 \"00:00-23:59\""],
    );
    check_change(
        "calendars.toml",
        "mon = \"09:00-17:00\"",
        "mon = \"9 to 5\"",
        &["E102 \"9 to 5\""],
    );
    check_change(
        "calendars.toml",
        "always = true",
        "zone = \"UTC\"",
        &["E305 always"],
    );
    check_change(
        "contacts.toml",
        "after = \"15 minutes\"",
        "after = \"45 minutes\"",
        &["E306 \"30 minutes\""],
    );
    check_change(
        "sla.toml",
        "first_response = \"1 hour\"",
        "first_response = \"10 minutes\"",
        &["E307 \"15 minutes\""],
    );
    check_change(
        "sla.toml",
        "first_response = \"2 business hours\"",
        "first_response = \"9 business hours\"",
        &["W124 \"9 business hours\""],
    );
    check_change(
        "sla.toml",
        "like = \"standard\"",
        "like = \"gold\"",
        &["E303 \"gold\""],
    );
    check_changes(
        &[(
            "calendars.toml",
            "covers_until = 2027-06-30",
            "covers_until = 2026-07-15",
        )],
        AT,
        &["W112 2026-07-15"],
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
        &["E101 count", "E101 same", "E102 3", "E101 within"],
    );
    check_when(
        "{ unusual_for = \"topic\", chance_below = \"1 in 1000\" }",
        &["E101 unusual_for"],
    );
    check_when(
        "{ event = \"promise at 75%\" }",
        &["E101 \"promise at 75%\""],
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
        "then.incident = \"open or join\"",
        &["E101 incident"],
    );
    check_change("routing.toml", "then.review = true", "", &["E107 [[rule]]"]);
    check_change(
        "routing.toml",
        "",
        "[[choose.sla]]\notherwise = true",
        &["E101 sla"],
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

#[test]
fn letters() {
    check_change(
        "templates/ack.en.txt",
        "{{ ticket.id }}",
        "{{ ticket.number }}",
        &["E309 ticket.number"],
    );
    check_change(
        "templates/ack.en.txt",
        "{{ ticket.client or \"not stated\" }}",
        "{{ ticket.client }}",
        &["E310 ticket.client"],
    );
    check_change("templates/ack.en.txt", "{% endif %}", "", &["E313 }}"]);
    check_change("templates/ack.en.txt", "Subject: ", "Betreff: ", &["E312"]);
    check_change("templates/ack.fr.html", "", "x", &["E312"]);
    check_change(
        "templates/brightdesk/level1-handback.de.txt",
        "BrightDesk",
        "EverythingCloud",
        &["E311 EverythingCloud"],
    );
    check_change(
        "templates/brightdesc/ack.de.txt",
        "",
        "Subject: x",
        &["E206"],
    );
    check_change(
        "partners/brightdesk.toml",
        "signature         = \"BrightDesk Support\"",
        "signature = \"Everything-Cloud Support\"",
        &["E311 \"Everything-Cloud Support\""],
    );
    check_change(
        "partners/brightdesk.toml",
        "https://help.brightdesk.example/",
        "https://help.everythingcloud.com/",
        &["E311 \"https://help.everythingcloud.com/\""],
    );
    // The company's own text may name the vendor, but then the brand needs one of its own.
    check_change(
        "templates/ack.de.txt",
        "vielen Dank",
        "EverythingCloud dankt",
        &["W116 \"ack\""],
    );
    check_changes(
        &[
            (
                "templates/ack.de.txt",
                "vielen Dank",
                "EverythingCloud dankt",
            ),
            (
                "templates/ack.en.txt",
                "thank you",
                "EverythingCloud thanks you",
            ),
        ],
        AT,
        &["E206 \"ack\""],
    );
}

#[test]
fn the_lexicon() {
    check_change(
        "lexicon/words.toml",
        "",
        "[[signal]]\nid = \"odd\"\nsay = \"odd\"\nscore = 0\nany_of = [[\"quit\"]]",
        &["E105 0"],
    );
    check_change(
        "lexicon/words.toml",
        "",
        "[words.odd]\nen = [\"x\"]\n[[signal]]\nid = \"odd\"\nsay = \"odd\"\nscore = 1\nany_of = [[\"odd\"]]",
        &["W107 \"odd\""],
    );
    check_change(
        "lexicon/words.toml",
        "",
        "[words.odd]\nenglish = [\"x\"]\nde = \"y\"\nfr = [1, \"\"]",
        &["E206 english", "E102 \"y\"", "E102 1", "E105 \"\""],
    );
    check_change(
        "lexicon/words.toml",
        "",
        "[[urgency.points]]\nsignal = \"outage\"\nwords = [\"x\"]\npoints = 1",
        &["E107 [[urgency.points]]"],
    );
    check_change(
        "lexicon/labels.toml",
        "",
        "[urgency_name.Hgih]\nen = [\"x\"]",
        &["E105 Hgih"],
    );
}
