//! Which notices are told to subscribers, to whom, and how far that has got.
//!
//! It does not know SMTP, addresses at rest, pages or the store: records go in and out as bytes, and none of them ever holds an
//! address.

mod book;
mod notice;
mod post;

pub use book::{HOLD, Mail, Mailings, Notices, REMEMBERED};
pub use notice::{InvalidStory, Notice, Story, Turn};
pub use post::{Flow, HubEnd, MailView, PostmanEnd, Report, Tally, Trouble, post};
