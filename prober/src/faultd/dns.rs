//! A name server that answers as it is told, by UDP and TCP.
//!
//! It does not resolve anything.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hickory_resolver::proto::{
    op::{Message, OpCode, Query, ResponseCode},
    rr::{Name, RData, Record, RecordType, rdata::CNAME},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
    task::JoinSet,
    time::sleep,
};

/// What is answered about a name.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// These addresses, those of the family asked for; none of them is NODATA.
    Addresses(Vec<IpAddr>),
    /// The first of these the first time, and so on; the last one from then on.
    InTurn(Vec<Reply>),
    /// Another name, and nothing about that.
    Alias(String),
    /// A code, such as NXDOMAIN, SERVFAIL, REFUSED.
    Code(ResponseCode),
    /// Nothing at all.
    Silence,
    /// The same after a while.
    Slow(Duration, Box<Reply>),
    /// "Ask by TCP" by UDP, and the same by TCP.
    TooLong(Box<Reply>),
}

impl Reply {
    /// One address.
    pub(crate) fn address(text: &str) -> Self {
        Self::Addresses(text.parse().into_iter().collect())
    }
}

/// A name server on loopback; gone when it is dropped.
#[derive(Debug)]
pub(crate) struct NameServer {
    address: SocketAddr,
    book: Arc<Book>,
    _tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Book {
    replies: HashMap<String, Reply>,
    asked: Mutex<HashMap<(String, RecordType), usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Udp,
    Tcp,
}

impl NameServer {
    /// Answers about the names given, without a final dot; about others NXDOMAIN.
    pub(crate) async fn start<const N: usize>(replies: [(&str, Reply); N]) -> io::Result<Self> {
        let replies = replies.into_iter().map(|(name, reply)| (name.to_owned(), reply)).collect();
        let book = Arc::new(Book { replies, asked: Mutex::default() });
        let (udp, tcp) = pair().await?;
        let address = udp.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_udp(Arc::new(udp), Arc::clone(&book)));
        tasks.spawn(serve_tcp(tcp, Arc::clone(&book)));
        Ok(Self { address, book, _tasks: tasks })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many questions came about `name`, of whatever kind.
    pub(crate) fn asked(&self, name: &str) -> usize {
        let asked = self.book.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|((known, _), _)| known == name).map(|(_, count)| count).sum()
    }
}

/// A port that is free for both.
async fn pair() -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = None;
    for _ in 0..20 {
        let udp = UdpSocket::bind("127.0.0.1:0").await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

async fn serve_udp(udp: Arc<UdpSocket>, book: Arc<Book>) {
    let mut answers = JoinSet::new();
    let mut buffer = [0; 4096];
    while let Ok((length, peer)) = udp.recv_from(&mut buffer).await {
        let question = Message::from_vec(buffer.get(..length).unwrap_or_default()).ok();
        let (udp, book) = (Arc::clone(&udp), Arc::clone(&book));
        answers.spawn(async move {
            if let Some(answer) = answer(question, &book, Transport::Udp).await {
                // Whoever asked may have given up.
                let _ = udp.send_to(&answer, peer).await;
            }
        });
    }
}

async fn serve_tcp(listener: TcpListener, book: Arc<Book>) {
    let mut answers = JoinSet::new();
    while let Ok((mut tcp, _peer)) = listener.accept().await {
        let book = Arc::clone(&book);
        answers.spawn(async move {
            while let Ok(length) = tcp.read_u16().await {
                let mut question = vec![0; usize::from(length)];
                if tcp.read_exact(&mut question).await.is_err() {
                    return;
                }
                if let Some(answer) = answer(Message::from_vec(&question).ok(), &book, Transport::Tcp).await {
                    let framed = [&u16::try_from(answer.len()).unwrap_or(u16::MAX).to_be_bytes(), answer.as_slice()];
                    // Whoever asked may have given up.
                    let _ = tcp.write_all(&framed.concat()).await;
                }
            }
        });
    }
}

async fn answer(question: Option<Message>, book: &Book, transport: Transport) -> Option<Vec<u8>> {
    let question = question?;
    let query = question.queries.first()?.clone();
    let mut reply = book.reply(&query);
    let mut answer = Message::response(question.metadata.id, OpCode::Query);
    answer.metadata.recursion_desired = true;
    answer.metadata.recursion_available = true;
    loop {
        reply = match reply {
            Reply::Slow(pause, then) => {
                sleep(pause).await;
                *then
            }
            Reply::TooLong(_) if transport == Transport::Udp => {
                answer.metadata.truncation = true;
                break;
            }
            Reply::TooLong(then) => *then,
            Reply::InTurn(_) | Reply::Silence => return None,
            Reply::Code(code) => {
                answer.metadata.response_code = code;
                break;
            }
            Reply::Alias(name) => {
                let target = CNAME(Name::from_ascii(format!("{name}.")).ok()?);
                answer.add_answer(Record::from_rdata(query.name().clone(), 60, RData::CNAME(target)));
                break;
            }
            Reply::Addresses(addresses) => {
                let fits = |address: &IpAddr| address.is_ipv4() == (query.query_type() == RecordType::A);
                for address in addresses.into_iter().filter(fits) {
                    answer.add_answer(Record::from_rdata(query.name().clone(), 60, RData::from(address)));
                }
                break;
            }
        };
    }
    answer.add_query(query);
    answer.to_vec().ok()
}

impl Book {
    fn reply(&self, query: &Query) -> Reply {
        let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let count = asked.entry((name.clone(), query.query_type())).or_default();
        let turn = *count;
        *count += 1;
        match self.replies.get(&name) {
            Some(Reply::InTurn(replies)) => replies.get(turn).or(replies.last()).cloned().unwrap_or(Reply::Silence),
            Some(reply) => reply.clone(),
            None => Reply::Code(ResponseCode::NXDomain),
        }
    }
}
