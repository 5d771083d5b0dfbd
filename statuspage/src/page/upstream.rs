//! On the pages of an outpost: what the main page said last, whether it is still heard, and who measures what follows.
//!
//! It does not know the states that are measured here. What the other hub says is its word, and shown as text.

use leptos::prelude::*;
use sha2::{Digest as _, Sha256};
use shared::{
    Bulletin, Status, Timestamp,
    bulletin::{BulletinComponent, BulletinIncident, BulletinMaintenance, MOST_UPDATES},
};

use super::shell::{self, Head};
use crate::{
    incident::wording as incidents,
    island::Look,
    maintenance::wording as maintenances,
    markdown,
    outpost::{Hearing, HubView},
    snapshot::Snapshot,
    words::{Words, inert},
};

/// What stands for all of it: pages say something else only when this has changed.
pub(super) fn digest(snapshot: &Snapshot) -> String {
    let Some(view) = &snapshot.upstream else { return String::new() };
    let said = view.bulletin.as_deref().map(fingerprint).unwrap_or_default();
    let minutes = view.silent_since().map(|since| snapshot.generated_at.since(since).as_secs() / 60);
    format!("{said:?} {minutes:?} {}", view.hearing == Hearing::Unsure)
}

/// Everything that it says, but for when: a hub says the same again and again.
fn fingerprint(bulletin: &Bulletin) -> Vec<u8> {
    let Bulletin { format: _, generated_at: _, title, address, status, headline, components, incidents, maintenances } =
        bulletin;
    let said = serde_json::to_vec(&(title, address, status, headline, components, incidents, maintenances));
    // What came as JSON can be written as JSON.
    Sha256::digest(said.unwrap_or_default()).to_vec()
}

/// The card, in the frame that scripts put anew into the page when something changes; nothing on the pages of a hub.
pub(super) fn view(snapshot: &Snapshot, head: &Head<'_>) -> Option<AnyView> {
    let view = snapshot.upstream.as_ref()?;
    let (words, now) = (head.words, snapshot.generated_at);
    let class = if view.silent_since().is_some() { "card fault" } else { "card" };
    let here = here(view, snapshot, words);
    let said = (head.path == "/").then(|| said(view, now, words));
    let sentence = hearing(view, now, words);
    let sentence = match view.silent_since() {
        Some(_) => view! { <h2>{sentence}</h2> }.into_any(),
        None => view! { <p>{sentence}</p> }.into_any(),
    };
    let card = view! {
        <div class="news">
            <section class=class aria-label=words.upstream()>
                {sentence}
                {said}
                <p class="meta">{here}" "<a href=view.address.clone()>{words.upstream()}</a></p>
            </section>
        </div>
    };
    Some(card.into_any())
}

/// Whether it is heard, in a sentence.
fn hearing(view: &HubView, now: Timestamp, words: &Words) -> String {
    let address = inert(&view.address);
    match &view.hearing {
        Hearing::Unsure => words.upstream_unsure(address),
        Hearing::Heard => words.upstream_heard(address),
        Hearing::Silent { since, .. } => {
            words.upstream_silent(address, words.when(*since, now), words.span(now.since(*since)))
        }
    }
}

/// The same for those who cannot see a card, with its last word and who measures what is told.
pub(super) fn spoken(view: &HubView, snapshot: &Snapshot, words: &Words) -> String {
    let now = snapshot.generated_at;
    let said = view.bulletin.as_ref().zip(view.heard_at).map(|(bulletin, at)| {
        format!(" {} {}", words.upstream_said(words.at(at, now)), inert(bulletin.headline.get(words.language())))
    });
    let here = here(view, snapshot, words);
    format!("{}{} {here}", hearing(view, now, words), said.unwrap_or_default())
}

/// Who measures what follows, and whether that is more than a second look.
fn here(view: &HubView, snapshot: &Snapshot, words: &Words) -> String {
    let place = words.places(snapshot.locations.keys().take(1));
    if view.silent_since().is_some() { words.upstream_history(place) } else { words.upstream_here(place) }
}

/// Its last word: the headline, and everything else behind a fold: what is measured now follows, and is what counts while it is
/// silent.
fn said(view: &HubView, now: Timestamp, words: &Words) -> AnyView {
    let Some((bulletin, at)) = view.bulletin.as_ref().zip(view.heard_at) else {
        return view! { <p class="meta">{words.upstream_never()}</p> }.into_any();
    };
    let language = words.language();
    let headline = inert(bulletin.headline.get(language));
    let look = Look::from(bulletin.status);
    // While it is heard this would grow old on the page: only the past has a time.
    let silent = view.silent_since().is_some();
    let said = silent.then(|| words.upstream_said(words.at(at, now)));
    view! {
        <p class=if silent { Look::from(Status::Unknown).class } else { look.class }>{shell::shape(look)}{said}" "{headline}</p>
        <details class="table">
            <summary>{words.upstream_whole()}</summary>
            {whole(bulletin, now, words)}
        </details>
    }
    .into_any()
}

