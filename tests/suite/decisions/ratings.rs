//! What a client says about a solved ticket, and whether that opens it again.

use triaged::triage::decide::Order;

use super::desk::Desk;
use super::{EXPORT_FAILS, reply};

fn solved() -> Desk {
    let mut desk = Desk::open();
    desk.mail(EXPORT_FAILS);
    desk.sent(1);
    let by = "anna".to_owned();
    desk.order("EC-1", Order::Solve { by });
    desk
}

#[test]
fn a_rating_alone_is_noted_and_opens_nothing() {
    let check = |text: &str, stars: u8| {
        let mut desk = solved();
        let mail = reply(&desk, 1, "Jane Doe <jane@northwind.example>", text);
        desk.mail(&mail).is(&format!(
            "message of jane@northwind.example (Client)
             rated {stars}
             because its first line is a rating: {stars} of 5"
        ));
        assert_eq!(desk.ticket("EC-1").life.stars, Some(stars));
        assert!(!desk.ticket("EC-1").is_open());
    };
    check("5", 5);
    check("★★★★☆", 4);
    check("2/5\n\nJane", 2);
}

#[test]
fn whoever_says_more_is_heard_as_ever() {
    let mut desk = solved();
    let mail = reply(
        &desk,
        1,
        "Jane Doe <jane@northwind.example>",
        "1\n\nThe export still stops with error 502.",
    );
    let told = desk.mail(&mail);
    assert!(
        told.lines.contains(&"rated 1".to_owned()),
        "{:?}",
        told.lines
    );
    assert!(
        told.lines.contains(&"reopened".to_owned()),
        "{:?}",
        told.lines
    );
    // On an open ticket a number is a message like any other.
    let mail = reply(&desk, 1, "Jane Doe <jane@northwind.example>", "5");
    assert!(!desk.mail(&mail).lines.contains(&"rated 5".to_owned()));
}
