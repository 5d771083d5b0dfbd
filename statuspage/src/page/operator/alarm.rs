//! The page behind the link of a message: what it tells, and a button to take it.
//!
//! It does not know whether the link is good, nor how an alarm is taken. It says no more than the message did.

use leptos::prelude::*;
use shared::Language;

use super::{document, told};
use crate::{
    notify::{Affair, Claim, Taken},
    snapshot::Snapshot,
    words::{Words, inert},
};

/// What came of following the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing yet: it is asked whether to take it.
    Asked,
    /// It was taken by this very link.
    Taken,
    /// There is nothing to take.
    Over,
    /// It could not be written down.
    Unavailable,
}

/// What is to be taken, as it is now.
struct Matter {
    title: String,
    taken: Option<Taken>,
}

/// The page; without a claim, that the link opens nothing.
pub fn alarm(snapshot: &Snapshot, language: Language, claim: Option<&Claim>, standing: Standing) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let matter = claim.and_then(|claim| matter(snapshot, claim, &words));
    document(&snapshot.site, &words, String::new(), |_| {
        let title = matter.as_ref().map_or_else(|| words.alarm_nothing(), |matter| matter.title.clone());
        let content = match (&matter, standing) {
            (None, _) | (_, Standing::Over) => view! { <p>{words.alarm_over()}</p> }.into_any(),
            (Some(_), Standing::Taken) => view! { <p><b>{words.alarm_taken()}</b></p> }.into_any(),
            (Some(_), Standing::Unavailable) => {
                view! { <p class="alert" role="alert">{words.alarm_unavailable()}</p>{button(&words)} }.into_any()
            }
            (Some(Matter { taken: Some(taken), .. }), Standing::Asked) => {
                let (who, when) = (told::actor(&taken.by, &words), words.when(taken.at, snapshot.generated_at));
                view! { <p>{words.alarm_taken_by(who, when)}</p> }.into_any()
            }
            (Some(Matter { taken: None, .. }), Standing::Asked) => {
                view! { <p>{words.alarm_text()}</p>{button(&words)} }.into_any()
            }
        };
        view! { <div class="banner one"><h1><bdi>{title}</bdi></h1>{content}</div> }.into_any()
    })
}

/// Its address stands in no form: the browser sends the form to where the page is.
fn button(words: &Words) -> AnyView {
    view! { <form method="post"><button class="first">{words.alarm_take()}</button></form> }.into_any()
}

/// What a link is about, while it goes on.
fn matter(snapshot: &Snapshot, claim: &Claim, words: &Words) -> Option<Matter> {
    match &claim.affair {
        Affair::Incident(id) => {
            let incident = snapshot.incident(id).filter(|incident| incident.stage.is_open())?;
            let taken = incident.acknowledgement.as_ref();
            let taken = taken.map(|taken| Taken { at: taken.at, by: taken.by.clone() });
            Some(Matter { title: told::title(incident, words), taken })
        }
        Affair::Fault(id, since) => {
            let fault = snapshot.alarms.faults.iter().find(|fault| fault.id == *id && fault.since == *since)?;
            Some(Matter { title: words.alarm_fault(inert(&id.to_string())), taken: fault.taken.clone() })
        }
        Affair::Drill(sent_at) => {
            let channel = snapshot.alarms.channels.iter().find(|channel| channel.name == claim.channel)?;
            let drill = &channel.proof.drill;
            let is_known = drill.sent_at.is_some_and(|last| *sent_at <= last);
            let answered = drill.unanswered_since.is_none_or(|since| *sent_at < since);
            let by = || crate::incident::Actor::Channel(claim.channel.to_string());
            let taken = drill.answered_at.filter(|_| answered).map(|at| Taken { at, by: by() });
            is_known.then(|| Matter { title: words.alarm_drill(), taken })
        }
    }
}
