//! What the book does, and that it says nothing to who only knows an address.

mod random;

use std::net::Ipv4Addr;

use super::*;
use crate::subscriber::{Bounced, Opened, Pass};

pub(super) const KEY: [u8; 32] = [7; 32];

pub(super) fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a time")
}

pub(super) fn after(duration: Duration) -> Timestamp {
    noon().plus(duration)
}

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// A book, and random bits that count upwards.
pub(super) struct Desk {
    pub(super) roll: Roll,
    drawn: u128,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { roll: Roll::new(Keys::of(&KEY)), drawn: 0 }
    }

    pub(super) fn ask(&mut self, address: &str, scope: Scope, now: Timestamp) -> Option<Wanted> {
        let drawn = &mut self.drawn;
        let mut draw = || {
            *drawn += 1;
            drawn.to_be_bytes()
        };
        self.roll.ask(&asked(address, scope), Moment { now, draw: &mut draw })
    }

    /// Asks, and gives the tokens for yes and for never again.
    fn question(&mut self, address: &str, now: Timestamp) -> (Token, Token) {
        match self.ask(address, Scope::default(), now) {
            Some(Wanted::Confirm { token, refuse, .. }) => (token, refuse),
            other => panic!("a question goes out, not {other:?}"),
        }
    }

    fn ticket(&mut self, address: &str, now: Timestamp) -> Token {
        match self.ask(address, Scope::default(), now) {
            Some(Wanted::Manage { token, .. }) => token,
            other => panic!("the way to the page goes out, not {other:?}"),
        }
    }

    pub(super) fn subscriber(&mut self, address: &str, scope: Scope) -> SubscriberId {
        let Some(Wanted::Confirm { token, .. }) = self.ask(address, scope, noon()) else { panic!("a question") };
        self.roll.confirm(&token, noon()).expect("a yes").id
    }

    fn import(&mut self, address: &str) -> Importing {
        let one = Imported {
            address: address.parse().expect("an address"),
            scope: Scope::default(),
            language: Language::Fr,
            mailbox: Mailbox::Personal,
        };
        self.drawn += 1;
        let bits = self.drawn.to_be_bytes();
        self.roll.import(one, Moment { now: noon(), draw: &mut || bits })
    }
}

pub(super) fn asked(address: &str, scope: Scope) -> Asked {
    Asked {
        address: address.parse().expect("an address"),
        scope,
        language: Language::Fr,
        mailbox: Mailbox::Personal,
        network: Ipv4Addr::LOCALHOST.into(),
    }
}

pub(super) fn only(component: &str) -> Scope {
    Scope { components: [component.parse().expect("an id")].into(), ..Scope::default() }
}

#[test]
fn a_yes_counts_once_within_a_day_and_only_to_the_last_question() {
    let mut desk = Desk::new();
    let (first, _) = desk.question("amel@example.org", noon());
    let (second, _) = desk.question("Amel@example.org", noon());
    assert_eq!(desk.roll.confirm(&first, noon()), None, "a newer question voids it");
    assert!(matches!(desk.roll.open(&second, noon()), Some(Opened::Confirm { .. })));
    assert_eq!(desk.roll.counts().confirmed, 0, "looking changes nothing");
    assert_eq!(desk.roll.confirm(&second, after(DAY)), None, "a day later it is too late");
    let (third, _) = desk.question("amel@example.org", after(DAY));
    assert!(desk.roll.confirm(&third, after(DAY + HOUR)).is_some());
    assert_eq!(desk.roll.confirm(&third, after(DAY + HOUR)), None, "once is enough");
    assert_eq!(desk.roll.open(&third, after(DAY + HOUR)), None);
    assert_eq!(desk.roll.counts(), Counts { confirmed: 1, ..Counts::default() });
}

#[test]
fn a_subscriber_who_asks_again_gets_the_way_to_his_page_for_half_an_hour() {
    let mut desk = Desk::new();
    desk.subscriber("amel@example.org", only("cloud"));
    let old = desk.ticket("amel@example.org", noon());
    let ticket = desk.ticket("amel@example.org", noon());
    assert_eq!(desk.roll.open(&old, noon()), None, "a newer one voids it");
    let late = after(MANAGE);
    assert_eq!(desk.roll.change(&ticket, (Scope::default(), Language::En, Mailbox::Shared), late), None);
    let changed = desk.roll.change(&ticket, (only("chat"), Language::En, Mailbox::Shared), noon()).expect("open");
    assert_eq!((changed.scope, changed.language, changed.mailbox), (only("chat"), Language::En, Mailbox::Shared));
    assert_eq!(desk.roll.export(&ticket, noon()).map(|profile| profile.scope), Some(only("chat")));
    assert_eq!(desk.roll.leave(&ticket, noon()), Some(Left::Now));
    assert_eq!(desk.roll.export(&ticket, noon()), None);
    assert_eq!(desk.roll.counts(), Counts::default());
}

