//! Days made up by chance: mail comes, people move it, the server errs, the daemon restarts. Whatever the order, a mail
//! arrives at most once, in the order of its UID, unharmed; and it does arrive unless somebody took it away before.

use proptest::prelude::*;

use super::list::ListDesk;
use super::server::{Fault, Server};
use super::{mailbox, text, watch};

#[derive(Clone, Debug)]
enum Happening {
    Mails(usize),
    /// Somebody takes away the n-th of the mails that are there.
    Taken(usize),
    Fault(&'static str, Fault),
    DiskFull,
    Restart,
    /// Until everything is taken in.
    Calm,
}

fn happening() -> impl Strategy<Value = Happening> {
    let command = prop::sample::select(vec![
        "UID FETCH",
        "UID STORE",
        "IDLE",
        "SELECT",
        "UID SEARCH",
        "AUTHENTICATE",
    ]);
    let fault = prop::sample::select(vec![
        Fault::No("[UNAVAILABLE] not now"),
        Fault::Break(""),
        Fault::Break("* 1 FETCH (UID 1 BODY[]<0> {500}\r\nhalf"),
        Fault::Break("* BYE\r\n"),
        Fault::Say("* XYZZY"),
        Fault::Empty,
    ]);
    prop_oneof![
        4 => (1_usize..150).prop_map(Happening::Mails),
        2 => (0_usize..1000).prop_map(Happening::Taken),
        3 => (command, fault).prop_map(|(command, fault)| Happening::Fault(command, fault)),
        1 => Just(Happening::DiskFull),
        1 => Just(Happening::Restart),
        2 => Just(Happening::Calm),
    ]
}

async fn live_through(days: Vec<Happening>) {
    let (server, desk) = (Server::start().await, ListDesk::default());
    let mut mailbox = mailbox(&server);
    // A refused IDLE is made up for by asking.
    mailbox.poll = std::time::Duration::from_millis(100);
    let mut watched = watch(mailbox.clone(), &desk);
    let (mut sent, mut taken) = (0, Vec::new());
    // It has said that it marked what it did not.
    let mut lied = false;
    for happening in days {
        match happening {
            Happening::Mails(count) => {
                for _ in 0..count {
                    sent += 1;
                    server.deliver(&text(sent));
                }
            }
            Happening::Taken(nth) => {
                let there: Vec<u32> = server.story().mails.iter().map(|mail| mail.uid).collect();
                if let Some(uid) = there.get(nth % there.len().max(1)) {
                    server.remove(*uid);
                    taken.push(*uid);
                }
            }
            Happening::Fault(command, fault) => {
                lied |= command == "UID STORE" && matches!(fault, Fault::Empty);
                server.fault(command, fault);
            }
            Happening::DiskFull => desk.listed().full += 1,
            Happening::Restart => {
                watched.stop().await;
                watched = watch(mailbox.clone(), &desk);
            }
            Happening::Calm => {
                let left = server.story().mails.last().map_or(0, |mail| mail.uid);
                desk.until("calm", |listed| listed.last_uid() >= left).await;
            }
        }
    }
    server.story().faults.clear();
    let left: Vec<u32> = server.story().mails.iter().map(|mail| mail.uid).collect();
    let last = left.last().copied().unwrap_or(0);
    desk.until("the last mail", |listed| listed.last_uid() >= last)
        .await;
    let uids = desk.uids();
    assert!(uids.is_sorted_by(|one, next| one < next), "{uids:?}");
    for uid in &left {
        assert!(
            uids.contains(uid),
            "{uid} is lost; {taken:?} were taken away"
        );
    }
    for (uid, arrived) in uids.iter().zip(desk.texts()) {
        assert_eq!(arrived, text(*uid as usize));
    }
    if !lied {
        server.until_marked(left.len()).await;
    }
    watched.stop().await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn nothing_is_lost_or_doubled_whatever_happens(days in prop::collection::vec(happening(), 1..14)) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(live_through(days));
    }
}
