//! Asks a running hub through its socket.
//!
//! It does not know what the answers mean. Every answer has a deadline for its next bytes, none for all of them: a backup may be
//! large.

use std::{io, os::unix::net::UnixStream, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use prober::Network;
use rustls::{ClientConfig, crypto::aws_lc_rs};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::path_in;
use crate::settings::PublicUrl;

/// How long the hub may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// How long it may take to accept.
const CONNECTING: Duration = Duration::from_secs(5);

/// Talks to a running hub.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// What the paths are appended to.
    base: String,
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
    /// A token is not sent where others read along.
    #[error("the address of the hub must begin with https://: the token would travel in the clear")]
    InTheClear,
    /// The file holds no token.
    #[error("the token cannot be sent: is it the file that `statuspage token add --token-file` wrote?")]
    NoToken,
    /// Certificates to trust cannot be read, or TLS cannot be set up.
    #[error("{0}")]
    Roots(String),
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
        // The name is never looked up: every connection goes through the socket.
        Ok(Some(Self { http, base: "http://localhost".to_owned() }))
    }

    /// A hub afar, by its public address and a token.
    ///
    /// # Errors
    ///
    /// When the token cannot be sent, would be sent in the clear, or the certificates to trust cannot be read.
    pub fn afar(url: &PublicUrl, token: &str, ca_file: Option<&Path>) -> Result<Self, ClientError> {
        let local = matches!(url.as_url().host(), Some(url::Host::Ipv4(host)) if host.is_loopback());
        if url.as_url().scheme() != "https" && !local {
            return Err(ClientError::InTheClear);
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| ClientError::NoToken)?;
        bearer.set_sensitive(true);
        let roots = Network::roots(ca_file).map_err(|error| ClientError::Roots(error.to_string()))?;
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| ClientError::Roots(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .default_headers([(header::AUTHORIZATION, bearer)].into_iter().collect())
            // Whoever is redirected to must not get the token.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECTING)
            .read_timeout(SILENCE)
            .build()?;
        Ok(Self { http, base: url.to_string() })
    }

    /// A document of the API.
    ///
    /// # Errors
    ///
    /// When the hub refuses, or stops answering.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.document(Method::GET, path, None).await
    }

    /// An order, and the document that the API answers with.
    ///
    /// # Errors
    ///
    /// When the hub refuses, or stops answering.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, order: &impl Serialize) -> Result<T, ClientError> {
        let order = serde_json::to_vec(order).map_err(ClientError::Foreign)?;
        self.document(Method::POST, path, Some(order)).await
    }

    async fn document<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        order: Option<Vec<u8>>,
    ) -> Result<T, ClientError> {
        let mut answer = self.send(method, path, order).await?;
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
        self.send(method, path, None).await
    }

    async fn send(&self, method: Method, path: &str, order: Option<Vec<u8>>) -> Result<Answer, ClientError> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(order) = order {
            request = request.header(header::CONTENT_TYPE, "application/json").body(order);
        }
        let response = request.send().await?;
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
