//! What is wrong with templates and words.

use super::{AT, check_change, check_changes};

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
    check_change(
        "templates/ack.en.txt",
        "",
        "{% include \"nowhere.txt\" %}",
        &["E313 include \"nowhere.txt\""],
    );
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
