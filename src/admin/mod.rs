//! Looks and orders: one file per command.

mod certificate;
pub mod mailbox;
pub mod parse;
