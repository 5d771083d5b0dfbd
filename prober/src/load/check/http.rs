//! `[probe.http]`: the request, and what its answer must be.
//!
//! It does not know when the probe runs.

use std::time::Duration;

use http::header::{self, HeaderName};

use crate::{
    definition::{
        BasicAuth, ExpectHeader, ExpectJson, ExpectStatus, Expectation, HeaderRule, HttpCheck, IpPreference, Secret,
        StatusPattern, TextRule,
    },
    load::{
        report::{Mistake, quoted},
        tree::{At, Context, Entries, OneOrMore, value},
        typed,
        values::{Json, Pattern, SecretText, Words, header_name, unsendable},
    },
};

const DEFAULT_REDIRECTS: u32 = 5;
const DEFAULT_MAX_BODY: u64 = 1 << 20;

/// Headers that belong to the connection and not to the definition.
const OURS: [HeaderName; 7] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::ACCEPT_ENCODING,
];

/// Checks a whole table.
pub(super) fn check(http: &typed::Http, timeout: Duration, context: &mut Context<'_>) -> Option<HttpCheck> {
    let headers = headers(http, context);
    let expect = value(&http.expect).map(|expect| expectation(expect, context)).unwrap_or_default();
    if let Some(typed) = value(&http.expect) {
        contradictions(http, typed, timeout, context);
    }
    Some(HttpCheck {
        url: http.url.value()?.0.clone(),
        method: value(&http.method).map_or(http::Method::GET, |method| method.0.clone()),
        headers,
        body: value(&http.body).map(|body| body.0.clone()),
        basic_auth: value(&http.basic_auth).and_then(basic_auth),
        max_redirects: value(&http.max_redirects).map_or(DEFAULT_REDIRECTS, |redirects| redirects.0),
        max_body: value(&http.max_body).map_or(DEFAULT_MAX_BODY, |size| size.0),
        ip: value(&http.ip).map_or(IpPreference::default(), |family| family.0),
        user_agent: value(&http.user_agent).map(|agent| agent.0.clone()),
        expect,
    })
}

fn basic_auth(auth: &typed::BasicAuth) -> Option<BasicAuth> {
    Some(BasicAuth { user: auth.user.value()?.0.clone(), password: auth.password.value()?.0.clone() })
}

fn headers(http: &typed::Http, context: &mut Context<'_>) -> Vec<(HeaderName, Secret)> {
    let mut headers: Vec<(HeaderName, Secret)> = Vec::new();
    for entry in value(&http.headers).into_iter().flat_map(|entries| &entries.0) {
        let Some(name) = header_name(entry, context) else { continue };
        if let Some(mistake) = misplaced(http, &name, headers.iter().any(|(other, _)| *other == name)) {
            context.report(mistake.at(entry.key_span.clone()));
            continue;
        }
        let Some(SecretText(secret)) = &entry.value.value else { continue };
        if let Some(fault) = unsendable(name.as_str(), secret.reveal()) {
            fault.report(entry.value.span.clone(), context);
        }
        headers.push((name, secret.clone()));
    }
    headers
}

fn misplaced(http: &typed::Http, name: &HeaderName, given: bool) -> Option<Mistake> {
    if given {
        return Some(
            Mistake::error(format!("the header `{name}` is given twice"))
                .help("capitals make no difference in a header's name"),
        );
    }
    if OURS.contains(name) {
        return Some(Mistake::error(format!("the header `{name}` is the prober's own")).help("leave it out"));
    }
    if *name == header::USER_AGENT && http.user_agent.is_some() {
        return Some(
            Mistake::error("the user agent is given twice").help("keep `user_agent` and leave the header out"),
        );
    }
    if *name == header::AUTHORIZATION && http.basic_auth.is_some() {
        return Some(Mistake::error("`authorization` and `basic_auth` exclude each other").help("keep one of them"));
    }
    None
}

fn expectation(expect: &typed::Expect, context: &mut Context<'_>) -> Expectation {
    let status: Vec<StatusPattern> = value(&expect.status)
        .into_iter()
        .flat_map(|list| &list.0)
        .filter_map(|item| item.value.map(|status| status.0))
        .collect();
    if let Some(given) =
        expect.status.as_ref().filter(|given| given.value.as_ref().is_some_and(|list| list.0.is_empty()))
    {
        context.report(
            Mistake::error("no status would be good")
                .at(given.span.clone())
                .help("leave `status` out for 2xx, or name one"),
        );
    }
    Expectation {
        status: if expect.status.is_some() { ExpectStatus(status) } else { ExpectStatus::default() },
        within: value(&expect.within).map(|span| span.0),
        certificate_days: value(&expect.certificate_days).map(|days| days.0),
        body: value(&expect.body)
            .map(|rules| text_rules(&rules.contains, &rules.not_contains, &rules.matches, &rules.not_matches))
            .unwrap_or_default(),
        headers: value(&expect.header).map(|entries| expect_headers(entries, context)).unwrap_or_default(),
        json: value(&expect.json).map(|entries| expect_json(entries, context)).unwrap_or_default(),
        not_json: value(&expect.not_json).map(|entries| expect_json(entries, context)).unwrap_or_default(),
    }
}

type Several<T> = Option<At<OneOrMore<T>>>;

