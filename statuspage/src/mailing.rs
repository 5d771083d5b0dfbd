//! Which notices are told to subscribers, to whom, and how far that has got.
//!
//! It does not know SMTP, addresses at rest, pages or the store: records go in and out as bytes, and none of them ever holds an
//! address.

mod book;
mod bucket;
mod notice;
mod office;
mod post;
mod postman;
mod reach;
mod round;
mod rounds;
mod storm;
mod telling;

#[cfg(test)]
mod tests;

pub use book::{HOLD, Mail, Mailings, Notices, REMEMBERED};
pub use notice::{InvalidStory, Notice, Story, Turn};
pub use office::{Office, OfficeError};
pub use post::{Flow, HubEnd, MailView, PostmanEnd, Report, Tally, Trouble, post};
pub use postman::{Postman, PostmanOptions};
pub use round::Fate;
pub use rounds::{Groups, Order, Rounds, Step};
