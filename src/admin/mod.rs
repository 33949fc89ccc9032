//! Looks and orders: one file per command.

mod certificate;
pub mod check;
pub mod mailbox;
pub mod parse;
