//! The page of one component: its state now and why, ninety days, uptime, latency, failures, certificate and probes.
//!
//! It does not know other components.

use std::time::Duration;

use leptos::prelude::*;
use shared::{Language, Timestamp};

use super::{
    chart::{self, Window},
    day, failures,
    freshness::Freshness,
    news::{self, Concern},
    present, probes,
    record::{self, Entry},
    shell::{self, Head},
    strip, subscribe,
    uptime::{self, Watched},
};
use crate::{
    island::{
        reading::Reading,
        state::{Announcement, Since, State},
    },
    snapshot::{ComponentView, Day, LatencyPoint, LatencySeries, Snapshot},
    words::{Words, inert, quantity::place, sentence::days_until},
};

/// So many incidents and maintenances of the past are listed.
const REMEMBERED: usize = 10;
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// The page of one component.
pub fn service(snapshot: &Snapshot, component: &ComponentView, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = inert(snapshot.site.title.get(language));
    let name = inert(component.name.get(language));
    let mut told = present::told(snapshot, &words, std::iter::once(component));
    told.phrases = told.phrases.about(&component.id, words.page_title(words.page_title("#", name), site));
    let title = told.phrases.title(&words.state(component, snapshot.generated_at));
    let about = component.description.as_ref().map(|text| inert(text.get(language)));
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path: format!("/services/{}", component.id),
        title,
        about,
        component: Some(component.id.clone()),
    };
    shell::render(|| {
        let banner = Banner::of(snapshot, component, &head);
        let news = news::view(Concern::One(component), snapshot, &head);
        let past = past(snapshot, component, &head);
        let sections = sections(snapshot, component, &words);
        shell::living(&head, snapshot, told, move || view! { {banner.view()}{news}{sections}{past} }.into_any())
    })
}

/// What stands first: who, how, and how fresh that is.
struct Banner {
    name: String,
    description: Option<String>,
    address: Option<(String, String)>,
    home: (String, String),
    freshness: Freshness,
    /// The way to be told of it by mail.
    mail: Option<AnyView>,
}

impl Banner {
    fn of(snapshot: &Snapshot, component: &ComponentView, head: &Head<'_>) -> Self {
        let words = head.words;
        // Only what a browser can follow becomes a link; a script in the definition's address stays text elsewhere.
        let follow = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
        Self {
            name: inert(component.name.get(words.language())),
            description: component.description.as_ref().map(|text| inert(text.get(words.language()))),
            address: component.url.as_ref().filter(follow).map(|url| (url.clone(), words.open_service())),
            home: (head.link("/"), words.home()),
            freshness: Freshness::of(snapshot, words),
            mail: subscribe::link(Some(&component.id), head),
        }
    }

    fn view(self) -> AnyView {
        let about = self.description.map(|text| view! { <p class="about"><bdi>{text}</bdi></p> });
        let address = self
            .address
            .map(|(url, open)| view! { <p><a class="open" href=url rel="noopener noreferrer">{open}</a></p> });
        view! {
            <div class="banner one">
                <p class="meta"><a href=self.home.0>"← "{self.home.1}</a></p>
                <h1><bdi>{self.name}</bdi></h1>
                {about}
                <div aria-live="polite"><Announcement/></div>
                <div class="now"><State/></div>
                <p class="meta"><Since/><br/>{self.freshness.view()}</p>
                {address}
                {self.mail}
            </div>
        }
        .into_any()
    }
}

fn sections(snapshot: &Snapshot, component: &ComponentView, words: &Words) -> AnyView {
    let history = &component.history;
    let now = snapshot.generated_at;
    let watched = Watched::new(component, now);
    view! {
        <section><h2>{words.section_days()}</h2>{days(&history.days, component, &watched, words)}</section>
        <section><h2>{words.section_uptime()}</h2>{uptime::figures(&history.uptime, &watched, words)}</section>
        <section><h2>{words.section_latency()}</h2>{latency(component, now, words)}</section>
        <section><h2>{words.section_failures()}</h2>{failures::list(component, now, words)}</section>
        {certificate(component, now, words)}
        <section><h2>{words.section_probes()}</h2>{probes::table(component, now, words)}</section>
    }
    .into_any()
}

