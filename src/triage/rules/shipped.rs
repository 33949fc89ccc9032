//! The files of `rules/`, built into the program, for `parse` and `explain` without a folder of rules.
