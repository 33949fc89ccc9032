//! What is wrong with words, and whose words count.

use super::{AT, check_change};
use crate::triage::mail::Mail;
use crate::triage::report::Report;
use crate::triage::rules::check::{Files, check};
use crate::triage::rules::{Rules, shipped};

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

#[test]
fn the_tables_that_the_reading_goes_by() {
    let new = |text: &str, expected: &[&str]| {
        check_change("lexicon/own.toml", "", text, expected);
    };
    new("[grammar.negation]\nen = [\"hardly\"]", &[]);
    new("[grammar.negtion]\nen = [\"hardly\"]", &["E105 negtion"]);
    new("[gramar.negation]\nen = [\"hardly\"]", &["E101 gramar"]);
    new("[number.13]\nen = [\"thirteen\"]", &[]);
    new("[number.some]\nen = [\"some\"]", &["E105 some"]);
    new(
        "[people.noun]\nenglish = [\"x\"]\nde = \"y\"",
        &["E206 english", "E102 \"y\""],
    );
    new(
        "[people.noun]\nen = [\"\", \"*\", \"*ers\", \"pack*ers\"]",
        &["E105 \"\"", "E105 \"*\"", "E105 \"pack*ers\""],
    );
    new(
        "[names.link]\nnl = [\"van der\", \"v*\"]",
        &["E105 \"van der\""],
    );
    new("[names.cue]\nen = [\"client*\"]", &["E105 \"client*\""]);
    new(
        "[words.late]\nde = [\"*\", \"spät *\"]",
        &["E105 \"*\"", "E105 \"spät *\""],
    );
    new("[label.client]\nen = [\"client*\"]", &["E105 \"client*\""]);
    new(
        "[grammar.past]\nown_language_only = [\"was\"]\nen = [\"were\"]",
        &["E207 \"was\""],
    );
    new(
        "[names.link]\nown_language_only = [\"per\"]\nit = [\"per\"]",
        &["E105 \"per\""],
    );
    new(
        "[label.client]\nown_language_only = [\"was\"]",
        &["E206 own_language_only"],
    );
    check_change(
        "routing.toml",
        "",
        "[grammar.negation]\nen = [\"hardly\"]",
        &["E101 grammar"],
    );
}

/// What a folder says of the tables is added to the shipped ones; a file of the same name stands instead.
#[test]
fn own_words_are_added_to_those_that_ship() {
    let folder = |change: &dyn Fn(&mut Files)| {
        let mut files = shipped::files();
        change(&mut files);
        check(&files, AT).0.unwrap()
    };
    let affected = |rules: &Rules, text: &str| {
        let mail = Mail::read(format!("Subject: x\n\n{text}\n").as_bytes());
        let report = Report::of(&mail, &rules.lexicon);
        report.affected_users.map(|found| found.value)
    };
    let own = "[people.noun]\nen = [\"yeomanry\"]\n[number.13]\nen = [\"thirteen\"]";
    let said = "It hits thirteen yeomanry.";
    let usual = "It hits 9 nurses.";

    let as_shipped = folder(&|_| ());
    assert_eq!(affected(&as_shipped, said), None);
    let added = folder(&|files| drop(files.insert("lexicon/own.toml".to_owned(), own.to_owned())));
    assert_eq!(affected(&added, said).as_deref(), Some("thirteen yeomanry"));
    assert_eq!(affected(&added, usual).as_deref(), Some("9 nurses"));
    let instead =
        folder(&|files| drop(files.insert("lexicon/people.toml".to_owned(), own.to_owned())));
    assert_eq!(
        affected(&instead, said).as_deref(),
        Some("thirteen yeomanry")
    );
    assert_eq!(affected(&instead, usual), None);
    let without = folder(&|files| files.retain(|path, _| !path.starts_with("lexicon/p")));
    assert_eq!(affected(&without, usual).as_deref(), Some("9 nurses"));
}
