//! The messages about mail to subscribers: the form, the pages behind the links of letters, and the notice about data.
//!
//! It does not know the words; they are in `locales/*.subscribe.ftl`. What letters say has a table of its own.

use fluent_bundle::FluentValue;

use crate::words::Words;

messages! {
    /// In English: “Be told by mail”.
    subscribe() = "subscribe";
    /// In English: “One mail when a service of `site` fails, when there is news, when it works again, and …”.
    subscribe_about(site) = "subscribe-about";
    /// In English: “A mail when an outage begins, spreads, when operators say more, and when it is over; and …”.
    subscribe_lead() = "subscribe-lead";
    /// In English: “Subscribed already? Type the address: a message brings a link to change the subscription …”.
    subscribe_already() = "subscribe-already";
    /// In English: “Mail address”.
    subscribe_email() = "subscribe-email";
    /// In English: “Like name@example.org. We write to it once, and not again until you confirm”.
    subscribe_email_hint() = "subscribe-email-hint";
    /// In English: “Which services”.
    subscribe_what() = "subscribe-what";
    /// In English: “Tick what you use. Nothing ticked means all services, also those to come”.
    subscribe_what_hint() = "subscribe-what-hint";
    /// In English: “The whole group `name`”.
    subscribe_group(name) = "subscribe-group";
    /// In English: “Language of the mails”.
    subscribe_language() = "subscribe-language";
    /// In English: “Several people read this mailbox”.
    subscribe_shared() = "subscribe-shared";
    /// In English: “Then leaving takes one more click, so that nobody ends it for all by accident”.
    subscribe_shared_hint() = "subscribe-shared-hint";
    /// In English: “Leave this field empty”.
    subscribe_trap() = "subscribe-trap";
    /// In English: “Send me the link to confirm”.
    subscribe_send() = "subscribe-send";
    /// In English: “Now look into your mailbox”.
    subscribe_sent() = "subscribe-sent";
    /// In English: “If the address is right, a message is on its way. It holds a link to confirm; if the …”.
    subscribe_sent_text() = "subscribe-sent-text";
    /// In English: “Nothing after ten minutes? Look among the unwanted mail, then try again”.
    subscribe_sent_wait() = "subscribe-sent-wait";
    /// In English: “This is no mail address. Write it like name@example.org”.
    subscribe_not_address() = "subscribe-not-address";
    /// In English: “Addresses with quotation marks are not taken. Write it like name@example.org”.
    subscribe_quoted() = "subscribe-quoted";
    /// In English: “Before the @, only letters without accents, digits and a few signs can be delivered …”.
    subscribe_foreign_letters() = "subscribe-foreign-letters";
    /// In English: “This is longer than any mail address. Check what was typed”.
    subscribe_too_long() = "subscribe-too-long";
    /// In English: “Nobody should be subscribed by such an address: it belongs to a machine or to those who …”.
    subscribe_role() = "subscribe-role";
    /// In English: “This address is ours: mail about an outage must not go through what may be out. Take one elsewhere”.
    subscribe_own_domain() = "subscribe-own-domain";
    /// In English: “What follows the @ is no name of a mail server. Check it for a slip”.
    subscribe_domain() = "subscribe-domain";
    /// In English: “A service that was chosen is not there any more. Look at the choice below and send it again”.
    subscribe_no_service() = "subscribe-no-service";
    /// In English: “That was very fast, as robots are. Nothing is wrong: send it once more”.
    subscribe_hasty() = "subscribe-hasty";
    /// In English: “This form was open for long, or this page was restarted meanwhile. Nothing is lost: send …”.
    subscribe_stale() = "subscribe-stale";
    /// In English: “Many requests came from your network. Try again in `span`”.
    subscribe_wait(span) = "subscribe-wait";
    /// In English: “Very many people ask right now, so the form is closed for a while: it must not become a …”.
    subscribe_closed(span) = "subscribe-closed";
    /// In English: “Subscriptions cannot be taken or changed right now; the fault is ours, and operators …”.
    subscribe_unavailable() = "subscribe-unavailable";
    /// In English: “What was sent is no form of ours, or larger than any. Nothing was changed: open the …”.
    subscribe_unreadable() = "subscribe-unreadable";
    /// In English: “No mail is sent from here”.
    subscribe_none() = "subscribe-none";
    /// In English: “`site` does not offer notices by mail. These tell the same, without any address or account:”.
    subscribe_none_text(site) = "subscribe-none-text";
    /// In English: “Feed (`format`)”.
    subscribe_feed(format) = "subscribe-feed";
    /// In English: “Maintenance as a calendar”.
    subscribe_calendar() = "subscribe-calendar";
    /// In English: “Your data”.
    privacy() = "privacy";
    /// In English: “Who answers for them”.
    privacy_controller() = "privacy-controller";
    /// In English: “What for”.
    privacy_purpose() = "privacy-purpose";
    /// In English: “To tell you by mail of outages and maintenance, because you ask for it: your consent …”.
    privacy_purpose_text() = "privacy-purpose-text";
    /// In English: “What is kept”.
    privacy_kept() = "privacy-kept";
    /// In English: “The address (encrypted), the language, what you chose, when you asked and confirmed and …”.
    privacy_kept_text() = "privacy-kept-text";
    /// In English: “For how long”.
    privacy_long() = "privacy-long";
    /// In English: “A request that is not confirmed: 7 days. A subscription: until you leave; then it is …”.
    privacy_long_text() = "privacy-long-text";
    /// In English: “Who gets them”.
    privacy_who() = "privacy-who";
    /// In English: “Nobody but those who run this service and the mail servers that deliver”.
    privacy_who_text() = "privacy-who-text";
    /// In English: “Your rights”.
    privacy_rights() = "privacy-rights";
    /// In English: “To see, correct, take with you and erase what is kept: the form above mails you a link to …”.
    privacy_rights_text(address) = "privacy-rights-text";
    /// In English: “all services”.
    subscription_all() = "subscription-all";
    /// In English: “the group `name`”.
    subscription_group(name) = "subscription-group";
    /// In English: “Subscription: `scope`”.
    subscription_is(scope) = "subscription-is";
    /// In English: “One click is missing”.
    subscription_confirm() = "subscription-confirm";
    /// In English: “Confirm that `address` is to be told by mail of outages and maintenance”.
    subscription_confirm_text(address) = "subscription-confirm-text";
    /// In English: “Subscribe”.
    subscription_confirm_do() = "subscription-confirm-do";
    /// In English: “This was not you? Then do nothing: the request is forgotten by itself. The other link in …”.
    subscription_not_me() = "subscription-not-me";
    /// In English: “You are subscribed”.
    subscription_confirmed() = "subscription-confirmed";
    /// In English: “From now on you are told by mail. Each mail holds a link to leave; the form mails you one …”.
    subscription_confirmed_text() = "subscription-confirmed-text";
    /// In English: “This was not you?”.
    subscription_refuse() = "subscription-refuse";
    /// In English: “Then have us never write to this address again, whoever asks. A subscription that it has ends too”.
    subscription_refuse_text() = "subscription-refuse-text";
    /// In English: “Never write to me again”.
    subscription_refuse_do() = "subscription-refuse-do";
    /// In English: “We will not write again”.
    subscription_refused() = "subscription-refused";
    /// In English: “The address is erased. Only a fingerprint of it is kept, so that nobody can subscribe it”.
    subscription_refused_text() = "subscription-refused-text";
    /// In English: “Your subscription”.
    subscription_manage() = "subscription-manage";
    /// In English: “Confirmed `when`”.
    subscription_since(when) = "subscription-since";
    /// In English: “Your mail server refused our mails, so none are sent at the moment. To begin again, …”.
    subscription_quarantined() = "subscription-quarantined";
    /// In English: “Save”.
    subscription_save() = "subscription-save";
    /// In English: “It is changed”.
    subscription_saved() = "subscription-saved";
    /// In English: “Take it with you”.
    subscription_export() = "subscription-export";
    /// In English: “All that is kept of this address, as a file (JSON)”.
    subscription_export_text() = "subscription-export-text";
    /// In English: “Download my data”.
    subscription_export_do() = "subscription-export-do";
    /// In English: “Leave”.
    subscription_leave() = "subscription-leave";
    /// In English: “The mails end at once, and the address is erased”.
    subscription_leave_text() = "subscription-leave-text";
    /// In English: “Several people read this mailbox: the mails end for all of them”.
    subscription_leave_shared() = "subscription-leave-shared";
    /// In English: “Stop these mails”.
    subscription_leave_do() = "subscription-leave-do";
    /// In English: “You are not subscribed any more”.
    subscription_left() = "subscription-left";
    /// In English: “No further mail comes; one that was on its way may still arrive. The address is erased. …”.
    subscription_left_text() = "subscription-left-text";
    /// In English: “This link does not work”.
    subscription_gone() = "subscription-gone";
    /// In English: “It was used already, it is too old, or a newer one took its place: a link to confirm …”.
    subscription_gone_text() = "subscription-gone-text";
    /// In English: “Get a new link”.
    subscription_new() = "subscription-new";
}
