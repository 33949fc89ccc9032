//! Append-only files of checksummed frames: one piece of code for the journal and the archive.
//!
//! A frame says how much of its file was synced before it was written. So a damaged frame can be told from a torn one:
//! it was promised if a later frame knows it as synced, and then nothing may be cut off.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::frame::{Frames, MAGIC, Next, Reader};

/// A file that is longer gets no more frames: files of this size copy and check quickly.
const SEGMENT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Where a frame begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) file: String,
    pub(super) offset: u64,
}

/// A folder of segment files, open for appending at its end.
#[derive(Debug)]
pub(super) struct Log {
    folder: PathBuf,
    file: File,
    number: u64,
    length: u64,
    /// A write failed and the file may be longer than `length`.
    ragged: bool,
}

impl Log {
    /// Opens the folder, making it if need be, and cuts off a torn tail. Tells how many bytes were cut.
    pub(super) fn open(folder: &Path) -> Result<(Self, u64), StoreError> {
        std::fs::create_dir_all(folder).map_err(|error| unreadable(folder, &error))?;
        let number = segments(folder)?.pop().unwrap_or(1);
        let path = folder.join(name(number));
        let whole = if path.exists() {
            whole_length(&path)?
        } else {
            0
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| unreadable(&path, &error))?;
        let cut = file
            .metadata()
            .map_err(|error| unreadable(&path, &error))?
            .len()
            .saturating_sub(whole);
        if cut > 0 {
            file.set_len(whole)
                .and_then(|()| file.sync_all())
                .map_err(|error| unreadable(&path, &error))?;
        }
        sync_folder(folder)?;
        Ok((
            Self {
                folder: folder.to_owned(),
                file,
                number,
                length: whole,
                ragged: false,
            },
            cut,
        ))
    }

    /// Where the next frame will lie. Begins a new file if the present one is long enough.
    pub(super) fn next(&mut self) -> Result<Spot, StoreError> {
        if self.length >= SEGMENT_BYTES_MAX {
            self.begin_next()?;
        }
        Ok(Spot {
            file: name(self.number),
            offset: self.length,
        })
    }

    /// Begins a new file although the present one may have room.
    pub(super) fn begin_next(&mut self) -> Result<(), StoreError> {
        let path = self.folder.join(name(self.number + 1));
        // An earlier try may have made it and then failed.
        let file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| refused(&path, &error))?;
        sync_folder(&self.folder)?;
        self.file = file;
        self.number += 1;
        self.length = 0;
        self.ragged = false;
        Ok(())
    }

    /// Writes frames at the end and syncs them. On an error nothing was appended.
    pub(super) fn append(&mut self, frames: &Frames) -> Result<(), StoreError> {
        if frames.bytes().is_empty() {
            return Ok(());
        }
        let path = self.folder.join(name(self.number));
        self.mend().map_err(|error| refused(&path, &error))?;
        let written = self
            .file
            .seek(SeekFrom::Start(self.length))
            .and_then(|_| self.file.write_all(frames.bytes()));
        if let Err(error) = written {
            self.ragged = true;
            let _later = self.mend();
            return Err(refused(&path, &error));
        }
        // After a failed sync nobody knows what the disk has; only reading it anew tells.
        self.file.sync_data().map_err(|error| {
            StoreError::Damaged(format!("{} cannot be synced: {error}", path.display()))
        })?;
        self.length += frames.len();
        Ok(())
    }

    /// How much of the present file is synced: what new frames must be told.
    pub(super) fn synced(&self) -> u64 {
        self.length
    }

    /// Cuts off what a failed write left behind.
    fn mend(&mut self) -> io::Result<()> {
        if self.ragged {
            self.file.set_len(self.length)?;
            self.ragged = false;
        }
        Ok(())
    }
}

fn name(number: u64) -> String {
    format!("{number:012}.log")
}

/// The numbers of the segment files, ascending from 1. One that is missing is an error.
fn segments(folder: &Path) -> Result<Vec<u64>, StoreError> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut numbers: Vec<u64> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let file = entry.file_name();
        let number: Option<u64> = file
            .to_str()
            .and_then(|file| file.strip_suffix(".log")?.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    match (1..)
        .zip(&numbers)
        .find(|(expected, number)| expected != *number)
    {
        Some((missing, _)) => Err(StoreError::Damaged(format!(
            "{} is missing. Restore it from the backup",
            folder.join(name(missing)).display()
        ))),
        None => Ok(numbers),
    }
}

/// True if the folder holds any segment file.
pub(super) fn has_any(folder: &Path) -> Result<bool, StoreError> {
    Ok(folder.exists() && !segments(folder)?.is_empty())
}

