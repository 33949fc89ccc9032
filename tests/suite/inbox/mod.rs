//! The inbox against a server that errs on purpose: what arrives at the desk, and what is marked.

mod chance;
mod dovecot;
mod faults;
mod list;
mod server;
mod start;
mod talk;

use std::time::Duration;

use tokio::task::JoinHandle;
use triaged::config::{After, Mailbox, Secret, Tls};
use triaged::daemon::inbox::{self, Handle, State};
use triaged::daemon::stop::{self, Stopper};

use list::ListDesk;
use server::Server;

/// A mailbox that is being watched.
struct Watched {
    handle: Handle,
    stopper: Stopper,
    task: JoinHandle<()>,
    impatient: JoinHandle<()>,
}

const MAIL_BYTES_MAX: u64 = 3 * 1024 * 1024;

fn mailbox(server: &Server) -> Mailbox {
    Mailbox {
        address: "support@everythingcloud.com".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: server.port,
        tls: Tls::Plain,
        ca_file: None,
        user: "support".to_owned(),
        secret: Secret::File(server.secret.path().to_owned()),
        folder: "INBOX".to_owned(),
        after: After::Keep,
        answer_mail_since: Some("2000-01-01T00:00:00Z".parse().unwrap()),
        poll: Duration::from_secs(60),
    }
}

fn watch(mailbox: Mailbox, desk: &ListDesk) -> Watched {
    let (stopper, stop) = stop::pair();
    let (handle, task) = inbox::watch(mailbox, MAIL_BYTES_MAX, desk.clone(), stop);
    let task = tokio::spawn(task);
    // Tests do not wait for back-off: somebody resumes the mailbox at once, again and again.
    let mut looking = handle.clone();
    let impatient = tokio::spawn(async move {
        let backs_off = |state: &State| matches!(state, State::BackingOff { .. });
        while looking
            .wait_until(|status| backs_off(&status.state))
            .await
            .is_some()
        {
            looking.resume();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    Watched {
        handle,
        stopper,
        task,
        impatient,
    }
}

impl Watched {
    async fn until_idle(&mut self) {
        let idle = |state: &State| matches!(state, State::Idle | State::Polling);
        self.handle.wait_until(|status| idle(&status.state)).await;
    }

    async fn until_error(&mut self) -> String {
        let status = self
            .handle
            .wait_until(|status| status.last_error.is_some())
            .await;
        status.unwrap().last_error.unwrap().1
    }

    async fn until_locked_out(&mut self) {
        self.handle
            .wait_until(|status| matches!(status.state, State::LockedOut { .. }))
            .await;
    }

    async fn stop(self) {
        self.stopper.stop();
        self.task.await.unwrap();
        self.impatient.abort();
    }
}

fn text(number: usize) -> String {
    format!("Subject: {number}\r\n\r\nText {number}\r\n")
}

/// Bytes in which no two neighbourhoods are alike, so that a part in the wrong place is seen.
fn noise(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(length as u64);
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes
}
