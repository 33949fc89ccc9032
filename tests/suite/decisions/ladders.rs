//! Ladders: who is told, when, and what stops it. The desk's clock goes from alarm to alarm.

use triaged::triage::decide::Order;
use triaged::triage::letter::{Letter, Outcome, Purpose};
use triaged::triage::mail::Mail;

use super::bounces::bounce;
use super::desk::{Desk, Told};
use super::{EXPORT_FAILS, OUTAGE, WHITE_LABEL, reply};

const DANA: &str = "dana.reyes@everythingcloud.com";
const BEN: &str = "ben.arlt@everythingcloud.com";
const FIRST: &str = "dana.reyes, sponsor-americas, ben.arlt";

/// An outage, confirmed to its sender, so that only the ladder has something to say.
fn outage() -> Desk {
    outage_on(Desk::open())
}

fn outage_on(mut desk: Desk) -> Desk {
    desk.mail(OUTAGE);
    desk.sent(1);
    desk
}

/// Whom the ladder told, by the first parts of their addresses.
fn told(told: &Told) -> String {
    let notices = told.letters.iter();
    let names: Vec<&str> = notices
        .filter(|letter| letter.purpose == Purpose::Escalation)
        .map(|letter| letter.to.split('@').next().unwrap())
        .collect();
    names.join(", ")
}

/// Rings the ticket's next alarms, and compares each that tells somebody: `10:15:01 tech-leads`.
#[track_caller]
fn rings(desk: &mut Desk, expected: &[&str]) {
    let mut found = Vec::new();
    for _ in 0..400 {
        if found.len() == expected.len() {
            break;
        }
        let Some(next) = desk.ticket("EC-1").next_alarm() else {
            break;
        };
        desk.now = next;
        let rang = desk.alarm("EC-1", "PT0S");
        if !told(&rang).is_empty() {
            let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
            let at = next.to_zoned(zone).strftime("%H:%M:%S").to_string();
            found.push(format!("{at} {}", told(&rang)));
        }
    }
    assert_eq!(found, expected);
}

