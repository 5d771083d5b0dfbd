//! The flags of `statuspage channel`.
//!
//! It does not know how an order reaches the hub.

use clap::{Args, Subcommand};

use super::HubArgs;

/// What is done with channels.
#[derive(Debug, Clone, Subcommand)]
pub enum ChannelCommand {
    /// List the channels, and what proves that each works
    List(ListChannelsArgs),
    /// Send a message that is plainly a test, and print the receipt or the exact error; exits with 1 when it was not taken
    Test(TestChannelArgs),
}

impl ChannelCommand {
    /// Which hub is meant.
    pub fn hub(&self) -> &HubArgs {
        match self {
            Self::List(arguments) => &arguments.hub,
            Self::Test(arguments) => &arguments.hub,
        }
    }
}

/// The flags of `channel list`.
#[derive(Debug, Clone, Args)]
pub struct ListChannelsArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
}

/// The flags of `channel test`.
#[derive(Debug, Clone, Args)]
pub struct TestChannelArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The channel's name in the settings
    pub name: crate::notify::ChannelName,
}
