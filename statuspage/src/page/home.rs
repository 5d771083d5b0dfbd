//! The first page: one sentence, then every component in its group.
//!
//! It does not know the past beyond what one line can show.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{Language, Timestamp};

use super::{
    affected, day,
    freshness::Freshness,
    news::{self, Concern},
    present,
    shell::{self, Head},
    strip, subscribe,
    uptime::{self, Watched},
};
use crate::{
    island::state::{Headline, State},
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

/// With more components than that, the groups are offered to jump to.
const LONG: usize = 20;

/// The page of everything.
pub fn home(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let told = present::told(snapshot, &words, snapshot.components.iter().map(AsRef::as_ref));
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path: "/".to_owned(),
        title: told.live.title.clone(),
        about: Some(told.live.headline.clone()),
        component: None,
    };
    let view = || {
        let content = Content::of(snapshot, &head);
        let news = news::view(Concern::Everything, snapshot, &head);
        let question = (!snapshot.domains.is_empty()).then(|| affected::form(words.affected(), None, &head));
        shell::living(&head, snapshot, told, move || content.view(news, question))
    };
    shell::render(view)
}

/// Everything between header and footer, ready to be rendered inside the island that provides the present.
struct Content {
    freshness: Freshness,
    groups: Vec<Group>,
    /// What the jumps to the groups are called, on a page that is long enough for them.
    jumps: Option<String>,
    /// The way to be told by mail.
    mail: Option<AnyView>,
    /// Its name, and how uptime is counted: the rule is told where the numbers are.
    rule: (String, String),
}

struct Group {
    /// Where to jump to.
    anchor: String,
    title: Option<String>,
    rows: Vec<Row>,
}

struct Row {
    component: Arc<ComponentView>,
    name: String,
    description: Option<String>,
    link: String,
    strip: String,
    uptime: String,
    coverage: String,
    /// Absent while the component has been watched for less.
    window: Option<String>,
}

impl Content {
    fn of(snapshot: &Snapshot, head: &Head<'_>) -> Self {
        let words = head.words;
        let group = |(number, rows): (usize, &[Arc<ComponentView>])| {
            let named = rows.first().and_then(|row| row.group.as_ref()).map(|group| inert(group.get(words.language())));
            let several = rows.len() < snapshot.components.len();
            let title = named.or_else(|| several.then(|| words.other_services()));
            Group {
                anchor: format!("g{number}"),
                title,
                rows: rows.iter().map(|component| Row::of(component, head, snapshot.generated_at)).collect(),
            }
        };
        Self {
            freshness: Freshness::of(snapshot, words),
            groups: snapshot.components.chunk_by(|a, b| a.group == b.group).enumerate().map(group).collect(),
            jumps: (snapshot.components.len() > LONG).then(|| words.groups()),
            mail: subscribe::link(None, head),
            rule: (words.how_we_count(), words.rule(words.zone_name())),
        }
    }

    fn view(self, news: AnyView, question: Option<AnyView>) -> AnyView {
        view! {
            <div class="banner">
                <div aria-live="polite"><Headline/></div>
                <p class="meta">{self.freshness.view()}</p>
                {self.mail}
            </div>
            {news}
            {question}
            {self.jumps.map(|name| jumps(name, &self.groups))}
            {self.groups.into_iter().map(Group::view).collect_view()}
            <section>
                <details class="table"><summary>{self.rule.0}</summary><p class="meta">{self.rule.1}</p></details>
            </section>
        }
        .into_any()
    }
}

/// Links to the groups, where there are several.
fn jumps(name: String, groups: &[Group]) -> Option<AnyView> {
    let jump = |group: &Group| {
        let title = group.title.clone()?;
        Some(view! { <a href=format!("#{}", group.anchor)><bdi>{title}</bdi></a> })
    };
    let jumps: Vec<_> = groups.iter().filter_map(jump).collect();
    (jumps.len() > 1).then(|| view! { <nav class="links jumps" aria-label=name>{jumps}</nav> }.into_any())
}

impl Group {
    fn view(self) -> AnyView {
        let title = self.title.map(|title| view! { <h2><bdi>{title}</bdi></h2> });
        let rows = self.rows.into_iter().map(Row::view).collect_view();
        view! { <section id=self.anchor>{title}<ul class="rows">{rows}</ul></section> }.into_any()
    }
}

impl Row {
    fn of(component: &Arc<ComponentView>, head: &Head<'_>, now: Timestamp) -> Self {
        let words = head.words;
        let name = inert(component.name.get(words.language()));
        let history = &component.history;
        let uptime = uptime::share(history.uptime.quarter, words);
        let since = Watched::new(component, now).since(uptime::QUARTER, words);
        let window = since.clone().map_or_else(|| words.ninety_days(), |since| words.watched_since(since));
        Self {
            component: Arc::clone(component),
            description: component.description.as_ref().map(|text| inert(text.get(words.language()))),
            link: head.link(&format!("/services/{}", component.id)),
            strip: words.strip(&name, window, &uptime, day::with_outage(&history.days)),
            window: since.is_none().then(|| words.ninety_days()),
            coverage: uptime::coverage(history.uptime.quarter, since, words),
            uptime,
            name,
        }
    }

    fn view(self) -> AnyView {
        let class = if self.window.is_some() { "" } else { "young" };
        let window = self.window.map(|window| view! { <p class="window">{window}</p> });
        let description = self.description.map(|text| view! { <p class="about"><bdi>{text}</bdi></p> });
        view! {
            <li>
                <div class="who"><h3><a href=self.link><bdi>{self.name}</bdi></a></h3>{description}</div>
                <State/>
                {strip::picture(&self.component.history.days, self.strip)}
                {window}
                <p class="uptime">{self.uptime}" "<span class=class>{self.coverage}</span></p>
            </li>
        }
        .into_any()
    }
}
