//! `[[operator]]` and `[[token]]`: who may give orders. The file holds hashes only.
//!
//! It does not know how somebody proves who they are.

use std::{collections::BTreeMap, ops::Range};

use prober::load::{
    Mistake,
    tree::{At, Context, Fault, Listed, Required, Tables, value},
};

use super::{
    hidden::{PasswordField, TokenField},
    written::Written,
};
use crate::access::{Account, Accounts, ApiToken, ExpiryDate, OperatorName, PasswordHash, TokenHash, UnusableHash};

prober::table! {
    /// Somebody who signs in at `/operator`.
    pub(super) Operator = "`[[operator]]`", "{ name = \"amel\", password = \"$argon2id$…\" }" {
        /// Unique among operators and tokens: it stands in the audit log, and the public never sees it.
        name: Required<Written<OperatorName>>,
        /// The argon2id hash that `statuspage operator add NAME` prints, never the password itself; may be `${env:NAME}` or `${file:/run/secrets/name}`.
        password: Required<PasswordField>,
    }
}

prober::table! {
    /// A program that gives orders through `/api/v1`.
    pub(super) Bearer = "`[[token]]`", "{ name = \"deploy\", hash = \"sha256:…\" }" {
        /// Unique among operators and tokens: it stands in the audit log, and the public never sees it.
        name: Required<Written<OperatorName>>,
        /// The hash that `statuspage token add NAME` prints, never the token itself; may be `${env:NAME}` or `${file:/run/secrets/name}`.
        hash: Required<TokenField>,
        /// From that day on, in the site's time zone, the token opens nothing.
        expires: Option<At<Written<ExpiryDate>>>,
    }
}

impl Listed for Operator {
    const FIRST: &'static str = "run `statuspage operator add NAME`, which prints the whole block";
}

impl Listed for Bearer {
    const FIRST: &'static str = "run `statuspage token add NAME`, which prints the whole block";
}

/// Why a text is no hash of a password, and where to get one.
pub(super) fn no_password_hash(key: &str, text: &str) -> Option<Fault> {
    let error = text.parse::<PasswordHash>().err()?;
    let fault = Fault::new(format!("`{key}` cannot be used: {error}"));
    let help = "`statuspage operator add NAME` asks for a password and prints the block with its hash";
    Some(match error {
        UnusableHash::Foreign => fault.help(format!(
            "passwords never stand in this file: {help}; where this was one, choose another, for files are copied"
        )),
        UnusableHash::Algorithm | UnusableHash::Incomplete | UnusableHash::Weak | UnusableHash::Strong => {
            fault.help(help)
        }
    })
}

/// Why a text is no hash of a token, and where to get one.
pub(super) fn no_token_hash(key: &str, text: &str) -> Option<Fault> {
    let error = text.parse::<TokenHash>().err()?;
    let fault = Fault::new(format!("`{key}` cannot be used: {error}"));
    Some(
        fault.help(
            "tokens never stand in this file: `statuspage token add NAME` prints one, and the block with its hash",
        ),
    )
}

/// The accounts, and what may be shown of them: a heading and its lines each.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    pub(super) accounts: Accounts,
    pub(super) shown: Vec<(&'static str, Vec<(&'static str, String)>)>,
}

/// The accounts that are sound; names are unique, so that the audit log says who it was.
pub(super) fn entries(
    operators: &Option<At<Tables<Operator>>>,
    tokens: &Option<At<Tables<Bearer>>>,
    context: &mut Context<'_>,
) -> Entries {
    let (mut entries, mut names) = (Entries::default(), BTreeMap::new());
    for typed in sound(operators) {
        unique(&typed.name, &mut names, context);
        let (Some(Written(name)), Some(PasswordField(hidden))) = (typed.name.value(), typed.password.value()) else {
            continue;
        };
        let Ok(password) = hidden.secret.reveal().parse() else { continue };
        entries.accounts.operators.push(Account { name: name.clone(), password });
        entries.shown.push(("operator", vec![("name", name.to_string()), ("password", hidden.shown.clone())]));
    }
    for typed in sound(tokens) {
        unique(&typed.name, &mut names, context);
        let (Some(Written(name)), Some(TokenField(hidden))) = (typed.name.value(), typed.hash.value()) else {
            continue;
        };
        let Ok(hash) = hidden.secret.reveal().parse() else { continue };
        let expires = value(&typed.expires).map(|expires| expires.0);
        let mut shown = vec![("name", name.to_string()), ("hash", hidden.shown.clone())];
        shown.extend(expires.map(|expires| ("expires", expires.to_string())));
        entries.accounts.tokens.push(ApiToken { name: name.clone(), hash, expires });
        entries.shown.push(("token", shown));
    }
    entries
}

fn sound<T>(tables: &Option<At<Tables<T>>>) -> impl Iterator<Item = &T> {
    value(tables).into_iter().flat_map(|tables| &tables.0).filter_map(|item| item.value.as_ref())
}

fn unique(
    name: &Required<Written<OperatorName>>,
    names: &mut BTreeMap<OperatorName, Range<usize>>,
    context: &mut Context<'_>,
) {
    let Some(At { value: Some(Written(name)), span }) = &name.0 else { return };
    let Some(first) = names.get(name) else {
        names.insert(name.clone(), span.clone());
        return;
    };
    let mistake = Mistake::error(format!("two operators or tokens are called `{name}`"));
    context.report(
        mistake
            .at(span.clone())
            .label("the second")
            .related(first.clone(), "the first")
            .help("give each a name of its own: the audit log says by it who did what"),
    );
}
