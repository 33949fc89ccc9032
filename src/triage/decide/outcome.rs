//! What became of a letter: promises kept, refusals told, digests.
