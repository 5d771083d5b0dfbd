//! A definition file as it is typed: its tables, their keys, and what each key is for. The reader and the schema are both made of it.
//!
//! It does not know which combinations make sense: see `check`.

use schemars::{Schema, SchemaGenerator};
use shared::{ComponentId, ProbeName};
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use crate::table;

use super::{
    report::Mistake,
    tree::{At, Context, Entries, Format, List, Listed, Node, OneOrMore, Read, Required, Syntax, Table, Tables},
    values::{
        Address, Count, Days, Every, Family, Flag, Host, Id, Json, Line, Method, Number, Pattern, Redirects,
        SecretText, Size, Span, Status, Texts, User, UserAgent, WebUrl, Words,
    },
};

table! {
    /// One hosted service: what the public reads of it, and how it is probed from outside. The file's name without `.toml` is its id.
    pub(super) File = "the file", "…" {
        /// What readers call the service: a text, or one for each language.
        name: Required<Texts>,
        /// The heading it stands under: a text, or one for each language.
        group: Option<At<Texts>>,
        /// One line about it: a text, or one for each language.
        description: Option<At<Texts>>,
        /// Where its users go; shown and linked, not probed.
        url: Option<At<WebUrl>>,
        /// Domain names that it serves. They answer "is my service affected?" and are never listed.
        domains: Option<At<List<Host>>>,
        /// Ids of components whose failure explains this one's. Suppresses alerts, never probing.
        depends_on: Option<At<List<Id<ComponentId>>>>,
        /// Ids that it had before: it keeps their history.
        formerly: Option<At<List<Id<ComponentId>>>>,
        /// The probes: at least one.
        probe: Required<Probes>,
    }
}

/// The list of `[[probe]]`.
#[derive(Debug, Clone, schemars::JsonSchema)]
pub(super) struct Probes(#[schemars(length(min = 1))] pub(super) Tables<Probe>);

impl Listed for Probe {
    const FIRST: &'static str = FIRST_PROBE;
}

/// How a first probe is written.
pub(super) const FIRST_PROBE: &str = "write [[probe]], and under it [probe.http] with url = \"https://…\"";

impl Read for Probes {
    const WHAT: &'static str = "a list";
    const EXAMPLE: &'static str = FIRST_PROBE;

    fn example(key: &str) -> String {
        Tables::<Probe>::example(key)
    }

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        for item in node.value.get_ref().as_array().into_iter().flatten() {
            if item.get_ref().as_table().is_some_and(asks_nothing) && context.syntax == Syntax::Sound {
                context.report(Mistake::error("the probe asks nothing").at(item.span()).help(FIRST_PROBE));
            }
        }
        Tables::read(node, context).map(Self)
    }
}

/// Whether there is no kind, not even one that is unknown: that is reported as such.
fn asks_nothing(probe: &DeTable<'_>) -> bool {
    let kind = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        KINDS.contains(&key.get_ref().as_ref()) || value.get_ref().is_table()
    };
    !probe.iter().any(kind)
}

table! {
    /// One probe: when it runs, and what it asks: exactly one of the kinds.
    pub(super) Probe = "`[[probe]]`", "…" {
        /// Its id inside the component; the kind's name unless given.
        id: Option<At<Id<ProbeName>>>,
        /// How often it runs: at least a second, and better five or more.
        #[schemars(extend("default" = "30s"))]
        every: Option<At<Every>>,
        /// Instead of `every`: six fields, seconds first (`0 */5 * * * *`), in the site's time zone. Days of the week are SUN to SAT or 1 to 7,
        /// Sunday first.
        cron: Option<At<Line>>,
        /// The deadline over everything, from resolution to the end of the body. The smaller of 10 s and `every` unless given.
        #[schemars(extend("default" = "10s"))]
        timeout: Option<At<Span>>,
        /// Failures in a row until it counts as down.
        #[schemars(extend("default" = 3))]
        fall: Option<At<Count>>,
        /// Successes in a row until it counts as up again.
        #[schemars(extend("default" = 2))]
        rise: Option<At<Count>>,
        /// Ask an HTTP or HTTPS address.
        http: Option<At<Http>>,
        /// Ask a TCP port, with or without TLS.
        tcp: Option<At<Tcp>>,
        /// Ask nothing, and expect a sign of life.
        heartbeat: Option<At<Heartbeat>>,
    }
}

