//! Acts: every await, every byte on disk, every socket.

pub mod clock;
pub mod desk;
pub mod inbox;
pub mod key;
pub mod outbox;
pub mod rules_files;
pub mod stop;
pub mod store;
pub mod tls;
