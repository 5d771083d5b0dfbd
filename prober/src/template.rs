//! A first definition file for a URL: complete, sound, and with comments that teach the format.
//!
//! It does not know whether anything answers at the URL.

use std::{
    fmt::Write as _,
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use shared::ComponentId;
use url::{Host, Url};

/// A definition that is not yet a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The file's stem, made from the host.
    pub(crate) id: ComponentId,
    /// The file's content.
    pub(crate) text: String,
}

/// Why there is no first definition.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DraftError {
    /// It cannot be read as a URL.
    #[error("this is not a URL: {0}; write it like https://cloud.example.org/ or tcp://mail.example.org:993")]
    NotAUrl(url::ParseError),
    /// It does not say how it is to be asked.
    #[error("a URL says how to ask: https://{0}, http://{0}, or tcp://host:port")]
    NoScheme(String),
    /// Nothing here asks that.
    #[error("a URL that begins with {0}: cannot be probed; the kinds are https://, http:// and tcp://")]
    Scheme(String),
    /// A secret does not belong into a URL.
    #[error(
        "a URL with a user or a password would be shown and logged; leave them out and add `basic_auth` to the file"
    )]
    Credentials,
    /// A TCP address without its port, or with one that nobody has.
    #[error("a tcp:// address needs a port from 1 to 65535: tcp://mail.example.org:993")]
    Port,
    /// There is a file of that name.
    #[error("{} is there already and stays as it is; give another id with --id, or add a [[probe]] to the file", .0.display())]
    Exists(PathBuf),
    /// The system gives no randomness.
    #[error("this system gives no randomness for a token")]
    NoRandomness,
    /// The system said no.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// What should have been written.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
}

impl Draft {
    /// Drafts a definition for `https://…`, `http://…` or `tcp://host:port`, under that id or one made from the host.
    pub(crate) fn new(text: &str, given: Option<&ComponentId>) -> Result<Self, DraftError> {
        let text = text.trim();
        if !text.is_empty() && !text.contains("://") {
            // What stands before an `@` may be a password.
            let place = text.rsplit('@').next().unwrap_or_default();
            return Err(DraftError::NoScheme(place.trim_start_matches('/').escape_debug().to_string()));
        }
        let url = Url::parse(text).map_err(DraftError::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(DraftError::Credentials);
        }
        let host =
            url.host_str().filter(|host| !host.is_empty()).ok_or(DraftError::NotAUrl(url::ParseError::EmptyHost))?;
        let probe = match url.scheme() {
            "http" | "https" if url.port() == Some(0) => return Err(DraftError::Port),
            "http" | "https" => http(&url),
            "tcp" => {
                let port = url.port().filter(|port| *port > 0).ok_or(DraftError::Port)?;
                tcp(&Host::parse(host).map_err(DraftError::NotAUrl)?, port)
            }
            other => return Err(DraftError::Scheme(other.to_owned())),
        };
        let id = given.cloned().unwrap_or_else(|| id(host));
        Ok(Self { text: head(&id, &url) + &probe, id })
    }

    /// Drafts a definition for a sign of life of `id`, with a token that nobody can guess.
    pub(crate) fn heartbeat(id: &ComponentId) -> Result<Self, DraftError> {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| DraftError::NoRandomness)?;
        let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { text: title(id) + &heartbeat(&token), id: id.clone() })
    }

    /// Writes the file, making the directory where there is none. A file that exists is left alone.
    pub(crate) fn write(&self, directory: &Path) -> Result<PathBuf, DraftError> {
        let path = directory.join(format!("{}.toml", self.id));
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => DraftError::Exists(path.clone()),
            _ => DraftError::Write { path: path.clone(), error },
        };
        fs::create_dir_all(directory).map_err(|error| DraftError::Write { path: directory.into(), error })?;
        let mut options = fs::OpenOptions::new();
        // A heartbeat's file holds its token.
        options.write(true).create_new(true).mode(if self.text.contains("[probe.heartbeat]") { 0o640 } else { 0o666 });
        let mut file = options.open(&path).map_err(failed)?;
        file.write_all(self.text.as_bytes()).map_err(failed)?;
        Ok(path)
    }
}

