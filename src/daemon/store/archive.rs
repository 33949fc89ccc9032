//! Every raw mail as it came, compressed: small ones in segments, large ones in files of their own.
//!
//! A mail is in the archive, and synced, before the journal names its place there.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::frame::Frames;
use super::segment::{self, Log, Spot};

/// A quick level: mails are mostly base64, and a higher one saves little for much time.
const ZSTD_LEVEL: i32 = 1;

/// Where large mails lie, below the archive.
const LARGE_FOLDER: &str = "large";

/// Where a raw mail lies in the archive, and its BLAKE3 hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// The segment file, or `large/HASH.zst`, within the archive.
    pub file: String,
    /// Where its frame begins; 0 for a file of its own.
    pub offset: u64,
    /// Uncompressed bytes.
    pub bytes: u64,
    /// BLAKE3 of the raw mail, hexadecimal.
    pub hash: String,
}

impl Archived {
    /// True for a mail in a file of its own.
    pub(super) fn is_large(&self) -> bool {
        self.file.starts_with(LARGE_FOLDER)
    }
}

/// A raw mail on its way into the archive.
#[derive(Debug)]
pub enum RawMail {
    /// Compressed, to be appended with the decision about it.
    Compressed {
        /// One zstd frame.
        frame: Vec<u8>,
        /// Uncompressed bytes.
        bytes: u64,
        /// BLAKE3, hexadecimal.
        hash: String,
    },
    /// There already: a large mail that was streamed.
    Archived(Archived),
}

thread_local! {
    /// Making a compressor costs more than compressing a small mail.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

impl RawMail {
    /// Compresses a mail; done by whoever reads it, off the clerk's thread.
    ///
    /// # Errors
    /// zstd refuses, which it does for want of memory only.
    pub fn compress(mail: &[u8]) -> io::Result<Self> {
        let frame = COMPRESSOR.with_borrow_mut(|kept| {
            let compressor = match kept {
                Some(compressor) => compressor,
                None => kept.insert(zstd::bulk::Compressor::new(ZSTD_LEVEL)?),
            };
            compressor.compress(mail)
        })?;
        Ok(Self::Compressed {
            frame,
            bytes: mail.len() as u64,
            hash: blake3::hash(mail).to_hex().to_string(),
        })
    }

    /// The mail itself once more; nothing of one that was streamed.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Compressed { frame, bytes, .. } => {
                let capacity = usize::try_from(*bytes).unwrap_or(usize::MAX);
                zstd::bulk::decompress(frame, capacity)
            }
            Self::Archived(_) => Ok(Vec::new()),
        }
    }

    /// BLAKE3 of the raw mail, hexadecimal.
    #[must_use]
    pub fn hash(&self) -> &str {
        match self {
            Self::Compressed { hash, .. } | Self::Archived(Archived { hash, .. }) => hash,
        }
    }
}

/// The archive, open for appending.
#[derive(Debug)]
pub(super) struct Archive {
    log: Log,
}

impl Archive {
    /// Opens it, and removes large mails that were never finished.
    pub(super) fn open(folder: &Path) -> Result<(Self, u64), StoreError> {
        let (log, cut) = Log::open(folder)?;
        let large = folder.join(LARGE_FOLDER);
        std::fs::create_dir_all(&large).map_err(|error| segment::unreadable(&large, &error))?;
        let entries =
            std::fs::read_dir(&large).map_err(|error| segment::unreadable(&large, &error))?;
        for path in entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|kind| kind == "part"))
        {
            std::fs::remove_file(&path).map_err(|error| segment::unreadable(&path, &error))?;
        }
        segment::sync_folder(folder)?;
        Ok((Self { log }, cut))
    }

    /// Leaves alone the places that the journal names but the archive does not have, as happens when an older archive
    /// was restored: another mail there would pass for theirs. True if there are any.
    pub(super) fn begin_after(
        &mut self,
        named: Option<&(String, u64)>,
    ) -> Result<bool, StoreError> {
        let Some((file, offset)) = named else {
            return Ok(false);
        };
        let named = Spot {
            file: file.clone(),
            offset: *offset,
        };
        if self.log.next()? > named {
            return Ok(false);
        }
        while self.log.next()?.file <= named.file {
            self.log.begin_next()?;
        }
        Ok(true)
    }

    /// Where the next mail will lie, and what is synced by then.
    pub(super) fn next(&mut self) -> Result<(Spot, u64), StoreError> {
        Ok((self.log.next()?, self.log.synced()))
    }

    /// Appends mails and syncs them.
    pub(super) fn append(&mut self, frames: &Frames) -> Result<(), StoreError> {
        self.log.append(frames)
    }
}

