//! Days made up by chance: whatever happens in whatever order, some things never do.

use std::collections::BTreeMap;

use proptest::prelude::*;
use triaged::triage::decide::Order;
use triaged::triage::letter::{Letter, Outcome};

use super::desk::{Desk, Told};
use super::{EXPORT_FAILS, HOW_TO, OUTAGE, STRANGER, WHITE_LABEL, bounces, reply};

/// Something that happens at the desk.
#[derive(Clone, Debug)]
enum Happening {
    Mail(usize),
    Reply {
        letter: u64,
        text: usize,
        by_robot: bool,
    },
    Bounce {
        letter: u64,
        permanent: bool,
    },
    Settled {
        letter: u64,
        how: usize,
    },
    Wait {
        minutes: u32,
    },
    Alarm {
        ticket: u64,
    },
    Solve {
        ticket: u64,
    },
    Reopen {
        ticket: u64,
    },
}

const MAILS: [&str; 5] = [EXPORT_FAILS, HOW_TO, OUTAGE, STRANGER, WHITE_LABEL];

const ANSWERS: [&str; 3] = [
    "Thank you, any news?",
    "Now the platform is down for all users. Urgency: Critical.",
    "I tried, it does not help. how can I reset my password?",
];

fn happenings() -> impl Strategy<Value = Happening> {
    prop_oneof![
        (0..MAILS.len()).prop_map(Happening::Mail),
        (1_u64..30, 0..ANSWERS.len(), any::<bool>()).prop_map(|(letter, text, by_robot)| {
            Happening::Reply {
                letter,
                text,
                by_robot,
            }
        }),
        (1_u64..30, any::<bool>())
            .prop_map(|(letter, permanent)| Happening::Bounce { letter, permanent }),
        (1_u64..30, 0_usize..4).prop_map(|(letter, how)| Happening::Settled { letter, how }),
        (1_u32..3_000).prop_map(|minutes| Happening::Wait { minutes }),
        (1_u64..6).prop_map(|ticket| Happening::Alarm { ticket }),
        (1_u64..6).prop_map(|ticket| Happening::Solve { ticket }),
        (1_u64..6).prop_map(|ticket| Happening::Reopen { ticket }),
    ]
}

/// Lets it happen, if there is such a letter or ticket.
fn let_happen(desk: &mut Desk, number: usize, happening: &Happening) -> Option<Told> {
    let by = || "anna".to_owned();
    match happening {
        Happening::Mail(which) => {
            Some(desk.mail(&MAILS[*which].replace("-1@", &format!("-{number}x@"))))
        }
        Happening::Reply {
            letter,
            text,
            by_robot,
        } => {
            let to = desk.has_letter(*letter)?.to.clone();
            let mail = reply(desk, *letter, &to, &format!("{}\n{number}", ANSWERS[*text]));
            let mail = mail.replace("<reply-", &format!("<reply-{number}-"));
            Some(desk.mail(&if *by_robot {
                mail.replace("Subject:", "Auto-Submitted: auto-replied\nSubject:")
            } else {
                mail
            }))
        }
        Happening::Bounce { letter, permanent } => {
            desk.has_letter(*letter)?;
            let report = bounces::bounce(desk, *letter, if *permanent { "5.1.1" } else { "4.4.1" });
            Some(desk.mail(&report.replace("<bounce-", &format!("<bounce-{number}-"))))
        }
        Happening::Settled { letter, how } => {
            desk.has_letter(*letter)?;
            let why = || "250 or 550".to_owned();
            let outcome = match how {
                0 => Outcome::Sent { answer: why() },
                1 => Outcome::Refused { why: why() },
                2 => Outcome::Withheld { why: why() },
                _ => Outcome::Dropped,
            };
            Some(desk.settled(*letter, outcome))
        }
        Happening::Wait { minutes } => {
            desk.wait(&format!("PT{minutes}M"));
            None
        }
        Happening::Alarm { ticket } => {
            let number = desk.number(*ticket)?;
            Some(desk.alarm(&number, "PT0S"))
        }
        Happening::Solve { ticket } => {
            let number = desk.number(*ticket)?;
            Some(desk.order(&number, Order::Solve { by: by() }))
        }
        Happening::Reopen { ticket } => {
            let number = desk.number(*ticket)?;
            Some(desk.order(&number, Order::Reopen { by: by() }))
        }
    }
}

/// Addresses that must never be written to.
fn is_forbidden(letter: &Letter) -> bool {
    let never = ["support@everythingcloud.com", "help@brightdesk.example"];
    never.contains(&letter.to.as_str()) || letter.to.starts_with("mailer-daemon")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens(day in prop::collection::vec(happenings(), 1..25)) {
        let mut desk = Desk::open();
        let mut answers: BTreeMap<u64, u32> = BTreeMap::new();
        let mut broken: BTreeMap<(u64, String), u32> = BTreeMap::new();
        for (number, happening) in day.iter().enumerate() {
            let Some(told) = let_happen(&mut desk, number, happening) else {
                continue;
            };
            prop_assert!(!told.reasons.is_empty(), "every decision says why: {happening:?}");
            for letter in &told.letters {
                prop_assert!(!is_forbidden(letter), "{happening:?} writes to {}", letter.to);
                prop_assert!(letter.mime.is_ascii());
                if letter.purpose.is_of_a_person() {
                    let inside = matches!(happening, Happening::Reply { letter, by_robot: false, .. } if !desk.letter(*letter).purpose.is_to_the_client());
                    prop_assert!(inside, "only what one of us answered is an answer: {happening:?}");
                } else if letter.purpose.is_to_the_client() {
                    *answers.entry(letter.ticket.unwrap().0).or_default() += 1;
                    let by_a_person =
                        matches!(happening, Happening::Mail(_) | Happening::Reply { by_robot: false, .. });
                    prop_assert!(by_a_person, "{:?} answers the sender", happening);
                }
                if letter.brand == "brightdesk" {
                    prop_assert!(!letter.mime.to_lowercase().contains("everythingcloud"));
                }
            }
            // The next answers and the updates are promised again and again.
            let once = |line: &&String| line.starts_with("broken ") && !line.ends_with("update_every") && !line.ends_with("next_response");
            for line in told.lines.iter().filter(once) {
                let ticket = told.ticket.unwrap().0;
                *broken.entry((ticket, line.clone())).or_default() += 1;
            }
            if let Happening::Reply { by_robot: true, .. } | Happening::Bounce { permanent: false, .. } = happening {
                prop_assert!(told.letters.is_empty(), "{happening:?}: {:?}", told.lines);
            }
        }
        prop_assert!(answers.values().all(|count| *count == 1), "one automatic answer a ticket: {answers:?}");
        prop_assert!(broken.values().all(|count| *count == 1), "told once: {broken:?}");
    }
}
