//! The registry with a real file: what it acknowledged is there, what it cannot write it takes back, what it erased is gone.

use std::{fs, net::IpAddr, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use shared::Language;
use tempfile::TempDir;

use super::*;
use crate::subscriber::{
    Asked, Asking, Bounce, Bounced, Counts, Imported, Importing, MailAddress, Mailbox, Scope, Token, Unavailable,
    id::digits,
};

struct Stage {
    directory: TempDir,
    letters: mpsc::Receiver<Wanted>,
    registry: RegistryHandle,
}

fn vault(directory: &Path) -> Vault {
    Vault::at(&directory.join("data"), &directory.join("key"))
}

fn started(directory: &Path, room: usize) -> (RegistryHandle, mpsc::Receiver<Wanted>) {
    started_at(directory, room, crate::clock::now)
}

/// With a clock of its own.
fn started_at(directory: &Path, room: usize, now: fn() -> Timestamp) -> (RegistryHandle, mpsc::Receiver<Wanted>) {
    let (sender, letters) = mpsc::channel(room);
    let options = RegistryOptions { own_domains: vec!["status.example".to_owned()], now };
    (Registry::start(vault(directory), options, sender).expect("a thread"), letters)
}

impl Stage {
    fn new() -> Self {
        Self::with_room_for(8)
    }

    /// With so many letters that may wait.
    fn with_room_for(letters: usize) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        fs::create_dir(directory.path().join("data")).expect("made");
        let (registry, letters) = started(directory.path(), letters);
        Self { directory, letters, registry }
    }

    async fn confirmed(&mut self, address: &str) -> Token {
        assert_eq!(self.registry.ask(asked(address)).await, Ok(Asking::Taken));
        let Some(Wanted::Confirm { token, refuse, .. }) = self.letters.recv().await else { panic!("a question") };
        assert!(self.registry.confirm(&token).await.expect("written").is_some());
        refuse
    }
}

fn asked(address: &str) -> Asked {
    let (scope, language, mailbox) = (Scope::default(), Language::Fr, Mailbox::Personal);
    let last = u8::try_from(address.len()).expect("short");
    Asked { address: one(address), scope, language, mailbox, network: IpAddr::from([192, 0, last, 1]) }
}

fn one(address: &str) -> MailAddress {
    address.parse().expect("an address")
}

