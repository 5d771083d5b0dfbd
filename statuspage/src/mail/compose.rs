//! What letters say, as pure functions of what is told and to whom.
//!
//! It does not know relays, signatures nor when something is told. The text and the HTML of a letter are made of the same blocks, so that
//! they say the same.

mod body;
#[cfg(test)]
mod tests;
mod told;

use std::sync::Arc;

use aws_lc_rs::digest;
use shared::{Language, Text, Timestamp};
use url::Url;

use super::{Leave, Letter, MailSettings, OneClick, Thread};
use crate::{
    site::Site,
    subscriber::{MailAddress, Mailbox, Recipient, Token, Wanted},
    words::{Words, inert},
};
use body::Block;

pub use told::{Concerned, Told, Turn};

/// Components that a letter names; the others are on the page.
const NAMED: usize = 10;

/// What all letters of a site have in common.
pub struct Desk {
    words: [Words; 2],
    title: Text,
    page: String,
    domain: String,
    bounce_domain: Option<String>,
    unsubscribe_mailbox: Option<String>,
    identity: Option<Text>,
}

/// Why several stories are told in one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gathered {
    /// Not so soon after the letter before.
    Pause,
    /// There were too many letters in a day.
    Day,
}

/// Letters are full of links, and the site's own address is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("letters need the page's own address for their links: set `public_url`")]
pub struct NoAddress;

impl Desk {
    /// The desk of a site.
    ///
    /// # Errors
    ///
    /// If the site has no address.
    pub fn new(site: &Site, settings: &MailSettings) -> Result<Self, NoAddress> {
        let page = site.public_url.as_ref().map(Url::as_str).ok_or(NoAddress)?;
        Ok(Self {
            words: Language::ALL.map(|language| Words::new(language, site.time_zone.clone())),
            title: site.title.clone(),
            page: page.trim_end_matches('/').to_owned(),
            domain: settings.from.email.domain().to_owned(),
            bounce_domain: settings.bounce_domain.clone(),
            unsubscribe_mailbox: settings.unsubscribe_mailbox.clone(),
            identity: settings.identity.clone(),
        })
    }

    /// One of its languages' words.
    fn words(&self, language: Language) -> &Words {
        let [first, second] = &self.words;
        if second.language() == language { second } else { first }
    }

    fn title(&self, language: Language) -> String {
        inert(self.title.get(language))
    }

    fn subject(&self, language: Language, what: String) -> String {
        self.words(language).mail_subject(self.title(language), what)
    }

    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.page)
    }

    /// What stands behind the `@` of ids of letters.
    fn id(&self, name: &str) -> String {
        format!("{name}@{}", self.domain)
    }

    fn identity(&self, words: &Words, blocks: &mut Vec<Block>) {
        if let Some(identity) = &self.identity {
            blocks.push(Block::Small(words.mail_by(inert(identity.get(words.language())))));
        }
    }
}

/// The letter that the book of subscribers wants sent.
pub fn wanted(wanted: &Wanted, at: Timestamp, desk: &Desk) -> Letter {
    match wanted {
        Wanted::Confirm { to, language, token, refuse } => confirmation(to, *language, token, refuse, at, desk),
        Wanted::Manage { to, language, token } => management(to, *language, token, at, desk),
    }
}

/// "Was it you?"
pub fn confirmation(
    to: &MailAddress,
    language: Language,
    token: &Token,
    refuse: &Token,
    at: Timestamp,
    desk: &Desk,
) -> Letter {
    let words = desk.words(language);
    let mut blocks = vec![
        Block::Lead(words.mail_lead_confirm(desk.title(language))),
        Block::Words(words.mail_confirm_how()),
        Block::Link { words: words.mail_confirm_do(), url: secret_link("s", token, language, desk) },
        Block::Words(words.mail_refuse_how()),
        Block::Link { words: words.mail_refuse_do(), url: secret_link("s", refuse, language, desk) },
        Block::Rule,
        Block::Small(words.mail_why_asked(desk.page.clone())),
    ];
    desk.identity(words, &mut blocks);
    account(to, words.mail_subject_confirm(), ("confirm", token), at, language, desk, &blocks)
}

/// The way to one's own page.
pub fn management(to: &MailAddress, language: Language, token: &Token, at: Timestamp, desk: &Desk) -> Letter {
    let words = desk.words(language);
    let mut blocks = vec![
        Block::Lead(words.mail_lead_manage(desk.title(language))),
        Block::Words(words.mail_manage_how()),
        Block::Link { words: words.mail_manage_do(), url: secret_link("s", token, language, desk) },
        Block::Rule,
        Block::Small(words.mail_why_managed(desk.page.clone())),
    ];
    desk.identity(words, &mut blocks);
    account(to, words.mail_subject_manage(), ("manage", token), at, language, desk, &blocks)
}

/// What is told of an incident or a maintenance, to one subscriber.
pub fn notice(told: &Told, recipient: &Recipient, at: Timestamp, desk: &Desk) -> Letter {
    let language = recipient.language;
    let words = desk.words(language);
    let spoken = told.spoken(language);
    let mut blocks = vec![Block::Lead(spoken.lead.clone())];
    blocks.extend(spoken.said.iter().cloned());
    let page = desk.link(&format!("{}?lang={language}", told.page));
    blocks.extend(told.parts(recipient, words));
    blocks.push(Block::Link { words: spoken.page.clone(), url: page });
    farewell(recipient, words, desk, &mut blocks);
    let subject = desk.subject(language, spoken.subject.clone());
    let id = |number: u32| desk.id(&format!("{}.update-{number}.sub-{}", told.story, recipient.id));
    let thread = (told.number != told.root).then(|| Thread { root: id(told.root) });
    let archive = Some(desk.link(&told.page));
    Letter { thread, archive, ..bulk(recipient, id(told.number), subject, at, desk, &blocks) }
}

