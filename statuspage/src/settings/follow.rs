//! Follows the settings file: who may give orders is taken up while the hub runs. A file with mistakes changes nothing.
//!
//! It does not know the other settings: they count from the next start on.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use prober::load::Variables;
use shared::Timestamp;
use tokio::{fs, time};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{DEFAULT_FILE, Given, Settings, SettingsError};
use crate::access::{Access, Accounts};

/// How often the file is looked at.
const EACH: Duration = Duration::from_secs(2);

/// Looks at the settings file again and again.
#[derive(Debug)]
pub struct Follower {
    file: PathBuf,
    flags: Given,
    variables: Variables,
    seen: Option<Mark>,
}

/// Tells one state of a file from another: when it was written, and its length.
type Mark = (Option<SystemTime>, u64);

/// What became of the file since the last look.
#[derive(Debug)]
enum Look {
    /// It is as it was.
    Same,
    /// It is not there any more.
    Gone,
    /// It says something else.
    Changed(Result<Accounts, SettingsError>),
}

impl Follower {
    /// Follows the file that these settings were read from, with the same flags and variables; or the one that is read when none is
    /// named, should it appear.
    pub fn new(settings: &Settings, flags: Given, variables: Variables) -> Self {
        let file = settings.file.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
        // What was written between the reading and now is seen by the first look, which reads it once more.
        Self { file, flags, variables, seen: None }
    }

    /// Gives to `access` what the file says of accounts and tokens, until `stop`.
    pub async fn run(mut self, access: Arc<Access>, now: impl Fn() -> Timestamp, stop: CancellationToken) {
        while stop.run_until_cancelled(time::sleep(EACH)).await.is_some() {
            match self.look().await {
                Look::Same => {}
                Look::Gone => {
                    warn!(file = %self.file.display(), "the settings file is gone: what it said goes on to count");
                }
                Look::Changed(Ok(accounts)) if accounts == *access.accounts() => {}
                Look::Changed(Ok(accounts)) => {
                    let (operators, tokens) = (accounts.operators.len(), accounts.tokens.len());
                    info!(operators, tokens, "the settings file names other accounts: they count from now on");
                    access.take(accounts, now());
                }
                Look::Changed(Err(mistakes)) => {
                    error!(file = %self.file.display(), %mistakes, "the settings file cannot be used: what it said before goes on to count");
                }
            }
        }
    }

    async fn look(&mut self) -> Look {
        let found = fs::metadata(&self.file).await.ok().map(|found| (found.modified().ok(), found.len()));
        let before = std::mem::replace(&mut self.seen, found);
        match (before, found) {
            (before, found) if before == found => Look::Same,
            (_, None) => Look::Gone,
            (_, Some(_)) => {
                let (flags, variables) = (self.flags.clone(), self.variables.clone());
                let read = move || Settings::load(flags, &variables).map(|settings| settings.accounts);
                match tokio::task::spawn_blocking(read).await {
                    Ok(read) => Look::Changed(read),
                    // A panic is in the log; the next change is read again.
                    Err(_) => Look::Same,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(look: Look) -> Vec<String> {
        match look {
            Look::Changed(Ok(accounts)) => accounts.operators.iter().map(|account| account.name.to_string()).collect(),
            other @ (Look::Same | Look::Gone | Look::Changed(Err(_))) => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn each_state_of_the_file_is_read_once_and_mistakes_are_told() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("statuspage.toml");
        let hash = crate::access::PasswordHash::new("correct horse battery").expect("long enough");
        let account = format!("[[operator]]\nname = \"amel\"\npassword = \"{}\"\n", hash.as_text());
        std::fs::write(&file, "title = \"Here\"\n").expect("it can be written");
        let flags = Given { settings: Some(file.clone()), ..Given::default() };
        let settings = Settings::load(flags.clone(), &Variables::default()).expect("sound");
        let mut follower = Follower::new(&settings, flags, Variables::default());
        assert!(names(follower.look().await).is_empty());
        assert!(matches!(follower.look().await, Look::Same));
        std::fs::write(&file, &account).expect("it can be written");
        assert_eq!(names(follower.look().await), ["amel"]);
        std::fs::write(&file, format!("{account}tittle = 1\n")).expect("it can be written");
        assert!(matches!(follower.look().await, Look::Changed(Err(SettingsError::Mistakes(_)))));
        std::fs::remove_file(&file).expect("it can be removed");
        assert!(matches!(follower.look().await, Look::Gone));
        assert!(matches!(follower.look().await, Look::Same), "that is told once");
    }
}
