//! What is wrong with templates.

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
