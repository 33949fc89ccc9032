//! triaged reads a help desk's mailboxes and sees to it that no message is left unanswered.
//!
//! # The journey of one mail
//!
//! ```text
//!  inbox (one task a mailbox, IDLE + poll)  ──┐
//!  alarm (the next deadline)                ──┼──►  desk  ──►  store.commit  ──►  outbox wakes ──► SMTP relay
//!  outbox (what became of a letter)         ──┤   decide,     one batch,
//!  control (people's orders, local socket)  ──┘   one writer   on disk when it returns
//! ```
//!
//! [`daemon::inbox`] fetches it, [`triage::mail::Mail::read`] reads it, [`triage::report::Report::of`] finds who needs
//! what, [`triage::mail::thread::clues`] says which ticket it may belong to, [`triage::decide::decide`] says what should
//! happen, [`daemon::store::Store::commit`] makes that durable with one sync a batch, and [`daemon::outbox`] sends what
//! was promised. The desk ([`daemon::desk::Desk`]) is where they meet, and the only one who writes.
//!
//! # Where things are
//!
//! - [`triage`] thinks: values in, values out. [`daemon`] acts: every await, every byte on disk, every socket.
//!   [`admin`] lets people look and order: one file a command.
//! - [`config`] is `triaged.toml`; [`finding`] is one mistake in a file that people wrote, drawn once for all of them.
//!
//! # Invariants, mostly absences
//!
//! 1. [`triage`] does no I/O, reads no clock, awaits nothing. Time is an argument; [`daemon::clock`] reads it once per event.
//! 2. Only the desk writes to the store; only the outbox sends mail. Every letter of any kind passes the one loop guard.
//! 3. Everything one event causes becomes durable together with the fact that its cause is settled, or not at all. A
//!    settled [`daemon::store::Cause`] is never decided again.
//! 4. A mail is marked, moved or passed by the cursor only after its decision is on disk. `\Seen` means nothing.
//! 5. Reading never fails. What cannot be read opens a ticket with its defects named. No mail stops a batch.
//! 6. A mail is never dropped: robots' mail is kept and linked, gets no answer, reopens nothing, starts no clock.
//! 7. A letter is finished to its last header, Message-ID included, when it is decided. Sending again sends the same letter.
//! 8. Every decision says why, as data ([`triage::decide::Reason`]).
//! 9. A white-label letter names only its own brand ([`triage::letter::leak`]).
//! 10. First contact with a mailbox answers nothing that was there before, unless told to.
//! 11. Time goes by INTERNALDATE and our own clock, never by the sender's `Date:`.
//! 12. Rules are taken whole or not at all; the last good rules stay in force ([`daemon::rules_in_force`]).
//!
//! `tests/suite/tidy.rs` asserts who may import whom.
//!
//! # What a crash may cost
//!
//! | dies… | on restart | seen by the partner |
//! |---|---|---|
//! | before `commit` | the mail is still unmarked, fetched again | nothing |
//! | after `commit`, before the mark | fetched again, its cause is settled, so it is only marked | nothing |
//! | before the relay's 250 | the letter is still in the store | nothing |
//! | after the 250, before its outcome is committed | the letter goes out again with the same Message-ID | at worst one duplicate that good clients fold |
//! | while an alarm rings | an alarm is a hint; `decide` looks at the deadline again | nothing |
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )
)]
#![deny(rustdoc::broken_intra_doc_links)]

pub mod admin;
pub mod config;
pub mod daemon;
pub mod finding;
pub mod triage;
