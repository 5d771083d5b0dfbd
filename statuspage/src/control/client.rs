//! Asks a running hub through its socket.
//!
//! It does not know what the answers mean. Every answer has a deadline for its next bytes, none for all of them: a backup may be
//! large.

use std::{io, os::unix::net::UnixStream, path::Path, time::Duration};

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, de::DeserializeOwned};

use super::path_in;

/// How long the hub may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// How long it may take to accept.
const CONNECTING: Duration = Duration::from_secs(5);

/// Talks to a running hub.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
}

/// The hub did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The socket is there and not ours to open.
    #[error("cannot open the socket of the running hub, {path}: run this as the user of the hub")]
    Closed {
        /// Where.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The hub answered that it will not or cannot.
    #[error("{detail}")]
    Refused {
        /// The status of HTTP.
        status: u16,
        /// The hub's own words.
        detail: String,
    },
    /// The connection broke or stayed silent: the hub may have stopped.
    #[error("the hub stopped answering")]
    Lost(#[from] reqwest::Error),
    /// The answer is none that this version knows.
    #[error("the hub's answer cannot be read: are the command and the hub of one version?")]
    Foreign(#[source] serde_json::Error),
}

#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Client {
    /// The hub that runs on a data directory, where one listens.
    ///
    /// # Errors
    ///
    /// When its socket may not be opened by this user.
    pub fn find(data: &Path) -> Result<Option<Self>, ClientError> {
        let path = path_in(data);
        match UnixStream::connect(&path) {
            Ok(_) => {}
            Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                return Err(ClientError::Closed { path: path.display().to_string(), source });
            }
            // Nothing there, what a dead hub left, or a path that no socket can have.
            Err(_) => return Ok(None),
        }
        let http = reqwest::Client::builder()
            .unix_socket(path)
            .no_proxy()
            // Nothing goes over TLS here: the platform's certificates need not be read.
            .tls_certs_only([])
            .connect_timeout(CONNECTING)
            .read_timeout(SILENCE)
            .build()?;
        Ok(Some(Self { http }))
    }

    /// A document of the API.
    ///
    /// # Errors
    ///
    /// When the hub refuses, or stops answering.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let mut answer = self.ask(Method::GET, path).await?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(ClientError::Foreign)
    }

    /// An answer that is read piece by piece.
    ///
    /// # Errors
    ///
    /// When the hub refuses, or stops answering.
    pub async fn ask(&self, method: Method, path: &str) -> Result<Answer, ClientError> {
        // The name is never looked up: every connection goes through the socket.
        let response = self.http.request(method, format!("http://localhost{path}")).send().await?;
        let status = response.status();
        if status.is_success() {
            return Ok(Answer(response));
        }
        let body = response.bytes().await?;
        let detail = match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => problem.detail,
            Err(_) => format!("the hub answered with HTTP {status}"),
        };
        Err(ClientError::Refused { status: status.as_u16(), detail })
    }
}

/// An answer under way.
#[derive(Debug)]
pub struct Answer(reqwest::Response);

impl Answer {
    /// The next bytes; none at the end.
    ///
    /// # Errors
    ///
    /// When the hub stops before it said everything.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ClientError> {
        Ok(self.0.chunk().await?)
    }
}