fn text_rules(
    contains: &Several<Words>,
    lacks: &Several<Words>,
    matches: &Several<Pattern>,
    differs: &Several<Pattern>,
) -> Vec<TextRule> {
    fn each<T: Clone>(several: &Several<T>) -> impl Iterator<Item = T> {
        value(several).into_iter().flat_map(|list| &list.0).filter_map(|item| item.value.clone())
    }
    let contains = each(contains).map(|words| TextRule::Contains(words.0));
    let lacks = each(lacks).map(|words| TextRule::NotContains(words.0));
    let matches = each(matches).map(|pattern| TextRule::Matches(pattern.0));
    let differs = each(differs).map(|pattern| TextRule::NotMatches(pattern.0));
    contains.chain(lacks).chain(matches).chain(differs).collect()
}

fn expect_headers(entries: &Entries<typed::HeaderRules>, context: &mut Context<'_>) -> Vec<ExpectHeader> {
    let mut headers = Vec::new();
    for entry in &entries.0 {
        let name = header_name(entry, context);
        let Some(rules) = &entry.value.value else { continue };
        let texts = text_rules(&rules.contains, &rules.not_contains, &rules.matches, &rules.not_matches);
        let given = rules.contains.is_some()
            || rules.not_contains.is_some()
            || rules.matches.is_some()
            || rules.not_matches.is_some();
        let absent = value(&rules.absent).map(|flag| flag.0);
        let fault = match (absent, given) {
            (Some(true), true) => Some("a header that must be absent cannot have other rules"),
            (Some(false), _) => Some("`absent` can only be true"),
            (None, false) if rules.absent.is_none() => Some("there is no rule for this header"),
            (Some(true) | None, _) => None,
        };
        if let Some(fault) = fault {
            let help = "write { contains = \"…\" }, { not_contains = \"…\" }, { matches = '…' }, { not_matches = '…' } or { absent = true }";
            context.report(Mistake::error(fault).at(entry.value.span.clone()).help(help));
        }
        let rule = if absent == Some(true) { HeaderRule::Absent } else { HeaderRule::Text(texts) };
        headers.extend(name.map(|name| ExpectHeader { name, rule }));
    }
    headers
}

fn expect_json(entries: &Entries<Json>, context: &mut Context<'_>) -> Vec<ExpectJson> {
    let mut rules = Vec::new();
    for entry in &entries.0 {
        if let Some(help) = pointer_mistake(&entry.key) {
            let mistake = Mistake::error(format!("{} is not a JSON pointer", quoted(&entry.key)));
            context.report(mistake.at(entry.key_span.clone()).help(help));
        }
        if let Some(Json(value)) = &entry.value.value {
            rules.push(ExpectJson { pointer: entry.key.clone(), value: value.clone() });
        }
    }
    rules
}

/// RFC 6901: empty, or each step begins with `/`, and `~` only stands in `~0` and `~1`.
fn pointer_mistake(pointer: &str) -> Option<String> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        let steps = pointer.trim_start_matches('$').trim_start_matches('.').replace('.', "/");
        return Some(format!("each step begins with a slash: \"/{steps}\""));
    }
    let stray = pointer.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1']));
    stray.then(|| "a `~` in a name is written `~0`, a `/` is written `~1` (RFC 6901)".to_owned())
}

/// Expectations that no answer to this request can meet, or that can never be missed.
fn contradictions(http: &typed::Http, expect: &typed::Expect, timeout: Duration, context: &mut Context<'_>) {
    if let (Some(days), Some(url)) = (&expect.certificate_days, http.url.value())
        && url.0.scheme() == "http"
    {
        context.report(
            Mistake::error("http has no certificate")
                .at(days.span.clone())
                .help("ask https, or leave `certificate_days` out"),
        );
    }
    if let Some(within) = &expect.within
        && within.value.is_some_and(|within| within.0 >= timeout)
    {
        context.report(
            Mistake::warning("`within` never speaks: the timeout comes first")
                .at(within.span.clone())
                .help("make it shorter than `timeout`"),
        );
    }
    let head = value(&http.method).is_some_and(|method| method.0 == http::Method::HEAD);
    let needs_body = [
        expect.body.as_ref().map(|body| &body.span),
        expect.json.as_ref().map(|json| &json.span),
        expect.not_json.as_ref().map(|json| &json.span),
    ];
    for place in needs_body.into_iter().flatten().filter(|_| head) {
        context.report(
            Mistake::error("the answer to HEAD has no body").at(place.clone()).help("ask with method = \"GET\""),
        );
    }
    let follows = value(&http.max_redirects).is_none_or(|redirects| redirects.0 > 0);
    let statuses = value(&expect.status).into_iter().flat_map(|list| &list.0);
    for item in statuses.filter(|item| follows && item.value.is_some_and(|status| is_redirect(status.0))) {
        context.report(
            Mistake::warning("redirects are followed, so that this status is hardly ever seen")
                .at(item.span.clone())
                .help("max_redirects = 0 judges the 3xx itself"),
        );
    }
}

fn is_redirect(status: StatusPattern) -> bool {
    match status {
        StatusPattern::Class(class) => class == 3,
        StatusPattern::Exactly(code) => matches!(code, 301 | 302 | 303 | 307 | 308),
    }
}
