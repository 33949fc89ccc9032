//! Tables of hours and deadlines. What must hold for every calendar stands in the files below.

mod any;
mod changes;
mod counting;
mod tables;

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::calendar::Window;
use super::clock::{Clock, Pause, due, elapsed};
use super::*;

/// `mon-fri 09:00-17:00` and so on: the hours that the tables speak of.
fn calendar(name: &str) -> Calendar {
    let office = ["09:00-17:00"].as_slice();
    let (zone, hours): (&str, [&[&str]; 7]) = match name {
        "always" => return Calendar::always(),
        "never" => ("UTC", [&[]; 7]),
        "berlin" => (
            "Europe/Berlin",
            [office, office, office, office, office, &[], &[]],
        ),
        "lunch" => ("Europe/Berlin", [&["08:00-12:00", "13:00-17:00"]; 7]),
        "night" => ("Europe/Berlin", [&["00:00-06:00", "22:00-24:00"]; 7]),
        "half past two" => ("Europe/Berlin", [&["02:30-03:00"]; 7]),
        "toronto" => (
            "America/Toronto",
            [office, office, office, office, office, &[], &[]],
        ),
        "toronto night" => ("America/Toronto", [&["00:00-06:00"]; 7]),
        "lord howe night" => ("Australia/Lord_Howe", [&["01:00-03:00"]; 7]),
        "kathmandu" => ("Asia/Kathmandu", [office; 7]),
        other => panic!("no calendar {other}"),
    };
    let mut calendar = Calendar::always();
    calendar.name = name.to_owned();
    calendar.always = false;
    calendar.zone = TimeZone::get(zone).unwrap();
    calendar.week = hours.map(|windows| windows.iter().map(|text| window(text)).collect());
    if name == "berlin" {
        calendar
            .closed
            .extend([date(2027, 3, 26), date(2027, 3, 29), date(2027, 12, 31)]);
        calendar
            .special
            .insert(date(2027, 12, 24), vec![window("09:00-12:00")]);
        // Special beats closed.
        calendar
            .special
            .insert(date(2027, 12, 31), vec![window("10:00-11:00")]);
    }
    calendar
}

fn window(text: &str) -> Window {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let (from, to) = text.split_once('-').unwrap();
    Window {
        from: minute(from),
        to: minute(to),
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn business(seconds: u64) -> Budget {
    Budget {
        seconds,
        business: true,
    }
}

/// One line a case: `calendar; start; minutes or seconds; [pause from/to …] => due`.
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (given, expected) = line.split_once("=>").unwrap();
        let given: Vec<&str> = given.split(';').map(str::trim).collect();
        let [name, start, budget, pauses @ ..] = given.as_slice() else {
            panic!("{line}");
        };
        let pauses: Vec<Pause> = pauses.iter().map(|text| pause(text)).collect();
        let got = due(
            &calendar(name),
            instant(start),
            business(seconds(budget)),
            &pauses,
        );
        let expected = Some(expected.trim())
            .filter(|text| *text != "never")
            .map(instant);
        assert_eq!(got, expected, "{line}");
    }
}

fn pause(text: &str) -> Pause {
    let (from, to) = text
        .strip_prefix("pause ")
        .unwrap()
        .split_once('/')
        .unwrap();
    Pause {
        from: instant(from),
        to: Some(to).filter(|to| *to != "…").map(instant),
    }
}

fn seconds(text: &str) -> u64 {
    let (number, unit) = text.split_once(' ').unwrap();
    let number: u64 = number.parse().unwrap();
    match unit {
        "s" => number,
        "min" => number * 60,
        "h" => number * 3600,
        other => panic!("no unit {other}"),
    }
}

#[test]
fn budgets_run_in_office_hours_and_end_at_closing_time() {
    check(
        "
        berlin;    2027-02-05T16:30:00+01:00; 30 min     => 2027-02-05T17:00:00+01:00
        berlin;    2027-02-05T16:30:00+01:00; 1801 s     => 2027-02-08T09:00:01+01:00
        berlin;    2027-02-05T16:30:00+01:00; 0 s        => 2027-02-05T16:30:00+01:00
        berlin;    2027-02-06T12:00:00+01:00; 0 s        => 2027-02-06T12:00:00+01:00
        berlin;    2027-02-06T12:00:00+01:00; 1 s        => 2027-02-08T09:00:01+01:00
        berlin;    2027-02-08T17:00:00+01:00; 1 min      => 2027-02-09T09:01:00+01:00
        lunch;     2027-02-08T11:30:00+01:00; 1 h        => 2027-02-08T13:30:00+01:00
        lunch;     2027-02-08T12:10:00+01:00; 4 h        => 2027-02-08T17:00:00+01:00
        kathmandu; 2027-02-08T03:15:00Z;      30 min     => 2027-02-08T03:45:00Z
        always;    2027-02-06T12:00:00Z;      48 h       => 2027-02-08T12:00:00Z
        never;     2027-02-06T12:00:00Z;      1 s        => never
        never;     2027-02-06T12:00:00Z;      0 s        => 2027-02-06T12:00:00Z
        ",
    );
}