/// Everything that was held back, in one letter.
pub fn digest(told: &[Arc<Told>], gathered: Gathered, recipient: &Recipient, at: Timestamp, desk: &Desk) -> Letter {
    let language = recipient.language;
    let words = desk.words(language);
    let day = words.day_of(at);
    let why = match gathered {
        Gathered::Pause => words.mail_digest_pause(),
        Gathered::Day => words.mail_digest_day(),
    };
    let (sound, place) = place(words);
    let mut blocks = vec![
        Block::Lead(words.mail_lead_digest(told.len())),
        Block::Words(format!("{why} {}", words.mail_digest_times(sound, place))),
    ];
    for told in told {
        let spoken = told.spoken(language);
        blocks.push(Block::Title(spoken.subject.clone()));
        blocks.push(Block::Words(spoken.lead.clone()));
        blocks.extend(told.own(recipient, words));
        let page = desk.link(&format!("{}?lang={language}", told.page));
        blocks.push(Block::Link { words: spoken.page.clone(), url: page });
    }
    farewell(recipient, words, desk, &mut blocks);
    let subject = desk.subject(language, words.mail_subject_digest(words.long_date(day)));
    // The same stories have the same id, whenever the letter is made; another letter of that day has another one.
    let stories: Vec<_> = told.iter().map(|told| format!("{}.{}", told.story, told.number)).collect();
    let id = desk.id(&format!("digest-{}.sub-{}", hashed(&stories.join(" ")), recipient.id));
    bulk(recipient, id, subject, at, desk, &blocks)
}

/// A letter to a subscriber, which says how to leave.
fn bulk(
    recipient: &Recipient,
    message_id: String,
    subject: String,
    at: Timestamp,
    desk: &Desk,
    body: &[Block],
) -> Letter {
    let language = recipient.language;
    let return_path = desk.bounce_domain.as_ref().map(|domain| format!("{}@{domain}", recipient.bounce));
    Letter {
        at,
        to: recipient.address.clone(),
        message_id,
        thread: None,
        leave: Some(leave(recipient, desk)),
        return_path,
        archive: None,
        language,
        text: body::text(body, language),
        html: body::html(body, language, &subject),
        subject,
    }
}

/// A letter about a subscription itself: it belongs to no thread, and there is nothing to leave.
fn account(
    to: &MailAddress,
    subject: String,
    (kind, token): (&str, &Token),
    at: Timestamp,
    language: Language,
    desk: &Desk,
    body: &[Block],
) -> Letter {
    let subject = desk.subject(language, subject);
    Letter {
        at,
        to: to.clone(),
        message_id: desk.id(&format!("{kind}-{}", fingerprint(token))),
        thread: None,
        leave: None,
        return_path: None,
        archive: None,
        language,
        text: body::text(body, language),
        html: body::html(body, language, &subject),
        subject,
    }
}

/// Why this letter came, and how to change that.
fn farewell(recipient: &Recipient, words: &Words, desk: &Desk, blocks: &mut Vec<Block>) {
    let site = desk.title(words.language());
    let why = if recipient.scope.is_whole_page() { words.mail_why_all(site) } else { words.mail_why_own(site) };
    blocks.extend([
        Block::Rule,
        Block::Small(why),
        Block::SmallLink {
            words: words.mail_leave(),
            url: secret_link("u", &recipient.unsubscribe, words.language(), desk),
        },
        Block::SmallLink {
            words: words.mail_manage(),
            url: desk.link(&format!("/subscribe?lang={}", words.language())),
        },
    ]);
    desk.identity(words, blocks);
}

/// RFC 8058 wants a URL that is opaque: no language in it.
fn leave(recipient: &Recipient, desk: &Desk) -> Leave {
    let token = recipient.unsubscribe.as_str();
    let mailto = desk.unsubscribe_mailbox.as_ref().and_then(|mailbox| {
        let (name, domain) = mailbox.split_once('@')?;
        Some(format!("{name}+{token}@{domain}"))
    });
    let one_click = match recipient.mailbox {
        Mailbox::Personal => OneClick::Yes,
        Mailbox::Shared => OneClick::No,
    };
    Leave { url: desk.link(&format!("/u/{token}")), mailto, one_click }
}

fn secret_link(room: &str, token: &Token, language: Language, desk: &Desk) -> String {
    desk.link(&format!("/{room}/{}?lang={language}", token.as_str()))
}

/// Tells letters apart without saying anything of the token in them: ids of letters stand in the logs of relays.
fn fingerprint(token: &Token) -> String {
    hashed(&format!("letter {}", token.as_str()))
}

fn hashed(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// The zone's name as people say it: `Europe/Paris` is Paris, and whether it begins with a vowel.
fn place(words: &Words) -> (&'static str, String) {
    let name = words.zone_name();
    let Some((_, city)) = name.rsplit_once('/') else { return ("none", name) };
    let vowel = city.chars().next().is_some_and(|first| "AEIOUYaeiouyÉ".contains(first));
    (if vowel { "vowel" } else { "consonant" }, city.replace('_', " "))
}
