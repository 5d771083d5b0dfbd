//! One maintenance as operators see it: how it stands, what was said, and every order that can be given about it.
//!
//! It does not know how an order is carried out.

use leptos::prelude::*;
use shared::{Language, MaintenanceStage, Text};

use super::{
    HOME, Signed, document,
    field::{self, Fields},
    incident::texts,
    plan,
    refusal::message,
    told,
    typed::Form,
    who_am_i,
};
use crate::{
    maintenance::{Maintenance, Notice, wording},
    moment,
    page::shell::Head,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// What every part of the page needs.
struct Scene<'a> {
    snapshot: &'a Snapshot,
    maintenance: &'a Maintenance,
    words: &'a Words,
    signed: &'a Signed,
    form: Option<&'a Form>,
    base: String,
}

/// The page of one maintenance, with the form that was not taken, if one was sent.
pub fn maintenance(
    snapshot: &Snapshot,
    language: Language,
    signed: &Signed,
    maintenance: &Maintenance,
    form: Option<&Form>,
) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let base = format!("/operator/maintenances/{}", maintenance.id);
    let scene = Scene { snapshot, maintenance, words: &words, signed, form, base: base.clone() };
    document(&snapshot.site, &words, base, |head| {
        view! {
            <div class="banner">
                <p class="meta"><a href=head.link(HOME)>{words.operator_back()}</a></p>
                <h1><bdi>{wording::title(maintenance, &words)}</bdi></h1>
                {who_am_i(signed, head)}
            </div>
            {scene.refusal()}
            {scene.state(head)}
            {scene.orders(head)}
            {scene.said()}
        }
        .into_any()
    })
}

/// What can be done with a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Change,
    Begin,
    Say,
    End,
    Cancel,
}

impl Order {
    /// Those that can be given while it is at a stage, in the order of the page.
    fn at(stage: MaintenanceStage) -> &'static [Self] {
        match stage {
            MaintenanceStage::Scheduled => &[Self::Change, Self::Begin, Self::Say, Self::Cancel],
            MaintenanceStage::InProgress | MaintenanceStage::Verifying => &[Self::Say, Self::End, Self::Change],
            MaintenanceStage::Completed | MaintenanceStage::Cancelled => &[Self::Say],
        }
    }

    /// The last part of its form's address.
    fn word(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Begin => "begin",
            Self::Say => "say",
            Self::End => "end",
            Self::Cancel => "cancel",
        }
    }
}