/// Reads at most `bytes_max` of a raw mail.
pub(super) fn read(
    folder: &Path,
    archived: &Archived,
    bytes_max: u64,
) -> Result<Vec<u8>, StoreError> {
    let mut mail = Vec::new();
    open(folder, archived)?
        .take(bytes_max)
        .read_to_end(&mut mail)
        .map_err(|error| segment::unreadable(&folder.join(&archived.file), &error))?;
    let is_whole = mail.len() as u64 == archived.bytes;
    if is_whole && blake3::hash(&mail).to_hex().as_str() != archived.hash {
        return Err(StoreError::Unreadable(format!(
            "{} holds another mail at byte {} than the journal says",
            folder.join(&archived.file).display(),
            archived.offset
        )));
    }
    Ok(mail)
}

/// The hash of what the archive holds at that place, in memory for one frame at most.
pub(super) fn hash(folder: &Path, archived: &Archived) -> Result<String, StoreError> {
    let mut hasher = blake3::Hasher::new();
    let mut reader = open(folder, archived)?;
    io::copy(&mut reader, &mut hasher)
        .map_err(|error| segment::unreadable(&folder.join(&archived.file), &error))?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn open(folder: &Path, archived: &Archived) -> Result<Box<dyn Read>, StoreError> {
    let path = folder.join(&archived.file);
    let unreadable = |error: io::Error| segment::unreadable(&path, &error);
    if archived.is_large() {
        let file = File::open(&path).map_err(unreadable)?;
        return Ok(Box::new(
            zstd::stream::read::Decoder::new(file).map_err(unreadable)?,
        ));
    }
    let frame = segment::read(
        folder,
        &Spot {
            file: archived.file.clone(),
            offset: archived.offset,
        },
    )?;
    let decoder = zstd::stream::read::Decoder::new(io::Cursor::new(frame)).map_err(unreadable)?;
    Ok(Box::new(BufReader::new(decoder)))
}

/// A large mail on its way into the archive, in parts. Dropped before its end, it leaves nothing behind.
pub struct LargeMail {
    folder: PathBuf,
    young: PathBuf,
    encoder: Option<zstd::stream::write::Encoder<'static, File>>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl std::fmt::Debug for LargeMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LargeMail")
            .field("young", &self.young)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl LargeMail {
    pub(super) fn begin(archive: &Path) -> io::Result<Self> {
        let folder = archive.to_owned();
        let young = folder
            .join(LARGE_FOLDER)
            .join(format!("{:016x}.part", fastrand::u64(..)));
        let file = File::create_new(&young)?;
        let encoder = zstd::stream::write::Encoder::new(file, ZSTD_LEVEL)?;
        Ok(Self {
            folder,
            young,
            encoder: Some(encoder),
            hasher: blake3::Hasher::new(),
            bytes: 0,
        })
    }

    /// Takes the next part.
    ///
    /// # Errors
    /// The disk refuses; the mail must be begun anew.
    pub fn write(&mut self, part: &[u8]) -> io::Result<()> {
        let encoder = self
            .encoder
            .as_mut()
            .ok_or_else(|| io::Error::other("this mail is finished"))?;
        encoder.write_all(part)?;
        self.hasher.update(part);
        self.bytes += part.len() as u64;
        Ok(())
    }

    /// Makes it durable under the name of its hash, and tells where it lies.
    ///
    /// # Errors
    /// The disk refuses; the mail must be begun anew.
    pub fn finish(mut self) -> io::Result<Archived> {
        let encoder = self
            .encoder
            .take()
            .ok_or_else(|| io::Error::other("this mail is finished"))?;
        encoder.finish()?.sync_all()?;
        let hash = self.hasher.finalize().to_hex().to_string();
        let file = format!("{LARGE_FOLDER}/{hash}.zst");
        let path = self.folder.join(&file);
        std::fs::rename(&self.young, &path)?;
        File::open(self.folder.join(LARGE_FOLDER))?.sync_all()?;
        Ok(Archived {
            file,
            offset: 0,
            bytes: self.bytes,
            hash,
        })
    }
}

impl Drop for LargeMail {
    fn drop(&mut self) {
        // After `finish` the file has another name, and there is nothing to remove.
        let _gone = std::fs::remove_file(&self.young);
    }
}
