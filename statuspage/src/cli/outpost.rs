//! The flags of `statuspage outpost`.
//!
//! It does not know what an outpost does.

use bytesize::ByteSize;
use clap::Args;
use prober::reporter::HubAddress;

use super::ServeArgs;
use crate::outpost::OutpostOptions;

/// The flags of `outpost`: those of `serve`, where `--listen` is called `--serve`, and the hub.
#[derive(Debug, Clone, Args)]
#[command(
    mut_arg("listen", |arg| arg.long("serve")),
    mut_arg("location", |arg| arg.help("The name of this place, as `statuspage location add` got it on the hub")),
    mut_arg("no_prober", |arg| arg.hide(true)),
    mut_arg("public_url", |arg| arg.help("The address of this place's own page, for the links in its messages")),
)]
pub struct OutpostArgs {
    /// The hub that it stands by
    #[arg(long, value_name = "URL", env = "BELFRY_HUB")]
    pub hub: HubAddress,
    /// The one-time code that `statuspage location add` printed on the hub; needed the first time only
    #[arg(long, value_name = "CODE", env = "BELFRY_ENROL", hide_env_values = true)]
    pub enrol: Option<String>,
    /// So much the journal of what is still to be reported may take on the disk
    #[arg(long, value_name = "SIZE", env = "BELFRY_JOURNAL_BYTES", default_value = "1GiB")]
    pub journal_bytes: ByteSize,
    /// What it has in common with a hub.
    #[command(flatten)]
    pub serve: ServeArgs,
}

impl OutpostArgs {
    /// What makes it an outpost.
    pub fn options(&self) -> OutpostOptions {
        OutpostOptions { hub: self.hub.clone(), code: self.enrol.clone(), journal_bytes: self.journal_bytes.as_u64() }
    }
}
