//! From a form to what was asked: the fields as typed, and what of them is there to be chosen.
//!
//! It does not know whether an address can be written to.

use std::net::IpAddr;

use shared::{ComponentId, Language};

use crate::{
    page::subscribe::{Form, TRAP, group_name},
    snapshot::Snapshot,
    subscriber::{Asked, MailAddress, Mailbox, Scope},
};

/// So much of an address is shown again; no address has so many characters.
const SHOWN: usize = 512;

/// The fields that count, as typed; of those that come twice the first, but for what is ticked.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub(super) email: String,
    pub(super) stamp: String,
    /// What a button asks for.
    pub(super) order: String,
    components: Vec<String>,
    groups: Vec<String>,
    language: String,
    shared: String,
    trap: String,
}

impl Typed {
    pub(super) fn of(body: &[u8]) -> Self {
        let mut typed = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let field = match name.as_ref() {
                "component" => {
                    typed.components.push(value.into_owned());
                    continue;
                }
                "group" => {
                    typed.groups.push(value.into_owned());
                    continue;
                }
                "email" => &mut typed.email,
                "stamp" => &mut typed.stamp,
                "do" => &mut typed.order,
                "language" => &mut typed.language,
                "shared" => &mut typed.shared,
                TRAP => &mut typed.trap,
                _ => continue,
            };
            if field.is_empty() {
                *field = value.into_owned();
            }
        }
        typed
    }

    /// Whether something stands where people write nothing.
    pub(super) fn is_a_robots(&self) -> bool {
        !self.trap.is_empty()
    }

    /// What is ticked; nothing when some of it is not there, so that nobody who chose one service hears of all.
    pub(super) fn scope(&self, snapshot: &Snapshot) -> Option<Scope> {
        let components = self.components.iter().map(|id| component(snapshot, id)).collect::<Option<_>>()?;
        let groups = self.groups.iter().map(|name| group(snapshot, name)).collect::<Option<_>>()?;
        Some(Scope { components, groups })
    }

    pub(super) fn language(&self, snapshot: &Snapshot) -> Option<Language> {
        self.language.parse().ok().filter(|language| snapshot.site.languages.contains(language))
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        if self.shared.is_empty() { Mailbox::Personal } else { Mailbox::Shared }
    }

    /// What is asked of the book of subscribers; nothing when a service was chosen that is not there.
    pub(super) fn asked(
        &self,
        snapshot: &Snapshot,
        address: MailAddress,
        page: Language,
        network: IpAddr,
    ) -> Option<Asked> {
        let language = self.language(snapshot).unwrap_or(page);
        Some(Asked { address, scope: self.scope(snapshot)?, language, mailbox: self.mailbox(), network })
    }

    /// The form as it is shown again.
    pub(super) fn form(&self) -> Form {
        let components = self.components.iter().filter_map(|id| id.parse().ok()).collect();
        Form {
            email: self.email.chars().take(SHOWN).collect(),
            scope: Scope { components, groups: self.groups.iter().cloned().collect() },
            language: self.language.parse().ok(),
            mailbox: self.mailbox(),
            ..Form::default()
        }
    }
}

/// The form as a link opens it that names services; what is not there is not ticked.
pub(super) fn prefilled(snapshot: &Snapshot, query: Option<&str>) -> Form {
    let typed = Typed::of(query.unwrap_or_default().as_bytes());
    let components = typed.components.iter().filter_map(|id| component(snapshot, id)).collect();
    let groups = typed.groups.iter().filter_map(|name| group(snapshot, name)).collect();
    Form { scope: Scope { components, groups }, ..Form::default() }
}

/// A component of the page, by its present or a former name.
fn component(snapshot: &Snapshot, id: &str) -> Option<ComponentId> {
    let id: ComponentId = id.parse().ok()?;
    snapshot.component(&id).map(|component| component.id.clone()).or_else(|| snapshot.renamed(&id).cloned())
}

fn group(snapshot: &Snapshot, name: &str) -> Option<String> {
    let groups = snapshot.components.iter().filter_map(|component| component.group.as_ref());
    let mut names = groups.map(|group| group_name(&snapshot.site, group));
    names.any(|known| known == name).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::now, server::stage};

    #[test]
    fn what_is_chosen_is_there_or_the_choice_is_not_taken() {
        let snapshot = stage::snapshot(now());
        let check = |body: &str, expected: Option<(usize, usize)>| {
            let scope = Typed::of(body.as_bytes()).scope(&snapshot);
            assert_eq!(scope.map(|scope| (scope.components.len(), scope.groups.len())), expected, "{body}");
        };
        check("", Some((0, 0)));
        check("component=cloud&component=mail&component=mail", Some((2, 0)));
        check("group=Bureau", Some((0, 1)));
        check("group=Office", None);
        check("component=cloud&component=gone", None);
        check("component=../x", None);
        check("component=", None);
    }

    #[test]
    fn a_link_that_names_what_is_not_there_ticks_nothing() {
        let snapshot = stage::snapshot(now());
        let form = prefilled(&snapshot, Some("component=gone&component=forum&group=x&email=a@b.example&lang=en"));
        assert_eq!(form.scope.components, ["forum".parse().expect("an id")].into());
        assert!(form.scope.groups.is_empty() && form.email.is_empty(), "nobody is subscribed by somebody else's link");
    }

    #[test]
    fn the_first_address_counts_and_a_long_one_is_cut_where_it_is_shown() {
        let typed = Typed::of(format!("email={}&email=b", "é".repeat(10_000)).as_bytes());
        assert_eq!((typed.email.chars().count(), typed.form().email.chars().count()), (10_000, SHOWN));
    }
}
