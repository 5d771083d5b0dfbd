//! Why a form was not taken, in the reader's language: each refusal of the books, and what forms alone can get wrong.
//!
//! It does not know when anything is refused. Programs are told the same in English, by the refusals themselves.

use leptos::prelude::*;

use super::typed::{Fault, Form};
use crate::{
    incident, maintenance,
    maintenance::{LineFault, TimingFault},
    order::{LONGEST_TITLE, Stranger, TextFault},
    words::{Words, inert},
};

/// Above a form: why it was not taken, whatever the reason.
pub(super) fn alert(form: &Form, words: &Words) -> AnyView {
    view! { <p class="alert" role="alert">{message(&form.fault, words)}</p> }.into_any()
}

/// Why a form was not taken.
pub(super) fn message(fault: &Fault, words: &Words) -> String {
    match fault {
        Fault::Empty(_) => words.operator_field_empty(),
        Fault::Long(_, most) => words.operator_field_long(*most),
        Fault::Time(_) => words.operator_field_time(),
        Fault::Skipped(_, [before, after]) => words.operator_field_skipped(before.clone(), after.clone()),
        Fault::Twice(_, [first, second]) => words.operator_field_twice(first.clone(), second.clone()),
        Fault::Length(_) => words.operator_field_duration(),
        Fault::Choice(_) => words.operator_field_choice(),
        Fault::OnceAndAgain => words.operator_field_once_and_again(),
        Fault::NoComponent => words.operator_field_components(),
        Fault::UnknownComponent(id) => words.operator_unknown_component(inert(id)),
        Fault::UnknownGroup(name) => words.operator_unknown_group(inert(name)),
        Fault::Incident(refusal) => of_incident(refusal, words),
        Fault::Maintenance(refusal) => of_maintenance(refusal, words),
    }
}

fn unknown_component(stranger: &Stranger, words: &Words) -> String {
    meant(words.operator_unknown_component(inert(&stranger.name)), stranger, words)
}

/// With what was probably meant, where something resembles it.
fn meant(refusal: String, stranger: &Stranger, words: &Words) -> String {
    match &stranger.meant {
        Some(meant) => words.operator_did_you_mean(refusal, inert(meant)),
        None => refusal,
    }
}

fn of_incident(refusal: &incident::Refusal, words: &Words) -> String {
    use incident::{Refusal, TimeFault};
    match refusal {
        Refusal::UnknownIncident(_) => words.operator_unknown_incident(),
        Refusal::UnknownComponent(stranger) => unknown_component(stranger, words),
        Refusal::Changed { .. } => words.operator_changed(),
        Refusal::Resolved(_) => words.operator_is_resolved(),
        Refusal::StillOpen(_) => words.operator_pm_open(),
        Refusal::Text(unfit) => text(unfit.fault, words),
        Refusal::Time { fault: TimeFault::ToCome, .. } => words.operator_time_to_come(),
        Refusal::Time { fault: TimeFault::LongAgo, .. } => words.operator_time_long_ago(),
        Refusal::Time { fault: TimeFault::LongBefore, .. } => words.operator_time_long_before(),
        Refusal::Time { fault: TimeFault::Past, .. } => words.operator_promise_past(),
        Refusal::Time { fault: TimeFault::FarAway, .. } => words.operator_promise_far(),
        Refusal::Time { fault: TimeFault::Resolved, .. } => words.operator_promise_resolved(),
        Refusal::Link(_) => words.operator_cannot_link(),
        Refusal::StoreBehind => words.operator_try_again(),
    }
}

fn of_maintenance(refusal: &maintenance::Refusal, words: &Words) -> String {
    use maintenance::{Refusal, TimeFault};
    match refusal {
        Refusal::Unknown(_) => words.operator_unknown_maintenance(),
        Refusal::UnknownComponent(stranger) => unknown_component(stranger, words),
        Refusal::UnknownGroup(stranger) => meant(words.operator_unknown_group(inert(&stranger.name)), stranger, words),
        Refusal::Nobody => words.operator_concerns_nobody(),
        Refusal::Changed { .. } => words.operator_mt_changed(),
        Refusal::Over(_) => words.operator_mt_over(),
        Refusal::Begun(_) => words.operator_mt_begun(),
        Refusal::NotBegun(_) => words.operator_mt_not_begun(),
        Refusal::NoSeries(_) => words.operator_mt_no_series(),
        Refusal::InFile(_) => words.operator_mt_in_file(),
        Refusal::Twin(_) => words.operator_mt_twin(),
        Refusal::Stage(_) => words.operator_mt_wrong_stage(),
        Refusal::Text(unfit) => text(unfit.fault, words),
        Refusal::Time { fault: TimeFault::Begun, .. } => words.operator_mt_start_past(),
        Refusal::Time { fault: TimeFault::Over, .. } => words.operator_mt_end_past(),
        Refusal::Time { fault: TimeFault::FarAway, .. } => words.operator_mt_far(),
        Refusal::Timing(fault) => timing(fault, words),
        Refusal::StoreBehind => words.operator_try_again(),
    }
}

fn timing(fault: &TimingFault, words: &Words) -> String {
    match fault {
        TimingFault::Backwards => words.operator_mt_backwards(),
        TimingFault::TooShort => words.operator_mt_too_short(),
        TimingFault::TooLong => words.operator_mt_too_long(),
        TimingFault::Line(LineFault::NoSeconds(line)) => words.operator_mt_no_seconds(inert(line)),
        TimingFault::Line(LineFault::Fields(_) | LineFault::Unreadable(_)) => words.operator_mt_no_line(),
        TimingFault::Never => words.operator_mt_never(),
        TimingFault::Overlapping { duration, distance } => {
            words.operator_mt_overlapping(words.span(*duration), words.span(*distance))
        }
        TimingFault::TooOften(distance) => words.operator_mt_too_often(words.span(*distance)),
    }
}

fn text(fault: TextFault, words: &Words) -> String {
    match fault {
        TextFault::NoTitle | TextFault::NothingSaid => words.operator_field_empty(),
        TextFault::LongTitle(_) => words.operator_field_long(LONGEST_TITLE),
        TextFault::LongText(bytes) => words.operator_text_long(bytes, crate::order::LONGEST_TEXT),
        TextFault::Invisible(c) => words.operator_text_invisible(format!("U+{:04X}", u32::from(c))),
    }
}

#[cfg(test)]
mod tests;
