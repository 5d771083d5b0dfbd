//! The page behind the link of a message: what it tells, and a button to take it.
//!
//! It does not know whether the link is good, nor how an alarm is taken. It says no more than the message and the public page do.

use leptos::prelude::*;
use shared::{IncidentId, Language, Timestamp};

use super::{HOME, told};
use crate::{
    notify::{Affair, Claim, Taken, fault_in_words},
    page::shell::{self, Head},
    snapshot::Snapshot,
    words::{Words, inert, quantity::capital},
};

/// So many services are named.
const NAMED: usize = 6;

/// What came of following the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
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
    /// How far it is, since when, and what it touches; a line each.
    facts: Vec<String>,
    taken: Option<Taken>,
    /// The incident's page for readers, and that for operators.
    incident: Option<IncidentId>,
}

/// The page; without a claim, that the link opens nothing.
pub fn alarm(snapshot: &Snapshot, language: Language, claim: Option<&Claim>, followed: Followed) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = &snapshot.site;
    let title = words.page_title(words.operator_title(), inert(site.title.get(language)));
    let head = Head { site, words: &words, path: String::new(), title, about: None, component: None };
    let matter = claim.and_then(|claim| matter(snapshot, claim, &words)).filter(|_| followed != Followed::Over);
    shell::render(|| {
        let content = match &matter {
            None if claim.is_none() => broken(&head),
            None => view! { <h1>{words.alarm_nothing()}</h1><p>{words.alarm_over()}</p> }.into_any(),
            Some(matter) => told_of(matter, followed, snapshot.generated_at, &head),
        };
        shell::form(&head, view! { <div class="banner one">{content}</div> }.into_any())
    })
}

/// A link that was cut off, say: something may well be wrong, and this is where it is seen.
fn broken(head: &Head<'_>) -> AnyView {
    let words = head.words;
    view! {
        <h1>{words.alarm_broken()}</h1>
        <p>{words.alarm_broken_text()}</p>
        <p class="links meta">
            <a href=head.link(HOME)>{words.alarm_operators()}</a>
            <a href=head.link("/")>{words.alarm_page()}</a>
        </p>
    }
    .into_any()
}

/// What it is about, whether somebody has taken it, and the button to do so.
fn told_of(matter: &Matter, followed: Followed, now: Timestamp, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let facts = matter.facts.iter().map(|fact| view! { <p class="meta"><bdi>{fact.clone()}</bdi></p> }).collect_view();
    let answer = match (&matter.taken, followed) {
        (_, Followed::Taken) => view! { <p><b>{words.alarm_taken()}</b></p> }.into_any(),
        (Some(taken), _) => {
            let (who, when) = (told::actor(&taken.by, words), words.when(taken.at, now));
            view! { <p><b>{words.alarm_taken_by(who, when)}</b></p> }.into_any()
        }
        (None, Followed::Unavailable) => {
            view! { <p class="down" role="alert">{words.alarm_unavailable()}</p>{button(words)} }.into_any()
        }
        (None, Followed::Asked | Followed::Over) => view! { <p>{words.alarm_text()}</p>{button(words)} }.into_any(),
    };
    let links = matter.incident.as_ref().map(|id| {
        let operators = head.link(&format!("{HOME}/incidents/{id}"));
        view! {
            <p class="links meta">
                <a href=operators>{words.alarm_operators()}</a>
                <a href=head.incident(id)>{words.alarm_page()}</a>
            </p>
        }
    });
    view! { <h1><bdi>{matter.title.clone()}</bdi></h1>{facts}{answer}{links} }.into_any()
}

/// Its address stands in no form: the browser sends the form to where the page is.
fn button(words: &Words) -> AnyView {
    view! { <form method="post"><button class="first">{words.alarm_take()}</button></form> }.into_any()
}