#[test]
fn the_link_of_a_mail_lets_its_reader_leave_for_ever_and_again() {
    let mut desk = Desk::new();
    let id = desk.subscriber("amel@example.org", Scope::default());
    let link = desk.roll.recipient(id).expect("he is written to").unsubscribe;
    assert!(matches!(desk.roll.open(&link, noon()), Some(Opened::Unsubscribe { language: Some(_), .. })));
    assert_eq!(desk.roll.leave(&link, after(DAY * 4_000)), Some(Left::Now));
    assert_eq!(desk.roll.leave(&link, after(DAY * 4_001)), Some(Left::Before));
    assert_eq!(desk.roll.open(&link, noon()), Some(Opened::Unsubscribe { language: None, mailbox: None }));
    assert_eq!(desk.roll.confirm(&link, noon()), None, "it says no yes");
    assert_eq!(desk.import("amel@example.org"), Importing::Unwanted);
}

#[test]
fn who_says_never_again_gets_no_letter_under_any_of_his_names() {
    let mut desk = Desk::new();
    let (yes, never) = desk.question("amel@gmail.com", noon());
    desk.question("a.mel+x@gmail.com", noon());
    assert_eq!(desk.roll.open(&never, noon()), Some(Opened::Refuse));
    assert_eq!(desk.roll.refuse(&never), Some(Left::Now));
    assert_eq!(desk.roll.refuse(&never), Some(Left::Before));
    assert_eq!(desk.roll.counts(), Counts { refused: 1, ..Counts::default() }, "nothing else is known of him");
    assert_eq!(desk.roll.confirm(&yes, noon()), None);
    for address in ["amel@gmail.com", "am.el+y@googlemail.com"] {
        assert_eq!(desk.ask(address, Scope::default(), noon()), None);
    }
    assert_eq!(desk.import("amel@gmail.com"), Importing::Unwanted);
    assert_eq!(desk.roll.refuse(&yes), None);
}

#[test]
fn mails_that_come_back_stop_more_of_them_until_a_new_yes() {
    let check = |bounces: &[(u64, Bounce)], expected: Bounced| {
        let mut desk = Desk::new();
        let id = desk.subscriber("amel@example.org", Scope::default());
        let last = bounces.iter().map(|(hours, bounce)| desk.roll.bounced(id, *bounce, after(HOUR * *hours as u32)));
        assert_eq!(last.last(), Some(expected), "{bounces:?}");
        assert_eq!(desk.roll.recipient(id).is_some(), expected == Bounced::Counted, "{bounces:?}");
    };
    check(&[(0, Bounce::NoMailbox)], Bounced::Quarantined);
    check(&[(0, Bounce::Hard), (1, Bounce::Hard)], Bounced::Counted);
    check(&[(0, Bounce::Hard), (1, Bounce::Hard), (2, Bounce::Hard)], Bounced::Quarantined);
    check(&[(0, Bounce::Hard), (1, Bounce::Hard), (168, Bounce::Hard)], Bounced::Counted);
    let soft = |hours: &[u64]| -> Vec<_> { hours.iter().map(|hour| (*hour, Bounce::Soft)).collect() };
    check(&soft(&[0, 1, 2, 3, 4, 5, 6]), Bounced::Counted);
    check(&soft(&[0, 24, 48, 72]), Bounced::Counted);
    check(&soft(&[0, 24, 48, 72, 719]), Bounced::Quarantined);
    check(&soft(&[0, 24, 48, 72, 720]), Bounced::Counted);
    check(&[&soft(&[0, 24, 48, 72])[..], &[(73, Bounce::Hard), (74, Bounce::Hard)]].concat(), Bounced::Counted);
    check(&[(0, Bounce::Complaint)], Bounced::Left);
    check(&[(0, Bounce::Complaint), (1, Bounce::Complaint)], Bounced::Unknown);
}

