//! Letters to the sender: the acknowledgement and the hand-back, with what was understood and what is missing.