/// `cloud` for `cloud.example.org`, `example` for `www.example.org` and `example.org`, `192-0-2-1` for an address.
fn id(host: &str) -> ComponentId {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    let name = match labels.as_slice() {
        _ if is_address => host,
        ["www", name, _, ..] => name,
        [name, ..] => name,
        [] => host,
    };
    let allowed = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let id: String = name.chars().map(allowed).collect::<String>().trim_matches('-').chars().take(64).collect();
    id.parse().unwrap_or_else(|_| "service".parse().expect("it is an id"))
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn head(id: &ComponentId, url: &Url) -> String {
    let mut text = title(id);
    if url.scheme() != "tcp" {
        let home = url.join("/").unwrap_or_else(|_| url.clone());
        let _ = writeln!(text, "# Where its users go:\nurl = {}", quoted(home.as_str()));
    }
    text
}

fn title(id: &ComponentId) -> String {
    let mut words = id.as_str().chars();
    let name: String = words.next().into_iter().flat_map(char::to_uppercase).chain(words).collect();
    format!(
        "# One file, one service. The file's name without `.toml` is its id: `{id}`.\n\
         # `prober check` reports every mistake, `prober once {id}` probes now, `prober schema` describes every key.\n\n\
         # What readers call it: one text, or one for each language: {{ fr = \"…\", en = \"…\" }}\n\
         name = {}\n\
         # The heading it stands under, and one line about it:\n\
         # group = \"Collaboration\"\n\
         # description = \"Files, calendars, contacts\"\n",
        quoted(&name)
    )
}

fn heartbeat(token: &str) -> String {
    format!(
        "\n# Nothing is asked: something sends a sign of life, each five minutes here, with what it says of itself. In its crontab:\n\
         # */5 * * * * curl -fsS -m 10 --retry 3 \"https://status.example.org/api/push/{token}?free_pct=$(df --output=pcent / | tr -dc 0-9 | awk '{{print 100-$1}}')\"\n\
         # The paths of Uptime Kuma (/api/push/TOKEN?status=up) and Healthchecks (/ping/TOKEN, /ping/TOKEN/fail) both work.\n\
         [[probe]]\n\
         [probe.heartbeat]\n\
         period = \"5m\"\n\
         # How late it may be:\n\
         grace  = \"1m\"\n\
         # Whoever knows it can send the sign of life; better kept elsewhere: \"${{env:NAME}}\" or \"${{file:/run/secrets/name}}\"\n\
         token  = {}\n\
         # What must come with it, and its limits; without this line a bare sign of life will do:\n\
         values = {{ free_pct = {{ min = 10, warn = {{ min = 15 }} }} }}\n",
        quoted(token)
    )
}

fn http(url: &Url) -> String {
    // In a definition `${` refers to a secret, which a URL must not hold; the brace can be written in another way.
    let target = url.as_str().replace("${", "$%7B");
    let mut text = format!(
        "\n[[probe]]\n\
         every   = \"60s\"\n\
         timeout = \"10s\"\n\
         [probe.http]\n\
         url = {}\n\
         [probe.http.expect]\n\
         status = \"2xx\"\n\
         # Slower than this is a warning:\n\
         within = \"5s\"\n",
        quoted(&target)
    );
    if url.scheme() == "https" {
        text.push_str("# Fewer days left on the certificate are a warning:\ncertificate_days = 14\n");
    }
    text.push_str(
        "# A page can say 200 and be broken: look for something that only a working service says.\n\
         # body = { contains = \"Welcome\" }\n\
         # json = { \"/maintenance\" = false }\n",
    );
    text
}

fn tcp(host: &Host<String>, port: u16) -> String {
    format!(
        "\n[[probe]]\n\
         every   = \"60s\"\n\
         timeout = \"10s\"\n\
         [probe.tcp]\n\
         address = {}\n\
         # Speak TLS first, as port 993 or 6697 do:\n\
         # tls = true\n\
         # A connection alone proves little: what the service says first, as a regular expression.\n\
         # expect = '^220 '\n",
        quoted(&format!("{host}:{port}"))
    )
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::load::{LoadOptions, load};

    /// Writes a draft and reads it back: the id, and the report, which should be empty.
    fn written(url: &str) -> Result<(String, String), DraftError> {
        let directory = tempfile::tempdir().expect("a directory");
        let draft = Draft::new(url, None)?;
        draft.write(&directory.path().join("probes.d"))?;
        let options = LoadOptions::from_environment(TimeZone::UTC);
        let loaded = load(&directory.path().join("probes.d"), &options).expect("it can be read");
        assert_eq!(loaded.definitions.len() + loaded.errors(), 1, "{loaded}");
        Ok((draft.id.to_string(), loaded.to_string()))
    }

    #[test]
    fn a_url_becomes_a_sound_file_named_after_its_host() {
        let check = |url: &str, id: &str| {
            assert_eq!(written(url).expect("it is a URL"), (id.to_owned(), String::new()), "{url}");
        };
        check("https://cloud.example.org/login?a=b", "cloud");
        check("https://www.example.org", "example");
        check("http://example.org/", "example");
        check("http://localhost:8080/", "localhost");
        check("https://192.0.2.1/", "192-0-2-1");
        check("https://[2001:db8::1]/", "2001-db8--1");
        check("https://bücher.example/", "xn--bcher-kva");
        check(r#"https://example.org/?a=\"'"#, "example");
        check("https://example.org/?a=${b}", "example");
        check("tcp://mail.example.org:993", "mail");
        check("tcp://[2001:db8::1]:25", "2001-db8--1");
    }

    #[test]
    fn an_id_that_is_given_names_the_file() {
        let id = "nuage".parse().expect("an id");
        let draft = Draft::new("https://cloud.example.org/", Some(&id)).expect("a URL");
        assert!(draft.id == id && draft.text.contains("`nuage`"), "{}", draft.text);
    }

    #[test]
    fn a_heartbeat_has_a_token_of_its_own_and_a_file_that_strangers_cannot_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().expect("a directory");
        let id: ComponentId = "vm-1".parse().expect("an id");
        let path = Draft::heartbeat(&id).and_then(|draft| draft.write(directory.path())).expect("it is written");
        let loaded = load(directory.path(), &LoadOptions::from_environment(TimeZone::UTC)).expect("it can be read");
        assert_eq!(loaded.to_string(), "");
        assert_eq!(fs::metadata(path).expect("a file").permissions().mode() & 0o007, 0);
        let again = Draft::heartbeat(&id).expect("another");
        assert_ne!(again.text, Draft::heartbeat(&id).expect("a third").text);
        let hidden = |c: char| c.is_ascii_hexdigit() && !c.is_ascii_uppercase();
        let text = again.text.split(|c: char| !hidden(c)).fold(again.text.clone(), |text, word| match word.len() {
            32 => text.replace(word, "TOKEN"),
            _ => text,
        });
        insta::assert_snapshot!("heartbeat", text);
    }

    #[test]
    fn what_cannot_be_probed_is_refused_with_a_way_out() {
        let check = |url: &str, expected: &str| {
            let error = Draft::new(url, None).expect_err("it is refused").to_string();
            assert!(error.contains(expected), "{url}: {error}");
        };
        check("cloud.example.org", "https://cloud.example.org, ");
        check("cloud.example.org:8443/login", "https://cloud.example.org:8443/login, ");
        check("me:hunter2@example.org", "how to ask: https://example.org, ");
        check("", "write it like https://cloud.example.org/");
        check("ftp://example.org/", "cannot be probed");
        check("https://me:hunter2@example.org/", "basic_auth");
        check("tcp://example.org", "needs a port");
        check("tcp://example.org:0", "needs a port");
        check("https://example.org:0/", "needs a port");
        check("tcp://", "not a URL");
    }

    #[test]
    fn a_file_that_exists_stays_as_it_is() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("cloud.toml");
        fs::write(&path, "mine").expect("written");
        let error = Draft::new("https://cloud.example.org/", None).and_then(|draft| draft.write(directory.path()));
        assert!(error.expect_err("it exists").to_string().contains("stays as it is"));
        assert_eq!(fs::read_to_string(&path).expect("read"), "mine");
    }

    #[test]
    fn the_file_teaches_the_format() {
        insta::assert_snapshot!("https", Draft::new("https://cloud.example.org/login", None).expect("a URL").text);
        insta::assert_snapshot!("tcp", Draft::new("tcp://mail.example.org:993", None).expect("a URL").text);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn no_url_makes_a_file_with_mistakes(rest in "[a-z]{1,5}(\\.[a-z]{1,5}){0,2}(:[1-9][0-9]{0,3})?/.{0,20}") {
            if let Ok((_, report)) = written(&format!("https://{rest}")) {
                prop_assert_eq!(report, "");
            }
        }
    }
}