#[test]
fn a_quarantined_subscriber_comes_back_by_a_new_yes_or_is_forgotten_after_ninety_days() {
    let mut desk = Desk::new();
    let id = desk.subscriber("amel@example.org", Scope::default());
    desk.roll.bounced(id, Bounce::NoMailbox, noon());
    let (yes, _) = desk.question("amel@example.org", after(DAY));
    assert_eq!(desk.roll.counts().quarantined, 1, "asking alone revives nobody");
    assert_eq!(desk.roll.confirm(&yes, after(DAY)).map(|profile| (profile.id, profile.bounces)), Some((id, vec![])));
    desk.roll.bounced(id, Bounce::NoMailbox, after(DAY));
    desk.roll.purge(after(DAY * 91 - HOUR));
    assert_eq!(desk.roll.counts().quarantined, 1);
    assert!(desk.roll.purge(after(DAY * 91)));
    assert_eq!(desk.roll.counts(), Counts { came_back: 2, ..Counts::default() });
}

#[test]
fn who_never_answers_is_forgotten_after_seven_days() {
    let mut desk = Desk::new();
    desk.question("amel@example.org", noon());
    desk.question("amel@example.org", after(DAY));
    desk.roll.purge(after(DAY * 8 - HOUR));
    assert_eq!(desk.roll.counts().asked, 1);
    desk.roll.purge(after(DAY * 8));
    assert_eq!(desk.roll.counts(), Counts::default());
    assert!(desk.roll.by_address.is_empty() && desk.roll.by_token.is_empty());
}

#[test]
fn an_operators_list_brings_back_nobody_who_left() {
    let mut desk = Desk::new();
    assert!(matches!(desk.import("amel@example.org"), Importing::Added(_)));
    assert!(matches!(desk.import("AMEL@example.org"), Importing::Present(_)));
    let (yes, _) = desk.question("bo@example.org", noon());
    assert!(matches!(desk.import("bo@example.org"), Importing::Added(_)), "he need not answer any more");
    assert_eq!(desk.roll.confirm(&yes, noon()), None);
    assert!(desk.roll.remove(&"amel@example.org".parse().expect("an address")).is_some());
    assert_eq!(desk.import("amel@example.org"), Importing::Unwanted);
    desk.subscriber("amel@example.org", Scope::default());
    assert!(matches!(desk.import("amel@example.org"), Importing::Present(_)), "he said yes himself");
}