/// Reads the frame at a spot.
pub(super) fn read(folder: &Path, spot: &Spot) -> Result<Vec<u8>, StoreError> {
    let path = folder.join(&spot.file);
    let mut reader = Reader::open(&path, spot.offset)?;
    match reader.next()? {
        Next::Frame(frame) => Ok(frame.payload),
        Next::End | Next::Bad => Err(StoreError::Damaged(format!(
            "{} holds no whole record at byte {}",
            path.display(),
            spot.offset
        ))),
    }
}

/// Where a frame lies.
#[derive(Clone, Debug)]
pub(super) struct Lies {
    /// Where it begins.
    pub(super) spot: Spot,
    /// Behind its last byte, in the same file.
    pub(super) end: u64,
}

/// Takes a frame, with where it lies.
pub(super) type Visit<'v> = &'v mut dyn FnMut(&Lies, Vec<u8>) -> Result<(), StoreError>;

/// Calls `visit` with every frame from a spot on, or from the beginning, and with where it lies. A damaged frame is
/// an error that names it. Comes back with the bytes at the very end that were torn while they were written.
pub(super) fn scan(
    folder: &Path,
    from: Option<&Spot>,
    visit: Visit<'_>,
) -> Result<u64, StoreError> {
    let numbers = segments(folder)?;
    if let Some(from) = from.filter(|from| !folder.join(&from.file).exists()) {
        return Err(StoreError::Gap(format!(
            "{} is missing",
            folder.join(&from.file).display()
        )));
    }
    for number in &numbers {
        let file = name(*number);
        let begin = match from {
            Some(from) if file < from.file => continue,
            Some(from) if file == from.file => from.offset,
            Some(_) | None => 0,
        };
        let path = folder.join(&file);
        let mut reader = Reader::open(&path, begin)?;
        loop {
            let offset = reader.offset;
            match reader.next()? {
                Next::Frame(frame) => visit(
                    &Lies {
                        spot: Spot {
                            file: file.clone(),
                            offset,
                        },
                        end: reader.offset,
                    },
                    frame.payload,
                )?,
                Next::End => break,
                Next::Bad
                    if from.is_some_and(|from| file == from.file && offset == from.offset) =>
                {
                    return Err(StoreError::Gap(format!(
                        "{} holds no record at byte {offset}",
                        path.display()
                    )));
                }
                Next::Bad if numbers.last() == Some(number) && !was_promised(&path, offset)? => {
                    return Ok(reader.left);
                }
                Next::Bad => return Err(bad(&path, offset)),
            }
        }
    }
    Ok(0)
}

fn bad(path: &Path, offset: u64) -> StoreError {
    StoreError::Damaged(format!(
        "{} is damaged at byte {offset}: this record was promised and cannot be skipped. Restore this file from the backup; \
         `triaged store verify` checks the rest",
        path.display()
    ))
}

/// The length up to which the last segment is whole; what follows was torn while it was written.
fn whole_length(path: &Path) -> Result<u64, StoreError> {
    let mut reader = Reader::open(path, 0)?;
    let mut whole = 0;
    loop {
        match reader.next()? {
            Next::Frame(_) => whole = reader.offset,
            Next::End => return Ok(whole),
            Next::Bad => break,
        }
    }
    if was_promised(path, whole)? {
        Err(bad(path, whole))
    } else {
        Ok(whole)
    }
}

/// True if any whole frame behind `offset` knows the file as synced beyond it.
fn was_promised(path: &Path, offset: u64) -> Result<bool, StoreError> {
    let mut rest = Vec::new();
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    file.seek(SeekFrom::Start(offset + 1))
        .and_then(|_| file.read_to_end(&mut rest))
        .map_err(|error| unreadable(path, &error))?;
    let mut from = 0;
    while let Some(found) = rest.get(from..).and_then(|rest| find(rest, MAGIC)) {
        let start = offset + 1 + (from + found) as u64;
        if matches!(Reader::open(path, start)?.next()?, Next::Frame(frame) if frame.synced > offset)
        {
            return Ok(true);
        }
        from += found + 1;
    }
    Ok(false)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// Makes the folder's own entries durable: a file that nobody finds is lost.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| unreadable(folder, &error))
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unreadable(format!("{}: {error}", path.display()))
}

/// A write that failed: when there is no room, room may come; whatever else it is, the caller may try again, too.
pub(super) fn refused(path: &Path, error: &io::Error) -> StoreError {
    if is_full(error) {
        return StoreError::Full(format!("{}: {error}", path.display()));
    }
    StoreError::Refused(format!("{} cannot be written: {error}", path.display()))
}

/// No room: on the disk, in the quota, or under the limit for one file.
pub(super) fn is_full(error: &io::Error) -> bool {
    [
        io::ErrorKind::StorageFull,
        io::ErrorKind::QuotaExceeded,
        io::ErrorKind::FileTooLarge,
    ]
    .contains(&error.kind())
}

#[cfg(test)]
mod tests;
