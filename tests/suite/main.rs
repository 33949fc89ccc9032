//! One test binary: each module is a border of the house.

mod decisions;
mod inbox;
mod supply;
mod tidy;
