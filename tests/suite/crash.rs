//! The program is killed, its files are damaged: every mail stays one ticket, every acknowledgement leaves.

mod damage;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::support::daemon::Setup;
use crate::support::post::Post;
use crate::support::stage::{ADA, CAPS_LIFTED, SUPPORT, Stage, mail};
use crate::support::until;

const MAILS: usize = 300;
const KILLS: usize = 50;

/// From the start of the program to its death: before it is ready, in the middle of its first batch, and later.
const LIFE_MILLISECONDS: std::ops::Range<u64> = 20..350;

#[test]
fn killed_fifty_times_no_mail_is_lost_and_nobody_gets_two_answers() {
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    eprintln!("SEED={seed} repeats these moments.");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut stage = Stage::closed(&Setup {
        limits: CAPS_LIFTED,
        ..Setup::default()
    });
    let port = stage.servers.port("SMTP_PORT");
    std::thread::scope(|scope| {
        let sender = scope.spawn(move || send_all(port));
        for _ in 0..KILLS {
            let daemon = stage.home.start_without_waiting();
            std::thread::sleep(Duration::from_millis(random.u64(LIFE_MILLISECONDS)));
            daemon.kill();
        }
        sender.join().expect("every mail is sent");
    });
    stage.start();
    stage.wait_for_tickets(MAILS);
    stage.settle();
    every_mail_is_one_ticket(&stage);
    every_mail_has_one_answer(&stage);
    stage.stop();
    assert!(
        stage
            .home
            .command(&["store", "verify"])
            .output()
            .expect("the program starts")
            .status
            .success()
    );
}

/// Spread over the lives of the program: a few mails, a pause, a few mails.
fn send_all(port: u16) {
    let mut post = Post::connect(port).expect("Postfix answers");
    for number in 0..MAILS {
        let rest = format!("Subject: Mail {number}\n\nReport number {number} does not open.\n");
        let mail = mail(ADA, SUPPORT, &id(number), &rest);
        post.send(ADA, &[SUPPORT], mail.as_bytes())
            .expect("Postfix takes the mail");
        std::thread::sleep(Duration::from_millis(30));
    }
}

fn id(number: usize) -> String {
    format!("mail-{number}@northwind.example")
}

fn every_mail_is_one_ticket(stage: &Stage) {
    let mut subjects: BTreeMap<String, usize> = BTreeMap::new();
    for ticket in stage.home.tickets() {
        *subjects
            .entry(ticket["subject"].as_str().expect("a subject").to_owned())
            .or_default() += 1;
    }
    let wrong: Vec<_> = (0..MAILS)
        .map(|number| format!("Mail {number}"))
        .filter(|subject| subjects.get(subject) != Some(&1))
        .collect();
    assert!(wrong.is_empty(), "not exactly one ticket: {wrong:?}");
    assert_eq!(subjects.len(), MAILS + 1, "the mails and the mark");
}

fn every_mail_has_one_answer(stage: &Stage) {
    let answered = until("every mail is answered", || {
        let mut answered: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for letter in stage.letters(ADA) {
            answered
                .entry(letter.header("In-Reply-To").to_owned())
                .or_default()
                .insert(letter.header("Message-ID").to_owned());
        }
        (answered.len() >= MAILS).then_some(answered)
    });
    for number in 0..MAILS {
        let answers = answered
            .get(&format!("<{}>", id(number)))
            .expect("an answer to each mail");
        assert_eq!(
            answers.len(),
            1,
            "mail {number} has two different answers: {answers:?}"
        );
    }
    assert_eq!(answered.len(), MAILS);
}
