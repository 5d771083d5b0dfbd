//! Incidents and maintenance by month: the last three on one page, older ones a page each.
//!
//! It does not know how long things are remembered; months before the first one have no page.

use jiff::{civil::Date, tz::TimeZone};
use leptos::prelude::*;
use shared::{Language, Timestamp};

use super::{
    news::Concern,
    record::{self, Entry},
    shell::{self, Head, Subject},
};
use crate::{
    snapshot::Snapshot,
    words::{Words, inert},
};

/// So many months stand on the first page, the present one among them.
const TOGETHER: usize = 3;

/// A month in the site's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// Reads `2026-08`.
    pub fn read(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let sound = digits(year, 4) && digits(month, 2);
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok();
        date.filter(|_| sound).map(Self)
    }

    /// Whether something can be remembered of it.
    pub fn is_remembered(self, snapshot: &Snapshot) -> bool {
        let zone = &snapshot.site.time_zone;
        (Self::first(snapshot)..=Self::of(snapshot.generated_at, zone)).contains(&self)
    }

    /// The first month that something can be remembered of: since something is watched, or of the first thing that is remembered.
    fn first(snapshot: &Snapshot) -> Self {
        let watched = snapshot.components.iter().map(|component| component.created_at);
        let incidents = snapshot.incidents.iter().map(|incident| incident.times.started_at);
        let maintenances = snapshot.maintenances.iter().map(|maintenance| maintenance.starts_at);
        let known = watched.chain(incidents).chain(maintenances).min();
        let now = snapshot.generated_at;
        Self::of(known.unwrap_or(now).min(now), &snapshot.site.time_zone)
    }

    fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
        Self(at.to_zoned(zone.clone()).date().first_of_month())
    }

    /// The month before; the first one there is comes before itself.
    fn before(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0).first_of_month())
    }

    fn after(self) -> Self {
        Self(self.0.last_of_month().tomorrow().unwrap_or(self.0).first_of_month())
    }

    fn path(self) -> String {
        format!("/history?month={}", self.0.strftime("%Y-%m"))
    }
}

/// The last months, or one of those before; nothing for a month of which nothing can be remembered.
pub fn history(snapshot: &Snapshot, month: Option<Month>, language: Language) -> Option<String> {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let all = Entry::all(Concern::Everything, snapshot);
    let zone = &snapshot.site.time_zone;
    let (present, first) = (Month::of(snapshot.generated_at, zone), Month::first(snapshot));
    if month.is_some_and(|month| !month.is_remembered(snapshot)) {
        return None;
    }
    let site = inert(snapshot.site.title.get(language));
    let title = month.map_or_else(|| words.history(), |month| words.month_of(month.0));
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path: month.map_or_else(|| "/history".to_owned(), Month::path),
        title: words.page_title(title, site.as_str()),
        about: Some(words.history_about(site)),
        component: None,
    };
    let shown: Vec<Month> = match month {
        Some(month) => vec![month],
        None => std::iter::successors(Some(present), |month| Some(month.before())).take(TOGETHER).collect(),
    };
    let span = Span { shown, first, present, alone: month.is_some() };
    Some(shell::render(|| {
        let content = content(snapshot, &all, &span, &head);
        shell::subject(&head, snapshot, Subject::Unmeasured, move || content)
    }))
}

/// What is shown of what there is.
struct Span {
    /// The newest first.
    shown: Vec<Month>,
    first: Month,
    present: Month,
    /// One month that was asked for.
    alone: bool,
}

fn content(snapshot: &Snapshot, all: &[Entry<'_>], span: &Span, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let coming: Vec<Entry<'_>> = all.iter().rev().copied().filter(|entry| entry.is_to_come()).collect();
    let coming = (!span.alone && !coming.is_empty()).then(|| {
        let list = record::list(&coming, snapshot, head);
        view! { <section><h2>{words.history_coming()}</h2>{list}</section> }
    });
    let month = |month: &Month| {
        let of_month =
            |entry: &Entry<'_>| !entry.is_to_come() && Month::of(entry.starts_at(), &snapshot.site.time_zone) == *month;
        let entries: Vec<Entry<'_>> = all.iter().copied().filter(of_month).collect();
        let list = if entries.is_empty() {
            view! { <p class="meta">{words.history_quiet()}</p> }.into_any()
        } else {
            record::list(&entries, snapshot, head)
        };
        view! { <section><h2>{words.month_of(month.0)}</h2>{list}</section> }
    };
    let months = span.shown.iter().filter(|month| **month >= span.first).map(month).collect_view();
    view! {
        <div class="news">
            <div class="banner one">
                <p class="meta"><a href=head.link("/")>"← "{words.home()}</a></p>
                <h1>{words.history()}</h1>
            </div>
            {coming}
            {months}
            {turning(span, head)}
        </div>
    }
    .into_any()
}

/// The months before and after.
fn turning(span: &Span, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let older = span.shown.last().map(|month| month.before()).filter(|month| *month >= span.first);
    let older = older.map(|month| {
        view! { <a rel="next" href=head.link(&month.path())>{words.history_older(words.month_in_a_sentence(month.0))}</a> }
    });
    let newer = span.shown.first().filter(|_| span.alone).map(|month| month.after());
    let newer = newer.filter(|month| *month <= span.present).map(|month| {
        view! { <a rel="prev" href=head.link(&month.path())>{words.history_newer(words.month_in_a_sentence(month.0))}</a> }
    });
    let latest = span.alone.then(|| view! { <a href=head.link("/history")>{words.history_latest()}</a> });
    view! { <nav class="links" aria-label=words.history_months()>{older}{newer}{latest}</nav> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_four_digits_and_two() {
        let check = |text: &str, path: Option<&str>| {
            let path = path.map(|month| format!("/history?month={month}"));
            assert_eq!(Month::read(text).map(Month::path), path, "{text:?}");
        };
        check("2026-08", Some("2026-08"));
        check("2026-12", Some("2026-12"));
        check("2026-13", None);
        check("2026-00", None);
        check("2026-8", None);
        check("-2026-08", None);
        check("+026-08", None);
        check("", None);
    }

    #[test]
    fn months_follow_each_other_over_the_year() {
        let month = Month::read("2026-01").expect("a month");
        assert_eq!(month.before(), Month::read("2025-12").expect("a month"));
        assert_eq!(month.before().after(), month);
    }
}
