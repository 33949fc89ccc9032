//! Twice the mail is twice the work: mails made up to two sizes, and the memory that is asked for while each is read.
//!
//! What asks for no memory and is still slow is the bench's to find; this holds on every machine.

#[path = "../../benches/reading/kinds.rs"]
#[expect(dead_code, reason = "the bench weighs some mails that do not grow")]
mod kinds;

use allocation_counter::AllocationInfo;
use triaged::triage::mail::Mail;
use triaged::triage::report::Report;
use triaged::triage::rules::Rules;

const SMALL_BYTES: usize = 32 * 1024;
const FIRST_BYTES: usize = 4 * 1024;
const TIMES: u64 = 4;

/// What buffers that double and patterns that keep a little add to the growth.
const SLACK_PERCENT: u64 = 15;
const SLACK_BYTES: u64 = 2 * 1024 * 1024;

/// Memory that may be held at one moment: a multiple of the mail, and what the looked-at beginning of one may take if each
/// of its letters is a sentence.
const HELD_TIMES: u64 = 12;
const HELD_BYTES: u64 = 24 * 1024 * 1024;

#[test]
fn four_times_the_mail_is_four_times_the_work() {
    for (name, make) in kinds::KINDS {
        // The first to be read pays for the patterns.
        cost(&make(FIRST_BYTES));
        let small = cost(&make(SMALL_BYTES));
        let large = cost(&make(SMALL_BYTES * TIMES as usize));
        let most = small.bytes_total * TIMES * (100 + SLACK_PERCENT) / 100 + SLACK_BYTES;
        assert!(
            large.bytes_total <= most,
            "{name}: {} bytes asked for, then {} for {TIMES} times the mail",
            small.bytes_total,
            large.bytes_total
        );
        let held = HELD_BYTES + HELD_TIMES * SMALL_BYTES as u64 * TIMES;
        assert!(
            large.bytes_max <= held,
            "{name}: {} bytes held at once",
            large.bytes_max
        );
    }
}

fn cost(raw: &[u8]) -> AllocationInfo {
    allocation_counter::measure(|| drop(Report::of(&Mail::read(raw), &Rules::shipped().lexicon)))
}
