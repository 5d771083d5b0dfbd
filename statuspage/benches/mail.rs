//! What telling costs: one incident, ten thousand subscribers, and a relay on this machine. The real program, its sealed book, its
//! DKIM signatures and its probes.
//!
//! `cargo bench -p statuspage --no-default-features --features ssr --bench mail -- [smtp://HOST:PORT]` hands letters to that relay, or
//! without one to a sink in this process that speaks real SMTP and keeps nothing. It prints letters a second, the program's memory
//! and processor time, and how late its probes were before and meanwhile. It wants `openssl` for a key.

use std::{
    error::Error,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use shared::Timestamp;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

const SUBSCRIBERS: usize = 10_000;
const PROBES: usize = 20;
const PROGRAM: &str = env!("CARGO_BIN_EXE_statuspage");

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let relay = std::env::args().skip(1).find(|argument| argument.starts_with("smtp"));
    runtime.block_on(measure(relay))
}

async fn measure(relay: Option<String>) -> Outcome<()> {
    let mut tasks = JoinSet::new();
    let target = TcpListener::bind("127.0.0.1:0").await?;
    let sink = TcpListener::bind("127.0.0.1:0").await?;
    let (url, own) = (format!("http://{}", target.local_addr()?), format!("smtp://{}", sink.local_addr()?));
    tasks.spawn(each(target, answer));
    tasks.spawn(each(sink, take));
    let place = tempfile::tempdir()?;
    let setup = Setup { place: place.path().to_owned() };
    setup.write(&relay.unwrap_or(own), &url)?;
    let mut hub = setup.start()?;
    let client = reqwest::Client::builder().no_proxy().build()?;

    let began = Instant::now();
    setup.run(&["subscribers", "import", "people.csv"])?;
    println!("{SUBSCRIBERS} subscribers imported in {:.1} s", began.elapsed().as_secs_f32());
    let before = hub.used()?;
    let opened = present();
    setup.run(&["incident", "open", "--title-en", "Slow", "--component", "p0=partial_outage", "--en", "We look."])?;
    let count = async || accepted(&client, &hub.url).await;
    while count().await? == 0 {
        pause().await;
    }
    let (began, from) = (Instant::now(), present());
    while count().await? < SUBSCRIBERS {
        pause().await;
    }
    let (took, until) = (began.elapsed().as_secs_f64(), present());
    let after = hub.used()?;
    println!("{SUBSCRIBERS} letters in {took:.1} s: {:.0} a second", SUBSCRIBERS as f64 / took);
    println!(
        "memory at most {} MB, {} MB before; {:.1} s of processor time, {:.0} µs a letter",
        after.peak >> 10,
        before.now >> 10,
        after.cpu - before.cpu,
        (after.cpu - before.cpu) * 1e6 / SUBSCRIBERS as f64
    );
    for (when, from, until) in [("before", opened, from), ("meanwhile", from, until)] {
        let late = lateness(&client, &hub.url, from, until).await?;
        println!("probes, each every second, {when}: {late}");
    }
    hub.child.kill()?;
    hub.child.wait()?;
    Ok(())
}

/// Where everything lies.
struct Setup {
    place: PathBuf,
}

impl Setup {
    fn write(&self, relay: &str, url: &str) -> Outcome<()> {
        fs::create_dir(self.place.join("probes.d"))?;
        fs::create_dir(self.place.join("keys"))?;
        let key = self.place.join("dkim.pem");
        let made =
            Command::new("openssl").args(["genpkey", "-algorithm", "RSA", "-quiet", "-out"]).arg(&key).status()?;
        assert!(made.success(), "openssl makes a key");
        for number in 0..PROBES {
            let probe = format!("name = \"p{number}\"\n[[probe]]\nevery = \"1s\"\n[probe.http]\nurl = \"{url}\"\n");
            fs::write(self.place.join(format!("probes.d/p{number}.toml")), probe)?;
        }
        let settings = format!(
            "public_url = \"https://status.example.org\"\n[mail]\nrelays = [\"{relay}\"]\n\
             from = \"Service status <status@status.example.org>\"\nbounce = \"bounce.example.org\"\n\
             unsubscribe_mailbox = \"unsub@status.example.org\"\nkey_file = \"keys/subscribers.key\"\nrate = 100000\n\
             dkim = {{ domain = \"status.example.org\", selector = \"belfry\", key_file = \"dkim.pem\" }}\n"
        );
        fs::write(self.place.join("statuspage.toml"), settings)?;
        let people = (0..SUBSCRIBERS).map(|number| format!("reader{number}@example.net\n"));
        Ok(fs::write(self.place.join("people.csv"), format!("address\n{}", people.collect::<String>()))?)
    }

