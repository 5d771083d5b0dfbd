//! The flags of `statuspage subscribers` and `statuspage bounce`.
//!
//! It does not know how an order reaches the hub.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::HubArgs;

/// What is done with subscribers.
#[derive(Debug, Clone, Subcommand)]
pub enum SubscribersCommand {
    /// List everybody: the address, what it hears of, since when
    List(SubscribersArgs),
    /// Bring subscribers whose consent you can prove; they are not asked again
    ///
    /// The file is CSV with a line of names first: `address`, and if you like `components` and `groups` (several with `;`, none
    /// for everything), `language` and `mailbox` (`personal` or `shared`). Who left by himself stays out.
    Import(ImportSubscribersArgs),
    /// Print everybody as CSV, in the form that `import` reads
    Export(SubscribersArgs),
    /// Erase a subscriber: afterwards the address is nowhere in the data nor in the next backup
    Remove(RemoveSubscriberArgs),
}

impl SubscribersCommand {
    /// Which hub is meant.
    pub fn hub(&self) -> &HubArgs {
        match self {
            Self::List(arguments) | Self::Export(arguments) => &arguments.hub,
            Self::Import(arguments) => &arguments.hub,
            Self::Remove(arguments) => &arguments.hub,
        }
    }
}

/// The flags of what needs a hub and nothing else.
#[derive(Debug, Clone, Args)]
pub struct SubscribersArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
}

/// The flags of `subscribers import`.
#[derive(Debug, Clone, Args)]
pub struct ImportSubscribersArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The file; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// The flags of `subscribers remove`.
#[derive(Debug, Clone, Args)]
pub struct RemoveSubscriberArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The address
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// The flags of `bounce`.
#[derive(Debug, Clone, Args)]
pub struct BounceArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The mailbox for leaving by mail: a message to it with `+TOKEN` before the @ takes its sender out; else that of the settings
    #[arg(long, value_name = "ADDRESS")]
    pub unsubscribe_mailbox: Option<String>,
}
