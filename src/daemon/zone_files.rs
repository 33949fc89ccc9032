//! The time-zone data of the machine, where it is newer than what is built in.
//!
//! Zones change by law, sometimes with a few days' notice. Whoever keeps the machine's `tzdata` up to date need not wait
//! for a new triaged; it is looked at once, when the program starts. `$TZDIR`, if set, is taken whatever its version.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::OnceLock;

use jiff::tz::TimeZoneDatabase;

use crate::triage::promise::zones::{self, Zones};

/// Where machines keep it.
const FOLDERS: [&str; 3] = [
    "/usr/share/zoneinfo",
    "/usr/lib/zoneinfo",
    "/usr/share/lib/zoneinfo",
];

/// The files of such a folder whose first line names the version.
const VERSION_FILES: [&str; 2] = ["tzdata.zi", "+VERSION"];

/// Longer than any first line.
const FIRST_LINE_BYTES_MAX: u64 = 64;

/// Puts the machine's time-zone data in force if it is newer than what is built in.
pub fn look_for_newer() {
    let wished = std::env::var_os("TZDIR").filter(|folder| !folder.is_empty());
    let found = match &wished {
        Some(folder) => of_folder(Path::new(folder), |_| true),
        None => FOLDERS.iter().find_map(|folder| {
            of_folder(Path::new(folder), |version| {
                version > zones::built_in_version()
            })
        }),
    };
    if let Some(found) = found {
        zones::put_in_force(found);
    }
}

/// `2026f, built in`
#[must_use]
pub fn in_words() -> String {
    let zones = zones::in_force();
    let origin = if zones.of_machine {
        "of this machine"
    } else {
        "built in"
    };
    format!("{}, {origin}", zones.version)
}

/// What `triaged --version` prints behind the name: its own version and that of the time-zone data.
#[must_use]
pub fn long_version() -> &'static str {
    static LINES: OnceLock<String> = OnceLock::new();
    LINES.get_or_init(|| format!("{}\ntime zones {}", env!("CARGO_PKG_VERSION"), in_words()))
}

/// The data of a folder, if it is whole and of a version that is wanted.
fn of_folder(folder: &Path, wanted: impl Fn(&str) -> bool) -> Option<Zones> {
    let named = VERSION_FILES
        .iter()
        .find_map(|file| version(&folder.join(file)));
    // Where nobody says how old it is, it may still be wished for.
    let version = named.unwrap_or_else(|| "unnamed".to_owned());
    let known = version.starts_with(|first: char| first.is_ascii_digit());
    if !wanted(if known { &version } else { "" }) {
        return None;
    }
    let zones = Zones::of_machine(TimeZoneDatabase::from_dir(folder).ok()?, version);
    zones.has_own("Europe/Berlin").then_some(zones)
}

/// `2025b` of `# version 2025b`, or of a file that holds nothing else.
fn version(file: &Path) -> Option<String> {
    let mut line = String::new();
    let head = File::open(file).ok()?.take(FIRST_LINE_BYTES_MAX);
    BufReader::new(head).read_line(&mut line).ok()?;
    let version = line.split_whitespace().last()?;
    let plausible = version.len() >= "2025b".len()
        && version.starts_with("20")
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plausible.then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_data_of_a_wanted_version_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let check = |name: &str, first_line: &str, with_zones: bool, taken: Option<&str>| {
            let folder = root.path().join(name);
            std::fs::create_dir_all(folder.join("Europe")).unwrap();
            std::fs::write(folder.join("tzdata.zi"), first_line).unwrap();
            if with_zones {
                let zone = include_bytes!("../../fixtures/hours/Casablanca-2025b.tzif");
                std::fs::write(folder.join("Europe/Berlin"), zone).unwrap();
            }
            let found = of_folder(&folder, |version| version > "2026f");
            assert_eq!(found.map(|zones| zones.version).as_deref(), taken, "{name}");
        };
        check("newer", "# version 2027a\n", true, Some("2027a"));
        check(
            "of the same year",
            "# version 2026g\n# more",
            true,
            Some("2026g"),
        );
        check("older", "# version 2025b\n", true, None);
        check("equal", "# version 2026f\n", true, None);
        check("empty", "# version 2027a\n", false, None);
        check("odd", "a page of something else", true, None);
        check("binary", "\u{0}\u{1}", true, None);
        assert!(of_folder(&root.path().join("nowhere"), |_| true).is_none());
    }
}
