//! Where mails go: to the desk. A trait, so that the tests of the inbox can put a list there.

use std::io;

use crate::daemon::desk::{Arrived, Desk, DeskError, Read};
use crate::daemon::store::{Archived, Cursor, LargeMail, Place};
use crate::triage::decide::Trouble;

/// What the inbox needs of the desk; see there for what each call promises.
pub trait Intake: Clone + Send + Sync + 'static {
    /// A large mail on its way into the archive.
    type Large: Large;

    /// [`Desk::cursor`].
    fn cursor(
        &self,
        mailbox: &str,
    ) -> impl Future<Output = Result<Option<Cursor>, DeskError>> + Send;

    /// [`Desk::begin_mailbox`].
    fn begin_mailbox(
        &self,
        mailbox: &str,
        cursor: Cursor,
    ) -> impl Future<Output = Result<(), DeskError>> + Send;

    /// Mails that have been read.
    type Read: Send;

    /// [`Desk::read`].
    fn read(
        &self,
        mails: Vec<Arrived>,
    ) -> impl Future<Output = Result<Self::Read, DeskError>> + Send;

    /// [`Desk::arrive`].
    fn arrive(&self, mails: Self::Read) -> impl Future<Output = Result<(), DeskError>> + Send;

    /// [`Desk::settled`].
    fn settled(
        &self,
        places: &[Place],
    ) -> impl Future<Output = Result<Vec<bool>, DeskError>> + Send;

    /// [`Desk::large_mail`].
    ///
    /// # Errors
    /// As there.
    fn large_mail(&self) -> Result<Self::Large, DeskError>;

    /// [`Desk::trouble`].
    fn trouble(&self, trouble: Trouble) -> impl Future<Output = Result<(), DeskError>> + Send;
}

/// A large mail on its way into the archive.
pub trait Large: Send + 'static {
    /// [`LargeMail::write`].
    ///
    /// # Errors
    /// The disk refuses.
    fn write(&mut self, part: &[u8]) -> io::Result<()>;

    /// [`LargeMail::finish`].
    ///
    /// # Errors
    /// The disk refuses.
    fn finish(self) -> io::Result<Archived>;
}

impl Large for LargeMail {
    fn write(&mut self, part: &[u8]) -> io::Result<()> {
        LargeMail::write(self, part)
    }

    fn finish(self) -> io::Result<Archived> {
        LargeMail::finish(self)
    }
}

impl Intake for Desk {
    type Large = LargeMail;

    async fn cursor(&self, mailbox: &str) -> Result<Option<Cursor>, DeskError> {
        Desk::cursor(self, mailbox).await
    }

    async fn begin_mailbox(&self, mailbox: &str, cursor: Cursor) -> Result<(), DeskError> {
        Desk::begin_mailbox(self, mailbox, cursor).await
    }

    type Read = Read;

    async fn read(&self, mails: Vec<Arrived>) -> Result<Read, DeskError> {
        Desk::read(self, mails).await
    }

    async fn arrive(&self, mails: Read) -> Result<(), DeskError> {
        Desk::arrive(self, mails).await
    }

    async fn settled(&self, places: &[Place]) -> Result<Vec<bool>, DeskError> {
        Desk::settled(self, places).await
    }

    fn large_mail(&self) -> Result<LargeMail, DeskError> {
        Desk::large_mail(self)
    }

    async fn trouble(&self, trouble: Trouble) -> Result<(), DeskError> {
        Desk::trouble(self, trouble).await
    }
}
