//! The journal: one JSON line a decision, checksummed, in the order of decisions. What stands here has happened.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::frame::Frames;
use super::segment::{self, Lies, Log, Spot};
use super::{Record, StoreError};

/// The version of [`Record`] as it is written today.
const RECORD_VERSION: u8 = 1;

/// One line as it is written.
#[derive(Serialize)]
struct Written<'r> {
    version: u8,
    n: u64,
    record: &'r Record,
}

/// One line as it is read.
#[derive(Deserialize)]
struct Read {
    version: u8,
    n: u64,
    record: Record,
}

/// The journal, open for appending.
#[derive(Debug)]
pub(super) struct Journal {
    log: Log,
    folder: PathBuf,
    last: u64,
}

impl Journal {
    /// Opens it and cuts off a torn tail. The number of its last record is told to it by [`Journal::continue_after`].
    pub(super) fn open(folder: &Path) -> Result<(Self, u64), StoreError> {
        let (log, cut) = Log::open(folder)?;
        Ok((
            Self {
                log,
                folder: folder.to_owned(),
                last: 0,
            },
            cut,
        ))
    }

    /// The number of the last record in it.
    pub(super) fn continue_after(&mut self, last: u64) {
        self.last = last;
    }

    /// The number of the last record.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Where the next record will lie, and what is synced by then.
    pub(super) fn next(&mut self) -> Result<(Spot, u64), StoreError> {
        Ok((self.log.next()?, self.log.synced()))
    }

    /// Appends records with one sync. When this returns, they have happened. Tells where the next record will lie.
    pub(super) fn append(&mut self, lines: &Lines) -> Result<Spot, StoreError> {
        self.log.append(&lines.frames)?;
        self.last += lines.records;
        Ok(Spot {
            file: lines.begin.file.clone(),
            offset: lines.begin.offset + lines.frames.len(),
        })
    }

    /// Reads records from a spot on, or all of them. Numbers must follow one another.
    pub(super) fn replay(
        &self,
        from: Option<&Spot>,
        after: u64,
        visit: Visit<'_>,
    ) -> Result<u64, StoreError> {
        replay(&self.folder, from, after, visit)
    }
}

/// Records made ready to be appended together. Each knows its place in the journal before it is there.
#[derive(Debug)]
pub(super) struct Lines {
    frames: Frames,
    records: u64,
    begin: Spot,
    synced: u64,
}

impl Lines {
    /// None yet; the first will lie at `begin`.
    pub(super) fn new((begin, synced): (Spot, u64)) -> Self {
        Self {
            frames: Frames::default(),
            records: 0,
            begin,
            synced,
        }
    }

    /// True before the first record.
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Adds record `n`; tells where it will lie.
    pub(super) fn push(&mut self, n: u64, record: &Record) -> Result<Spot, StoreError> {
        let written = Written {
            version: RECORD_VERSION,
            n,
            record,
        };
        let mut line =
            serde_json::to_vec(&written).map_err(|error| StoreError::Refused(error.to_string()))?;
        line.push(b'\n');
        let before = self.frames.push(&line, self.synced)?;
        self.records += 1;
        Ok(Spot {
            file: self.begin.file.clone(),
            offset: self.begin.offset + before,
        })
    }
}

/// Takes a record: its number, and where it lies.
pub(super) type Visit<'v> = &'v mut dyn FnMut(u64, &Lies, Record) -> Result<(), StoreError>;

/// The record at a spot.
pub(super) fn read(folder: &Path, spot: &Spot) -> Result<Record, StoreError> {
    let line = segment::read(folder, spot)?;
    decode(&line)
        .map(|read| read.record)
        .map_err(|why| misread(folder, spot, &why))
}

fn misread(folder: &Path, spot: &Spot, why: &str) -> StoreError {
    StoreError::Damaged(format!(
        "{} at byte {}: {why}",
        folder.join(&spot.file).display(),
        spot.offset
    ))
}

/// Reads records of a journal folder that follow record `after`. Comes back with the bytes that were torn at its end.
pub(super) fn replay(
    folder: &Path,
    from: Option<&Spot>,
    after: u64,
    visit: Visit<'_>,
) -> Result<u64, StoreError> {
    let mut last = after;
    segment::scan(folder, from, &mut |lies, line| {
        let read = decode(&line).map_err(|why| misread(folder, &lies.spot, &why))?;
        if read.n != last + 1 {
            let file = folder.join(&lies.spot.file);
            return Err(StoreError::Gap(format!(
                "{} at byte {} holds record {}, expected {}: a file of the journal is missing",
                file.display(),
                lies.spot.offset,
                read.n,
                last + 1
            )));
        }
        last = read.n;
        visit(read.n, lies, read.record)
    })
}

/// What can be said of a line of any version.
#[derive(Deserialize)]
struct Versioned {
    version: u8,
}

/// A record of the present version is read at once. An older one will be brought up here, one small function a version.
fn decode(line: &[u8]) -> Result<Read, String> {
    let (read, error) = match serde_json::from_slice::<Read>(line) {
        Ok(read) if read.version == RECORD_VERSION => return Ok(read),
        Ok(read) => (read.version, String::new()),
        Err(error) => {
            let version = serde_json::from_slice(line).map(|line: Versioned| line.version);
            (version.unwrap_or(RECORD_VERSION), error.to_string())
        }
    };
    if read > RECORD_VERSION {
        return Err(format!(
            "record version {read} was written by a newer triaged; this one knows up to {RECORD_VERSION}"
        ));
    }
    Err(format!("the record cannot be understood: {error}"))
}
