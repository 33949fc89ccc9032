//! Every byte of a log cut and flipped: what was synced is found or missed by name, what was torn is cut off.

use std::fs;
use std::path::Path;

use super::{Frames, Log, Spot, StoreError, name, scan};

/// Appends records together, as one sync.
fn append(log: &mut Log, records: &[&str]) {
    log.next().unwrap();
    let mut frames = Frames::default();
    for record in records {
        frames.push(record.as_bytes(), log.synced()).unwrap();
    }
    log.append(&frames).unwrap();
}

fn read(folder: &Path) -> Result<(Vec<String>, u64), StoreError> {
    let mut records = Vec::new();
    let torn = scan(folder, None, &mut |_, payload| {
        records.push(String::from_utf8(payload).unwrap());
        Ok(())
    })?;
    Ok((records, torn))
}

/// A log of two syncs, the second of two records; and where the second begins.
fn two_syncs(folder: &Path) -> (Vec<u8>, usize) {
    let (mut log, _) = Log::open(folder).unwrap();
    append(&mut log, &["first\n", "second\n"]);
    let first = log.synced();
    append(&mut log, &["third\n", "fourth\n"]);
    (fs::read(folder.join(name(1))).unwrap(), first as usize)
}

const ALL: [&str; 4] = ["first\n", "second\n", "third\n", "fourth\n"];

#[test]
fn a_pager_shows_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, _) = two_syncs(folder.path());
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "=1 00000006 5ff120f8 00000000");
    assert_eq!(lines[1], "first");
    assert_eq!(lines.len(), 8);
}

#[test]
fn cut_anywhere_it_keeps_every_whole_record_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, _) = two_syncs(folder.path());
    for kept in 0..bytes.len() {
        fs::write(folder.path().join(name(1)), &bytes[..kept]).unwrap();
        let (before, torn) = read(folder.path()).unwrap();
        let (mut log, cut) = Log::open(folder.path()).unwrap();
        assert_eq!(torn, cut, "byte {kept}: reading and opening agree");
        append(&mut log, &["next"]);
        let (after, torn) = read(folder.path()).unwrap();
        assert_eq!(torn, 0);
        assert_eq!(after[..before.len()], ALL[..before.len()], "byte {kept}");
        assert_eq!(after[before.len()..], ["next"], "byte {kept}");
    }
}

#[test]
fn flipped_where_it_was_synced_it_is_damage_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, first) = two_syncs(folder.path());
    for at in 0..first {
        let mut harmed = bytes.clone();
        harmed[at] ^= 0x04;
        fs::write(folder.path().join(name(1)), harmed).unwrap();
        for refused in [read(folder.path()).err(), Log::open(folder.path()).err()] {
            let refused = refused.map(|error| error.to_string()).unwrap_or_default();
            assert!(
                refused.contains("000000000001.log is damaged at byte"),
                "byte {at}: {refused}"
            );
        }
    }
}

#[test]
fn flipped_in_the_last_sync_it_is_torn() {
    // A power cut may have written the last frame of a sync and not the first.
    let folder = tempfile::tempdir().unwrap();
    let (bytes, first) = two_syncs(folder.path());
    for at in first..bytes.len() {
        let mut harmed = bytes.clone();
        harmed[at] ^= 0x04;
        fs::write(folder.path().join(name(1)), harmed).unwrap();
        let (records, torn) = read(folder.path()).unwrap();
        assert!(torn > 0 && (2..4).contains(&records.len()), "byte {at}");
        assert_eq!(records, ALL[..records.len()]);
        assert_eq!(Log::open(folder.path()).unwrap().1, torn);
    }
}

#[test]
fn a_file_that_is_not_the_last_has_no_torn_end() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, _) = two_syncs(folder.path());
    let (mut log, _) = Log::open(folder.path()).unwrap();
    log.begin_next().unwrap();
    append(&mut log, &["fifth"]);
    assert_eq!(read(folder.path()).unwrap().0.len(), 5);
    fs::write(folder.path().join(name(1)), &bytes[..bytes.len() - 1]).unwrap();
    assert!(matches!(read(folder.path()), Err(StoreError::Damaged(_))));
    fs::remove_file(folder.path().join(name(1))).unwrap();
    assert!(matches!(
        Log::open(folder.path()),
        Err(StoreError::Damaged(_))
    ));
}

#[test]
fn reading_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, _) = Log::open(folder.path()).unwrap();
    append(&mut log, &["first", "second"]);
    let from = log.next().unwrap();
    let read_on = |from: &Spot| {
        let mut records = Vec::new();
        scan(folder.path(), Some(from), &mut |_, payload| {
            records.push(String::from_utf8(payload).unwrap());
            Ok(())
        })
        .map(|_| records)
    };
    assert_eq!(read_on(&from).unwrap(), [""; 0]);
    log.begin_next().unwrap();
    append(&mut log, &["third"]);
    assert_eq!(read_on(&from).unwrap(), ["third"]);
    let places = [
        (
            "behind the end",
            Spot {
                offset: from.offset + 1,
                ..from.clone()
            },
        ),
        (
            "inside a record",
            Spot {
                offset: 3,
                ..from.clone()
            },
        ),
        (
            "in a file that is not there",
            Spot {
                file: name(9),
                offset: 0,
            },
        ),
    ];
    for (what, place) in places {
        assert!(matches!(read_on(&place), Err(StoreError::Gap(_))), "{what}");
    }
}

#[test]
fn a_record_may_hold_anything() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, _) = Log::open(folder.path()).unwrap();
    let text = "=1 00000006 5ff120f8 00000000\nfirst\n=1 =1 =1 \n\n";
    append(&mut log, &[text, "", text]);
    append(&mut log, &[text]);
    assert_eq!(read(folder.path()).unwrap().0, [text, "", text, text]);
}
