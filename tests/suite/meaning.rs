//! What a mail means does not hang on its dress: the mails of fixtures/meaning, in eight languages, each in many dresses.
//!
//! Each file says in `X-Means` what must be decided: client, urgency, level with the third line's reason.

mod dress;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use triaged::triage::decide::{Arrival, judgement};
use triaged::triage::mail::Mail;
use triaged::triage::report::Report;
use triaged::triage::rules::Rules;
use triaged::triage::ticket::ThirdLineReason;
use unicode_normalization::UnicodeNormalization as _;

use dress::{DRESSES, Worn};

/// What is decided about a mail, as `X-Means` writes it: letters of the client that capitals and accents change are
/// told in their plain form.
fn decided(raw: &[u8]) -> String {
    let mail = Mail::read(raw);
    let rules = Rules::shipped();
    let report = Report::of(&mail, &rules.lexicon);
    let arrival = Arrival {
        mail: &mail,
        report: &report,
        received_at: Timestamp::UNIX_EPOCH,
        mailbox: "support@everythingcloud.com",
        too_old_to_answer: false,
        first_contact: false,
        joined_by: None,
        duplicate: false,
        bounced: None,
        answers: None,
        files: &[],
        other: None,
    };
    let judgement = judgement(&arrival, rules);
    let client = report
        .client
        .as_ref()
        .map_or("-", |found| found.value.as_str());
    let reason = judgement.third_line_reason.map(ThirdLineReason::name);
    let line = [
        client,
        judgement.urgency.name(),
        &format!("{} {}", judgement.level, reason.unwrap_or_default()),
    ];
    plain(&line.join(" | "))
}

/// Small letters without accents.
fn plain(text: &str) -> String {
    let letters = text
        .nfd()
        .filter(|letter| !('\u{300}'..='\u{36f}').contains(letter));
    letters
        .collect::<String>()
        .to_lowercase()
        .replace("ss", "ß")
        .replace('ß', "ss")
        .trim()
        .nfc()
        .collect()
}

/// The mails with their names, and what they mean.
fn mails() -> Vec<(String, Worn, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/meaning");
    let files = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mails = files.iter().map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let (header, body) = text.split_once("\n\n").unwrap();
        let field = |name: &str| {
            let mut lines = header.lines();
            let value = lines.find_map(|line| line.strip_prefix(name));
            value.unwrap().to_owned()
        };
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let means = plain(&field("X-Means: "));
        (name, Worn::new(field("Subject: "), body), means)
    });
    mails.collect()
}

#[test]
fn every_mail_means_what_its_writer_meant() {
    let mails = mails();
    let wrong: Vec<String> = mails
        .iter()
        .filter_map(|(name, worn, means)| {
            let decided = decided(&worn.mail());
            (decided != *means).then(|| format!("{name}: {decided}, but means {means}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for language in ["de", "en", "es", "fr", "it", "ja", "nl", "pt"] {
        assert!(mails.iter().any(|(name, ..)| name.starts_with(language)));
    }
}

#[test]
fn no_dress_changes_what_a_mail_means() {
    let mut wrong = Vec::new();
    for (name, bare, means) in mails() {
        for (dress, put_on) in DRESSES {
            let mut worn = bare.clone();
            put_on(&mut worn);
            let decided = decided(&worn.mail());
            if decided != means {
                wrong.push(format!("{name} in {dress}: {decided}, but means {means}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Several dresses one over the other.
    #[test]
    fn no_dresses_change_what_a_mail_means(which in any::<prop::sample::Index>(), on in prop::collection::btree_set(0..DRESSES.len(), 2..5)) {
        let mails = mails();
        let (name, worn, means) = which.get(&mails);
        let (mut worn, mut names) = (worn.clone(), Vec::new());
        for (dress, put_on) in on.iter().map(|at| DRESSES[*at]) {
            put_on(&mut worn);
            names.push(dress);
        }
        prop_assert_eq!(&decided(&worn.mail()), means, "{} in {:?}", name, names);
    }
}
