//! One test binary: each module is a border of the house, or the whole house on real mail servers.

mod commands;
mod conversation;
mod crash;
mod decisions;
mod hours;
mod inbox;
mod incidents;
mod mails;
mod meaning;
mod outages;
mod probe;
mod store;
mod supply;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the bench and the demo include this folder as well"
)]
mod support;
mod tidy;
mod whole;
