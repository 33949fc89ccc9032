//! The first look into a mailbox that has a past.

use crate::support::daemon::Setup;
use crate::support::stage::{ADA, SUPPORT, Stage};
use crate::support::until;

#[test]
fn what_lay_in_the_mailbox_before_first_contact_is_not_answered() {
    let mut stage = Stage::closed(&Setup {
        mailbox_lines: "",
        ..Setup::default()
    });
    super::seed(&stage, 0..10);
    // Dovecot has taken them over before the program first looks.
    assert_eq!(stage.person(SUPPORT).mails().expect("mails").len(), 10);
    stage.start();
    until("the program has looked for the first time", || {
        let status = stage.home.ask(&["status"])?;
        status["mailboxes"][0]["cursor"]["uid"].as_u64()
    });
    stage.settle();
    stage.wait_for(ADA, 0);
    stage.stop();
    stage.start();
    stage.settle();
    stage.wait_for(ADA, 0);
    assert_eq!(stage.wait_for_tickets(2).len(), 2, "the two marks");
}