table! {
    /// An HTTP request over a fresh connection.
    pub(super) Http = "`[probe.http]`", "{ url = \"https://cloud.example.org/\" }" {
        /// What to ask: `http` or `https`. It is shown and logged, so that it holds neither a password nor `${…}`.
        url: Required<WebUrl>,
        /// The request method.
        #[schemars(extend("default" = "GET"))]
        method: Option<At<Method>>,
        /// Headers of the request; values may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        headers: Option<At<Entries<SecretText>>>,
        /// The request's body; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        body: Option<At<SecretText>>,
        /// User and password for HTTP's Basic scheme.
        basic_auth: Option<At<BasicAuth>>,
        /// How many redirects are followed; 0 judges the 3xx itself. Credentials are dropped on another host, and https to http fails.
        #[schemars(extend("default" = 5))]
        max_redirects: Option<At<Redirects>>,
        /// Reading the body stops there.
        #[schemars(extend("default" = "1MiB"))]
        max_body: Option<At<Size>>,
        /// `any`: the first IPv4 address, else the first IPv6 one; `4` or `6`: only that family; `both`: one connection each, where
        /// one family failing is a warning.
        #[schemars(extend("default" = "any"))]
        ip: Option<At<Family>>,
        /// Instead of the one that names Belfry and the public URL.
        user_agent: Option<At<UserAgent>>,
        /// What the answer must be.
        expect: Option<At<Expect>>,
    }
}

table! {
    /// User and password for HTTP's Basic scheme.
    pub(super) BasicAuth = "`basic_auth`", "{ user = \"probe\", password = \"${env:PROBE_PASSWORD}\" }" {
        /// The user, without a colon.
        user: Required<User>,
        /// The password, best as `${env:NAME}` or `${file:/run/secrets/name}`.
        password: Required<SecretText>,
    }
}

table! {
    /// What the answer must be. A failure unless said otherwise.
    pub(super) Expect = "`[probe.http.expect]`", "{ status = [200] }" {
        /// Good statuses: numbers (`200`) or classes (`"2xx"`), one or a list.
        #[schemars(extend("default" = "2xx"))]
        status: Option<At<OneOrMore<Status>>>,
        /// Slower than that is a warning.
        within: Option<At<Span>>,
        /// Fewer days left on a certificate of the chain is a warning.
        certificate_days: Option<At<Days>>,
        /// What the body must be.
        body: Option<At<TextRules>>,
        /// What headers of the answer must be, by their names.
        header: Option<At<Entries<HeaderRules>>>,
        /// Values that the JSON body must have, by JSON Pointer (RFC 6901).
        json: Option<At<Entries<Json>>>,
        /// Values that the JSON body must not have, by JSON Pointer (RFC 6901).
        not_json: Option<At<Entries<Json>>>,
    }
}

table! {
    /// Rules for a text; all must hold.
    pub(super) TextRules = "`body`", "{ contains = \"Welcome\" }" {
        /// It must hold that text, or each of those.
        contains: Option<At<OneOrMore<Words>>>,
        /// It must not hold that text, or any of those.
        not_contains: Option<At<OneOrMore<Words>>>,
        /// It must match that regular expression, or each of those.
        matches: Option<At<OneOrMore<Pattern>>>,
        /// It must not match that regular expression, or any of those.
        not_matches: Option<At<OneOrMore<Pattern>>>,
    }
}

