//! Names every mistake in the rule files, all at once, and makes [`Rules`] of files that have none.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Rules;
use crate::finding::Finding;

/// The text of every rule file by its path within the folder, such as `partners/northwind.toml`.
pub type Files = BTreeMap<String, String>;

/// Checks the files. Rules come out where no finding is an error; warnings come out beside them. `at` is the
/// day for which lists that run out (holidays, `until`) are judged.
#[must_use]
pub fn check(files: &Files, at: Date) -> (Option<Rules>, Vec<Finding>) {
    let _ = (files, at);
    todo!()
}
