//! A promise that has passed unkept.