fn words(letter: &Letter) -> String {
    let text = Mail::read(letter.mime.as_bytes()).text;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(letter: &Letter, wanted: &[&str]) {
    let text = words(letter);
    for wanted in wanted {
        assert!(text.contains(wanted), "`{wanted}` is not in: {text}");
    }
}

fn acknowledge(desk: &mut Desk, by: &str) -> Told {
    let by = by.to_owned();
    desk.order("EC-1", Order::Acknowledge { by })
}

#[test]
fn while_nobody_acknowledges_it_climbs_and_repeats_and_ends() {
    let mut desk = outage();
    let first = desk.letter(2).clone();
    says(
        &first,
        &[
            "step 1 of 3",
            "Major outage reported",
            "Told with you: Executive sponsor, Americas",
            "answer this mail with \"ack\" in the first line",
            "If nobody does, Tech leads will be told on Mon 4 May 2026",
        ],
    );
    rings(
        &mut desk,
        &[
            "10:15:01 tech-leads",
            "10:30:01 exec-oncall",
            "11:00:01 exec-oncall",
            "11:30:01 exec-oncall",
            "12:00:01 exec-oncall",
            "12:30:01 exec-oncall",
            "13:00:01 exec-oncall",
            "13:30:01 exec-oncall",
        ],
    );
    let climb = desk.ticket("EC-1").climb().unwrap();
    assert_eq!(climb.next(), None, "six repeats and no more");
    let last = &climb.notified.last().unwrap().letter;
    says(
        desk.letter(last.0),
        &[
            "step 3 of 3, repeat 6",
            "nobody else will be told: this was the last notice",
            // A broken promise has joined it meanwhile.
            "We broke a promise on a High or Critical ticket",
        ],
    );
}

#[test]
fn an_acknowledgement_in_the_very_second_of_a_step_wins() {
    let mut desk = outage();
    desk.wait("PT15M");
    let taken = acknowledge(&mut desk, DANA);
    taken.is("
        taken by dana.reyes@everythingcloud.com
        letter 5: notice to ben.arlt@everythingcloud.com
        letter 6: notice to sponsor-americas@everythingcloud.com
        because dana.reyes@everythingcloud.com has taken EC-1
    ");
    says(
        &taken.letters[0],
        &["Dana Reyes (Partner Manager, Americas) has taken EC-1, until Mon 4 May 2026, 06:15 EDT"],
    );
    desk.alarm("EC-1", "PT1S").is("because nothing is overdue");
    assert!(desk.ticket("EC-1").life.looked_at.is_some());
}

#[test]
fn an_acknowledgement_that_runs_out_begins_it_again() {
    let mut desk = outage();
    desk.wait("PT10M");
    acknowledge(&mut desk, DANA);
    let link = link(desk.letter(3));
    let again = [format!("12:10:00 {FIRST}")];
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    rings(&mut desk, &[&again[..], &["12:25:01 tech-leads"]].concat());
    let second = desk.ticket("EC-1").climb().unwrap().clone();
    assert_eq!(second.cycle, 1);
    let letter = second
        .notified
        .iter()
        .rfind(|one| one.to == DANA)
        .unwrap()
        .letter;
    says(
        desk.letter(letter.0),
        &["dana.reyes@everythingcloud.com had the matter, and it is not solved"],
    );
    // The link of the first turn does not take the second.
    let old = desk.mail(&by_link("sponsor-americas@everythingcloud.com", &link));
    assert!(old.reasons.iter().any(|why| why.contains("earlier turn")));
    assert!(desk.ticket("EC-1").climb().unwrap().acknowledged.is_none());
    // Who takes it twice holds it from the second time on.
    acknowledge(&mut desk, BEN);
    desk.wait("PT1H");
    acknowledge(&mut desk, BEN);
    let until = desk.ticket("EC-1").climb().unwrap().wakes_at().unwrap();
    assert_eq!(until.duration_since(desk.now).as_mins(), 120);
}

/// The `mailto:` link of a notice: the address, and the subject.
fn link(letter: &Letter) -> (String, String) {
    let text = words(letter);
    let link = text
        .split_whitespace()
        .find_map(|word| word.strip_prefix("mailto:"))
        .unwrap_or_else(|| panic!("no link in {text}"));
    let (to, subject) = link.split_once("?subject=").unwrap();
    (to.to_owned(), subject.replace("%20", " "))
}

fn by_link(from: &str, (to, subject): &(String, String)) -> String {
    let id = from.split('@').next().unwrap();
    format!(
        "From: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}-link@everythingcloud.com>\n\nSent from my phone\n"
    )
}

#[test]
fn whoever_was_told_takes_it_by_mail_and_nobody_else_does() {
    let check = |mail: &dyn Fn(&Desk) -> String, taken: Option<&str>, because: &str| {
        let mut desk = outage();
        let mail = mail(&desk);
        let told = desk.mail(&mail);
        let ack = desk.ticket("EC-1").climb().unwrap().acknowledged.clone();
        assert_eq!(ack.as_ref().map(|ack| ack.by.as_str()), taken, "{mail}");
        let found = told.reasons.iter().any(|reason| reason.contains(because));
        assert!(found, "{because}: {:?}", told.reasons);
    };
    let to_dana = |text: &'static str| move |desk: &Desk| reply(desk, 2, DANA, text);
    check(&to_dana("ack\n"), Some(DANA), "has taken the matter");
    check(
        &to_dana("Ich kümmere mich darum.\n\nDana"),
        Some(DANA),
        "taken",
    );
    check(&to_dana("対応します\n"), Some(DANA), "taken");
    check(&to_dana("#note Who has this?\n"), None, "one of us, wrote");
    check(&to_dana("#note ack?\n"), None, "one of us, wrote");
    // Ben answers what only Dana's letter carried: anybody could have written his name.
    check(
        &|desk| reply(desk, 2, BEN, "ack\n"),
        None,
        "nothing proves who wrote",
    );
    // Anna was told nothing.
    check(
        &|desk| reply(desk, 2, "anna.kern@everythingcloud.com", "ack\n"),
        None,
        "nobody had written to that address",
    );
    check(
        &|desk| {
            let absent = reply(desk, 2, DANA, "ack\n");
            absent.replace("Subject:", "Auto-Submitted: auto-replied\nSubject:")
        },
        None,
        "an automatic reply",
    );
    check(
        &|desk| by_link(DANA, &link(desk.letter(2))),
        Some(DANA),
        "taken",
    );
    check(
        &|desk| by_link(BEN, &link(desk.letter(2))),
        None,
        "one of us, wrote",
    );
}

#[test]
fn without_plus_addresses_the_subject_carries_the_key() {
    let desk = Desk::with(
        "company.toml",
        "plus_address      = true",
        "plus_address = false",
    );
    let mut desk = outage_on(desk);
    let (to, subject) = link(desk.letter(2));
    assert_eq!(to, "support@everythingcloud.com");
    assert!(subject.starts_with("ack EC-1 0."), "{subject}");
    desk.mail(&by_link(BEN, &(to.clone(), subject.clone())));
    assert!(desk.ticket("EC-1").climb().unwrap().acknowledged.is_none());
    desk.mail(&by_link(DANA, &(to, subject)));
    let climb = desk.ticket("EC-1").climb().unwrap();
    assert_eq!(climb.acknowledged.as_ref().unwrap().by, DANA);
}

#[test]
fn people_are_found_when_the_notice_is_written() {
    // Marco, the manager of BrightDesk, is away on that day, and Dana stands in.
    let mut desk = Desk::open();
    desk.now = "2026-08-04T10:00:00+02:00".parse().unwrap();
    let down = WHITE_LABEL.replace("bricht mit Fehler 502 ab", "is down for all users");
    assert_eq!(told(&desk.mail(&down)), "dana.reyes, anna.kern");

    // At nine on Monday it is Ben's turn; ten minutes before it was Anna's.
    let mut desk = Desk::with(
        "contacts.toml",
        "notify = [\"tech-leads\"]",
        "notify = [\"on call: support\"]",
    );
    desk.now = "2026-05-04T08:50:00+02:00".parse().unwrap();
    let first = desk.mail(OUTAGE);
    assert_eq!(told(&first), "dana.reyes, sponsor-americas, anna.kern");
    desk.sent(1);
    rings(&mut desk, &["09:05:01 ben.arlt"]);
}

#[test]
fn nobody_is_written_to_twice_for_one_step() {
    let desk = Desk::with(
        "contacts.toml",
        "[\"partner manager\", \"escalation contact\", \"on call: support\"]",
        "[\"dana\", \"partner manager\", \"on call: support\", \"ben\"]",
    );
    let mut desk = desk;
    assert_eq!(told(&desk.mail(OUTAGE)), "dana.reyes, ben.arlt");
}

#[test]
fn a_notice_that_cannot_be_delivered_brings_the_next_step_at_once() {
    let mut desk = outage();
    let refused = |why: &str| Outcome::Refused {
        why: why.to_owned(),
    };
    let next = desk.settled(2, refused("550 5.1.1 no such user"));
    assert_eq!(told(&next), "tech-leads, exec-oncall");
    says(
        &next.letters[0],
        &["Early, because the notice to dana.reyes@everythingcloud.com did not arrive: 550 5.1.1"],
    );
    // Another notice of that step fails as well: the next step is out already, and the last hope knows.
    let report = bounce(&desk, 3, "5.1.1");
    assert_eq!(told(&desk.mail(&report)), "");
    // The step that went out early does not come again; the others keep their times.
    rings(&mut desk, &["10:30:01 exec-oncall", "11:00:01 exec-oncall"]);
    acknowledge(&mut desk, BEN);
    let late = bounce(&desk, 4, "5.1.1");
    assert_eq!(told(&desk.mail(&late)), "", "somebody has the matter");
}

#[test]
fn what_fell_into_an_outage_is_one_notice_for_each() {
    let mut desk = outage();
    desk.wait("PT1H35M");
    let folded = desk.alarm("EC-1", "PT0S");
    assert_eq!(told(&folded), "tech-leads, exec-oncall");
    let leads = folded
        .letters
        .iter()
        .find(|letter| letter.to.starts_with("tech-leads"))
        .unwrap();
    // 10:15, 10:30, 11:00 and 11:30.
    says(
        leads,
        &[
            "4 notices fell into an outage of triaged from Mon 4 May 2026",
            "This is one for all of them",
        ],
    );
    assert_eq!(told(&desk.alarm("EC-1", "PT0S")), "", "it happens once");
    rings(&mut desk, &["12:00:01 exec-oncall"]);
    // An alarm that is some seconds late is no outage.
    desk.wait("PT20S");
    assert!(!words(desk.letter(2)).contains("outage of triaged"));
}

#[test]
fn a_further_trigger_joins_the_ladder_that_is_being_climbed() {
    let mut desk = outage();
    desk.wait("PT5M");
    let words = "This is a breach of contract.";
    let angry = reply(&desk, 1, "jane@northwind.example", words);
    let joined = desk.mail(&angry);
    assert_eq!(told(&joined), "", "one ladder a ticket");
    let reasons = joined.reasons.join("\n");
    assert!(
        reasons.contains("joins the ladder executive: The client complains"),
        "{reasons}"
    );
    rings(&mut desk, &["10:15:01 tech-leads"]);
    let climb = desk.ticket("EC-1").climb().unwrap();
    let letter = climb.notified.last().unwrap().letter;
    says(
        desk.letter(letter.0),
        &["Major outage reported", "The client complains of a broken"],
    );
}

#[test]
fn only_a_higher_level_takes_over() {
    let rule = "[[rule]]\nid = \"soft\"\nsay = \"An export\"\nwhen = { words = [\"502\"] }\nthen.ladder = \"second-line\"\n";
    let mut desk = Desk::with("routing.toml", "", rule);
    // At ten in Berlin Northwind's office in New York is closed: the ladder waits for eight.
    let opened = desk.mail(EXPORT_FAILS);
    assert_eq!(told(&opened), "");
    desk.sent(1);
    assert_eq!(
        desk.ticket("EC-1").next_alarm().unwrap().to_string(),
        "2026-05-04T12:00:01Z"
    );
    desk.wait("PT1H");
    let worse = "Now the platform is down for all users. Urgency: Critical.";
    let worse = desk.mail(&reply(&desk, 1, "jane@northwind.example", worse));
    assert_eq!(told(&worse), FIRST);
    let reasons = worse.reasons.join("\n");
    assert!(
        reasons.contains(
            "the ladder executive takes the place of second-line, because this is level 3"
        ),
        "{reasons}"
    );
    let climb = desk.ticket("EC-1").climb().unwrap();
    assert_eq!(climb.because, ["An export", "Major outage reported"]);
    assert_eq!(
        climb.cycle, 1,
        "an address that takes the one takes no other"
    );
    rings(&mut desk, &["11:15:01 tech-leads"]);
}

#[test]
fn within_hours_nobody_is_told_on_a_sunday() {
    let mut desk = Desk::with(
        "contacts.toml",
        "calendar = \"always\"",
        "calendar = \"de-office\"",
    );
    desk.now = "2026-05-02T11:00:00+02:00".parse().unwrap();
    let opened = desk.mail(OUTAGE);
    assert_eq!(told(&opened), "");
    desk.sent(1);
    // All three steps are due on Monday at nine, which is no outage.
    rings(
        &mut desk,
        &[&format!("09:00:01 {FIRST}, tech-leads, exec-oncall")],
    );
    let climb = desk.ticket("EC-1").climb().unwrap();
    let letter = climb.notified.first().unwrap().letter;
    assert!(!words(desk.letter(letter.0)).contains("outage of triaged"));
}

#[test]
fn solving_ends_it_and_trouble_again_begins_another() {
    let mut desk = outage();
    let by = "anna".to_owned();
    desk.order("EC-1", Order::Solve { by });
    assert!(desk.ticket("EC-1").climb().is_none());
    let late = reply(&desk, 2, DANA, "ack\n");
    let late = desk.mail(&late);
    assert!(
        late.reasons
            .iter()
            .any(|why| why.contains("its ladder has ended")),
        "{:?}",
        late.reasons
    );
    desk.wait("PT2H");
    assert_eq!(told(&desk.alarm("EC-1", "PT0S")), "");
    let again = "It is down for all users again.";
    let again = reply(&desk, 1, "jane@northwind.example", again);
    assert_eq!(told(&desk.mail(&again)), FIRST);
    assert_eq!(desk.ticket("EC-1").climb().unwrap().cycle, 1);
}

#[test]
fn whoever_has_the_matter_hears_what_joins_it() {
    let mut desk = outage();
    desk.wait("PT5M");
    acknowledge(&mut desk, BEN);
    let words = "This is a breach of contract.";
    let angry = reply(&desk, 1, "jane@northwind.example", words);
    let joined = desk.mail(&angry);
    assert_eq!(told(&joined), "ben.arlt");
    says(
        &joined.letters[0],
        &[
            "You have taken this matter, and something has joined it",
            "The client complains of a broken",
        ],
    );
    assert!(desk.ticket("EC-1").climb().unwrap().acknowledged.is_some());
}

/// A matter that may be one of the third line: its words are too weak to call anybody.
const PERHAPS: &str = "
    From: Jane Doe <jane@northwind.example>
    To: support@everythingcloud.com
    Subject: Reports
    Message-ID: <perhaps-1@northwind.example>

    Harbor Bank: the reports may be down, we are looking into it.
";

#[test]
fn what_may_be_a_third_line_matter_is_called_out_when_nobody_looks() {
    let mut desk = Desk::open();
    assert_eq!(told(&desk.mail(PERHAPS)), "");
    desk.sent(1);
    assert_eq!(told(&desk.alarm("EC-1", "PT30M")), "", "in time is in time");
    let silence = desk.alarm("EC-1", "PT1S");
    assert_eq!(told(&silence), FIRST);
    assert_eq!(desk.ticket("EC-1").level, 3);
    says(
        &silence.letters[0],
        &["nobody has looked for 30 minutes", "step 1 of 3"],
    );
    assert_eq!(told(&desk.alarm("EC-1", "PT1S")), "", "once");

    // Somebody of ours who answers has looked; somebody who only uses such a name has not.
    let looks = |forge: bool| {
        let mut desk = Desk::open();
        desk.mail(PERHAPS);
        desk.sent(1);
        let mail = reply(&desk, 2, "anna.kern@everythingcloud.com", "I read this.\n");
        let mail = match forge {
            true => mail.replace("anna.kern", "stranger"),
            false => mail,
        };
        desk.mail(&mail);
        told(&desk.alarm("EC-1", "PT31M"))
    };
    assert_eq!(looks(false), "");
    assert_eq!(looks(true), FIRST);
}
