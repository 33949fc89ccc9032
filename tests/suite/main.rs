//! One test binary: each module is a border of the house, or the whole house on real mail servers.

mod crash;
mod decisions;
mod inbox;
mod mails;
<<<<<<< HEAD
mod outages;
=======
mod store;
>>>>>>> 6be833e (Hold the store to every way in which files get lost or damaged)
mod supply;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the bench and the demo include this folder as well"
)]
mod support;
mod tidy;
