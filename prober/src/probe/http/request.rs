//! What is asked in one hop: URL, method, headers and body, for either version of HTTP.
//!
//! It does not know where redirects lead.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri, Version,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING, UPGRADE,
        USER_AGENT,
    },
};
use http_body_util::Full;
use shared::Failure;
use url::{Position, Url};

use crate::{
    definition::{HttpCheck, Secret},
    probe::finding::ours,
};

/// The request of one hop.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) url: Url,
    pub(super) method: Method,
    /// Without those that belong to one version of HTTP.
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
}

impl Request {
    /// The request that the definition asks for.
    pub(super) fn first(check: &HttpCheck, user_agent: &HeaderValue) -> Result<Self, Failure> {
        let mut headers = HeaderMap::with_capacity(8 + check.headers.len());
        headers.insert(USER_AGENT, check.user_agent.as_ref().unwrap_or(user_agent).clone());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(auth) = &check.basic_auth {
            let pair = STANDARD.encode(format!("{}:{}", auth.user, auth.password.reveal()));
            headers.insert(AUTHORIZATION, secret(&format!("Basic {pair}"))?);
        }
        // How the body is framed is between hyper and the server.
        let framing = |name: &HeaderName| *name == CONTENT_LENGTH || *name == TRANSFER_ENCODING;
        for (name, value) in check.headers.iter().filter(|(name, _)| !framing(name)) {
            headers.insert(name.clone(), secret(value.reveal())?);
        }
        let body = check.body.as_ref().map(|body: &Secret| Bytes::copy_from_slice(body.reveal().as_bytes()));
        Ok(Self { url: check.url.clone(), method: check.method.clone(), headers, body })
    }

    /// As HTTP/1.1 has it: origin form, `Host`, and the connection closed afterwards.
    pub(super) fn http1(&self) -> Result<http::Request<Full<Bytes>>, Failure> {
        let target = &self.url[Position::BeforePath..Position::AfterQuery];
        let mut headers = self.headers.clone();
        if !headers.contains_key(HOST) {
            headers.insert(HOST, HeaderValue::from_str(self.authority()).map_err(|_| unsendable())?);
        }
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        let mut request = http::Request::new(Full::new(self.body.clone().unwrap_or_default()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = target.parse().map_err(|_| unsendable())?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// As HTTP/2 has it: `Host` becomes the authority, and headers about the connection do not exist (RFC 9113 §8.2.2).
    pub(super) fn http2(&self) -> Result<http::Request<()>, Failure> {
        let mut headers = self.headers.clone();
        let host = headers.remove(HOST);
        let authority = match &host {
            Some(host) => host.to_str().map_err(|_| unsendable())?,
            None => self.authority(),
        };
        const CONNECTION_HEADERS: [HeaderName; 6] = [
            CONNECTION,
            TRANSFER_ENCODING,
            UPGRADE,
            TE,
            HeaderName::from_static("keep-alive"),
            HeaderName::from_static("proxy-connection"),
        ];
        CONNECTION_HEADERS.iter().for_each(|name| drop(headers.remove(name)));
        let mut request = http::Request::new(());
        *request.version_mut() = Version::HTTP_2;
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = Uri::builder()
            .scheme(self.url.scheme())
            .authority(authority)
            .path_and_query(&self.url[Position::BeforePath..Position::AfterQuery])
            .build()
            .map_err(|_| unsendable())?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn authority(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }
}

fn secret(value: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(value).map_err(|_| unsendable())?;
    value.set_sensitive(true);
    Ok(value)
}

fn unsendable() -> Failure {
    ours("the definition asks for a request that cannot be written")
}