impl Scene<'_> {
    /// Why an order was not carried out; with the words of a form that the page does not have any more.
    fn refusal(&self) -> Option<AnyView> {
        let gone = |form: &&Form| Order::at(self.maintenance.stage).iter().all(|order| order.word() != form.action);
        let form = self.form.filter(|form| form.field().is_none() || gone(form))?;
        let lost = self.form.filter(gone).into_iter().flat_map(|form| &form.typed);
        let lost = lost.filter(|(name, said)| name.starts_with("body_") && !said.trim().is_empty());
        let lost = lost.map(|(_, said)| view! { <pre>{lines(said)}</pre> }).collect_view();
        Some(
            view! {
                <div class="alert" role="alert"><p class="fault">{message(&form.fault, self.words)}</p>{lost}</div>
            }
            .into_any(),
        )
    }

    fn state(&self, head: &Head<'_>) -> AnyView {
        let (words, one) = (self.words, self.maintenance);
        let state = format!("{} · {}", wording::stage(one.stage, words), wording::window(one, words));
        let cancelled = one.cancelled_at.map(|at| words.operator_cancelled(words.when(at, self.snapshot.generated_at)));
        let coming = one.plan.is_some() && !one.stage.is_over();
        view! {
            <section>
                <p><b>{cancelled.unwrap_or(state)}</b></p>
                <p>{told::whom(one, self.snapshot, words)}</p>
                {coming.then(|| view! { <p class="meta">{words.operator_repeats()}</p> })}
                <p><a href=head.incident(&one.id)>{words.operator_pm_page()}</a></p>
            </section>
        }
        .into_any()
    }

    fn orders(&self, head: &Head<'_>) -> AnyView {
        let words = self.words;
        let order = |order: &Order| match order {
            Order::Change => self.order(*order, words.operator_change(), |fields| self.change(fields), head),
            Order::Begin => self.order(*order, words.operator_begin(), |fields| self.usual(fields), head),
            Order::Say => self.order(*order, words.operator_say(), |fields| self.say(fields), head),
            Order::End => self.order(*order, words.operator_end(), |fields| self.usual(fields), head),
            Order::Cancel => self.order(*order, words.operator_cancel(), |fields| self.cancel(fields), head),
        };
        view! { <section>{Order::at(self.maintenance.stage).iter().map(order).collect_view()}</section> }.into_any()
    }

    /// A form behind its name: open where it was refused.
    fn order(
        &self,
        order: Order,
        name: String,
        content: impl FnOnce(&Fields<'_>) -> AnyView,
        head: &Head<'_>,
    ) -> AnyView {
        let fields = Fields::of(self.words, order.word(), self.form);
        let button = if order == Order::Say { self.words.operator_publish() } else { name.clone() };
        view! {
            <details open=fields.was_refused()>
                <summary>{name}</summary>
                {fields.alert()}
                <form method="post" action=head.link(&format!("{}/{}", self.base, order.word()))>
                    {field::token(self.signed)}
                    {field::hidden("version", self.maintenance.version.to_string())}
                    {content(&fields)}
                    <button class="first">{button}</button>
                </form>
            </details>
        }
        .into_any()
    }

    fn change(&self, fields: &Fields<'_>) -> AnyView {
        let (words, one) = (self.words, self.maintenance);
        let time = |name, label, hint, at| fields.moment(name, label, Some(hint), moment::write(at, words.zone()));
        let hint = words.times_in(words.zone_name());
        let starts = (one.stage == MaintenanceStage::Scheduled)
            .then(|| time("starts_at", words.operator_starts_at(), hint.clone(), one.starts_at));
        view! {
            {plan::what(fields, Some(one), words)}
            {plan::whom(fields, Some(&one.scope), self.snapshot, words)}
            <div class="pair">{starts}{time("ends_at", words.operator_ends_at(), hint, one.ends_at)}</div>
        }
        .into_any()
    }

    fn say(&self, fields: &Fields<'_>) -> AnyView {
        let words = self.words;
        let stages = [MaintenanceStage::InProgress, MaintenanceStage::Verifying];
        let stage = stages.contains(&self.maintenance.stage).then(|| {
            let choices = stages.map(|stage| (stage.word().to_owned(), wording::stage(stage, words))).to_vec();
            let present = self.maintenance.stage.word().to_owned();
            fields.choice("stage".to_owned(), words.operator_stage(), choices, present)
        });
        view! { {stage}{texts(fields, words, words.operator_text_hint())} }.into_any()
    }

    fn usual(&self, fields: &Fields<'_>) -> AnyView {
        texts(fields, self.words, self.words.operator_text_usual())
    }

    fn cancel(&self, fields: &Fields<'_>) -> AnyView {
        let words = self.words;
        let extent = self.maintenance.plan.is_some().then(|| {
            let choices = [("one", words.operator_extent_one()), ("series", words.operator_extent_series())];
            let choices = choices.map(|(value, words)| (value.to_owned(), words)).to_vec();
            fields.choice("extent".to_owned(), words.operator_extent(), choices, "one".to_owned())
        });
        view! { {extent}{self.usual(fields)} }.into_any()
    }

    fn said(&self) -> AnyView {
        let words = self.words;
        let notices = wording::said(self.maintenance).into_iter().rev().map(|notice| {
            let at = words.when(notice.at, self.snapshot.generated_at);
            let head = format!("{at} · {}", wording::stage(notice.stage, words));
            view! { <div class="card"><p class="meta">{head}</p>{self.notice(&notice)}</div> }
        });
        view! { <section><h2>{words.operator_updates()}</h2>{notices.collect_view()}</section> }.into_any()
    }

    /// An operator's words as they were typed.
    fn notice(&self, notice: &Notice) -> AnyView {
        let text = |(language, text): (Option<Language>, &str)| {
            view! { <p class="typed" lang=language.map(Language::tag)>{lines(text)}</p> }
        };
        match &notice.body {
            None => view! { <p>{wording::text(self.maintenance, notice, self.words)}</p> }.into_any(),
            Some(Text::Plain(said)) => text((None, said)).into_any(),
            Some(Text::ByLanguage(texts)) => {
                texts.iter().map(|(language, said)| text((Some(*language), said))).collect_view().into_any()
            }
        }
    }
}

fn lines(text: &str) -> String {
    text.lines().map(inert).collect::<Vec<_>>().join("\n")
}
