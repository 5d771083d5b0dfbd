//! Pages for requests that cannot be answered.
//!
//! It does not know why; the kind of problem is told.

use leptos::prelude::*;
use shared::Language;

use super::shell::{self, Again, Head};
use crate::{
    site::Site,
    words::{Words, inert},
};

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The address or what came with it is malformed.
    BadRequest,
    /// Nothing is there.
    NotFound,
    /// The page can only be read.
    MethodNotAllowed,
    /// The address is longer than any of ours.
    UriTooLong,
    /// Too many requests from one place.
    TooManyRequests,
    /// We have a fault of our own.
    Internal,
    /// Not ready yet, or not any more.
    Unavailable,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::BadRequest,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::UriTooLong,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The HTTP status.
    pub fn code(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::UriTooLong => 414,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// Only a trouble that passes is worth asking again.
    fn again(self) -> Again {
        match self {
            Self::BadRequest | Self::NotFound | Self::MethodNotAllowed | Self::UriTooLong => Again::Never,
            Self::TooManyRequests | Self::Internal | Self::Unavailable => Again::Soon,
        }
    }

    /// What it is, and what the reader can do.
    fn words(self, words: &Words) -> (String, String) {
        match self {
            Self::BadRequest => (words.error_bad_request(), words.error_bad_request_text()),
            Self::NotFound => (words.error_not_found(), words.error_not_found_text()),
            Self::MethodNotAllowed => (words.error_method(), words.error_method_text()),
            Self::UriTooLong => (words.error_too_long(), words.error_too_long_text()),
            Self::TooManyRequests => (words.error_too_many(), words.error_too_many_text()),
            Self::Internal => (words.error_internal(), words.error_internal_text()),
            Self::Unavailable => (words.error_unavailable(), words.error_unavailable_text()),
        }
    }
}

/// The same for programs and terminals.
pub fn error_text(site: &Site, language: Language, problem: Problem) -> String {
    let words = Words::new(language, site.time_zone.clone());
    let (what, text) = problem.words(&words);
    let code = words.error_code(problem.code().to_string());
    format!("{}\n\n{}\n{text}\n", inert(site.title.get(language)), words.item(code, what))
}

/// The page that says so.
pub fn error(site: &Site, language: Language, problem: Problem) -> String {
    let words = Words::new(language, site.time_zone.clone());
    let (what, text) = problem.words(&words);
    let title = words.page_title(words.error_code(problem.code().to_string()), inert(site.title.get(language)));
    let head = Head { site, words: &words, path: "/".to_owned(), title, about: None, component: None };
    shell::render(|| {
        let content = view! {
            <div class="banner">
                <p class="meta">{words.error_code(problem.code().to_string())}</p>
                <h1>{what}</h1>
                <p>{text}</p>
                <p><a href=head.link("/")>{words.home()}</a></p>
            </div>
        };
        shell::still(&head, content.into_any(), problem.again())
    })
}