fn whole(bulletin: &Bulletin, now: Timestamp, words: &Words) -> AnyView {
    let incidents = bulletin.incidents.iter().map(|incident| incident_view(incident, now, words)).collect_view();
    let works = bulletin.maintenances.iter().map(|work| work_view(work, now, words)).collect_view();
    let service = |component: &BulletinComponent| {
        let (look, name) = (Look::from(component.status), inert(component.name.get(words.language())));
        view! {
            <li><bdi>{name}</bdi>" "<span class="meta">{shell::shape(look)}{words.status(component.status)}</span></li>
        }
    };
    let services = bulletin.components.iter().map(service).collect_view();
    view! {
        {incidents}{works}
        <details class="table"><summary>{words.upstream_services()}</summary><ul>{services}</ul></details>
    }
    .into_any()
}

fn incident_view(incident: &BulletinIncident, now: Timestamp, words: &Words) -> AnyView {
    let language = words.language();
    let update = |update: &shared::bulletin::BulletinUpdate| {
        let stage = words.stage_at(incidents::stage(update.stage, words), words.when(update.at, now));
        let text = markdown::paragraph(update.text.get(language));
        view! { <p class="meta">{stage}</p><div class="said" inner_html=text></div> }
    };
    let facts = words
        .list_comma(incidents::impact(incident.impact, words), words.going_since(words.when(incident.started_at, now)));
    view! {
        <h3><bdi>{inert(incident.title.get(language))}</bdi></h3>
        <p class="meta">{facts}</p>
        {incident.updates.iter().take(MOST_UPDATES).map(update).collect_view()}
    }
    .into_any()
}

fn work_view(work: &BulletinMaintenance, now: Timestamp, words: &Words) -> AnyView {
    let facts =
        words.list_comma(maintenances::stage(work.stage, words), words.period(work.starts_at, work.ends_at, now));
    view! {
        <h3><bdi>{inert(work.title.get(words.language()))}</bdi></h3>
        <p class="meta">{facts}</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use shared::Language;

    use super::*;
    use crate::page::{home, live, plain_text, sample, service, tests::dump};

    #[test]
    fn an_outpost_shows_the_hubs_last_word_as_what_it_is() {
        let silent = sample::outpost(sample::outage(), &sample::storm(), sample::silent());
        let plain = plain_text(&silent, Language::En).replace(['\u{a0}', '\u{202f}'], " ");
        let (page, text) = (dump(&home(&silent, Language::En)), plain);
        for words in
            ["has been silent since 14:13, for 12 min", "Its last word, at 14:13:", "What follows is measured by Lyon"]
        {
            assert!(page.contains(words) && text.contains(words), "{words}: {text}");
        }
        let incident = incidents::title(
            sample::storm().open_incidents().next().expect("there is one"),
            &Words::new(Language::En, silent.site.time_zone.clone()),
        );
        assert!(page.contains(&incident), "{incident}: {page}");
        assert!(service(&silent, &silent.components[0], Language::En).contains("has been silent since"));
        let heard = sample::outpost(sample::good_times(), &sample::good_times(), Hearing::Heard);
        let page = home(&heard, Language::Fr);
        assert!(page.contains("répond") && !page.contains("muette"), "{page}");
        // It says something else only once a minute while the hub is silent.
        let news = |snapshot: &Snapshot| live(snapshot, Language::En).news;
        let mut later = silent.clone();
        later.generated_at = later.generated_at.plus(Duration::from_secs(20));
        assert_eq!(news(&later), news(&silent));
        later.generated_at = later.generated_at.plus(Duration::from_secs(60));
        assert_ne!(news(&later), news(&silent));
    }

    #[test]
    fn whatever_the_hub_says_anew_is_news_and_what_it_says_again_is_none() {
        let page = sample::outpost(sample::good_times(), &sample::storm(), Hearing::Heard);
        let check = |what: &str, is_news: bool, change: fn(&mut Bulletin)| {
            let mut other = page.clone();
            let view = Arc::make_mut(other.upstream.as_mut().expect("an outpost"));
            change(Arc::make_mut(view.bulletin.as_mut().expect("it was heard")));
            assert_eq!(live(&other, Language::En).news != live(&page, Language::En).news, is_news, "{what}");
        };
        check("the same, later", false, |said| said.generated_at = said.generated_at.plus(Duration::from_secs(15)));
        check("it takes longer", true, |said| {
            said.maintenances[0].ends_at = said.maintenances[0].ends_at.plus(Duration::from_secs(3_600));
        });
        check("another title", true, |said| said.incidents[0].title = shared::bulletin::Phrase::default());
        check("it is worse", true, |said| said.incidents[0].impact = shared::Impact::None);
        check("an update was put right", true, |said| {
            said.incidents[0].updates[0].text = shared::bulletin::Phrase::default();
        });
        check("a name", true, |said| said.components[0].name = shared::bulletin::Phrase::default());
    }

    #[test]
    fn what_another_hub_says_becomes_no_markup() {
        let page = home(&sample::outpost(sample::good_times(), &sample::hostile(), sample::silent()), Language::En);
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    }
}
