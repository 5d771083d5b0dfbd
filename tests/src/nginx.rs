//! A real nginx in front of an upstream that a test can stop: 200, then 502, then 200 again.
//!
//! It does not know who asks.

use std::net::SocketAddr;

use anyhow::Result;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{program::Program, program::free_port, wait};

/// A running nginx; dropping it stops it.
#[derive(Debug)]
pub struct Nginx {
    doors: Vec<SocketAddr>,
    _program: Program,
    _directory: TempDir,
}

/// What is kept of the upstream's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeping {
    Nothing,
    Everything,
}

impl Nginx {
    /// Starts nginx as a reverse proxy for `upstream`.
    pub async fn in_front_of(upstream: SocketAddr) -> Result<Self> {
        Self::start(&[upstream], Keeping::Nothing).await
    }

    /// Starts nginx as a cache that keeps every answer of `upstream` for an hour, whatever it says of itself.
    pub async fn keeping_answers_of(upstream: SocketAddr) -> Result<Self> {
        Self::start(&[upstream], Keeping::Everything).await
    }

    /// Starts nginx with a door of its own for each of several upstreams.
    pub async fn ingress(upstreams: &[SocketAddr]) -> Result<Self> {
        Self::start(upstreams, Keeping::Nothing).await
    }

    async fn start(upstreams: &[SocketAddr], keeping: Keeping) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().display();
        let (cache, use_it) = match keeping {
            Keeping::Nothing => (String::new(), ""),
            Keeping::Everything => (
                format!("proxy_cache_path {path}/cache keys_zone=kept:1m;"),
                "proxy_cache kept; proxy_cache_valid 200 1h; proxy_ignore_headers Cache-Control Vary Expires;",
            ),
        };
        let (mut doors, mut servers) = (Vec::new(), String::new());
        for upstream in upstreams {
            let door = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            servers.push_str(&format!(
                "server {{ listen {door}; location / {{ proxy_pass http://{upstream}; proxy_connect_timeout 1s; {use_it} }} }}\n"
            ));
            doors.push(door);
        }
        let configuration = format!(
            "daemon off; master_process off; pid {path}/pid; error_log stderr;
             events {{ worker_connections 256; }}
             http {{
                 access_log off; client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;
                 fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi; {cache}
                 {servers}
             }}"
        );
        let file = directory.path().join("nginx.conf");
        std::fs::write(&file, configuration)?;
        let program = Program::start(Command::new("/usr/sbin/nginx").arg("-e").arg("stderr").arg("-c").arg(&file))?;
        for door in &doors {
            wait::until("nginx listens", async || tokio::net::TcpStream::connect(door).await.ok()).await;
        }
        Ok(Self { doors, _program: program, _directory: directory })
    }

    /// Its URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.urls().into_iter().next().unwrap_or_default()
    }

    /// The URLs of its doors, in the order of the upstreams, without a trailing slash.
    pub fn urls(&self) -> Vec<String> {
        self.doors.iter().map(|door| format!("http://{door}")).collect()
    }
}
