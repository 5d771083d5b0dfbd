//! The page of a post-mortem that was published.
//!
//! It does not know how its fields were filled.

use leptos::{html, prelude::*};
use shared::Language;

use super::shell::{self, Again, Head};
use crate::{
    markdown,
    postmortem::{
        Content, Draft, Field, Story,
        markdown::{Place, bullet, chapter, place, section, value},
    },
    snapshot::Snapshot,
    words::{Words, inert},
};

/// The page of the post-mortem of a story; none while it is not published.
pub fn postmortem(snapshot: &Snapshot, story: &Story<'_>, language: Language) -> Option<String> {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let draft = story.published(snapshot, &words)?;
    let id = &story.first().id;
    let site = inert(snapshot.site.title.get(language));
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path: format!("/incidents/{id}/postmortem"),
        title: words.page_title(draft.title.as_str(), site),
        about: None,
        component: None,
    };
    let incident = head.link(&format!("/incidents/{id}"));
    Some(shell::render(|| {
        let content = view! {
            <div class="banner one">
                <p class="meta"><a href=incident>"← "{words.incident()}</a></p>
                <h1><bdi>{draft.title.clone()}</bdi></h1>
                <p class="meta">{draft.number.clone()}</p>
            </div>
            {chapters(&draft, &words)}
        };
        shell::still(&head, content.into_any(), Again::Never)
    }))
}

/// Everything below the heading, chapter by chapter.
fn chapters(draft: &Draft, words: &Words) -> Vec<AnyView> {
    let shown = draft.fields.iter().filter(|(field, content)| !content.is_no_glossary(*field));
    let shown: Vec<_> = shown.collect();
    let mut views = Vec::new();
    let (mut rest, mut begun) = (shown.as_slice(), None);
    while let Some((first, _)) = rest.first() {
        let chapter = chapter(*first, words);
        let title = chapter.clone().filter(|_| chapter != begun).map(|title| view! { <h2 class="answer">{title}</h2> });
        begun = chapter;
        let (together, later) = rest.split_at(rest.iter().take_while(|(field, _)| alike(*first, *field)).count());
        let fields = match place(*first) {
            Place::Bullet => bullets(together, words),
            Place::Row => rows(together, words),
            Place::Section(depth) => sections(together, depth, words),
        };
        views.push(view! { <section>{title}{fields}</section> }.into_any());
        rest = later;
    }
    views
}

/// Whether two fields stand in one list or table.
fn alike(first: Field, other: Field) -> bool {
    match place(first) {
        Place::Section(_) => first == other,
        Place::Bullet | Place::Row => place(first) == place(other),
    }
}

type Shown<'a> = [&'a (Field, Content)];

fn bullets(fields: &Shown<'_>, words: &Words) -> AnyView {
    let item = |(field, content): &&(Field, Content)| {
        let said = markdown::html(&format!("**{}** {}", field.heading(words), bullet(content, words)));
        html::li().inner_html(said)
    };
    view! { <ul class="said">{fields.iter().map(item).collect_view()}</ul> }.into_any()
}

fn rows(fields: &Shown<'_>, words: &Words) -> AnyView {
    let row = |(field, content): &&(Field, Content)| {
        let (value, how) = value(content, words);
        view! {
            <tr>
                <th scope="row">{field.heading(words)}</th>
                {html::td().inner_html(markdown::html(&value))}
                {html::td().inner_html(markdown::html(&how))}
            </tr>
        }
    };
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label=words.draft_durations()>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words.draft_duration_column()}</th>
                        <th scope="col">{words.draft_value_column()}</th>
                        <th scope="col">{words.draft_how_column()}</th>
                    </tr>
                </thead>
                <tbody>{fields.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn sections(fields: &Shown<'_>, depth: usize, words: &Words) -> AnyView {
    let one = |(field, content): &&(Field, Content)| {
        let heading = field.heading(words);
        let heading = match depth {
            2 => view! { <h2 class="answer">{heading}</h2> }.into_any(),
            _ => view! { <h3>{heading}</h3> }.into_any(),
        };
        view! { {heading}{html::div().class("said").inner_html(markdown::html(&section(content, words)))} }
    };
    fields.iter().map(one).collect_view().into_any()
}
