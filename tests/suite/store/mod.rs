//! The store never loses: whatever is torn, flipped, deleted or full, what was committed comes back.

mod batch;
mod chance;
mod damage;
mod full;
mod life;
mod measure;
mod restart;
mod scribe;
mod upgrade;