    fn start(&self) -> Outcome<Hub> {
        let mut command = Command::new(PROGRAM);
        command.current_dir(&self.place).args(["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("the page is at")));
        let line = line.ok_or("the program ended")?;
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).ok_or("no address")?;
        let url = url.trim_end_matches('/').to_owned();
        // A pipe that nobody reads would stop the program.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Hub { child, url })
    }

    fn run(&self, arguments: &[&str]) -> Outcome<()> {
        let output = Command::new(PROGRAM).current_dir(&self.place).args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(said.into()) }
    }
}

struct Hub {
    child: Child,
    url: String,
}

/// What the program has used so far: kB, and seconds.
struct Used {
    now: u64,
    peak: u64,
    cpu: f64,
}

impl Hub {
    fn used(&self) -> Outcome<Used> {
        let process = Path::new("/proc").join(self.child.id().to_string());
        let status = fs::read_to_string(process.join("status"))?;
        let figure = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let stat = fs::read_to_string(process.join("stat"))?;
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        let ticks: f64 = fields.filter_map(|field| field.parse::<f64>().ok()).sum();
        let none = "no figure in /proc";
        Ok(Used { now: figure("VmRSS:").ok_or(none)?, peak: figure("VmHWM:").ok_or(none)?, cpu: ticks / 100.0 })
    }
}

async fn accepted(client: &reqwest::Client, url: &str) -> Outcome<usize> {
    let metrics = client.get(format!("{url}/metrics")).send().await?.text().await?;
    let count = metrics.lines().find_map(|line| line.strip_prefix("belfry_mail_accepted_total "));
    Ok(count.and_then(|count| count.parse().ok()).unwrap_or_default())
}

/// How much later than a second after the one before each probe began.
async fn lateness(client: &reqwest::Client, url: &str, from: Timestamp, until: Timestamp) -> Outcome<String> {
    let mut late = Vec::new();
    for number in 0..PROBES {
        let path = format!("{url}/api/v1/components/p{number}/observations?limit=1000&from={from}&to={until}");
        let page: Value = client.get(path).send().await?.error_for_status()?.json().await?;
        let all = page["observations"].as_array().ok_or("no observations")?;
        let begin = |one: &Value| Some(one["started_at"].as_str()?.parse::<Timestamp>().ok()?.as_millis());
        let mut at: Vec<i64> = all.iter().filter_map(begin).collect();
        at.sort_unstable();
        late.extend(at.windows(2).map(|pair| (pair[1] - pair[0] - 1_000).max(0)));
    }
    late.sort_unstable();
    let part = |part: usize| late.get((late.len() * part / 100).min(late.len().saturating_sub(1))).copied();
    let [half, most, worst] = [50, 99, 100].map(|it| part(it).unwrap_or_default());
    Ok(format!("{} of them late by {half} ms (half), {most} ms (99 %), {worst} ms (worst)", late.len()))
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

fn present() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Timestamp::from_millis(i64::try_from(since.as_millis()).expect("before the year 292278994"))
}

async fn each<F: Future<Output = Option<()>> + Send + 'static>(listener: TcpListener, serve: fn(TcpStream) -> F) {
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        sessions.spawn(serve(stream));
        while sessions.try_join_next().is_some() {}
    }
}

/// Answers a probe.
async fn answer(mut stream: TcpStream) -> Option<()> {
    let mut request = [0; 2_048];
    stream.read(&mut request).await.ok().filter(|&read| read > 0)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok").await.ok()
}

/// Takes letters and forgets them.
async fn take(stream: TcpStream) -> Option<()> {
    let mut stream = BufStream::new(stream);
    let (mut line, mut letter) = (Vec::new(), false);
    stream.write_all(b"220 sink ESMTP\r\n").await.ok()?;
    loop {
        stream.flush().await.ok()?;
        line.clear();
        if stream.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        let reply: &[u8] = match (letter, line.as_slice()) {
            (true, b".\r\n") => b"250 2.0.0 taken\r\n",
            (true, _) => continue,
            (false, line) if line.starts_with(b"DATA") => b"354 go on\r\n",
            (false, _) => b"250 ok\r\n",
        };
        letter = reply.starts_with(b"354");
        stream.write_all(reply).await.ok()?;
    }
}