/// Its incidents and maintenance, but for what stands above.
fn past(snapshot: &Snapshot, component: &ComponentView, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let concern = Concern::One(component);
    let above = |entry: &Entry<'_>| entry.is_open() || news::announced(concern, snapshot).any(|near| entry.is(near));
    let (above, below): (Vec<_>, Vec<_>) = Entry::all(concern, snapshot).into_iter().partition(above);
    let list = match below.get(..REMEMBERED.min(below.len())) {
        Some(entries @ [_, ..]) => record::list(entries, snapshot, head),
        Some([]) | None => {
            let none = if above.is_empty() { words.incidents_none() } else { words.incidents_none_other() };
            view! { <p class="meta">{none}</p> }.into_any()
        }
    };
    view! {
        <section class="news">
            <h2>{words.section_past()}</h2>
            {list}
            <p class="meta"><a href=head.link("/history")>{words.whole_history()}</a></p>
        </section>
    }
    .into_any()
}

fn days(days: &[Day], component: &ComponentView, watched: &Watched, words: &Words) -> AnyView {
    let uptime = uptime::share(component.history.uptime.quarter, words);
    let coverage = uptime::coverage(component.history.uptime.quarter, None, words);
    let uptime = [uptime, coverage].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let sentence = words.days_sentence(day::with_outage(days), uptime);
    let since = watched.since(uptime::QUARTER, words).map(|since| format!(" {}", words.watched(since)));
    let row = |day: &Day| {
        let spells = day::disturbances(&day.time, words).join(", ");
        view! {
            <tr>
                <th scope="row">{words.long_date(day.date)}</th>
                <td>{words.status(day.worst)}</td>
                <td>{uptime::share(day.uptime, words)}</td>
                <td>{spells}</td>
            </tr>
        }
    };
    let parts = strip::parts(days, words.day_of(watched.now), words);
    view! {
        <p>{sentence}{since}</p>
        <Reading>{parts}</Reading>
        <details class="table">
            <summary>{words.days_table()}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=words.days_table()>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{words.column_date()}</th>
                            <th scope="col">{words.column_state()}</th>
                            <th scope="col">{words.column_uptime()}</th>
                            <th scope="col">{words.column_spells()}</th>
                        </tr>
                    </thead>
                    <tbody>{days.iter().rev().map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// Three windows, of which one is open at a time; without scripts too.
fn latency(component: &ComponentView, end: Timestamp, words: &Words) -> AnyView {
    if component.history.latency.is_empty() {
        return view! { <p class="meta">{words.latency_none()}</p> }.into_any();
    }
    let several = component.history.latency.len() > 1;
    type Points = fn(&LatencySeries) -> &[LatencyPoint];
    let windows: [(String, Duration, Duration, bool, Points); 3] = [
        (words.window_day(), DAY, HOUR, true, LatencySeries::day),
        (words.window_week(), 7 * DAY, HOUR, false, LatencySeries::week),
        (words.window_quarter(), 90 * DAY, DAY, false, LatencySeries::quarter),
    ];
    let window = |(name, length, step, open, points): (String, Duration, Duration, bool, Points)| {
        let window = Window { end, length, step };
        let charts = component.history.latency.iter();
        let charts = charts.map(|(location, series)| {
            // Where there is one place only, the banner has said which.
            let title = several.then(|| view! { <h3>{place(location)}</h3> }.into_any());
            chart::chart(points(series), location, window, &name, title, words)
        });
        let charts = charts.collect_view();
        view! { <details class="window" name="latency" open=open><summary>{name.clone()}</summary>{charts}</details> }
    };
    let legend = view! {
        <p class="legend meta">
            <span class="p50">"p50 ("{words.median()}")"</span><span class="p95">"p95"</span><span class="p99">"p99"</span>
        </p>
    };
    view! { {legend}{windows.into_iter().map(window).collect_view()} }.into_any()
}

fn certificate(component: &ComponentView, now: Timestamp, words: &Words) -> AnyView {
    let Some(end) = component.certificate_expires_at else { return ().into_any() };
    let date = words.on(words.long_date(words.day_of(end)));
    let sentence =
        if end <= now { words.certificate_ended(date) } else { words.certificate_ends(days_until(end, now), date) };
    view! { <section><h2>{words.section_certificate()}</h2><p>{sentence}</p></section> }.into_any()
}
