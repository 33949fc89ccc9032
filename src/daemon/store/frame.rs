//! One frame of a log: a line of text, and the bytes that it vouches for.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::segment::unreadable;

/// Begins every frame, so that the next one can be found behind a damaged one: an equals sign and the version of this
/// layout. What is inside has a version of its own.
pub(super) const MAGIC: &[u8] = b"=1 ";

/// `=1 LENGTH CRC32 SYNCED` and a line feed, 8 hexadecimal digits a number: so a pager shows a journal as it is.
const HEADER_BYTES: usize = 30;

/// No frame is longer: a length beyond it is damage, not data.
const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes read ahead.
const CHUNK_BYTES: usize = 64 * 1024;

/// Frames made ready to be appended together.
#[derive(Debug, Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
}

impl Frames {
    /// Adds a frame for a file of which so many bytes are synced. Tells how many bytes of frames lie before it.
    pub(super) fn push(&mut self, payload: &[u8], synced: u64) -> Result<u64, StoreError> {
        let too_long =
            || StoreError::Refused(format!("a record of {} bytes is too long", payload.len()));
        if payload.len() > FRAME_BYTES_MAX {
            return Err(too_long());
        }
        let length = u32::try_from(payload.len()).map_err(|_| too_long())?;
        let synced = u32::try_from(synced).map_err(|_| too_long())?;
        let checksum = checksum(length, synced, payload);
        let header = format!("=1 {length:08x} {checksum:08x} {synced:08x}\n");
        let before = self.len();
        self.bytes.extend_from_slice(header.as_bytes());
        self.bytes.extend_from_slice(payload);
        Ok(before)
    }

    /// How many bytes they are.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn checksum(length: u32, synced: u32, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(&synced.to_le_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// A whole frame.
pub(super) struct Frame {
    pub(super) payload: Vec<u8>,
    /// How much of the file was synced before it was written.
    pub(super) synced: u64,
}

/// What stands where a frame may begin.
pub(super) enum Next {
    Frame(Frame),
    End,
    /// Neither a whole frame nor the end.
    Bad,
}

/// Reads frames one after the other, in memory for one frame.
pub(super) struct Reader {
    file: BufReader<File>,
    path: PathBuf,
    /// Where the next frame begins.
    pub(super) offset: u64,
    /// Bytes from there to the end of the file.
    pub(super) left: u64,
}

impl Reader {
    /// At a place that must not lie behind the end of the file.
    pub(super) fn open(path: &Path, offset: u64) -> Result<Self, StoreError> {
        let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let length = file
            .metadata()
            .map_err(|error| unreadable(path, &error))?
            .len();
        if offset > length {
            return Err(StoreError::Gap(format!(
                "{} ends before byte {offset}",
                path.display()
            )));
        }
        file.seek(SeekFrom::Start(offset))
            .map_err(|error| unreadable(path, &error))?;
        Ok(Self {
            file: BufReader::with_capacity(CHUNK_BYTES, file),
            path: path.to_owned(),
            offset,
            left: length - offset,
        })
    }

    /// The frame here, and on to the next; a bad one is not passed.
    pub(super) fn next(&mut self) -> Result<Next, StoreError> {
        if self.left == 0 {
            return Ok(Next::End);
        }
        let mut header = [0_u8; HEADER_BYTES];
        if self.left < HEADER_BYTES as u64 {
            return Ok(Next::Bad);
        }
        self.fill(&mut header)?;
        let Some((length, crc, synced)) = parse(&header) else {
            return Ok(Next::Bad);
        };
        if u64::from(length) > self.left - HEADER_BYTES as u64 {
            return Ok(Next::Bad);
        }
        let mut payload = vec![0; length as usize];
        self.fill(&mut payload)?;
        if checksum(length, synced, &payload) != crc {
            return Ok(Next::Bad);
        }
        let whole = HEADER_BYTES as u64 + u64::from(length);
        self.offset += whole;
        self.left -= whole;
        Ok(Next::Frame(Frame {
            payload,
            synced: u64::from(synced),
        }))
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), StoreError> {
        self.file
            .read_exact(buffer)
            .map_err(|error| unreadable(&self.path, &error))
    }
}

fn parse(header: &[u8; HEADER_BYTES]) -> Option<(u32, u32, u32)> {
    let numbers = header.strip_prefix(MAGIC)?.strip_suffix(b"\n")?;
    let mut numbers = numbers.split(|byte| *byte == b' ').map(number);
    let (length, crc, synced) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let known = numbers.next().is_none() && length as usize <= FRAME_BYTES_MAX;
    known.then_some((length, crc, synced))
}

fn number(digits: &[u8]) -> Option<u32> {
    // `from_str_radix` alone would take a sign, too.
    let plain = digits.len() == 8 && digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    u32::from_str_radix(digits, 16).ok()
}
