//! A private Dovecot and Postfix in a folder of their own, stopped and removed when dropped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running pair of servers.
#[derive(Debug)]
pub struct Servers {
    /// Where they live.
    pub folder: PathBuf,
    env: BTreeMap<String, String>,
    /// The folder goes with us; none if the servers are somebody else's.
    home: Option<tempfile::TempDir>,
}

impl Servers {
    /// Starts a pair, or says in words why there can be none here (no root, no packages).
    pub fn start(options: &[&str]) -> Result<Self, String> {
        let home = tempfile::Builder::new()
            .prefix("triaged-")
            .tempdir_in("/tmp")
            .map_err(|error| error.to_string())?;
        let folder = home.path().join("servers");
        let parent = std::process::id().to_string();
        let mut arguments = vec![
            "start",
            folder.to_str().ok_or("a strange temporary folder")?,
            "--with-parent",
            &parent,
        ];
        arguments.extend(options);
        script(&arguments)?;
        let mut servers = Self::attach(&folder)?;
        servers.home = Some(home);
        Ok(servers)
    }

    /// Servers that somebody else has started, and will stop.
    pub fn attach(folder: &Path) -> Result<Self, String> {
        let env = std::fs::read_to_string(folder.join("env")).map_err(|error| error.to_string())?;
        let env = env
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.trim_matches('"').to_owned()));
        Ok(Self {
            env: env.collect(),
            folder: folder.to_owned(),
            home: None,
        })
    }

    /// A value of the servers' `env`, such as `PASSWORD`.
    pub fn env(&self, key: &str) -> &str {
        self.env
            .get(key)
            .unwrap_or_else(|| panic!("servers.sh writes no {key}"))
    }

    /// A port of the servers' `env`, such as `SMTP_PORT`.
    pub fn port(&self, key: &str) -> u16 {
        self.env(key)
            .parse()
            .unwrap_or_else(|_| panic!("{key} is no port"))
    }

    /// The certificate authority that signed the servers' certificate.
    pub fn ca_file(&self) -> &Path {
        Path::new(self.env("CA_FILE"))
    }

    /// Another command of servers.sh on this pair, such as `stop-dovecot`.
    pub fn command(&self, command: &str, arguments: &[&str]) {
        let mut all = vec![command, self.folder.to_str().unwrap_or_default()];
        all.extend(arguments);
        script(&all).unwrap_or_else(|why| panic!("servers.sh {command}: {why}"));
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        if self.home.is_none() {
            return;
        }
        let _stopped = script(&["stop", self.folder.to_str().unwrap_or_default(), "--remove"]);
    }
}

fn script(arguments: &[&str]) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/servers.sh");
    let output = Command::new("bash")
        .arg(path)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
