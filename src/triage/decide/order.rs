//! A person's order.
