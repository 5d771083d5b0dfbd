//! The flags of `statuspage location`.
//!
//! It does not know how an order reaches the hub.

use clap::{Args, Subcommand};
use shared::LocationName;

use super::HubArgs;

/// What is done with locations.
#[derive(Debug, Clone, Subcommand)]
pub enum LocationCommand {
    /// Add a location, and print the one-time code and the command to start it there with
    Add(LocationArgs),
    /// List the locations: when each was last heard, and how it does
    List(LocationsArgs),
    /// Print a one-time code for another key of a location; its present key is good until the other is used
    Rotate(LocationArgs),
    /// Revoke a location: nothing that it says is taken from now on
    Revoke(LocationArgs),
}

impl LocationCommand {
    /// Which hub is meant.
    pub fn hub(&self) -> &HubArgs {
        match self {
            Self::List(arguments) => &arguments.hub,
            Self::Add(arguments) | Self::Rotate(arguments) | Self::Revoke(arguments) => &arguments.hub,
        }
    }
}

/// The flags of `location list`.
#[derive(Debug, Clone, Args)]
pub struct LocationsArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
}

/// The flags of what is about one location.
#[derive(Debug, Clone, Args)]
pub struct LocationArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The location's name, such as `lyon`
    #[arg(value_name = "NAME")]
    pub location: LocationName,
}