#[test]
fn closed_days_are_left_out_and_special_days_have_their_own_hours() {
    check(
        "
        berlin; 2027-03-25T16:30:00+01:00; 1 h    => 2027-03-30T09:30:00+02:00
        berlin; 2027-12-24T11:00:00+01:00; 2 h    => 2027-12-27T10:00:00+01:00
        berlin; 2027-12-31T09:00:00+01:00; 30 min => 2027-12-31T10:30:00+01:00
        berlin; 2027-12-31T10:30:00+01:00; 1 h    => 2028-01-03T09:30:00+01:00
        ",
    );
}

#[test]
fn a_change_of_the_clocks_adds_and_removes_no_working_time() {
    check(
        "
        toronto;         2027-03-12T16:50:00-05:00; 30 min => 2027-03-15T09:20:00-04:00
        night;           2027-03-28T01:15:00+01:00; 2 h    => 2027-03-28T04:15:00+02:00
        night;           2027-10-31T01:30:00+02:00; 2 h    => 2027-10-31T02:30:00+01:00
        toronto night;   2027-11-07T00:30:00-04:00; 90 min => 2027-11-07T01:00:00-05:00
        half past two;   2027-10-31T00:00:00+02:00; 40 min => 2027-10-31T02:40:00+01:00
        half past two;   2027-03-27T02:45:00+01:00; 30 min => 2027-03-29T02:45:00+02:00
        lord howe night; 2027-04-04T01:00:00+11:00; 150 min => 2027-04-04T03:00:00+10:30
        always;          2027-03-27T12:00:00+01:00; 24 h   => 2027-03-28T13:00:00+02:00
        ",
    );
}

#[test]
fn a_pause_stops_the_clock_only_while_it_would_run() {
    check(
        "
        berlin; 2027-02-08T09:00:00+01:00; 1 h; pause 2027-02-08T09:30:00+01:00/2027-02-08T10:30:00+01:00 => 2027-02-08T11:00:00+01:00
        berlin; 2027-02-08T16:30:00+01:00; 1 h; pause 2027-02-08T18:00:00+01:00/2027-02-09T08:00:00+01:00 => 2027-02-09T09:30:00+01:00
        berlin; 2027-02-08T09:00:00+01:00; 1 h; pause 2027-02-08T10:00:00+01:00/…                         => 2027-02-08T10:00:00+01:00
        berlin; 2027-02-08T09:00:00+01:00; 1 h; pause 2027-02-08T09:59:59+01:00/…                         => never
        always; 2027-02-08T09:00:00Z; 1 h; pause 2027-02-08T09:10:00Z/2027-02-08T09:30:00Z; pause 2027-02-08T09:20:00Z/2027-02-08T09:40:00Z => 2027-02-08T10:30:00Z
        always; 2027-02-08T09:00:00Z; 1 h; pause 2027-02-08T09:40:00Z/2027-02-08T09:20:00Z                => 2027-02-08T10:00:00Z
        ",
    );
}

#[test]
fn real_time_ignores_the_hours_but_not_the_pauses() {
    let real = Budget {
        seconds: 3600,
        business: false,
    };
    let saturday = instant("2027-02-06T12:00:00Z");
    let pauses = [pause("pause 2027-02-06T12:30:00Z/2027-02-06T14:00:00Z")];
    let got = due(&calendar("berlin"), saturday, real, &pauses);
    assert_eq!(got, Some(instant("2027-02-06T14:30:00Z")));
}

#[test]
fn elapsed_counts_gaps_never_and_folds_twice() {
    let check = |name: &str, from: &str, to: &str, hours: f64| {
        let got = elapsed(&calendar(name), instant(from), instant(to), &[]);
        assert_eq!(got, (hours * 3600.0) as u64, "{name} {from} {to}");
    };
    check(
        "berlin",
        "2027-02-01T00:00:00+01:00",
        "2027-02-08T00:00:00+01:00",
        40.0,
    );
    check(
        "night",
        "2027-03-22T00:00:00+01:00",
        "2027-03-29T00:00:00+02:00",
        55.0,
    );
    check(
        "night",
        "2027-10-25T00:00:00+02:00",
        "2027-11-01T00:00:00+01:00",
        57.0,
    );
    check(
        "half past two",
        "2027-10-31T00:00:00+02:00",
        "2027-11-01T00:00:00+01:00",
        1.0,
    );
    check(
        "berlin",
        "2027-02-08T12:00:00+01:00",
        "2027-02-08T11:00:00+01:00",
        0.0,
    );
}
