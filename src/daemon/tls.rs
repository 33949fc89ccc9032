//! Connections to mail servers: plain TCP that notices a dead peer, and TLS with the system's roots.
//!
//! Every configuration names its cryptography provider. With two providers somewhere in the tree, rustls would
//! otherwise refuse to choose one, and panic at the first connection.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

/// One address of a host gets this long to answer; a host with a dead IPv6 address still has its IPv4 one.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);

/// A name server that is silent for longer counts as down.
const RESOLVE_WITHIN: Duration = Duration::from_secs(15);

/// Two round trips and a little arithmetic; a server that needs longer is not speaking TLS.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(20);

/// A silent connection is probed after a minute, and given up a minute later: before any operator would notice.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(60);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(15);
const KEEPALIVE_TRIES: u32 = 4;

/// What we sent and nobody acknowledged for this long will not arrive any more.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(60);

/// A file of certificates that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The extra CA file cannot be read, holds no certificate, or one that is damaged.
    #[error("the certificates in {} cannot be used: {why}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Neither the system nor the configuration names anyone to trust.
    #[error(
        "no certificate authority is known: install the system's (package ca-certificates) or name a `ca_file`"
    )]
    NoRoots,
    /// The provider does not know the protocol versions. Cannot happen with the features of Cargo.toml.
    #[error("TLS cannot be set up: {0}")]
    Provider(#[from] rustls::Error),
}

/// Why there is no connection. All of them are worth another try, later.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The name has no address.
    #[error("{host} has no address: {why}")]
    NoAddress {
        /// The server's name.
        host: String,
        /// The resolver's words.
        why: String,
    },
    /// Nobody listens, or nothing answers.
    #[error("{host} port {port} does not answer: {why}")]
    Unreachable {
        /// The server's name.
        host: String,
        /// Its port.
        port: u16,
        /// The last address's error.
        why: String,
    },
    /// The server's certificate does not convince.
    #[error("{host} shows a certificate that we do not accept: {why}")]
    Certificate {
        /// The server's name.
        host: String,
        /// What is wrong with it and what may be done.
        why: String,
    },
    /// The peer does not speak TLS here, or not well.
    #[error("TLS with {host} failed: {why}")]
    Handshake {
        /// The server's name.
        host: String,
        /// What went wrong.
        why: String,
    },
}

/// Trusts the system's roots and those in `ca_file` (PEM). TLS 1.2 and 1.3, server names always checked.
///
/// Reads files, so a renewed CA file needs no restart: ask again for each connection that matters.
///
/// # Errors
/// [`TlsError`]: an operator must look at the file.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::debug!(%error, "A certificate of the system cannot be read.");
    }
    // Systems carry a few certificates that no modern library reads; the others are what counts.
    let _counts = roots.add_parsable_certificates(system.certs);
    if let Some(path) = ca_file {
        add_ca_file(&mut roots, path)?;
    }
    if roots.is_empty() {
        return Err(TlsError::NoRoots);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// A TCP connection without Nagle's delay, which notices within two minutes that its peer is gone.
///
/// # Errors
/// [`ConnectError`]
pub async fn connect(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let mut last = String::from("no address was tried");
    for address in addresses(host, port).await? {
        match timeout(CONNECT_WITHIN, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => match prepare(&stream) {
                Ok(()) => return Ok(stream),
                Err(error) => last = error.to_string(),
            },
            Ok(Err(error)) => last = error.to_string(),
            Err(_elapsed) => last = format!("{address} is silent"),
        }
    }
    Err(ConnectError::Unreachable {
        host: host.to_owned(),
        port,
        why: last,
    })
}

/// Turns a connection into a private one with `host`, whose name the certificate must bear.
///
/// # Errors
/// [`ConnectError::Certificate`] or [`ConnectError::Handshake`].
pub async fn handshake(
    config: Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, ConnectError> {
    let failed = |why: String| ConnectError::Handshake {
        host: host.to_owned(),
        why,
    };
    let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(error.to_string()))?;
    let connecting = TlsConnector::from(config).connect(name, stream);
    match timeout(HANDSHAKE_WITHIN, connecting).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(explain(host, &error)),
        Err(_elapsed) => Err(failed("the server is silent".to_owned())),
    }
}

