//! What comes with us from others: licences, doubled versions, and the reason for each dependency.
//!
//! `deploy/deny.toml` is written for cargo-deny, which wants a network; this reads the same file and asks
//! cargo alone, offline, so that it holds on every machine that can build.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// One crate of the graph that a build really reaches.
struct Crate {
    name: String,
    version: String,
    license: String,
}

#[test]
fn every_licence_is_one_we_allow() {
    let deny = deny();
    let allowed = texts(&deny["licenses"]["allow"]);
    let mut exceptions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for exception in deny["licenses"]["exceptions"].as_array().unwrap() {
        let name = exception["crate"].as_str().unwrap();
        exceptions.insert(name, texts(&exception["allow"]));
    }

    for Crate { name, license, .. } in reachable() {
        let fits = |more: &BTreeSet<&str>| {
            Licence { rest: &license }.holds(&|id| allowed.contains(id) || more.contains(id))
        };
        if fits(&BTreeSet::new()) {
            continue;
        }
        let exception = exceptions.remove(name.as_str()).unwrap_or_default();
        assert!(
            fits(&exception),
            "{name} comes under `{license}`, which deploy/deny.toml does not allow"
        );
    }
    assert!(
        exceptions.is_empty(),
        "deploy/deny.toml: nobody needs these exceptions: {exceptions:?}"
    );
}

#[test]
fn no_crate_comes_in_two_versions_without_a_reason() {
    let deny = deny();
    let mut skipped: BTreeSet<String> = BTreeSet::new();
    for skip in deny["bans"]["skip"].as_array().unwrap() {
        assert!(
            skip["reason"]
                .as_str()
                .is_some_and(|reason| reason.len() > 10),
            "a skip without a reason: {skip}"
        );
        skipped.insert(skip["crate"].as_str().unwrap().to_owned());
    }

    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Crate { name, version, .. } in reachable() {
        if !skipped.remove(&format!("{name}@{version}")) {
            versions.entry(name).or_default().insert(version);
        }
    }
    let doubled: Vec<_> = versions
        .iter()
        .filter(|(_, versions)| versions.len() > 1)
        .collect();
    assert!(
        doubled.is_empty(),
        "two versions of one crate: {doubled:?}; name the older in deploy/deny.toml, with the reason"
    );
    assert!(
        skipped.is_empty(),
        "deploy/deny.toml: nobody brings these any more: {skipped:?}"
    );
}

#[test]
fn every_exception_to_a_licence_says_why() {
    let text = fs::read_to_string(format!("{ROOT}/deploy/deny.toml")).unwrap();
    for line in text
        .lines()
        .filter(|line| line.contains("allow = [") && line.contains("crate = "))
    {
        assert!(
            line.split_once("# ").is_some_and(|(_, why)| why.len() > 10),
            "no reason: {line}"
        );
    }
}

#[test]
fn every_dependency_says_why_and_is_used() {
    let manifest = fs::read_to_string(format!("{ROOT}/Cargo.toml")).unwrap();
    let sources = super::tidy::sources("src");
    let section = manifest
        .split_once("\n[dependencies]\n")
        .unwrap()
        .1
        .split("\n[")
        .next()
        .unwrap();
    let mut seen = 0;
    for line in section.lines().filter(|line| !line.trim().is_empty()) {
        let (name, _) = line
            .split_once(" = ")
            .unwrap_or_else(|| panic!("not `name = …  # why`: {line}"));
        assert!(
            line.rsplit_once(" # ")
                .is_some_and(|(_, why)| why.len() > 10),
            "no word on why: {line}"
        );
        let path = format!("{}::", name.replace('-', "_"));
        let path_end = format!("use {};", name.replace('-', "_"));
        let used = sources
            .iter()
            .any(|file| file.text.contains(&path) || file.text.contains(&path_end));
        assert!(used, "`{name}` is used by nobody");
        seen += 1;
    }
    assert!(seen > 0, "[dependencies] was not found");
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    // (expression, who is allowed, may it come in)
    let table = [
        ("MIT", "MIT", true),
        ("MIT", "ISC", false),
        ("MIT OR GPL-2.0-only", "MIT", true),
        ("MIT AND ISC", "MIT", false),
        ("MIT AND ISC", "MIT ISC", true),
        ("MIT/Apache-2.0", "Apache-2.0", true),
        ("MIT / Apache-2.0", "Apache-2.0", true),
        ("ISC OR MIT AND GPL-2.0-only", "ISC", true),
        ("ISC AND MIT OR GPL-2.0-only", "ISC", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", "MIT", false),
        (
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "MIT Unicode-3.0",
            true,
        ),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception OR MIT", "MIT", true),
        ("", "MIT", false),
    ];
    for (expression, allowed, expected) in table {
        let holds =
            Licence { rest: expression }.holds(&|id| allowed.split(' ').any(|one| one == id));
        assert_eq!(holds, expected, "`{expression}` with {allowed} allowed");
    }
}

/// A licence expression, read from left to right: OR binds least, then AND, then WITH.
struct Licence<'a> {
    rest: &'a str,
}

