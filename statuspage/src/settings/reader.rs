//! Takes keys from the tables of a settings file, reporting each mistake in its place and going on.
//!
//! It does not know which keys there are.

use std::{collections::BTreeMap, fmt, ops::Range, str::FromStr};

use prober::{
    definition::Secret,
    load::{Mistake, Variables, nearest_word, secret},
};
use shared::Text;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Hidden, value::by_language};

/// What stands for a secret wherever settings are printed.
pub(super) const MASK: &str = "***";

/// Gathers what is wrong while keys are taken.
pub(super) struct Reader<'a> {
    variables: &'a Variables,
    mistakes: Vec<Mistake>,
}

/// A table while its keys are taken.
#[derive(Clone, Copy)]
pub(super) struct Section<'t, 'i> {
    /// As it is called in messages.
    pub(super) name: &'static str,
    pub(super) table: &'t DeTable<'i>,
}

/// A value's kind, with its article.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(variables: &'a Variables) -> Self {
        Self { variables, mistakes: Vec::new() }
    }

    pub(super) fn mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }

    pub(super) fn report(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// Reports the keys that are not among `known`.
    pub(super) fn expect_keys(&mut self, section: Section<'_, '_>, known: &[&str]) {
        for key in section.table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let help = match nearest_word(name, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "its keys are {}",
                    known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            let shown: String = name.chars().take(60).flat_map(char::escape_debug).collect();
            let mistake = Mistake::error(format!("{} has no key `{shown}`", section.name));
            self.report(mistake.at(key.span()).label("unknown key").help(help));
        }
    }

    /// Reports a key that must be there and is not.
    pub(super) fn require(&mut self, section: Section<'_, '_>, key: &str, place: Range<usize>, example: &str) {
        if !section.table.contains_key(key) {
            self.report(
                Mistake::error(format!("{} has no `{key}`", section.name))
                    .at(place)
                    .help(format!("add {key} = {example}")),
            );
        }
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
        let mistake = Mistake::error(format!("`{key}` must be {wanted}, not {}", kind(value.get_ref())));
        self.report(mistake.at(value.span()).help(format!("write it like this: {key} = {example}")));
    }

    /// A text.
    pub(super) fn text<'t>(
        &mut self,
        section: Section<'t, '_>,
        key: &str,
        example: &str,
    ) -> Option<(&'t str, Range<usize>)> {
        let value = section.table.get(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some((text, value.span())),
            None => {
                self.wrong_type(key, value, "a text", example);
                None
            }
        }
    }

    /// A text that is read by `parse`.
    pub(super) fn value<T, E: fmt::Display>(
        &mut self,
        section: Section<'_, '_>,
        key: &str,
        example: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let (text, place) = self.text(section, key, example)?;
        self.parsed(key, text, place, example, parse)
    }

    /// A text of a type that reads itself.
    pub(super) fn parse<T: FromStr<Err: fmt::Display>>(
        &mut self,
        section: Section<'_, '_>,
        key: &str,
        example: &str,
    ) -> Option<T> {
        self.value(section, key, example, T::from_str)
    }

    fn parsed<T, E: fmt::Display>(
        &mut self,
        key: &str,
        text: &str,
        place: Range<usize>,
        example: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let refuse = |fault| {
            let mistake = Mistake::error(format!("`{key}` cannot be used: {fault}")).at(place);
            self.mistakes.push(mistake.help(format!("write it like this: {key} = {example}")));
        };
        parse(text).map_err(refuse).ok()
    }

    /// A list of texts that are read by `parse`.
    pub(super) fn list<T, E: fmt::Display>(
        &mut self,
        section: Section<'_, '_>,
        key: &str,
        example: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let value = section.table.get(key)?;
        let Some(elements) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of texts", example);
            return None;
        };
        let mut read = Vec::new();
        for element in elements.iter() {
            match element.get_ref().as_str() {
                Some(text) => read.extend(self.parsed(key, text, element.span(), example, &parse)),
                None => self.wrong_type(key, element, "a list of texts", example),
            }
        }
        Some(read)
    }

    /// `true` or `false`, as one of two values.
    pub(super) fn either<T>(&mut self, section: Section<'_, '_>, key: &str, if_true: T, if_false: T) -> Option<T> {
        let value = section.table.get(key)?;
        match value.get_ref().as_bool() {
            Some(true) => Some(if_true),
            Some(false) => Some(if_false),
            None => {
                self.wrong_type(key, value, "true or false", "true");
                None
            }
        }
    }

    /// A text, or a table of texts by language.
    pub(super) fn texts(&mut self, section: Section<'_, '_>, key: &str) -> Option<Text> {
        const EXAMPLE: &str = "{ fr = \"…\", en = \"…\" }";
        let value = section.table.get(key)?;
        if let Some(text) = value.get_ref().as_str() {
            return Some(Text::Plain(text.to_owned()));
        }
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "a text, or one for each language", EXAMPLE);
            return None;
        };
        let mut texts = BTreeMap::new();
        for (tag, text) in table.iter() {
            let language = self.parsed(key, tag.get_ref(), tag.span(), EXAMPLE, str::parse);
            match (language, text.get_ref().as_str()) {
                (Some(language), Some(text)) => drop(texts.insert(language, text.to_owned())),
                (_, None) => self.wrong_type(key, text, "a text, or one for each language", EXAMPLE),
                (None, Some(_)) => {}
            }
        }
        by_language(texts)
    }

    /// A text that may refer to secrets, resolved.
    pub(super) fn hidden(&mut self, section: Section<'_, '_>, key: &str, example: &str) -> Option<Hidden> {
        let (template, place) = self.text(section, key, example)?;
        self.resolve(template, place)
    }

    /// Resolves the references of a text.
    pub(super) fn resolve(&mut self, template: &str, place: Range<usize>) -> Option<Hidden> {
        if template.contains(MASK) {
            let mistake = Mistake::error(format!("`{MASK}` stands for a secret that was not printed")).at(place);
            self.report(
                mistake.help("write the secret itself, or better `${env:NAME}` or `${file:/run/secrets/name}`"),
            );
            return None;
        }
        let (secret, mistakes) = secret(template, place, self.variables);
        self.mistakes.extend(mistakes);
        secret.map(|secret: Secret| Hidden { secret, shown: shown(template) })
    }

    /// The tables of a list of tables.
    pub(super) fn tables<'t, 'i>(
        &mut self,
        section: Section<'t, 'i>,
        key: &str,
    ) -> Vec<(&'t DeTable<'i>, Range<usize>)> {
        let Some(value) = section.table.get(key) else { return Vec::new() };
        let Some(elements) = value.get_ref().as_array() else {
            let mistake = Mistake::error(format!("`{key}` must be a list of tables, not {}", kind(value.get_ref())));
            self.report(mistake.at(value.span()).help(format!("begin each one with [[{key}]]")));
            return Vec::new();
        };
        elements.iter().filter_map(|element| Some((element.get_ref().as_table()?, element.span()))).collect()
    }

    /// A table inside another one.
    pub(super) fn table<'t, 'i>(&mut self, section: Section<'t, 'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let value = section.table.get(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(key, value, "a table", "{ … }");
        }
        table
    }
}

