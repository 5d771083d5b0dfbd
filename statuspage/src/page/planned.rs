//! The page of one maintenance: what is done, when, for whom, and what was said of it.
//!
//! It does not know the plan that it comes from.

use leptos::prelude::*;
use shared::{Language, Status};

use super::{
    news,
    shell::{self, Head, Subject},
};
use crate::{
    island::Look,
    maintenance::{Maintenance, Notice, wording},
    markdown,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// The page of one maintenance.
pub fn maintenance(snapshot: &Snapshot, maintenance: &Maintenance, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = inert(snapshot.site.title.get(language));
    let title = wording::title(maintenance, &words);
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path: format!("/incidents/{}", maintenance.id),
        title: words.page_title(title.clone(), site),
        about: Some(news::when(maintenance, snapshot.generated_at, &words)),
        component: None,
    };
    shell::render(|| {
        let content = content(snapshot, maintenance, title, &head);
        shell::subject(&head, snapshot, Subject::Unmeasured, move || content)
    })
}

fn content(snapshot: &Snapshot, maintenance: &Maintenance, title: String, head: &Head<'_>) -> AnyView {
    let (words, now) = (head.words, snapshot.generated_at);
    let look = Look::from(Status::UnderMaintenance);
    let about = markdown::html(maintenance.description.get(words.language()));
    let notices = maintenance.updates.iter().rev().map(|said| notice(maintenance, said, snapshot, words));
    view! {
        <div class="news">
            <div class="banner one">
                <p class="meta"><a href=head.link("/history")>"← "{words.whole_history()}</a></p>
                <h1><bdi>{title}</bdi></h1>
                <div class="now">
                    <p class=look.class>{shell::shape(look)}{news::when(maintenance, now, words)}</p>
                </div>
                <p class="meta">{words.concerns(news::scope(maintenance, snapshot, words))}</p>
                <div class="said" inner_html=about></div>
            </div>
            <section><h2>{words.section_updates()}</h2><ol class="failures">{notices.collect_view()}</ol></section>
        </div>
    }
    .into_any()
}

fn notice(maintenance: &Maintenance, notice: &Notice, snapshot: &Snapshot, words: &Words) -> AnyView {
    let at = words.when(notice.at, snapshot.generated_at);
    view! {
        <li>
            <p class="meta"><time datetime=notice.at.to_string()>{at}</time></p>
            <div>
                <b>{wording::stage(notice.stage, words)}</b>
                <div class="said" inner_html=wording::html(maintenance, notice, words)></div>
            </div>
        </li>
    }
    .into_any()
}