impl<'a> Licence<'a> {
    fn holds(mut self, allowed: &dyn Fn(&str) -> bool) -> bool {
        let holds = self.any(allowed);
        // What we cannot read we do not allow.
        holds && self.next().is_empty()
    }

    fn any(&mut self, allowed: &dyn Fn(&str) -> bool) -> bool {
        let mut holds = self.all(allowed);
        while matches!(self.peek(), "OR" | "/") {
            self.next();
            holds |= self.all(allowed);
        }
        holds
    }

    fn all(&mut self, allowed: &dyn Fn(&str) -> bool) -> bool {
        let mut holds = self.one(allowed);
        while self.peek() == "AND" {
            self.next();
            holds &= self.one(allowed);
        }
        holds
    }

    fn one(&mut self, allowed: &dyn Fn(&str) -> bool) -> bool {
        let id = self.next();
        if id == "(" {
            let holds = self.any(allowed);
            return self.next() == ")" && holds;
        }
        if self.peek() == "WITH" {
            self.next();
            let exception = self.next();
            return allowed(&format!("{id} WITH {exception}"));
        }
        allowed(id)
    }

    fn peek(&self) -> &'a str {
        Licence { rest: self.rest }.next()
    }

    /// The next word, or one of `(`, `)` and `/`; empty at the end.
    fn next(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let length =
            match rest.find(|letter: char| letter.is_whitespace() || "()/".contains(letter)) {
                Some(0) => 1,
                Some(end) => end,
                None => rest.len(),
            };
        let (word, rest) = rest.split_at(length);
        self.rest = rest;
        word
    }
}

fn deny() -> toml::Value {
    toml::from_str(&fs::read_to_string(format!("{ROOT}/deploy/deny.toml")).unwrap()).unwrap()
}

fn texts(value: &toml::Value) -> BTreeSet<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect()
}

/// Every crate but ours that a build for this kind of machine takes in, tests and build scripts included.
fn reachable() -> Vec<Crate> {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--offline",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            &target,
        ])
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();

    // `packages` names everything in the lock file; only `resolve` knows what is reached.
    let nodes = by_id(&metadata["resolve"]["nodes"]);
    let root = metadata["resolve"]["root"].as_str().unwrap();
    let (mut reached, mut open) = (BTreeSet::new(), vec![root]);
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(
                nodes[id]["deps"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|dep| dep["pkg"].as_str().unwrap()),
            );
        }
    }
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let crates: Vec<Crate> = by_id(&metadata["packages"])
        .into_iter()
        .filter(|(id, _)| *id != root && reached.contains(id))
        .map(|(_, package)| Crate {
            name: text(package, "name"),
            version: text(package, "version"),
            license: text(package, "license"),
        })
        .collect();
    assert!(
        crates.len() > 50,
        "cargo named only {} crates",
        crates.len()
    );
    crates
}

fn by_id(list: &Value) -> BTreeMap<&str, &Value> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one))
        .collect()
}