/// A connection as it is: private, or plain where that was asked for.
#[derive(Debug)]
pub enum Stream {
    /// In the clear: loopback, or before STARTTLS.
    Plain(TcpStream),
    /// Private.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// The TCP connection below.
    #[must_use]
    pub fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }

    /// The server's own certificate, DER, and the protocol's name; `None` in the clear.
    #[must_use]
    pub fn certificate(&self) -> Option<(&CertificateDer<'static>, &'static str)> {
        let Self::Tls(stream) = self else {
            return None;
        };
        let connection = stream.get_ref().1;
        let version = connection
            .protocol_version()
            .and_then(|version| version.as_str());
        let certificate = connection.peer_certificates()?.first()?;
        Some((certificate, version.unwrap_or("TLS")))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

fn add_ca_file(roots: &mut RootCertStore, path: &Path) -> Result<(), TlsError> {
    let unusable = |why: String| TlsError::CaFile {
        path: path.to_owned(),
        why,
    };
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
    let mut added = 0_usize;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(error.to_string()))?;
        added += 1;
    }
    if added == 0 {
        return Err(unusable(
            "there is no certificate in it; PEM is expected".to_owned(),
        ));
    }
    Ok(())
}

async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, ConnectError> {
    let none = |why: String| ConnectError::NoAddress {
        host: host.to_owned(),
        why,
    };
    match timeout(RESOLVE_WITHIN, lookup_host((host, port))).await {
        Ok(Ok(found)) => Ok(found.collect()),
        Ok(Err(error)) => Err(none(error.to_string())),
        Err(_elapsed) => Err(none("the name server is silent".to_owned())),
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    // Commands are small and wait for their answers: Nagle's algorithm would add 40 ms to each.
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_AFTER)
        .with_interval(KEEPALIVE_EVERY)
        .with_retries(KEEPALIVE_TRIES);
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX))?;
    Ok(())
}

/// rustls wraps its own errors in an I/O error; the operator needs the inner one, and what to do about it.
fn explain(host: &str, error: &io::Error) -> ConnectError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(problem)) = inner else {
        return ConnectError::Handshake {
            host: host.to_owned(),
            why: error.to_string(),
        };
    };
    ConnectError::Certificate {
        host: host.to_owned(),
        why: advice(problem),
    }
}

/// What is wrong with a certificate, and what to do.
fn advice(problem: &CertificateError) -> String {
    const RENEW: &str = "renew it, or set this machine's clock";
    if let CertificateError::ExpiredContext { not_after, .. } = problem {
        return format!("it expired on {}; {RENEW}", day(*not_after));
    }
    if let CertificateError::NotValidYetContext { not_before, .. } = problem {
        return format!("it begins on {}; {RENEW}", day(*not_before));
    }
    if matches!(problem, CertificateError::UnknownIssuer) {
        return "its issuer is unknown; name the issuer's certificate in `ca_file`".to_owned();
    }
    problem.to_string()
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| "a day beyond all calendars".to_owned(),
        |at| at.strftime("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, text).unwrap();
        let error = client_config(Some(&path)).unwrap_err().to_string();
        error.replace(folder.path().to_str().unwrap(), "")
    }

    #[test]
    fn a_useless_ca_file_is_named_with_its_mistake() {
        assert_eq!(
            check("nothing of the kind"),
            "the certificates in /ca.pem cannot be used: there is no certificate in it; PEM is expected"
        );
        assert!(
            check("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
                .starts_with("the certificates in /ca.pem cannot be used: ")
        );
        let missing = client_config(Some(Path::new("/nowhere/ca.pem"))).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/ca.pem"));
    }

    #[test]
    fn a_certificate_of_another_time_is_told_by_its_day() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let expired = CertificateError::ExpiredContext {
            time: at(1_795_521_785),
            not_after: at(1_769_904_000),
        };
        assert_eq!(
            advice(&expired),
            "it expired on 2026-02-01; renew it, or set this machine's clock"
        );
        let early = CertificateError::NotValidYetContext {
            time: at(1_769_904_000),
            not_before: at(1_795_521_785),
        };
        assert_eq!(
            advice(&early),
            "it begins on 2026-11-24; renew it, or set this machine's clock"
        );
    }

    #[tokio::test]
    async fn a_connection_is_made_without_delay_and_with_probes() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = connect("127.0.0.1", port).await.unwrap();
        assert!(stream.nodelay().unwrap());
        assert!(SockRef::from(&stream).keepalive().unwrap());
        drop(listener);
    }

    #[tokio::test]
    async fn a_closed_port_is_named() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let error = connect("127.0.0.1", port).await.unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("127.0.0.1 port {port} does not answer: ")),
            "{error}"
        );
    }
}
