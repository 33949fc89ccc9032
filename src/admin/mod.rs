//! Looks and orders: one file per command.

pub mod parse;
