//! The limits on a clock that is turned by hand.

use std::net::Ipv4Addr;

use super::*;

fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a time")
}

fn after(seconds: u64) -> Timestamp {
    noon().plus(Duration::from_secs(seconds))
}

/// Each of these lies in a network of its own.
fn network(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(number << 8 | 7).into()
}

fn address(text: &str) -> MailAddress {
    text.parse().expect("an address")
}

#[test]
fn ten_thousand_sign_ups_are_at_most_sixty_letters_an_hour() {
    let mut limits = Limits::default();
    let mut letters: Vec<Timestamp> = Vec::new();
    for number in 0..10_000_u32 {
        let now = noon().plus(Duration::from_millis(u64::from(number) * 1_440));
        let address = address(&format!("a{number}@d{}.example", number % 500));
        if limits.ask(network(number), &address, now) == Allowance::Letter {
            letters.push(now);
        }
    }
    for first in &letters {
        let hour = letters.iter().filter(|at| *at >= first && at.since(*first) < HOUR).count();
        assert!(hour <= ALL.most, "{hour} letters within an hour of {first}");
    }
    assert_eq!(letters.len(), 4 * ALL.most, "four hours of them, each full");
}

#[test]
fn a_network_is_told_that_it_asks_too_often_and_waits_ten_minutes() {
    let mut limits = Limits::default();
    let mut ask = |number: u32, at| limits.ask(network(1), &address(&format!("a{number}@d{number}.example")), at);
    for number in 0..5 {
        assert_eq!(ask(number, after(u64::from(number))), Allowance::Letter);
    }
    assert_eq!(ask(6, after(599)), Allowance::TooMany);
    assert_eq!(ask(7, after(600)), Allowance::Letter);
    assert_eq!(limits.ask(network(2), &address("a@example.org"), after(599)), Allowance::Letter);
}

#[test]
fn a_mailbox_gets_three_letters_a_day_however_it_is_written() {
    let mut limits = Limits::default();
    let ways = ["amel@gmail.com", "a.mel+x@gmail.com", "AMEL+y@googlemail.com", "am.el@gmail.com"];
    let mut ask = |number: usize, at| {
        limits.ask(network(u32::try_from(number).expect("few")), &address(ways[number % 4]), after(at))
    };
    assert_eq!(ask(0, 0), Allowance::Letter);
    assert_eq!(ask(1, 599), Allowance::Silence, "ten minutes lie between two");
    assert_eq!(ask(2, 600), Allowance::Letter);
    assert_eq!(ask(3, 1_200), Allowance::Letter);
    assert_eq!(ask(4, 80_000), Allowance::Silence);
    assert_eq!(ask(5, 86_400), Allowance::Letter);
}

#[test]
fn a_domain_gets_twenty_letters_an_hour() {
    let mut limits = Limits::default();
    let mut ask = |number: u32, at| limits.ask(network(number), &address(&format!("a{number}@example.org")), after(at));
    for number in 0..20 {
        assert_eq!(ask(number, 0), Allowance::Letter);
    }
    assert_eq!(ask(20, 3_599), Allowance::Silence);
    assert_eq!(ask(21, 3_600), Allowance::Letter);
}

#[test]
fn the_form_is_closed_for_everybody_and_opens_again() {
    let mut limits = Limits::default();
    let mut ask = |number: u32, at| limits.ask(network(number), &address(&format!("a@d{number}.example")), after(at));
    for number in 0..60 {
        assert_eq!(ask(number, 0), Allowance::Letter);
    }
    assert_eq!(ask(60, 3_599), Allowance::Closed);
    assert_eq!(ask(61, 3_600), Allowance::Letter);
    assert!(!limits.is_closed(after(3_600)));
}

#[test]
fn operators_hear_once_of_a_closing_that_lasts_until_few_ask() {
    let mut limits = Limits::default();
    assert_eq!(limits.closing(noon()), None);
    let mut closings = Vec::new();
    // One a second for two hours: the form opens for a letter now and then.
    for number in 0..7_200_u32 {
        let now = after(u64::from(number));
        let _ = limits.ask(network(number), &address(&format!("a@d{number}.example")), now);
        closings.extend(limits.closing(now));
    }
    closings.dedup();
    assert_eq!(closings, [Closing { since: after(59), letters: 60 }]);
    assert!(limits.closing(after(7_200)).is_some());
    assert_eq!(limits.closing(after(7_200 + 3_600)), None);
}

#[test]
fn a_clock_that_was_set_back_closes_nothing_for_longer() {
    let mut limits = Limits::default();
    for number in 0..60 {
        let address = address(&format!("a@d{number}.example"));
        assert_eq!(limits.ask(network(number), &address, after(86_400)), Allowance::Letter);
    }
    assert!(limits.is_closed(after(86_400)) && !limits.is_closed(noon()));
}

#[test]
fn memory_is_bounded_whoever_asks() {
    let mut limits = Limits::default();
    for number in 0..20_000 {
        let address = address(&format!("a{number}@d{number}.example"));
        let _ = limits.ask(network(number), &address, after(u64::from(number) * 120));
    }
    assert!(limits.networks.0.len() <= REMEMBERED && limits.mailboxes.0.len() <= REMEMBERED);
    assert!(limits.domains.0.len() <= REMEMBERED && limits.all.len() <= ALL.most);
}
