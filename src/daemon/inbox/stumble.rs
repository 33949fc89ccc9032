//! One mail that the server cannot give out must not stop the ones behind it.
//!
//! After a failure in the middle of a batch the mails of that batch are fetched one at a time, which shows the
//! culprit. A culprit is tried again and again, then by its header alone, and in the end a stand-in takes its place,
//! so that a person hears of it.

use std::sync::Mutex;

use super::VisitError;

/// A refusal is about the mail, so three are enough; a lost connection may be the line's fault.
const WEIGHT_OF_REFUSAL: u32 = 3;
const WEIGHT_OF_LOSS: u32 = 1;

/// From here on only the header is asked for, and from there on nothing.
const WHOLE_UP_TO: u32 = 9;
const HEADER_UP_TO: u32 = 12;

/// What has gone wrong with fetching, over the visits.
#[derive(Debug, Default)]
pub(super) struct Stumbles(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    /// The first and the last UID that are being fetched at this moment.
    fetching: Option<(u32, u32)>,
    /// Up to this UID, mails are fetched one at a time.
    careful_up_to: u32,
    culprit: u32,
    weight: u32,
    words: String,
}

/// How to fetch a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// All of it.
    Whole,
    /// Its header; the server's last words about the rest.
    HeaderOnly(String),
    /// Not at all.
    NotAtAll(String),
}

impl Stumbles {
    /// Remembers what is being asked for, so that a failure can be held against it.
    pub(super) fn fetching(&self, first: u32, last: u32) {
        self.with(|books| books.fetching = Some((first, last)));
    }

    /// It arrived.
    pub(super) fn fetched(&self) {
        self.with(|books| books.fetching = None);
    }

    /// How many mails to fetch at once from this UID on.
    pub(super) fn batch(&self, uid: u32, most: usize) -> usize {
        self.with(|books| if uid <= books.careful_up_to { 1 } else { most })
    }

    /// How to fetch this mail.
    pub(super) fn how(&self, uid: u32) -> How {
        self.with(|books| {
            if books.culprit != uid || books.weight < WHOLE_UP_TO {
                How::Whole
            } else if books.weight < HEADER_UP_TO {
                How::HeaderOnly(books.words.clone())
            } else {
                How::NotAtAll(books.words.clone())
            }
        })
    }

    /// A visit has failed. Counts only if it failed while mails were being fetched.
    pub(super) fn failed(&self, error: &VisitError) {
        let weight = match error {
            VisitError::Refused { .. } | VisitError::Unreadable(_) => WEIGHT_OF_REFUSAL,
            VisitError::Lost(_) => WEIGHT_OF_LOSS,
            VisitError::LoginRefused(_) | VisitError::Unfit(_) | VisitError::Desk(_) => 0,
        };
        self.with(|books| {
            let Some((first, last)) = books.fetching.take() else {
                return;
            };
            if weight == 0 {
                return;
            }
            books.careful_up_to = books.careful_up_to.max(last);
            if books.culprit != first {
                books.culprit = first;
                books.weight = 0;
            }
            books.weight += weight;
            books.words = error.to_string();
        });
    }

    /// The folder has been renumbered: nothing of this is true any more.
    pub(super) fn forget(&self) {
        self.with(|books| *books = Books::default());
    }

    fn with<T>(&self, look: impl FnOnce(&mut Books) -> T) -> T {
        // Poisoned by a panic elsewhere, the books are still in order: each change is a plain assignment.
        let mut books = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        look(&mut books)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> VisitError {
        VisitError::Refused {
            command: "UID FETCH",
            words: "[SERVERBUG] Internal error".to_owned(),
        }
    }

    #[test]
    fn a_batch_that_fails_is_taken_one_by_one() {
        let stumbles = Stumbles::default();
        assert_eq!(stumbles.batch(1, 100), 100);
        stumbles.fetching(1, 100);
        stumbles.failed(&VisitError::Lost("gone".to_owned()));
        assert_eq!(stumbles.batch(1, 100), 1);
        assert_eq!(stumbles.batch(100, 100), 1);
        assert_eq!(stumbles.batch(101, 100), 100);
    }

    #[test]
    fn a_mail_that_is_refused_is_replaced_in_the_end() {
        let stumbles = Stumbles::default();
        for _ in 0..3 {
            assert_eq!(stumbles.how(7), How::Whole);
            stumbles.fetching(7, 7);
            stumbles.failed(&refused());
        }
        assert!(matches!(stumbles.how(7), How::HeaderOnly(_)));
        assert_eq!(stumbles.how(8), How::Whole);
        stumbles.fetching(7, 7);
        stumbles.failed(&refused());
        assert!(matches!(stumbles.how(7), How::NotAtAll(words) if words.contains("SERVERBUG")));
    }

    #[test]
    fn a_bad_line_is_given_more_time_and_other_failures_count_for_nothing() {
        let stumbles = Stumbles::default();
        for _ in 0..8 {
            stumbles.fetching(7, 7);
            stumbles.failed(&VisitError::Lost("silence".to_owned()));
            stumbles.failed(&VisitError::Lost("cannot connect".to_owned()));
            assert_eq!(stumbles.how(7), How::Whole);
        }
        stumbles.fetching(7, 7);
        stumbles.fetched();
        stumbles.failed(&VisitError::Lost("during IDLE".to_owned()));
        assert_eq!(stumbles.how(7), How::Whole);
    }
}
