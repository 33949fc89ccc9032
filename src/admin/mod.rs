//! Looks and orders: one file per command.
