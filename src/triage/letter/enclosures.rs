//! Files that go with a letter: which of a mail's files are passed on, and which are left out and why.
//!
//! Nothing is dropped in silence: whoever sent a file that does not arrive is told its name.

use crate::triage::mail::{Attachment, File};

/// What one letter carries at most. With what base64 adds it still passes servers that take 15 MB a mail.
pub const BYTES_PER_LETTER_MAX: usize = 10 * 1024 * 1024;

/// What the letters of one decision carry together. A decision is one record of the journal, which holds 64 MB, and
/// base64 and JSON make 43 MB of this.
pub const BYTES_IN_ALL_MAX: usize = 30 * 1024 * 1024;

/// Files of one letter; beyond this somebody should have packed them.
pub const FILES_MAX: usize = 50;

/// What goes with a letter.
#[derive(Clone, Debug, Default)]
pub struct Enclosures<'a> {
    /// In the order of the mail.
    pub files: Vec<&'a File>,
    /// Names of what does not go, each with why.
    pub left_out: Vec<String>,
}

/// Whom the files go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// One of our own people, who may see everything.
    Ours,
    /// The client's side, to whom a mail within a mail would show our own headers.
    Client,
}

/// Chooses what goes along: no logos of signatures, no more than fits. `described` is what the mail says it has,
/// `files` what could be read of it, `letters` how many letters carry the files.
#[must_use]
pub fn choose<'a>(
    described: &[Attachment],
    files: &'a [File],
    letters: usize,
    reader: Reader,
) -> Enclosures<'a> {
    let mut room = BYTES_PER_LETTER_MAX.min(BYTES_IN_ALL_MAX / letters.max(1));
    let most = room;
    let mut chosen = Enclosures::default();
    for (at, attachment) in described.iter().enumerate() {
        if attachment.ornament {
            continue;
        }
        let read = files.get(at).filter(|file| {
            file.attachment.size == attachment.size && file.bytes.len() as u64 == attachment.size
        });
        match read {
            Some(_) if reader == Reader::Client && is_a_mail(attachment) => {
                chosen.leave_out(attachment, "a mail within a mail shows whom it went to");
            }
            Some(file) if chosen.files.len() < FILES_MAX && file.bytes.len() <= room => {
                room -= file.bytes.len();
                chosen.files.push(file);
            }
            Some(_) if chosen.files.len() >= FILES_MAX => {
                chosen.leave_out(attachment, &format!("a letter carries {FILES_MAX} files"));
            }
            Some(_) | None => {
                let why = format!("all files together may have {}", megabytes(most));
                chosen.leave_out(attachment, &why);
            }
        }
    }
    chosen
}

impl Enclosures<'_> {
    fn leave_out(&mut self, attachment: &Attachment, why: &str) {
        let name = attachment
            .name
            .as_deref()
            .unwrap_or("a file without a name");
        self.left_out.push(format!("{name}: {why}"));
    }
}

fn is_a_mail(attachment: &Attachment) -> bool {
    let name = attachment
        .name
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    attachment.content_type.starts_with("message/")
        || name.ends_with(".eml")
        || name.ends_with(".msg")
}

fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes / (1024 * 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content_type: &str, bytes: usize) -> File {
        File {
            attachment: Attachment {
                name: Some(name.to_owned()),
                content_type: content_type.to_owned(),
                size: bytes as u64,
                inline: false,
                ornament: name.starts_with("logo"),
            },
            content_id: None,
            bytes: vec![7; bytes],
        }
    }

    #[track_caller]
    fn check(files: &[File], letters: usize, reader: Reader, go: &[&str], left_out: &[&str]) {
        let described: Vec<Attachment> = files.iter().map(|file| file.attachment.clone()).collect();
        let chosen = choose(&described, files, letters, reader);
        let names: Vec<&str> = chosen
            .files
            .iter()
            .filter_map(|file| file.attachment.name.as_deref())
            .collect();
        assert_eq!(names, go);
        assert_eq!(chosen.left_out.len(), left_out.len(), "{chosen:?}");
        for (line, expected) in chosen.left_out.iter().zip(left_out) {
            assert!(line.starts_with(expected), "{line}");
        }
    }

    #[test]
    fn what_fits_goes_along_and_the_rest_is_named() {
        const MB: usize = 1024 * 1024;
        let files = [
            file("a.pdf", "application/pdf", 6 * MB),
            file("b.zip", "application/zip", 6 * MB),
            file("c.txt", "text/plain", MB),
            file("logo.png", "image/png", 900),
        ];
        check(&files, 1, Reader::Client, &["a.pdf", "c.txt"], &["b.zip: "]);
        check(&files, 6, Reader::Ours, &["c.txt"], &["a.pdf: ", "b.zip: "]);
        let mail = [file("Fwd.eml", "message/rfc822", 100)];
        check(
            &mail,
            1,
            Reader::Client,
            &[],
            &["Fwd.eml: a mail within a mail"],
        );
        check(&mail, 1, Reader::Ours, &["Fwd.eml"], &[]);
        let many: Vec<File> = (0..=FILES_MAX)
            .map(|_| file("x", "text/plain", 1))
            .collect();
        let names = vec!["x"; FILES_MAX];
        check(&many, 1, Reader::Ours, &names, &["x: a letter carries"]);
    }

    #[test]
    fn a_file_that_could_not_be_read_is_named() {
        let described = [file("film.mp4", "video/mp4", 10).attachment];
        let chosen = choose(&described, &[], 1, Reader::Ours);
        assert!(chosen.files.is_empty());
        assert_eq!(chosen.left_out.len(), 1, "{chosen:?}");
    }
}
