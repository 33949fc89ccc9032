//! The rule files as typed: one struct a table, every value with its span.