/// What a link is about, while it goes on.
fn matter(snapshot: &Snapshot, claim: &Claim, words: &Words) -> Option<Matter> {
    let now = snapshot.generated_at;
    match &claim.affair {
        Affair::Incident(id) => {
            let incident = snapshot.incident(id).filter(|incident| incident.stage.is_open())?;
            let taken = incident.acknowledgement.as_ref();
            let taken = taken.map(|taken| Taken { at: taken.at, by: taken.by.clone() });
            let since = words.operator_since(words.when(incident.times.started_at, now));
            let names = incident.components.values().map(|part| part.name.get(words.language()));
            let others = incident.components.len().saturating_sub(NAMED);
            let facts = vec![
                format!("{} · {since}", told::stage(incident.stage, words)),
                words.concerns(words.some(names.take(NAMED), others)),
            ];
            Some(Matter { title: told::title(incident, words), facts, taken, incident: Some(id.clone()) })
        }
        Affair::Fault(id, since) => {
            let fault = snapshot.alarms.faults.iter().find(|fault| fault.id == *id && fault.since == *since)?;
            let said = fault_in_words(&fault.fault, words.language(), words.zone().clone());
            let since = words.operator_since(words.when(*since, now));
            let facts = vec![capital(&inert(&said)), capital(&since)];
            Some(Matter { title: words.alarm_fault(), facts, taken: fault.taken.clone(), incident: None })
        }
        Affair::Drill(sent_at) => {
            let channel = snapshot.alarms.channels.iter().find(|channel| channel.name == claim.channel)?;
            let drill = &channel.proof.drill;
            let is_known = drill.sent_at.is_some_and(|last| *sent_at <= last);
            let answered = drill.unanswered_since.is_none_or(|since| *sent_at < since);
            let by = || crate::incident::Actor::Channel(claim.channel.to_string());
            let taken = drill.answered_at.filter(|_| answered).map(|at| Taken { at, by: by() });
            let title = words.alarm_drill();
            is_known.then(|| Matter { title, facts: Vec::new(), taken, incident: None })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::Timestamp;

    use super::*;
    use crate::{
        incident::Actor,
        notify::{DrillState, Fault, FaultKind, Medium, Proof},
        page::{sample, tests::dump},
        snapshot::{ChannelView, FaultView},
    };

    /// An outage, a fault of the monitor, and a channel whose second drill was answered.
    fn stage() -> (Snapshot, Vec<Affair>) {
        let mut snapshot = sample::storm();
        let since = snapshot.generated_at.minus(std::time::Duration::from_secs(1_200));
        let fault = Fault::LowSpace { free: 1, reserve: 2 };
        let alarms = Arc::make_mut(&mut snapshot.alarms);
        alarms.faults = vec![FaultView { id: FaultKind::LowSpace.into(), fault, since, taken: None }];
        let drill = DrillState { sent_at: Some(since), answered_at: None, unanswered_since: Some(since) };
        let proof = Proof { since, proven_at: None, receipt: None, failing: None, drill };
        alarms.channels = vec![ChannelView { name: channel(), medium: Medium::FreeMobile, proof }];
        let open = snapshot.incidents.iter().find(|incident| incident.stage.is_open()).expect("a storm");
        let incident = Affair::Incident(open.id.clone());
        (snapshot, vec![incident, Affair::Fault(FaultKind::LowSpace.into(), since), Affair::Drill(since)])
    }

    fn channel() -> crate::notify::ChannelName {
        "sms-amel".parse().expect("a name")
    }

    fn said(snapshot: &Snapshot, language: Language, affair: Option<Affair>, followed: Followed) -> String {
        let claim = affair.map(|affair| Claim { affair, channel: channel() });
        dump(&alarm(snapshot, language, claim.as_ref(), followed))
    }

    #[test]
    fn the_link_of_a_message_asks_once_and_says_what_came_of_it_in_both_languages() {
        let (snapshot, affairs) = stage();
        for language in Language::ALL {
            let words = Words::new(language, snapshot.site.time_zone.clone());
            let check = |affair: Option<usize>, followed: Followed, expected: &[String]| {
                let shown = said(&snapshot, language, affair.and_then(|number| affairs.get(number).cloned()), followed);
                for words in expected {
                    assert!(shown.contains(&words.replace(['\u{a0}', '\u{202f}'], " ")), "no {words} in {shown}");
                }
                let asks = expected.contains(&words.alarm_take());
                assert_eq!(
                    shown.contains(&words.alarm_take()),
                    asks,
                    "a button where there is something to take: {shown}"
                );
            };
            check(Some(0), Followed::Asked, &["camille".to_owned()]);
            check(Some(1), Followed::Asked, &[words.alarm_fault(), words.alarm_text(), words.alarm_take()]);
            check(Some(2), Followed::Asked, &[words.alarm_drill(), words.alarm_text(), words.alarm_take()]);
            check(Some(1), Followed::Taken, &[words.alarm_fault(), words.alarm_taken()]);
            check(Some(1), Followed::Unavailable, &[words.alarm_unavailable(), words.alarm_take()]);
            check(Some(1), Followed::Over, &[words.alarm_nothing(), words.alarm_over()]);
            check(None, Followed::Asked, &[words.alarm_broken(), words.alarm_broken_text()]);
        }
    }

    #[test]
    fn what_is_taken_says_by_whom_and_what_is_over_has_no_button() {
        let (mut snapshot, affairs) = stage();
        let now: Timestamp = snapshot.generated_at;
        let alarms = Arc::make_mut(&mut snapshot.alarms);
        alarms.faults[0].taken = Some(Taken { at: now, by: Actor::Channel("sms-boris".to_owned()) });
        alarms.channels[0].proof.drill = DrillState {
            sent_at: alarms.channels[0].proof.drill.sent_at,
            answered_at: Some(now),
            unanswered_since: None,
        };
        let shown = |affair: &Affair| said(&snapshot, Language::En, Some(affair.clone()), Followed::Asked);
        assert!(shown(&affairs[1]).contains("sms-boris takes care of it"), "{}", shown(&affairs[1]));
        assert!(shown(&affairs[2]).contains("sms-amel takes care of it"), "{}", shown(&affairs[2]));
        let unknown = Affair::Fault(FaultKind::NoSpace.into(), now);
        assert!(shown(&unknown).contains("Nothing to take"), "{}", shown(&unknown));
    }
}
