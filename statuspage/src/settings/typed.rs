//! `statuspage.toml` as it is typed: its tables, their keys, and what each key is for. The reader and the schema are both made of it.
//!
//! It does not know flags, the environment, defaults or which combinations make sense.

use prober::{
    ControlTarget, NameServer,
    load::{
        tree::{At, Format, List, Required, Table as _, Tables},
        values::{Count, Flag, Line, Texts},
    },
};
use shared::{Language, LocationName};

use super::{
    MetricsMode, Mode,
    channels::{Alertmanager, Channel, Chat, Email, FreeMobile, Matrix, Ntfy, OvhSms, Signal, Webhook},
    hidden::{PingUrl, Token},
    keeping::{DiskReserve, MaxBytes},
    mail::{Mail, Signature},
    maintenance::Maintenance,
    operators::{Bearer, Operator},
    policies::{DrillTable, PolicyTable},
    value::{FrameAncestors, Group, LogFormat, Network, PathText, PublicUrl, Quiet, Reopen, Retention, Zone},
    written::Written,
};
use crate::server::ListenAddress;

prober::table! {
    /// The settings of a hub: whose page it is, where it listens and keeps its data, and who is told.
    pub(super) File = "the settings file", "…" {
        /// Whose services these are: a text, or one for each language.
        title: Option<At<Texts>>,
        /// Whether people rely on it. A hub in production that nobody outside watches is warned of, and `statuspage check` fails.
        #[schemars(extend("default" = "trial"))]
        mode: Option<At<Written<Mode>>>,
        /// The languages on offer, the default first.
        languages: Option<At<List<Written<Language>>>>,
        /// Where days begin, and cron lines are read: an IANA name.
        time_zone: Option<At<Written<Zone>>>,
        /// The page's own address, as readers type it.
        public_url: Option<At<Written<PublicUrl>>>,
        /// Where to listen; port 0 takes a free one.
        #[schemars(extend("default" = "127.0.0.1:8080"))]
        listen: Option<At<Written<ListenAddress>>>,
        /// The name of the place that this process probes from.
        #[schemars(extend("default" = "local"))]
        location: Option<At<Written<LocationName>>>,
        /// The directory of probe definitions. Like every path it begins at this file's directory unless it begins with a slash.
        probes: Option<At<Written<PathText>>>,
        /// The directory for data.
        data: Option<At<Written<PathText>>>,
        /// Whether this process probes by itself.
        #[schemars(extend("default" = true))]
        prober: Option<At<Flag>>,
        /// Name servers that probes ask instead of the system's.
        nameservers: Option<At<List<Written<NameServer>>>>,
        /// Certificates (PEM) that probes trust besides the platform's.
        ca_file: Option<At<Written<PathText>>>,
        /// Places that tell whether this one sees anything at all.
        control: Option<At<List<Written<ControlTarget>>>>,
        /// Networks of proxies: only from these are forwarding headers believed.
        trusted_proxies: Option<At<List<Written<Network>>>>,
        /// How long raw results are kept.
        #[schemars(extend("default" = "30d"))]
        retention: Option<At<Written<Retention>>>,
        /// What everything in the data directory may take together; the oldest raw results go first.
        #[schemars(extend("default" = "2GB"))]
        max_bytes: Option<At<Written<MaxBytes>>>,
        /// Free space below which operators are told, before writing stops.
        #[schemars(extend("default" = "1GB"))]
        disk_reserve: Option<At<Written<DiskReserve>>>,
        /// Who may read `/metrics`: who asks from this machine or has the token, or everybody.
        #[schemars(extend("default" = "private"))]
        metrics: Option<At<Written<MetricsMode>>>,
        /// Opens `/metrics` from afar; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        metrics_token: Option<At<Token>>,
        /// The order of the groups on the page.
        groups: Option<At<List<Written<Group>>>>,
        /// Whether definitions are kept from naming private addresses.
        #[schemars(extend("default" = false))]
        deny_private: Option<At<Flag>>,
        /// Who may show the page in a frame: the sources of CSP's `frame-ancestors`.
        #[schemars(extend("default" = "'none'"))]
        frame_ancestors: Option<At<Written<FrameAncestors>>>,
        /// How log lines look.
        #[schemars(extend("default" = "text"))]
        log_format: Option<At<Written<LogFormat>>>,
        /// The certificate (PEM) to speak TLS with.
        tls_cert: Option<At<Written<PathText>>>,
        /// Its private key (PEM).
        tls_key: Option<At<Written<PathText>>>,
        /// Backups that the running hub makes by itself.
        backup: Option<At<Backup>>,
        /// When the running hub looks at every checksum of its data.
        verify: Option<At<Verify>>,
        /// How failures become incidents.
        incidents: Option<At<Incidents>>,
        /// Who watches the watcher.
        watch: Option<At<Watch>>,
        /// Who is told when a component goes down or recovers.
        channel: Option<At<Tables<Channel>>>,
        /// Who is told first, and what comes next.
        policy: Option<At<Tables<PolicyTable>>>,
        /// How channels are kept proven.
        drill: Option<At<DrillTable>>,
        /// Who signs in at `/operator`.
        operator: Option<At<Tables<Operator>>>,
        /// Which programs give orders through `/api/v1`.
        token: Option<At<Tables<Bearer>>>,
        /// What is planned, once or again and again.
        maintenance: Option<At<Tables<Maintenance>>>,
        /// How subscribers are written to.
        mail: Option<At<Mail>>,
    }
}