fn imported(address: &str) -> Imported {
    let (scope, language, mailbox) = (Scope::default(), Language::Fr, Mailbox::Personal);
    Imported { address: one(address), scope, language, mailbox }
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_file() {
    let mut stage = Stage::new();
    stage.confirmed("amel@example.org").await;
    // A process that is killed now leaves the file as it is.
    let copy = vault(stage.directory.path()).open().expect("opened");
    assert_eq!(copy.counts(), Counts { confirmed: 1, ..Counts::default() });
    let (again, _letters) = started(stage.directory.path(), 8);
    assert_eq!(again.list().await.expect("read")[0].address, one("amel@example.org"));
}

#[tokio::test]
async fn whatever_is_known_of_an_address_the_answer_is_the_same() {
    let mut stage = Stage::new();
    let never = stage.confirmed("amel@example.org").await;
    stage.registry.refuse(&never).await.expect("written").expect("ours");
    stage.registry.import(vec![imported("bo@example.net")]).await.expect("written");
    for address in ["amel+refused@example.org", "bo@example.net", "unknown@example.com"] {
        assert_eq!(stage.registry.ask(asked(address)).await, Ok(Asking::Taken), "{address}");
        assert_eq!(stage.registry.ask(asked(address)).await, Ok(Asking::Taken), "{address}, too early");
    }
    assert!(matches!(stage.letters.try_recv(), Ok(Wanted::Manage { to, .. }) if to == one("bo@example.net")));
    assert!(matches!(stage.letters.try_recv(), Ok(Wanted::Confirm { to, .. }) if to == one("unknown@example.com")));
    assert!(stage.letters.try_recv().is_err(), "nobody else is written to");
}

/// A directory with a book in which these addresses are, as their names say.
async fn book_of_all_kinds() -> TempDir {
    let mut stage = Stage::new();
    let never = stage.confirmed("never@example.org").await;
    stage.registry.refuse(&never).await.expect("written").expect("ours");
    assert_eq!(stage.registry.ask(asked("waiting@example.com")).await, Ok(Asking::Taken));
    let known = ["known@example.net", "quarantined@example.edu"].map(imported).to_vec();
    let made = stage.registry.import(known).await.expect("written");
    let [_, Importing::Added(id)] = made.as_slice() else { panic!("two are new: {made:?}") };
    assert_eq!(stage.registry.bounced(*id, Bounce::NoMailbox).await, Ok(Bounced::Quarantined));
    stage.directory
}

#[tokio::test]
async fn whatever_is_known_of_an_address_the_file_is_written_before_it_is_answered() {
    use std::os::unix::fs::MetadataExt as _;
    let directory = book_of_all_kinds().await;
    // The limits are those of a new process.
    let (registry, _letters) = started(directory.path(), 8);
    let sealed = directory.path().join("data/subscribers.sealed");
    // Each write is a new file that takes the place of the old one.
    let file = || fs::metadata(&sealed).map(|file| (file.ino(), file.mtime(), file.mtime_nsec())).expect("there");
    let names =
        ["never@example.org", "waiting@example.com", "known@example.net", "quarantined@example.edu", "a@b.example"];
    for name in names {
        let before = file();
        assert_eq!(registry.ask(asked(name)).await, Ok(Asking::Taken), "{name}");
        assert_ne!(file(), before, "{name}");
    }
}

#[tokio::test]
async fn operators_are_told_when_so_many_ask_that_the_form_is_closed() {
    let stage = Stage::with_room_for(64);
    for number in 0..61_u8 {
        let address = one(&format!("a@d{number}.example"));
        let network = IpAddr::from([192, 0, number, 1]);
        let expected = if number < 60 { Asking::Taken } else { Asking::Closed };
        assert_eq!(stage.registry.closing().map(|closing| closing.letters), (number == 60).then_some(60), "{number}");
        let asked = Asked { address, network, ..asked("a@example.org") };
        assert_eq!(stage.registry.ask(asked).await, Ok(expected), "{number}");
    }
}

#[tokio::test]
async fn when_letters_wait_all_who_ask_are_told_to_come_again() {
    let Stage { directory: _directory, letters: _letters, registry } = Stage::with_room_for(1);
    registry.import(vec![imported("bo@example.net")]).await.expect("written");
    assert_eq!(registry.ask(asked("amel@example.org")).await, Ok(Asking::Taken));
    for address in ["bo@example.net", "unknown@example.com"] {
        assert!(registry.ask(asked(address)).await.is_err(), "{address}");
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_taken_back() {
    let mut stage = Stage::new();
    stage.confirmed("amel@example.org").await;
    // A directory where the draft should go: nobody can write there, not even root.
    let draft = stage.directory.path().join("data/subscribers.sealed.new");
    fs::create_dir(&draft).expect("made");
    assert!(stage.registry.ask(asked("bo@example.net")).await.is_err());
    assert!(stage.letters.try_recv().is_err(), "no letter says what is not written");
    assert!(stage.registry.trouble().is_some());
    assert!(stage.registry.remove(one("amel@example.org")).await.is_err());
    assert_eq!(stage.registry.counts().await, Ok(Counts { confirmed: 1, ..Counts::default() }));
    fs::remove_dir(&draft).expect("removed");
    assert!(stage.registry.remove(one("amel@example.org")).await.expect("written").is_some());
    assert_eq!(stage.registry.trouble(), None);
}

#[tokio::test]
async fn what_is_taken_back_is_so_for_the_next_start_too() {
    let mut stage = Stage::new();
    let data = stage.directory.path().join("data");
    stage.confirmed("amel@example.org").await;
    stage.confirmed("bo@example.net").await;
    stage.registry.remove(one("bo@example.net")).await.expect("written");
    let left = || fs::read(data.join(crate::subscriber::DEPARTED)).expect("there");
    let before = left();
    let draft = data.join("subscribers.sealed.new");
    fs::create_dir(&draft).expect("made");
    assert!(stage.registry.remove(one("amel@example.org")).await.is_err(), "who left can be written, the book cannot");
    // What is asked next is answered once everything is taken back.
    assert_eq!(stage.registry.list().await.expect("read").len(), 1);
    assert_eq!(left(), before, "it says what the book says");
    fs::remove_dir(&draft).expect("removed");
    let (again, _letters) = started(stage.directory.path(), 8);
    assert_eq!(again.list().await.expect("read")[0].address, one("amel@example.org"));
}

fn a_year_ahead() -> Timestamp {
    crate::clock::now().plus(std::time::Duration::from_secs(400 * 86_400))
}

#[tokio::test]
async fn a_start_with_a_clock_that_is_a_year_ahead_forgets_nobody() {
    let mut stage = Stage::new();
    let sealed = stage.directory.path().join("data").join(crate::subscriber::SEALED);
    stage.confirmed("amel@example.org").await;
    let backup = fs::read(&sealed).expect("read");
    stage.registry.remove(one("amel@example.org")).await.expect("written");
    assert_eq!(stage.registry.ask(asked("waiting@example.com")).await, Ok(Asking::Taken));
    let there = stage.registry.list().await.expect("read");
    assert_eq!(there.len(), 1);
    {
        let (ahead, _letters) = started_at(stage.directory.path(), 8, a_year_ahead);
        // Whoever is to be forgotten is after the first turn; what is asked then is answered in another one.
        ahead.flush().await.expect("written");
        ahead.flush().await.expect("written");
        assert_eq!(ahead.list().await.expect("read"), there, "who has not answered yet");
    }
    fs::write(&sealed, backup).expect("put back");
    let (again, _letters) = started(stage.directory.path(), 8);
    assert_eq!(again.list().await.expect("read"), [], "who left does not come back");
}

#[tokio::test]
async fn a_book_that_does_not_open_is_not_there_and_stays_as_it_is() {
    let stage = Stage::new();
    stage.registry.import(vec![imported("amel@example.org")]).await.expect("written");
    let sealed = stage.directory.path().join("data/subscribers.sealed");
    let mut bytes = fs::read(&sealed).expect("there");
    *bytes.last_mut().expect("some") ^= 1;
    fs::write(&sealed, &bytes).expect("written");
    let (registry, _letters) = started(stage.directory.path(), 8);
    let refused = registry.ask(asked("bo@example.net")).await.expect_err("no book");
    assert!(refused.to_string().contains("is damaged"), "{refused}");
    assert!(registry.counts().await.is_err() && registry.flush().await.is_err());
    assert!(registry.trouble().is_some());
    assert_eq!(fs::read(&sealed).expect("there"), bytes);
}

#[tokio::test]
async fn an_operators_own_domain_is_refused_and_nothing_works_where_there_is_no_mail() {
    let stage = Stage::new();
    assert!(stage.registry.accepts(&one("amel@mail.status.example")).is_err());
    let absent = RegistryHandle::absent();
    assert!(!absent.is_present() && absent.trouble().is_none());
    assert_eq!(absent.counts().await, Err(Unavailable("the settings of the hub have no `[mail]`".into())));
}

#[tokio::test]
async fn changes_that_wait_together_are_all_written() {
    let stage = Stage::new();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200 {
        let registry = stage.registry.clone();
        tasks.spawn(async move { registry.import(vec![imported(&format!("a{number}@example.org"))]).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic").expect("written");
    }
    assert_eq!(vault(stage.directory.path()).open().expect("opened").counts().confirmed, 200);
}

/// Every way that an address might have been left lying about.
fn forms(address: &str) -> Vec<Vec<u8>> {
    let texts =
        [address.to_owned(), address.replace('.', ""), "zoe.unmistakable".to_owned(), "zoeunmistakable".to_owned()];
    let written = texts.iter().flat_map(|text| {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        // In base64 the same bytes have three forms, by where they begin.
        let shifted = (0..3).map(|shift| {
            let coded = STANDARD_NO_PAD.encode([&vec![0; shift], text.as_bytes()].concat());
            coded[4..coded.len() - 2].to_owned()
        });
        [text.clone(), hex.to_uppercase(), hex, digits(text.as_bytes())].into_iter().chain(shifted.collect::<Vec<_>>())
    });
    written.map(String::into_bytes).collect()
}

fn check_absent(directory: &Path, forms: &[Vec<u8>]) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            check_absent(&path, forms);
            continue;
        }
        let bytes = fs::read(&path).expect("readable");
        let found = forms.iter().find(|form| bytes.windows(form.len()).any(|window| window == form.as_slice()));
        assert!(found.is_none(), "{} holds {:?}", path.display(), found.map(|form| String::from_utf8_lossy(form)));
    }
}

#[tokio::test]
async fn an_erased_address_is_nowhere_in_the_data_nor_in_the_next_backup() {
    let mut stage = Stage::new();
    let data = stage.directory.path().join("data");
    let store = crate::store::Store::open(&data, crate::store::StoreOptions::default()).expect("a store");
    stage.confirmed("Zoe.Unmistakable@example.org").await;
    assert_eq!(
        stage.registry.ask_to_manage(one("zoe.unmistakable@example.org"), [203, 0, 113, 1].into()).await,
        Ok(Asking::Taken)
    );
    stage.registry.remove(one("zoe.unmistakable@example.org")).await.expect("written").expect("he was there");
    stage.registry.flush().await.expect("written");
    let backup = stage.directory.path().join("backup.tar");
    let point = store.handle.backup().await.expect("a backup");
    crate::backup::pack(point.directory(), point.head(), fs::File::create(&backup).expect("made")).expect("packed");
    // What lies behind the seal is searched too: whoever has the key must not find it either.
    let book = vault(stage.directory.path()).open().expect("opened").to_bytes().expect("written");
    fs::write(stage.directory.path().join("book.json"), book).expect("written");
    let all = ["Zoe.Unmistakable@example.org", "zoe.unmistakable@example.org"];
    check_absent(stage.directory.path(), &all.iter().flat_map(|address| forms(address)).collect::<Vec<_>>());
    let packed = fs::read(&backup).expect("there");
    assert!(packed.windows(18).any(|name| name == b"subscribers.sealed"), "the subscribers are in the backup");
    drop(point);
    store.handle.close(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn the_forms_that_are_searched_for_would_be_found() {
    let directory = tempfile::tempdir().expect("a directory");
    for (number, form) in forms("zoe.unmistakable@example.org").into_iter().enumerate() {
        fs::write(directory.path().join(number.to_string()), [b"x".to_vec(), form].concat()).expect("written");
    }
    let searched = std::panic::catch_unwind(|| check_absent(directory.path(), &forms("zoe.unmistakable@example.org")));
    assert!(searched.is_err());
}

#[tokio::test]
async fn a_book_that_is_put_back_does_not_bring_back_who_left_since() {
    let mut stage = Stage::new();
    let mut tokens = Vec::new();
    for address in ["amel@example.org", "bo@example.net", "camille@example.com", "dominique@example.fr"] {
        tokens.push(stage.confirmed(address).await);
    }
    let sealed = stage.directory.path().join("data").join(crate::subscriber::SEALED);
    let backup = fs::read(&sealed).expect("read");
    stage.registry.remove(one("amel@example.org")).await.expect("written");
    stage.registry.refuse(&tokens[1]).await.expect("written");
    stage.registry.remove(one("camille@example.com")).await.expect("written");
    // The limits are those of a new process: nobody is written to twice within minutes.
    (stage.registry, stage.letters) = started(stage.directory.path(), 8);
    stage.confirmed("camille@example.com").await;
    fs::write(&sealed, backup).expect("put back");
    let (again, _letters) = started(stage.directory.path(), 8);
    let mut there: Vec<_> = again.list().await.expect("read").into_iter().map(|one| one.address).collect();
    there.sort_by_key(|address| address.as_str().to_owned());
    assert_eq!(there, [one("camille@example.com"), one("dominique@example.fr")], "who came back is there");
    let left = fs::read_to_string(stage.directory.path().join("data").join(crate::subscriber::DEPARTED)).expect("read");
    assert!(!left.contains("amel") && !left.contains("example"), "it says nothing of anybody: {left}");
    again.import(vec![imported("amel@example.org")]).await.expect("written");
    assert_eq!(again.list().await.expect("read").len(), 2, "no operator's list brings her back");
}
