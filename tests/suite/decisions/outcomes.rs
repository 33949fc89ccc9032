//! What became of letters, what people order, what goes wrong with our own work.

use triaged::triage::decide::{Order, Trouble};
use triaged::triage::letter::{LetterId, Outcome};
use triaged::triage::mail::Mail;

use super::EXPORT_FAILS;
use super::desk::Desk;

#[test]
fn letters_that_do_not_go_out_are_noted_and_told() {
    let refused = || Outcome::Refused {
        why: "550 5.1.1 no such user".to_owned(),
    };
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.settled(1, refused()).is("
        note: The acknowledgement to jane@northwind.example was refused: 550 5.1.1 no such user.
        review true
        letter 3: notice to support-team@everythingcloud.com
        letter 4: notice to dana.reyes@everythingcloud.com
        because letter 1 was refused: 550 5.1.1 no such user
    ");
    desk.settled(2, refused()).is("
        note: The notice to support-team@everythingcloud.com was refused: 550 5.1.1 no such user.
        letter 5: alarm to ops@everythingcloud.com
        letter 6: notice to dana.reyes@everythingcloud.com
    ");
    desk.settled(5, refused()).is("
        note: The alarm to ops@everythingcloud.com was refused: 550 5.1.1 no such user.
    ");
    let why = "10 letters about one ticket in 10 minutes".to_owned();
    desk.settled(1, Outcome::Withheld { why }).is("
        note: The acknowledgement to jane@northwind.example is withheld: 10 letters about one ticket in 10 minutes.
        review true
        letter 7: alarm to ops@everythingcloud.com
    ");
    let later = Outcome::Later {
        next_try: desk.now,
        why: "450 4.7.1 greylisted".to_owned(),
        ambiguous: false,
    };
    desk.settled(1, later)
        .is("because letter 1 is tried again at");
}

#[test]
fn notices_that_the_caps_fold_come_as_one_digest() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    let folded = Outcome::Folded {
        why: "30 letters to one address in 10 minutes".to_owned(),
        digest_at: desk.now,
    };
    let told = desk.settled(2, folded);
    assert!(
        told.lines[0].contains("waits for a digest"),
        "{:?}",
        told.lines
    );
    desk.digest("support-team@everythingcloud.com", &[2]).is("
        letter 3: digest to support-team@everythingcloud.com
    ");
    let digest = Mail::read(desk.letter(3).mime.as_bytes());
    assert!(digest.text.contains("EC-1"), "{}", digest.text);
    desk.digest("support-team@everythingcloud.com", &[])
        .is("because nothing to do: no letter");
}

#[test]
fn a_digest_that_does_not_arrive_is_told_with_the_notices_in_it() {
    let ends = [
        Outcome::Refused {
            why: "550 5.1.1 no such user".to_owned(),
        },
        Outcome::Withheld {
            why: "support-team@everythingcloud.com is an address of our own".to_owned(),
        },
    ];
    for end in ends {
        let mut desk = Desk::open();
        desk.mail(EXPORT_FAILS);
        desk.digest("support-team@everythingcloud.com", &[2]);
        let told = desk.settled(3, end);
        told.is("letter 4: alarm to ops@everythingcloud.com");
        let text = Mail::read(told.letters[0].mime.as_bytes()).text;
        let notice = desk.letter(2).subject.clone();
        assert!(text.contains(&notice), "{notice}: {text}");
    }
}

#[test]
fn a_digest_names_every_notice_however_many() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.digest("support-team@everythingcloud.com", &[2; 200]);
    let text = Mail::read(desk.letter(3).mime.as_bytes()).text;
    assert_eq!(text.matches(&desk.letter(2).subject).count(), 200);
}

#[test]
fn trouble_is_told_to_the_operators_with_what_to_do() {
    let mut desk = Desk::open();
    let told = desk.trouble(&Trouble::MailboxLockedOut {
        mailbox: "support@everythingcloud.com".to_owned(),
        why: "NO [AUTHENTICATIONFAILED] Authentication failed.".to_owned(),
    });
    told.is("
        letter 1: alarm to ops@everythingcloud.com
        because the operators are told
    ");
    let text = Mail::read(told.letters[0].mime.as_bytes()).text;
    for words in [
        "AUTHENTICATIONFAILED",
        "triaged mailbox resume support@everythingcloud.com",
        "desk-1",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let told = desk.trouble(&Trouble::LettersLate {
        relay: "north".to_owned(),
        since: "2026-03-27T08:00:00Z".parse().unwrap(),
        why: "connection refused".to_owned(),
    });
    let text = Mail::read(told.letters[0].mime.as_bytes()).text;
    for words in [
        "relay north since 2026-03-27T08:00:00Z",
        "connection refused",
        "triaged mailbox probe",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    desk.trouble(&Trouble::RulesRefused {
        findings: "E206 there is no template `ackk`".to_owned(),
        to: vec![
            "Admin@everythingcloud.com".to_owned(),
            "ops@everythingcloud.com".to_owned(),
        ],
    })
    .is("
        letter 3: alarm to ops@everythingcloud.com
        letter 4: alarm to admin@everythingcloud.com
    ");
    let told = desk.trouble(&Trouble::ClockJumped { by_seconds: -3_600 });
    assert!(
        told.reasons[0].contains("The wall clock of this machine went back by 1h"),
        "{:?}",
        told.reasons
    );
}

#[test]
fn a_person_may_release_or_drop_a_letter() {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    let by = || "anna".to_owned();
    desk.order(
        "EC-1",
        Order::RetryLetter {
            letter: LetterId(1),
            by: by(),
        },
    )
    .is("
        note: Letter 1 was released by anna.
        because letter 1 goes out now, ordered by anna
    ");
    desk.order(
        "EC-1",
        Order::DropLetter {
            letter: LetterId(1),
            by: by(),
        },
    )
    .is("
        note: Letter 1 was dropped by anna.
        because letter 1 will not be sent, ordered by anna
    ");
}
