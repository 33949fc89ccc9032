//! The folder of rules, read whole: every `.toml`, `.txt` and `.html` below it, by its path.
//!
//! A file that cannot be taken is a finding like any other mistake of an admin, so that the last good rules stay in
//! force. Only a folder that cannot be read at all is an error.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::finding::{At, Finding};
use crate::triage::rules::Rules;
use crate::triage::rules::check::{Files, check};

/// A longer file is no rule file: the longest lexicon we know is a tenth of this.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// More files than any company has partners and templates.
const FILES_MAX: usize = 5_000;

/// `templates/BRAND/…` is two folders deep.
const DEPTH_MAX: usize = 4;

/// What rule files end with.
const ENDINGS: [&str; 3] = ["toml", "txt", "html"];

/// The folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {source}", path.display())]
pub struct FolderError {
    /// The folder or file.
    pub path: PathBuf,
    /// The system's words.
    pub source: io::Error,
}

/// A folder of rules, read and checked.
#[derive(Debug)]
pub struct Loaded {
    /// The rules, where no finding is an error.
    pub rules: Option<Rules>,
    /// Every mistake, worst first.
    pub findings: Vec<Finding>,
    /// The texts, for drawing the findings and for keeping the version.
    pub files: Files,
}

/// Reads the folder and checks what it says, for that day.
///
/// # Errors
/// The folder or a file in it cannot be read at all.
pub fn load(folder: &Path, at: Date) -> Result<Loaded, FolderError> {
    let (files, odd) = read(folder)?;
    let (rules, mut findings) = check(&files, at);
    let rules = rules.filter(|_| odd.is_empty());
    // A file that is there and cannot be taken is not missing as well.
    findings.retain(|missing| {
        !(missing.code == "E108" && odd.iter().any(|odd| odd.spot.file == missing.spot.file))
    });
    findings.extend(odd);
    findings.sort_by_key(|finding| finding.gravity);
    Ok(Loaded {
        rules,
        findings,
        files,
    })
}

/// Reads the folder. Files that cannot be taken come out as findings.
///
/// # Errors
/// The folder or a file in it cannot be read at all.
pub fn read(folder: &Path) -> Result<(Files, Vec<Finding>), FolderError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| FolderError { path, source }
    };
    let mut reading = Reading {
        root: folder.canonicalize().map_err(failed(folder))?,
        files: Files::new(),
        odd: Vec::new(),
    };
    let mut folders = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((path, prefix, depth)) = folders.pop() {
        for entry in fs::read_dir(&path).map_err(failed(&path))? {
            let entry = entry.map_err(failed(&path))?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            // Editors and version control keep files of their own beside ours.
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            let below = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(failed(&entry.path()))?;
            if kind.is_dir() && depth < DEPTH_MAX {
                folders.push((entry.path(), format!("{below}/"), depth + 1));
            } else if is_rule_file(&name) {
                reading
                    .file(&entry.path(), &below)
                    .map_err(failed(&entry.path()))?;
            }
        }
    }
    Ok((reading.files, reading.odd))
}

fn is_rule_file(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

struct Reading {
    /// Without symbolic links.
    root: PathBuf,
    files: Files,
    odd: Vec<Finding>,
}

impl Reading {
    fn file(&mut self, path: &Path, below: &str) -> io::Result<()> {
        // A link may lead within the folder, as it does where a cluster mounts it; not out of it.
        match path.canonicalize() {
            Ok(real) if real.starts_with(&self.root) => {}
            Ok(_) => return self.odd(below, "a link that leads out of the folder of rules"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return self.odd(below, "a link that leads nowhere");
            }
            Err(error) => return Err(error),
        }
        if !fs::metadata(path)?.is_file() {
            return self.odd(below, "this is no file");
        }
        if self.files.len() >= FILES_MAX {
            return self.odd(below, "there are more files than any rules need");
        }
        let mut bytes = Vec::new();
        fs::File::open(path)?
            .take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return self.odd(below, "a file of more than a megabyte is no rule file");
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                // Some editors put a mark before UTF-8 that TOML does not know.
                let text = text
                    .strip_prefix('\u{feff}')
                    .map_or(text.clone(), str::to_owned);
                self.files.insert(below.to_owned(), text);
                Ok(())
            }
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let before = error.as_bytes().iter().take(good);
                let line = 1 + before.filter(|byte| **byte == b'\n').count();
                let sentence = format!(
                    "this file is not UTF-8, from line {line} on: save it in that encoding"
                );
                self.odd(below, &sentence)
            }
        }
    }

    fn odd(&mut self, below: &str, sentence: &str) -> io::Result<()> {
        let finding = Finding::error("E109", &At::new(below, 0..0), sentence);
        self.odd.push(finding);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    #[test]
    fn rule_files_are_read_by_their_path_and_others_left() {
        let folder = folder(&[
            ("company.toml", b"\xef\xbb\xbf[company]"),
            ("templates/brightdesk/ack.de.txt", b"Subject: x"),
            ("templates/ack.en.html", b"x"),
            ("README.md", b"x"),
            (".company.toml.swp", b"x"),
            ("company.toml~", b"x"),
            (".git/config.toml", b"x"),
            ("tests/mails/a.eml", b"x"),
        ]);
        symlink("company.toml", folder.path().join("copy.toml")).unwrap();
        let (files, odd) = read(folder.path()).unwrap();
        let paths: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            [
                "company.toml",
                "copy.toml",
                "templates/ack.en.html",
                "templates/brightdesk/ack.de.txt"
            ]
        );
        assert_eq!(
            files.get("company.toml").map(String::as_str),
            Some("[company]")
        );
        assert!(odd.is_empty());
    }

    #[test]
    fn what_cannot_be_taken_is_named_and_keeps_the_rules_from_being_taken() {
        let huge = vec![b'#'; usize::try_from(FILE_BYTES_MAX).unwrap() + 1];
        let folder = folder(&[
            ("huge.toml", &huge),
            ("latin.toml", b"# \xe4"),
            ("dir.toml/x", b""),
        ]);
        symlink("/etc/passwd", folder.path().join("passwd.txt")).unwrap();
        symlink("nowhere", folder.path().join("nowhere.toml")).unwrap();
        symlink("dir.toml", folder.path().join("to-dir.toml")).unwrap();
        let (files, odd) = read(folder.path()).unwrap();
        assert!(files.is_empty(), "{files:?}");
        let mut names: Vec<&str> = odd
            .iter()
            .map(|finding| finding.spot.file.as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "huge.toml",
                "latin.toml",
                "nowhere.toml",
                "passwd.txt",
                "to-dir.toml"
            ]
        );
        let loaded = load(folder.path(), jiff::civil::date(2026, 6, 1)).unwrap();
        assert!(loaded.rules.is_none());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let error = read(Path::new("/nowhere/rules")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot read /nowhere/rules: "),
            "{error}"
        );
    }

    #[test]
    fn the_shipped_folder_loads() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let loaded = load(&shipped, jiff::civil::date(2026, 6, 1)).unwrap();
        assert!(loaded.findings.is_empty(), "{:?}", loaded.findings);
        assert_eq!(loaded.rules.unwrap().version, Rules::shipped().version);
    }
}
