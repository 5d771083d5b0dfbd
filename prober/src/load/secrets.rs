//! Secrets that a definition refers to: `${env:NAME}` and `${file:/run/secrets/name}`; `$${` stands for `${` itself.
//!
//! It does not know what the secrets are for. No message holds one.

use std::{ffi::OsStr, ops::Range, os::unix::fs::PermissionsExt, path::Path};

use super::{
    directory::{self, Reading},
    redact,
    report::{Mistake, quoted},
    tree::{Context, Fault},
};

/// Longest secret file, in bytes.
const MAX_FILE: u64 = 64 << 10;

/// The text with every reference replaced; nothing where a mistake was reported.
pub(super) fn resolve(template: &str, span: Range<usize>, context: &mut Context<'_>) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    let mut sound = true;
    while let Some(at) = rest.find("${") {
        if let Some(before) = rest[..at].strip_suffix('$') {
            text.push_str(before);
            text.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        text.push_str(&rest[..at]);
        let Some(length) = rest[at..].find('}') else {
            context.report(
                Mistake::error("`${` is never closed")
                    .at(span)
                    .help("close it with `}`, or write `$${` for the characters"),
            );
            return None;
        };
        match reference(&rest[at + 2..at + length], span.clone(), context) {
            Ok(secret) => text.push_str(&secret),
            Err(fault) => {
                fault.report(span.clone(), context);
                sound = false;
            }
        }
        rest = &rest[at + length + 1..];
    }
    text.push_str(rest);
    sound.then_some(text)
}

fn reference(reference: &str, span: Range<usize>, context: &mut Context<'_>) -> Result<String, Fault> {
    if let Some(name) = reference.strip_prefix("env:") {
        return variable(name, context);
    }
    if let Some(path) = reference.strip_prefix("file:") {
        return file(path, span, context);
    }
    // What has not the form of a reference may be a part of a password: it is not repeated.
    let written = format!("${{{reference}}}");
    let named = redact::reference(&written).map_or_else(|| "this `${…}`".to_owned(), quoted);
    Err(Fault::new(format!("{named} refers to nothing"))
        .help("write `${env:NAME}` or `${file:/run/secrets/name}`, or `$${` for the characters"))
}

fn variable(name: &str, context: &Context<'_>) -> Result<String, Fault> {
    let name = name.trim();
    let value = context.options.variables.get(OsStr::new(name));
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Err(Fault::new(format!("the environment variable {} is not set", quoted(name)))
            .help(format!("start with {name}=… or use `${{file:/run/secrets/…}}`")));
    };
    let value = value.to_str().map(str::to_owned);
    value.ok_or_else(|| Fault::new(format!("the environment variable {} is not UTF-8", quoted(name))))
}

fn file(name: &str, span: Range<usize>, context: &mut Context<'_>) -> Result<String, Fault> {
    let path = Path::new(name.trim());
    let shown = quoted(name);
    if !path.is_absolute() {
        return Err(Fault::new(format!("the secret file {shown} has a relative path"))
            .help("write it from the root: `${file:/run/secrets/name}`"));
    }
    let content = match directory::read(path, MAX_FILE) {
        Reading::Content { bytes, mode } => {
            if mode.mode() & 0o004 != 0 {
                context.report(
                    Mistake::warning(format!("everybody on this machine may read the secret file {shown}"))
                        .at(span)
                        .help(format!("chmod o-r {}", name.trim())),
                );
            }
            bytes
        }
        Reading::TooLarge => return Err(Fault::new(format!("the secret file {shown} is larger than 64 KiB"))),
        Reading::Special(what) => return Err(Fault::new(format!("the secret file {shown} is {what}"))),
        Reading::Failed(error) => {
            return Err(Fault::new(format!("cannot read the secret file {shown}: {error}"))
                .help("is it there, and readable by this user?"));
        }
    };
    let text = String::from_utf8(content).map_err(|_| Fault::new(format!("the secret file {shown} is not UTF-8")))?;
    // Editors and `echo` end a file with a newline that is no part of the secret.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(Fault::new(format!("the secret file {shown} is empty")));
    }
    Ok(text.to_owned())
}
