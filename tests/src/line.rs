//! A line between a place and a hub that a test makes slow, deaf or dead while it runs: bytes travel late, answers never arrive, or
//! everything waits, to be handed over when nobody expects it any more.
//!
//! It does not know what travels.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// How it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Each way takes so long.
    Late(Duration),
    /// What is asked arrives; the connection ends in place of the answer.
    Deaf,
    /// Nothing arrives until it carries again; then everything does, whether or not who sent it still waits.
    Held,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

/// A line; dropping it cuts it.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    manner: watch::Sender<Manner>,
    _tasks: JoinSet<()>,
}

impl Line {
    /// Lays one from a free port of an address to a port of this machine.
    pub async fn lay(from: &str, port: u16, manner: Manner) -> Result<Self> {
        let listener = TcpListener::bind(format!("{from}:0")).await?;
        let address = listener.local_addr()?;
        let (manner, seen) = watch::channel(manner);
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, SocketAddr::from(([127, 0, 0, 1], port)), seen));
        Ok(Self { address, manner, _tasks: tasks })
    }

    /// The port of its near end.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Carries like that from now on.
    pub fn carry(&self, manner: Manner) {
        self.manner.send_replace(manner);
    }
}

async fn serve(listener: TcpListener, far: SocketAddr, manner: watch::Receiver<Manner>) {
    let mut calls = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        calls.spawn(call(near, far, manner.clone()));
        while calls.try_join_next().is_some() {}
    }
}

async fn call(mut near: TcpStream, far: SocketAddr, mut manner: watch::Receiver<Manner>) {
    // The far end would not wait for as long as this line may.
    if manner.wait_for(|manner| *manner != Manner::Held).await.is_err() {
        return;
    }
    let Ok(mut far) = TcpStream::connect(far).await else { return };
    let ((near_end, near_start), (far_end, far_start)) = (near.split(), far.split());
    let there = async {
        carry(near_end, far_start, Way::There, manner.clone()).await;
        // Who asked may have gone; the far end answers all the same.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = there => {}
        () = carry(far_end, near_start, Way::Back, manner.clone()) => {}
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    way: Way,
    mut manner: watch::Receiver<Manner>,
) {
    let mut bytes = vec![0; 16_384];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let Ok(now) = manner.wait_for(|manner| *manner != Manner::Held).await.map(|now| *now) else { return };
        match now {
            Manner::Late(by) => tokio::time::sleep(by).await,
            Manner::Deaf if way == Way::Back => return,
            Manner::Deaf | Manner::Held => {}
        }
        // Nobody reads an answer that comes too late; what was asked has arrived before.
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
