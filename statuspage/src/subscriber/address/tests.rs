//! Which texts are addresses, and why the others are not.

use proptest::prelude::*;

use super::*;

#[test]
fn an_address_is_kept_in_its_plainest_form() {
    let check = |text: &str, expected: &str| {
        assert_eq!(text.parse::<MailAddress>().as_ref().map(MailAddress::as_str), Ok(expected), "{text}");
    };
    check("amel@example.org", "amel@example.org");
    check("  Amel.B+x@Example.ORG ", "Amel.B+x@example.org");
    check("o'neil_1-2@mail.example.org", "o'neil_1-2@mail.example.org");
    check("amel@bücher.example", "amel@xn--bcher-kva.example");
    check("amel@例え.テスト", "amel@xn--r8jz45g.xn--zckzah");
    check(&format!("{}@example.org", "a".repeat(64)), &format!("{}@example.org", "a".repeat(64)));
}

#[test]
fn what_cannot_be_written_to_is_refused_with_its_reason() {
    use AddressRefusal::{Control, Domain, Empty, LocalPart, NotAscii, NotOneAt, Quoted, Role, TooLong};
    let check = |text: &str, expected| assert_eq!(text.parse::<MailAddress>(), Err(expected), "{text:?}");
    check("", Empty);
    check("   ", Empty);
    check("amel", NotOneAt);
    check("a@b@example.org", NotOneAt);
    check("\"a b\"@example.org", Quoted);
    check("\"a\"@example.org", Quoted);
    check("amel@example.org\r\nBcc: all@example.org", Control);
    check("amel\n@example.org", Control);
    check("amel@example.org\0", Control);
    check("amel@exam\u{85}ple.org", Control);
    check("\tamel@example.org", Control);
    check("é@example.org", NotAscii);
    check("a b@example.org", LocalPart);
    check("<amel@example.org>", LocalPart);
    check("a,b@example.org", LocalPart);
    check("a..b@example.org", LocalPart);
    check(".a@example.org", LocalPart);
    check("a.@example.org", LocalPart);
    check("@example.org", LocalPart);
    check("(c)a@example.org", LocalPart);
    check("amel@", Domain);
    check("amel@localhost", Domain);
    check("amel@192.0.2.1", Domain);
    check("amel@[192.0.2.1]", Domain);
    check("amel@[IPv6:2001:db8::1]", Domain);
    check("amel@example..org", Domain);
    check("amel@example.org.", Domain);
    check("amel@-a.example", Domain);
    check("amel@a_b.example", Domain);
    check("amel@exa%6dple.org", Domain);
    check("amel@example.org>", Domain);
    check("amel@example.org,b", Domain);
    check("amel@a b.example", Domain);
    check(&format!("amel@{}.example", "a".repeat(64)), Domain);
    check(&format!("{}@example.org", "a".repeat(65)), TooLong);
    check(&format!("a@{}example", "abcdefgh.".repeat(28)), TooLong);
    check(&format!("{}@example.org", "a".repeat(10_000)), TooLong);
    check(&format!("a@{}", "é".repeat(10_000)), TooLong);
    check("postmaster@example.org", Role);
    check("Abuse+x@example.org", Role);
    check("NO-REPLY@example.org", Role);
}

#[test]
fn one_mailbox_is_counted_once_however_it_is_written() {
    let check = |text: &str, expected: &str| {
        assert_eq!(text.parse::<MailAddress>().expect("an address").folded(), expected, "{text}");
    };
    check("Amel+x@example.org", "amel@example.org");
    check("a.mel+x+y@googlemail.com", "amel@gmail.com");
    check("a.mel@example.org", "a.mel@example.org");
    check("+x@example.org", "+x@example.org");
}

#[test]
fn the_operators_own_domains_are_refused_with_everything_below() {
    let own = ["example.org".to_owned()];
    let check = |text: &str, expected| {
        assert_eq!(text.parse::<MailAddress>().expect("an address").outside(&own), expected, "{text}");
    };
    check("amel@example.org", Err(AddressRefusal::OwnDomain));
    check("amel@mail.EXAMPLE.org", Err(AddressRefusal::OwnDomain));
    check("amel@notexample.org", Ok(()));
    check("amel@example.org.example", Ok(()));
}

#[test]
fn a_log_does_not_say_whose_address_it_is() {
    let address: MailAddress = "amel@example.org".parse().expect("an address");
    assert_eq!(format!("{address:?}"), "MailAddress(…@example.org)");
    assert_eq!(address.hint(), "a…@example.org");
}

proptest! {
    #[test]
    fn whatever_is_typed_an_address_is_one_line_of_ascii_with_one_at(text in "\\PC*|[a-z\r\n@\". ]{0,40}") {
        if let Ok(address) = text.parse::<MailAddress>() {
            let address = address.as_str();
            prop_assert!(address.is_ascii() && address.len() <= LONGEST);
            prop_assert_eq!(address.matches('@').count(), 1);
            prop_assert!(!address.bytes().any(|byte| byte.is_ascii_control() || b" \"<>,;:()[]\\".contains(&byte)));
            let again = address.parse::<MailAddress>();
            prop_assert_eq!(again.as_ref().map(MailAddress::as_str), Ok(address));
        }
    }
}
