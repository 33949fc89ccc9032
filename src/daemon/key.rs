//! The key of our tokens: 32 random bytes, made at the first start, readable by nobody else.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::triage::mail::thread::TokenKey;

const KEY_BYTES: usize = 32;

/// Who else may read a key file makes it worthless.
const OTHERS_MODE_MASK: u32 = 0o077;

/// Reads the key, or makes one where there is no file yet.
///
/// # Errors
/// The file is damaged, readable by others, or cannot be made.
pub fn load_or_make(path: &Path) -> io::Result<TokenKey> {
    match File::open(path) {
        Ok(file) => load(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        Err(error) => Err(error),
    }
}

fn load(file: File) -> io::Result<TokenKey> {
    let mode = file.metadata()?.permissions().mode();
    if mode & OTHERS_MODE_MASK != 0 {
        return Err(io::Error::other(format!(
            "others may read this key (mode {:o}): chmod 600 it",
            mode & 0o777
        )));
    }
    let mut text = String::new();
    file.take(1024).read_to_string(&mut text)?;
    decode(text.trim()).map(TokenKey).ok_or_else(|| {
        io::Error::other("this is not a token key (64 hexadecimal digits): restore it from the backup; a new one would no longer know the replies to old letters")
    })
}

/// Written whole under another name, synced, then put in place: a half-written key never stands there.
fn make(path: &Path) -> io::Result<TokenKey> {
    let mut key = [0_u8; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let young = path.with_extension("new");
    match std::fs::remove_file(&young) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&young)?;
    writeln!(file, "{}", blake3::Hash::from_bytes(key).to_hex())?;
    file.sync_all()?;
    std::fs::rename(&young, path)?;
    File::open(folder)?.sync_all()?;
    tracing::info!(file = %path.display(), "Made the key for the tokens in our letters; keep it with the backup.");
    Ok(TokenKey(key))
}

fn decode(text: &str) -> Option<[u8; KEY_BYTES]> {
    blake3::Hash::from_hex(text)
        .ok()
        .map(|hash| *hash.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_made_is_the_key_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/token.key");
        let made = load_or_make(&path).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(load_or_make(&path).unwrap().0, made.0);
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.key");
        load_or_make(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(
            load_or_make(&path)
                .unwrap_err()
                .to_string()
                .contains("chmod 600")
        );
    }

    #[test]
    fn a_damaged_key_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.key");
        load_or_make(&path).unwrap();
        std::fs::write(&path, "short\n").unwrap();
        assert!(
            load_or_make(&path)
                .unwrap_err()
                .to_string()
                .contains("restore it")
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "short\n");
    }
}
