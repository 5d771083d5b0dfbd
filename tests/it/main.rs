//! End-to-end, browser and fault tests, in one binary: what users see of the real programs.

mod alarms;
mod bell;
mod care;
mod command_line;
mod image;
mod incident;
mod locations;
mod mail;
mod mail_faults;
mod mail_kills;
mod mail_office;
mod maintenance;
mod manual;
mod operator;
mod outpost;
mod page;
mod place;
mod prometheus;
mod reader;
mod reload;
mod replay;
mod restart;
mod subscribe;
mod subscriptions;
mod watch;
mod wire;
