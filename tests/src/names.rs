//! A name server for one name, on port 53 of an address of its own: what `/etc/resolv.conf` can lead to.
//!
//! It answers A and AAAA with loopback, and everything else with NXDOMAIN. Port 53 wants root.

use std::net::Ipv4Addr;

use anyhow::Result;
use tokio::{net::UdpSocket, task::JoinSet};

/// A running name server; dropping it stops it.
#[derive(Debug)]
pub struct Names {
    address: Ipv4Addr,
    _task: JoinSet<()>,
}

impl Names {
    /// Serves `name`, on the first free one of the loopback's addresses.
    pub async fn serving(name: &str) -> Result<Self> {
        for last in 1..=254 {
            let address = Ipv4Addr::new(127, 53, 53, last);
            let Ok(socket) = UdpSocket::bind((address, 53)).await else { continue };
            let labels: Vec<u8> =
                name.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).collect();
            let mut task = JoinSet::new();
            task.spawn(answer(socket, labels));
            return Ok(Self { address, _task: task });
        }
        anyhow::bail!("no address of 127.53.53.0/24 has a free port 53, or this is not root")
    }

    /// What `/etc/resolv.conf` says of it.
    pub fn resolv_conf(&self) -> String {
        format!("nameserver {}\n", self.address)
    }
}

async fn answer(socket: UdpSocket, name: Vec<u8>) {
    let mut question = [0; 512];
    while let Ok((length, peer)) = socket.recv_from(&mut question).await {
        if let Some(reply) = question.get(..length).and_then(|question| reply(question, &name)) {
            // Who asked may be gone; a resolver asks again.
            drop(socket.send_to(&reply, peer).await);
        }
    }
}

/// The answer to one question (RFC 1035, section 4.1); none to what is no question.
fn reply(question: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let end = 12 + question.get(12..)?.iter().position(|&byte| byte == 0)?;
    let (asked, kind) = (question.get(12..end)?, question.get(end + 1..end + 3)?);
    let data: Option<&[u8]> = match kind {
        [0, 1] => Some(&[127, 0, 0, 1]),
        [0, 28] => Some(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        _ => None,
    };
    let known = asked.eq_ignore_ascii_case(name);
    let data = data.filter(|_| known);
    let mut reply = question.get(..2)?.to_vec();
    // A response, authoritative, recursion on offer; NXDOMAIN for another name.
    reply.extend([0x85, if known { 0x80 } else { 0x83 }, 0, 1, 0, u8::from(data.is_some()), 0, 0, 0, 0]);
    reply.extend(question.get(12..end + 5)?);
    if let Some(data) = data {
        // The name again by a pointer, its kind and class, sixty seconds.
        reply.extend([0xc0, 12]);
        reply.extend(kind);
        reply.extend([0, 1, 0, 0, 0, 60, 0, data.len() as u8]);
        reply.extend(data);
    }
    Some(reply)
}
