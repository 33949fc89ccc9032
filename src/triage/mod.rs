//! Thinks: values in, values out. No I/O, no clock, nothing to await.
//!
//! The shelves, top to bottom; each sees only those above it:
//! [`mail`] reads bytes, [`report`] finds what the writer means, [`promise`] knows when things are due,
//! [`incident`] is one trouble of several clients, [`ticket`] is the life of one request, [`tally`] counts what was
//! promised and kept, [`letter`] writes to people, [`rules`] is what the admin asked for, [`decide`] says what happens.

pub mod decide;
pub mod incident;
pub mod letter;
pub mod mail;
pub mod promise;
pub mod report;
pub mod rules;
pub mod tally;
pub mod ticket;
