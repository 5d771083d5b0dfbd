//! Random lives of a book: whatever is done in whatever order, it stays sound and says nothing of who is in it.

use proptest::{collection::vec, prelude::*};

use super::*;

/// Something that is done with one of four addresses.
#[derive(Debug, Clone)]
enum Deed {
    Ask(usize),
    Confirm(usize),
    Refuse(usize),
    Manage(usize),
    Leave(usize),
    Unsubscribe(usize),
    Bounce(usize, Bounce),
    Remove(usize),
    Import(usize),
    Wait(u64),
}

const ADDRESSES: [&str; 4] = ["amel@example.org", "bo@example.org", "amel+x@example.org", "cy@gmail.com"];

fn deed() -> impl Strategy<Value = Deed> {
    let who = 0..ADDRESSES.len();
    prop_oneof![
        4 => who.clone().prop_map(Deed::Ask),
        4 => who.clone().prop_map(Deed::Confirm),
        1 => who.clone().prop_map(Deed::Refuse),
        1 => who.clone().prop_map(Deed::Manage),
        1 => who.clone().prop_map(Deed::Leave),
        1 => who.clone().prop_map(Deed::Unsubscribe),
        1 => (who.clone(), prop_oneof![Just(Bounce::NoMailbox), Just(Bounce::Hard), Just(Bounce::Soft), Just(Bounce::Complaint)])
            .prop_map(|(who, bounce)| Deed::Bounce(who, bounce)),
        1 => who.clone().prop_map(Deed::Remove),
        1 => who.prop_map(Deed::Import),
        3 => (0..200_u64).prop_map(Deed::Wait),
    ]
}

/// The last letters and ids of each address.
#[derive(Default)]
struct Letters {
    yes: [Option<Token>; 4],
    never: [Option<Token>; 4],
    page: [Option<Token>; 4],
    ids: [Option<SubscriberId>; 4],
}

fn live(desk: &mut Desk, letters: &mut Letters, deed: &Deed, now: &mut Timestamp) {
    let address = |who: usize| -> MailAddress { ADDRESSES[who].parse().expect("an address") };
    match *deed {
        Deed::Ask(who) | Deed::Manage(who) => match desk.ask(ADDRESSES[who], Scope::default(), *now) {
            Some(Wanted::Confirm { token, refuse, .. }) => {
                (letters.yes[who], letters.never[who]) = (Some(token), Some(refuse));
            }
            Some(Wanted::Manage { token, .. }) => letters.page[who] = Some(token),
            None => {}
        },
        Deed::Confirm(who) => {
            let done = letters.yes[who].take().and_then(|token| desk.roll.confirm(&token, *now));
            letters.ids[who] = done.map(|profile| profile.id).or(letters.ids[who]);
        }
        Deed::Refuse(who) => drop(letters.never[who].take().map(|token| desk.roll.refuse(&token))),
        Deed::Leave(who) => drop(letters.page[who].take().map(|token| desk.roll.leave(&token, *now))),
        Deed::Unsubscribe(who) => {
            let link = letters.ids[who].map(|id| Keys::of(&KEY).unsubscribe(id));
            link.map(|link| desk.roll.leave(&link, *now));
        }
        Deed::Bounce(who, bounce) => drop(letters.ids[who].map(|id| desk.roll.bounced(id, bounce, *now))),
        Deed::Remove(who) => drop(desk.roll.remove(&address(who))),
        Deed::Import(who) => drop(desk.import(ADDRESSES[who])),
        Deed::Wait(hours) => {
            *now = now.plus(HOUR * u32::try_from(hours).expect("few"));
            desk.roll.purge(*now);
        }
    }
}

/// The indexes say what the entries say, and nothing lies in the file that is not in the book.
fn check_sound(roll: &Roll) {
    assert_eq!(roll.by_address.len(), roll.entries.len());
    for (id, entry) in &roll.entries {
        assert_eq!(roll.by_address.get(&entry.address.key()), Some(id));
        assert!(!roll.refused.contains(&roll.keys.mailbox(&entry.address)), "he said never again");
        assert!(tokens(entry).all(|token| roll.by_token.get(&token) == Some(id)));
        assert_eq!(entry.is_confirmed(), roll.recipient(*id).is_some());
    }
    assert_eq!(roll.by_token.len(), roll.entries.values().flat_map(tokens).count());
    let book = String::from_utf8(roll.to_bytes().expect("written")).expect("JSON");
    for address in ADDRESSES {
        let known = roll.entries.values().any(|entry| entry.address.as_str() == address);
        assert_eq!(book.contains(&format!("\"{address}\"")), known, "{address}");
    }
    let read = Roll::from_bytes(roll.keys.clone(), book.as_bytes()).expect("read");
    assert_eq!((read.by_address, read.by_token), (roll.by_address.clone(), roll.by_token.clone()));
}

proptest! {
    #[test]
    fn a_book_stays_sound_whatever_is_done(deeds in vec(deed(), 0..60)) {
        let (mut desk, mut letters, mut now) = (Desk::new(), Letters::default(), noon());
        for deed in deeds {
            live(&mut desk, &mut letters, &deed, &mut now);
            check_sound(&desk.roll);
        }
    }

    #[test]
    fn a_token_that_was_not_mailed_opens_nothing(deeds in vec(deed(), 0..30), bits: [u8; 16], mac: [u8; 16]) {
        let (mut desk, mut letters, mut now) = (Desk::new(), Letters::default(), noon());
        deeds.iter().for_each(|deed| live(&mut desk, &mut letters, deed, &mut now));
        let before = desk.roll.to_bytes().expect("written");
        for token in [Token::drawn(bits), Token::signed(&bits, &mac)] {
            prop_assert_eq!(desk.roll.open(&token, now), None);
            prop_assert!(desk.roll.confirm(&token, now).is_none() && desk.roll.refuse(&token).is_none());
            prop_assert!(desk.roll.leave(&token, now).is_none());
        }
        prop_assert_eq!(desk.roll.to_bytes().expect("written"), before);
    }
}
