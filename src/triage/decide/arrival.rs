//! A mail that opens a ticket, or that is kept without one.