/// What may be shown of a text that may be secret: a reference to it, or of a URL its host; else a mask.
fn shown(template: &str) -> String {
    let reference =
        template.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some_and(|name| !name.contains('$'));
    if reference {
        return template.to_owned();
    }
    match url::Url::parse(template) {
        Ok(url) if url.has_host() && !template.contains("${") => {
            let origin = url.origin().ascii_serialization();
            let bare =
                url.path() == "/" && url.query().is_none() && url.username().is_empty() && url.password().is_none();
            if bare { format!("{origin}/") } else { format!("{origin}/{MASK}") }
        }
        Ok(_) | Err(_) => MASK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_as_the_reference_it_came_from_or_not_at_all() {
        let check = |template: &str, expected: &str| assert_eq!(shown(template), expected, "{template}");
        check("${env:TOKEN}", "${env:TOKEN}");
        check("${file:/run/secrets/token}", "${file:/run/secrets/token}");
        check("s3cret", "***");
        check("a${env:TOKEN}", "***");
        check("${env:A}s3cret${env:B}", "***");
        check("https://ntfy.sh", "https://ntfy.sh/");
        check("https://me:pw@hooks.example.org/T0/s3cret?x=1", "https://hooks.example.org/***");
        check("https://hc.example.org/${env:PING}", "***");
    }
}
