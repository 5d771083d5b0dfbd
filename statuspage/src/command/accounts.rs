//! `statuspage operator add` and `statuspage token add`: what to write into the settings file.
//!
//! It does not know how the settings are read, and changes no file of theirs.

use std::{
    fs,
    io::{self, BufRead, BufReader, IsTerminal as _, Read, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::{Context as _, Result, bail};

use super::{Ended, out};
use crate::{
    access::{PasswordHash, SHORTEST_PASSWORD, TokenHash},
    cli::{AddOperator, AddToken},
};

/// Nobody types more; what is longer is no file with a password.
const LONGEST: u64 = 4_096;

/// `operator add`.
///
/// # Errors
///
/// When no password can be read, or it is too short.
pub fn add_operator(arguments: &AddOperator) -> Result<Ended> {
    let password = match &arguments.password_file {
        Some(path) if path == Path::new("-") => first_line(io::stdin().lock())?,
        Some(path) => {
            let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            first_line(file)?
        }
        None if io::stdin().is_terminal() => ask()?,
        None => first_line(io::stdin().lock())?,
    };
    let hash = PasswordHash::new(&password)?;
    out::text(operator_block(arguments, &hash))?;
    eprintln!("Add this block to the settings file: the hub takes it up within seconds; then sign in at /operator.");
    Ok(Ended::Well)
}

/// `token add`.
///
/// # Errors
///
/// When the token cannot be written into the file.
pub fn add_token(arguments: &AddToken) -> Result<Ended> {
    let (token, hash) = TokenHash::mint();
    match &arguments.token_file {
        Some(path) => keep(path, &token)?,
        None => eprintln!("The token, shown this once: {token}"),
    }
    out::text(token_block(arguments, &hash))?;
    eprintln!("Add this block to the settings file: the hub takes it up within seconds.");
    Ok(Ended::Well)
}

fn operator_block(arguments: &AddOperator, hash: &PasswordHash) -> String {
    // Neither has a character that TOML reads as something else.
    format!("[[operator]]\nname = \"{}\"\npassword = \"{}\"\n", arguments.name, hash.as_text())
}

fn token_block(arguments: &AddToken, hash: &TokenHash) -> String {
    let expires = arguments.expires.map(|day| format!("expires = \"{day}\"\n")).unwrap_or_default();
    format!("[[token]]\nname = \"{}\"\nhash = \"{hash}\"\n{expires}", arguments.name)
}

/// Asks twice on the terminal, without echo.
fn ask() -> Result<String> {
    let prompt = |prompt: &str| {
        let asked = rpassword::prompt_password(prompt);
        asked.context(
            "cannot ask on this terminal: give the password with --password-file FILE, or - for standard input",
        )
    };
    let password = prompt(&format!("Password, at least {SHORTEST_PASSWORD} characters: "))?;
    // Whoever typed a short one need not type it again.
    if password.chars().count() >= SHORTEST_PASSWORD && prompt("The same again: ")? != password {
        bail!("the two passwords differ: nothing was made, try again");
    }
    Ok(password)
}

fn first_line(source: impl Read) -> Result<String> {
    let mut line = String::new();
    BufReader::new(source.take(LONGEST)).read_line(&mut line).context("cannot read the password")?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// A file that is new, so that no other token is lost, and its user's alone from its first moment on.
fn keep(path: &Path, token: &str) -> Result<()> {
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = made.and_then(|mut file| writeln!(file, "{token}"));
    written.with_context(|| format!("cannot write the token into {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_password_is_the_first_line_without_its_end() {
        let check = |text: &str, expected: &str| assert_eq!(first_line(text.as_bytes()).expect("read"), expected);
        check("correct horse\nbattery", "correct horse");
        check("correct horse\r\n", "correct horse");
        check(" correct horse ", " correct horse ");
        check("", "");
    }

    #[test]
    fn a_block_is_toml_with_the_hash_alone() {
        let hash = PasswordHash::new("correct horse battery").expect("long enough");
        let arguments = AddOperator { name: "amel@example.org".parse().expect("a name"), password_file: None };
        let block = operator_block(&arguments, &hash);
        let read: toml::Table = block.parse().expect("TOML");
        assert_eq!(read["operator"][0]["password"].as_str(), Some(hash.as_text().as_str()));
        let (token, hash) = TokenHash::mint();
        let expires = Some("2027-01-01".parse().expect("a day"));
        let block = token_block(&AddToken { name: "ci".parse().expect("a name"), expires, token_file: None }, &hash);
        let read: toml::Table = block.parse().expect("TOML");
        assert_eq!(read["token"][0]["expires"].as_str(), Some("2027-01-01"));
        assert!(!block.contains(&token));
    }

    #[test]
    fn a_token_is_kept_in_a_new_file_for_its_user() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("token");
        keep(&path, "belfry_abc").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "belfry_abc\n");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert!(keep(&path, "belfry_other").is_err(), "it is not written over");
    }
}
