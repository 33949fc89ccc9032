//! triaged reads a help desk's mailboxes and sees to it that no message is left unanswered.

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
