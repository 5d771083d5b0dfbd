//! The tables of `[[channel]]` as they are typed, one a kind.
//!
//! It does not know which combinations make sense.

use prober::load::{
    tree::{At, Entries, List, Required},
    values::{Days, Flag, SecretText},
};

use super::super::{
    hidden::{Credential, HookUrl, NtfyUrl, PeerUrl, Phone, Recipient, Relay, ServerUrl, Token, Topic},
    mail::{Bare, Sender, Signature},
    value::{ContentType, Kind, Label, PathText, Room},
    written::Written,
};
use crate::notify::ChannelName;

prober::table! {
    /// Posts alerts to Prometheus' Alertmanager, again and again while they last, so that karma shows them; and one that is always
    /// there, whose absence says that nobody watches.
    pub(in crate::settings) Alertmanager = "an alertmanager channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["alertmanager"]))]
        kind: Required<Written<Kind>>,
        /// The root of each peer of the cluster: all of them are told.
        urls: Option<At<List<PeerUrl>>>,
        /// The root of the only one.
        url: Option<At<PeerUrl>>,
        /// Sent as `Authorization: Bearer …`; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        token: Option<At<Token>>,
        /// Labels of every alert; the same at every hub, so that Alertmanager takes what two of them see for one.
        labels: Option<At<Entries<Written<Label>>>>,
    }
}

prober::table! {
    /// Posts to an incoming webhook of Mattermost, Rocket.Chat or Slack. Not one that runs on what is watched: it dies with it.
    pub(in crate::settings) Chat = "a chat channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["chat"]))]
        kind: Required<Written<Kind>>,
        /// The webhook. It is treated as a secret.
        url: Required<HookUrl>,
        /// Another room than the webhook's own, where the chat allows that.
        channel: Option<At<Written<Label>>>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}

prober::table! {
    /// Writes to operators, by relays of its own.
    pub(in crate::settings) Email = "an email channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["email"]))]
        kind: Required<Written<Kind>>,
        /// Relays in the order in which they are asked: `smtp://user:password@host:587?tls=required`, or `smtps://…`.
        relays: Option<At<List<Relay>>>,
        /// The only relay.
        url: Option<At<Relay>>,
        /// Who writes: a name and an address.
        from: Required<Written<Sender>>,
        /// Who is written to.
        to: Required<List<Written<Bare>>>,
        /// The key that letters are signed with, where the relays do not sign themselves.
        dkim: Option<At<Signature>>,
        /// Certificates (PEM) that relays may have besides the platform's.
        ca_file: Option<At<Written<PathText>>>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}

prober::table! {
    /// Sends SMS to a subscriber of Free Mobile, to whom it costs nothing: one channel a person.
    pub(in crate::settings) FreeMobile = "a free_mobile channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["free_mobile"]))]
        kind: Required<Written<Kind>>,
        /// The interface; Free Mobile's own when it is left out.
        url: Option<At<HookUrl>>,
        /// The subscriber's number of identification.
        user: Required<Credential>,
        /// The key of the interface: it is in the account, under “Mes options”.
        pass: Required<Credential>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}

prober::table! {
    /// Sends to a room of Matrix.
    pub(in crate::settings) Matrix = "a matrix channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["matrix"]))]
        kind: Required<Written<Kind>>,
        /// The home server's root.
        url: Required<ServerUrl>,
        /// The room's id.
        room: Required<Written<Room>>,
        /// The access token of an account that is in the room.
        token: Required<Token>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}

prober::table! {
    /// Publishes to a topic of an ntfy server.
    pub(in crate::settings) Ntfy = "an ntfy channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["ntfy"]))]
        kind: Required<Written<Kind>>,
        /// The server's root. Not one that runs on what is watched: it dies with it.
        url: Required<NtfyUrl>,
        /// The topic; whoever knows it reads along, so that it is treated as a secret.
        topic: Required<Topic>,
        /// An access token; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        token: Option<At<Token>>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}

prober::table! {
    /// Sends SMS by OVH.
    pub(in crate::settings) OvhSms = "an ovh_sms channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["ovh_sms"]))]
        kind: Required<Written<Kind>>,
        /// The interface (`http2sms`); OVH's own when it is left out.
        url: Option<At<HookUrl>>,
        /// The SMS account (`sms-xx00000-1`).
        account: Required<Credential>,
        /// Its user.
        login: Required<Credential>,
        /// That user's password.
        password: Required<Credential>,
        /// Who sends, as OVH has approved it.
        from: Required<Written<Label>>,
        /// The numbers.
        to: Required<List<Phone>>,
        /// Operators are told by another channel when fewer credits are left.
        #[schemars(extend("default" = 20))]
        low_credit: Option<At<Days>>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}

prober::table! {
    /// Sends by Signal, through signal-cli-rest-api.
    pub(in crate::settings) Signal = "a signal channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["signal"]))]
        kind: Required<Written<Kind>>,
        /// The root of signal-cli-rest-api.
        url: Required<ServerUrl>,
        /// The number that sends.
        number: Required<Phone>,
        /// Numbers, and groups as `group.…`.
        recipients: Required<List<Recipient>>,
        /// Sent as `Authorization: Bearer …`, where a proxy before it asks for that.
        token: Option<At<Token>>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}

prober::table! {
    /// Posts JSON to an address, or what a template makes of it.
    pub(in crate::settings) Webhook = "a webhook channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["webhook"]))]
        kind: Required<Written<Kind>>,
        /// Where the JSON is posted; `http` or `https`. It is treated as a secret.
        url: Required<HookUrl>,
        /// Sent as `Authorization: Bearer …`; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        token: Option<At<Token>>,
        /// Added to the request; values may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        headers: Option<At<Entries<Token>>>,
        /// The body, in the language of Jinja; it sees the fields of the document that is posted without it. May hold `${env:NAME}`
        /// and `${file:/run/secrets/name}`.
        template: Option<At<SecretText>>,
        /// The type of what the template makes.
        #[schemars(extend("default" = "application/json"))]
        content_type: Option<At<Written<ContentType>>>,
        /// Whether it gets drills, which whoever reads it is to answer.
        #[schemars(extend("default" = true))]
        drill: Option<At<Flag>>,
    }
}