table! {
    /// Rules for a header of the answer; all must hold.
    pub(super) HeaderRules = "a header's rule", "{ contains = \"text/html\" }" {
        /// It must hold that text, or each of those.
        contains: Option<At<OneOrMore<Words>>>,
        /// It must not hold that text, or any of those.
        not_contains: Option<At<OneOrMore<Words>>>,
        /// It must match that regular expression, or each of those.
        matches: Option<At<OneOrMore<Pattern>>>,
        /// It must not match that regular expression, or any of those.
        not_matches: Option<At<OneOrMore<Pattern>>>,
        /// The header must not be there.
        absent: Option<At<Flag>>,
    }
}

table! {
    /// A TCP connection, with or without TLS, and what is said over it.
    pub(super) Tcp = "`[probe.tcp]`", "{ address = \"mail.example.org:993\" }" {
        /// Host and port: `mail.example.org:993`, `[2001:db8::1]:993`.
        address: Required<Address>,
        /// Speak TLS first; the certificate is checked against the host.
        #[schemars(extend("default" = false))]
        tls: Option<At<Flag>>,
        /// Sent once connected; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        send: Option<At<SecretText>>,
        /// A regular expression that the bytes which come must match, within 64 KiB.
        expect: Option<At<Pattern>>,
    }
}

table! {
    /// A sign of life that something sends by itself: `curl https://status.example.org/api/push/TOKEN?free_pct=12`.
    pub(super) Heartbeat = "`[probe.heartbeat]`", "{ period = \"5m\", token = \"${env:BEAT_TOKEN}\" }" {
        /// How often it comes.
        period: Option<At<Every>>,
        /// Instead of `period`: six fields, seconds first (`0 30 4 * * *`), in the site's time zone.
        cron: Option<At<Line>>,
        /// How late it may be.
        #[schemars(extend("default" = "1m"))]
        grace: Option<At<Span>>,
        /// Whoever knows it can send the sign of life: 16 to 128 letters, digits, `-` and `_`, best as `${env:NAME}` or
        /// `${file:/run/secrets/name}`. `prober new --heartbeat ID` makes one.
        token: Required<SecretText>,
        /// What comes with it as `?name=number`, and its limits.
        values: Option<At<Entries<Value>>>,
    }
}

table! {
    /// The limits of a value that comes with a sign of life. Beyond them is a failure, and so is a value that does not come.
    pub(super) Value = "a value's limits", "{ min = 10 }" {
        /// Less is a failure.
        min: Option<At<Number>>,
        /// More is a failure.
        max: Option<At<Number>>,
        /// Narrower limits, beyond which is a warning.
        warn: Option<At<Limits>>,
    }
}

table! {
    /// Limits beyond which is a warning.
    pub(super) Limits = "`warn`", "{ min = 15 }" {
        /// Less is a warning.
        min: Option<At<Number>>,
        /// More is a warning.
        max: Option<At<Number>>,
    }
}

/// The kinds of probes, as keys of `[[probe]]`.
pub(super) const KINDS: [&str; 3] = ["http", "tcp", "heartbeat"];

/// The tables of a definition file.
pub(super) const FORMAT: Format = Format {
    tables: &[
        (Expect::NAME, Expect::KEYS),
        (Http::NAME, Http::KEYS),
        (Tcp::NAME, Tcp::KEYS),
        (Heartbeat::NAME, Heartbeat::KEYS),
        (Probe::NAME, Probe::KEYS),
        (BasicAuth::NAME, BasicAuth::KEYS),
        (TextRules::NAME, TextRules::KEYS),
        (Value::NAME, Value::KEYS),
        ("the top of the file, above the first table", File::KEYS),
    ],
    of_kinds: Probe::NAME,
    kinds: &KINDS,
    kind_example: "`[probe.{}]`",
    secrets: &["basic_auth", "body", "headers", "heartbeat", "password", "send", "token"],
    twice: "a second probe begins with another [[probe]]",
};

/// The schema of a whole file.
pub(crate) fn root_schema(generator: SchemaGenerator) -> Schema {
    generator.into_root_schema_for::<File>()
}