prober::table! {
    /// How failures become incidents.
    pub(super) Incidents = "`[incidents]`", "{ quiet = \"3m\" }" {
        /// Everything must have worked for so long before an incident is over; longer when it comes back.
        #[schemars(extend("default" = "3m"))]
        quiet: Option<At<Written<Quiet>>>,
        /// What fails on after operators closed its incident is an incident again after so long.
        #[schemars(extend("default" = "10m"))]
        reopen: Option<At<Written<Reopen>>>,
    }
}

prober::table! {
    /// Who watches the watcher.
    pub(super) Watch = "`[watch]`", "{ ping = \"https://hc-ping.com/${env:PING_ID}\" }" {
        /// The dead-man switch: asked each minute while all is well, and with `/fail` at its end while it is not.
        ping: Option<At<PingUrl>>,
        /// Another Belfry that expects a sign of life of this one: the address of its heartbeat, told like `ping`.
        peer: Option<At<PingUrl>>,
    }
}

prober::table! {
    /// Backups that the running hub makes by itself.
    pub(super) Backup = "`[backup]`", "{ directory = \"/var/backups/belfry\" }" {
        /// Where they go: another disk, or what another machine fetches.
        directory: Required<Written<PathText>>,
        /// When one is made: six fields, seconds first, in the site's time zone.
        #[schemars(extend("default" = "0 30 3 * * *"))]
        cron: Option<At<Line>>,
        /// So many are kept; older ones are deleted.
        #[schemars(extend("default" = 7))]
        keep: Option<At<Count>>,
    }
}

prober::table! {
    /// When the running hub looks at every checksum of its data.
    pub(super) Verify = "`[verify]`", "{ cron = \"0 0 4 * * *\" }" {
        /// Six fields, seconds first, in the site's time zone.
        #[schemars(extend("default" = "0 0 4 * * *"))]
        cron: Option<At<Line>>,
    }
}

/// The tables of the settings.
pub(super) const FORMAT: Format = Format {
    tables: &[
        ("the top of the file, above the first table", File::KEYS),
        (Backup::NAME, Backup::KEYS),
        (Verify::NAME, Verify::KEYS),
        (Incidents::NAME, Incidents::KEYS),
        (Watch::NAME, Watch::KEYS),
        (Webhook::NAME, Webhook::KEYS),
        (Ntfy::NAME, Ntfy::KEYS),
        (Alertmanager::NAME, Alertmanager::KEYS),
        (Chat::NAME, Chat::KEYS),
        (Email::NAME, Email::KEYS),
        (FreeMobile::NAME, FreeMobile::KEYS),
        (Matrix::NAME, Matrix::KEYS),
        (OvhSms::NAME, OvhSms::KEYS),
        (Signal::NAME, Signal::KEYS),
        (PolicyTable::NAME, PolicyTable::KEYS),
        (DrillTable::NAME, DrillTable::KEYS),
        (Operator::NAME, Operator::KEYS),
        (Bearer::NAME, Bearer::KEYS),
        (Maintenance::NAME, Maintenance::KEYS),
        (Mail::NAME, Mail::KEYS),
        (Signature::NAME, Signature::KEYS),
    ],
    of_kinds: "",
    kinds: &[],
    kind_example: "",
    secrets: &[
        "account",
        "hash",
        "headers",
        "login",
        "mail",
        "metrics_token",
        "number",
        "pass",
        "password",
        "peer",
        "ping",
        "recipients",
        "relays",
        "template",
        "token",
        "topic",
        "url",
        "urls",
        "user",
        "watch",
    ],
    twice: "a second channel begins with another [[channel]]",
};
