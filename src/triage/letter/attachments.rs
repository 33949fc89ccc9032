//! Attachments that may do harm, judged by their names alone.
//!
//! Nothing is opened here: what a file really holds is a scanner's matter, and the reader is warned before it.

use crate::triage::mail::Attachment;

/// Endings that a double click runs.
const RUNS: [&str; 18] = [
    "exe", "scr", "com", "bat", "cmd", "ps1", "vbs", "js", "jse", "wsf", "hta", "lnk", "msi",
    "jar", "iso", "img", "reg", "chm",
];

/// Office files that carry programs.
const MACROS: [&str; 7] = ["docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "ppam"];

/// Archives that can be locked with a password.
const ARCHIVES: [&str; 4] = ["zip", "7z", "rar", "ace"];

/// Words in the name of an archive that say that no scanner can look into it.
const LOCKED: [&str; 7] = [
    "encrypted",
    "password",
    "passwort",
    "protected",
    "verschl",
    "locked",
    "kennwort",
];

/// What the reader should know before opening it, if anything.
pub(super) fn dangerous(attachment: &Attachment) -> Option<String> {
    let name = attachment.name.as_deref()?;
    let lower = name.trim().to_lowercase();
    let endings: Vec<&str> = lower.split('.').skip(1).collect();
    let last = endings.last()?.trim();
    let is_short = |ending: &&&str| (2..=4).contains(&ending.len()) && !ending.contains(' ');
    if RUNS.contains(&last) {
        let hidden = endings.iter().rev().nth(1).filter(is_short).is_some();
        let why = if hidden {
            "hides a program behind a second ending"
        } else {
            "is a program"
        };
        return Some(format!("attachment `{name}` {why}"));
    }
    if MACROS.contains(&last) {
        return Some(format!("attachment `{name}` holds macros"));
    }
    let is_locked = ARCHIVES.contains(&last) && LOCKED.iter().any(|word| lower.contains(word));
    is_locked.then(|| format!("attachment `{name}` looks encrypted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_that_run_are_named() {
        let check = |name: &str, words: Option<&str>| {
            let attachment = Attachment {
                name: Some(name.to_owned()),
                content_type: "application/octet-stream".to_owned(),
                size: 1,
                inline: false,
                ornament: false,
            };
            let got = dangerous(&attachment);
            assert_eq!(got.is_some(), words.is_some(), "{name}: {got:?}");
            assert!(
                got.unwrap_or_default().contains(words.unwrap_or_default()),
                "{name}"
            );
        };
        check("report.pdf", None);
        check("archive.2026.zip", None);
        check("README", None);
        check("invoice.pdf.exe", Some("behind a second ending"));
        check("setup.exe", Some("is a program"));
        check("v2.0 setup.EXE", Some("is a program"));
        check("figures.xlsm", Some("macros"));
        check("documents-encrypted.zip", Some("looks encrypted"));
    }
}