#[test]
fn those_who_chose_come_first_and_each_comes_once() {
    let mut desk = Desk::new();
    let own: BTreeSet<_> = (0..5).map(|n| desk.subscriber(&format!("own{n}@example.org"), only("cloud"))).collect();
    let page: BTreeSet<_> = (0..5).map(|n| desk.subscriber(&format!("all{n}@example.org"), Scope::default())).collect();
    let group = Scope { groups: ["Tools".to_owned()].into(), ..Scope::default() };
    let tools = desk.subscriber("tools@example.org", group);
    desk.subscriber("chat@example.org", only("chat"));
    desk.question("asked@example.org", noon());
    let search = |pass, after, confirmed_before| Search {
        pass,
        after,
        touched: only("cloud").components,
        groups: ["Tools".to_owned()].into(),
        confirmed_before,
        limit: 2,
    };
    let walk = |pass| {
        let (mut met, mut last) = (Vec::new(), None);
        loop {
            let next = desk.roll.recipients(&search(pass, last, noon()));
            let Some(end) = next.last() else { return met };
            last = Some(end.id);
            met.extend(next.into_iter().map(|recipient| recipient.id));
        }
    };
    assert_eq!(
        walk(Pass::Own),
        own.into_iter().chain([tools]).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
    assert_eq!(walk(Pass::Page), page.into_iter().collect::<Vec<_>>());
    let before = noon().minus(Duration::from_millis(1));
    assert!(desk.roll.recipients(&search(Pass::Page, None, before)).is_empty(), "they came later");
}

/// The keys of a JSON document.
fn keys(document: &serde_json::Value) -> BTreeSet<String> {
    document.as_object().expect("a table").keys().cloned().collect()
}

#[test]
fn everything_that_is_kept_of_somebody_is_in_what_he_takes_along_but_for_hashes_of_tokens() {
    let mut desk = Desk::new();
    let id = desk.subscriber("amel@example.org", only("cloud"));
    let ticket = desk.ticket("amel@example.org", noon());
    desk.roll.mailed(&[(id, noon())]);
    desk.roll.bounced(id, Bounce::NoMailbox, noon());
    desk.question("amel@example.org", noon());
    let book: serde_json::Value = serde_json::from_slice(&desk.roll.to_bytes().expect("written")).expect("JSON");
    let kept = &book["subscribers"][0];
    let taken = serde_json::to_value(desk.roll.export(&ticket, noon()).expect("it opens")).expect("JSON");
    let renamed = |key: String| match key.as_str() {
        "wish" => "pending".to_owned(),
        "ticket" => "page_until".to_owned(),
        "at" => "asked_at".to_owned(),
        _ => key,
    };
    let without_token = |key: &String| key != "token";
    assert_eq!(keys(&taken), keys(kept).into_iter().map(renamed).collect());
    assert_eq!(keys(&taken["pending"]), keys(&kept["wish"]).into_iter().filter(without_token).map(renamed).collect());
    assert_eq!(keys(&kept["ticket"]), ["token", "until"].map(str::to_owned).into());
    assert_eq!(
        (&taken["address"], &taken["recent"], &taken["bounces"]),
        (&kept["address"], &kept["recent"], &kept["bounces"])
    );
}

#[test]
fn the_same_is_drawn_for_every_address_whatever_is_known_of_it() {
    let mut desk = Desk::new();
    desk.subscriber("known@example.org", Scope::default());
    let id = desk.subscriber("quarantined@example.org", Scope::default());
    desk.roll.bounced(id, Bounce::NoMailbox, noon());
    desk.question("asked@example.org", noon());
    let (_, never) = desk.question("never@example.org", noon());
    desk.roll.refuse(&never);
    for address in ["known@", "quarantined@", "asked@", "never@", "stranger@"].map(|name| format!("{name}example.org"))
    {
        let mut drawn = 0;
        let mut draw = || {
            drawn += 1;
            [drawn; 16]
        };
        desk.roll.ask(&asked(&address, Scope::default()), Moment { now: noon(), draw: &mut draw });
        desk.roll.ask_to_manage(&address.parse().expect("an address"), Moment { now: noon(), draw: &mut draw });
        assert_eq!(drawn, 4, "{address}");
    }
}

#[test]
fn a_return_path_leads_to_its_subscriber() {
    let mut desk = Desk::new();
    let id = desk.subscriber("amel@example.org", Scope::default());
    let path = desk.roll.recipient(id).expect("he is written to").bounce;
    assert_eq!(desk.roll.returned(&path), Some(id));
    assert_eq!(desk.roll.returned("b+a.b"), None);
}

#[test]
fn the_mails_of_a_day_are_remembered() {
    let mut desk = Desk::new();
    let id = desk.subscriber("amel@example.org", Scope::default());
    desk.roll.mailed(&[(id, noon()), (id, after(HOUR)), (SubscriberId::of([9; 16]), noon())]);
    assert_eq!(desk.roll.recipient(id).expect("he").recent, [noon(), after(HOUR)]);
    desk.roll.mailed(&[(id, after(DAY))]);
    assert_eq!(desk.roll.recipient(id).expect("he").recent, [after(HOUR), after(DAY)]);
}

#[test]
fn the_book_reads_back_as_it_was_written() {
    let mut desk = Desk::new();
    let id = desk.subscriber("amel@example.org", only("cloud"));
    let ticket = desk.ticket("amel@example.org", noon());
    let (yes, never) = desk.question("bo@example.org", noon());
    desk.question("cy@example.org", noon());
    let (_, other) = desk.question("di@example.org", noon());
    desk.roll.refuse(&other);
    desk.roll.bounced(id, Bounce::Soft, noon());
    let bytes = desk.roll.to_bytes().expect("written");
    let mut read = Roll::from_bytes(Keys::of(&KEY), &bytes).expect("read");
    assert_eq!(read.to_bytes().expect("written"), bytes);
    // Of mails that came back only this process knows.
    let counts = Counts { came_back: 0, ..desk.roll.counts() };
    assert_eq!((read.list(), read.counts()), (desk.roll.list(), counts));
    assert!(read.export(&ticket, noon()).is_some() && read.confirm(&yes, noon()).is_some());
    assert_eq!(read.refuse(&never), Some(Left::Now));
    assert_eq!(
        read.ask(&asked("di@example.org", Scope::default()), Moment { now: noon(), draw: &mut || [1; 16] }),
        None
    );
}

#[test]
fn tokens_lie_in_the_book_as_hashes_only() {
    let mut desk = Desk::new();
    let (yes, never) = desk.question("amel@example.org", noon());
    desk.subscriber("bo@example.org", Scope::default());
    let ticket = desk.ticket("bo@example.org", noon());
    let book = String::from_utf8(desk.roll.to_bytes().expect("written")).expect("JSON");
    for token in [yes, never, ticket] {
        assert!(!book.contains(token.as_str()) && !book.contains(&token.as_str()[..26]));
    }
}
