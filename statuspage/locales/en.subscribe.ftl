### Mail to subscribers: the form, what letters lead to, and what is done with the data.

## Asking for it

subscribe = Be told by mail
subscribe-about = One mail when a service of { $site } fails, when there is news, when it works again, and before maintenance.
subscribe-lead = A mail when an outage begins, spreads, when operators say more, and when it is over; and one before, at the beginning and at the end of planned maintenance. Nothing else.
subscribe-already = Subscribed already? Type the address: a message brings a link to change the subscription or to end it.
subscribe-email = Mail address
subscribe-email-hint = Like name@example.org. We write to it once, and not again until you confirm.
subscribe-what = Which services
subscribe-what-hint = Tick what you use. Nothing ticked means all services, also those to come.
subscribe-group = The whole group { $name }
subscribe-language = Language of the mails
subscribe-shared = Several people read this mailbox
subscribe-shared-hint = Then leaving takes one more click, so that nobody ends it for all by accident.
subscribe-trap = Leave this field empty
subscribe-send = Send me the link to confirm
subscribe-sent = Now look into your mailbox
subscribe-sent-text = If the address is right, a message is on its way. It holds a link to confirm; if the address is subscribed already, a link to change or end the subscription. Without that link nothing happens.
subscribe-sent-wait = Nothing after ten minutes? Look among the unwanted mail, then try again.

## Why a form was not taken

subscribe-not-address = This is no mail address. Write it like name@example.org.
subscribe-quoted = Addresses with quotation marks are not taken. Write it like name@example.org.
subscribe-foreign-letters = Before the @, only letters without accents, digits and a few signs can be delivered everywhere. Take another address.
subscribe-too-long = This is longer than any mail address. Check what was typed.
subscribe-role = Nobody should be subscribed by such an address: it belongs to a machine or to those who run its mail. Take one that a person reads.
subscribe-own-domain = This address is ours: mail about an outage must not go through what may be out. Take one elsewhere.
subscribe-domain = What follows the @ is no name of a mail server. Check it for a slip.
subscribe-no-service = A service that was chosen is not there any more. Look at the choice below and send it again.
subscribe-hasty = That was very fast, as robots are. Nothing is wrong: send it once more.
subscribe-stale = This form was open for long, or this page was restarted meanwhile. Nothing is lost: send it once more.
subscribe-wait = Many requests came from your network. Try again in { $span }.
subscribe-closed = Very many people ask right now, so the form is closed for a while: it must not become a means to flood mailboxes. Nothing was sent; try again in { $span }.
subscribe-unavailable = Subscriptions cannot be taken or changed right now; the fault is ours, and operators know. Nothing was changed; try again later.
subscribe-unreadable = What was sent is no form of ours, or larger than any. Nothing was changed: open the page again and repeat it.

## Where no mail is sent

subscribe-none = No mail is sent from here
subscribe-none-text = { $site } does not offer notices by mail. These tell the same, without any address or account:
subscribe-feed = Feed ({ $format })
subscribe-calendar = Maintenance as a calendar

## What is done with the data

privacy = Your data
privacy-controller = Who answers for them
privacy-purpose = What for
privacy-purpose-text = To tell you by mail of outages and maintenance, because you ask for it: your consent (GDPR, article 6(1)(a)). Every mail holds a link to take it back.
privacy-kept = What is kept
privacy-kept-text = The address (encrypted), the language, what you chose, when you asked and confirmed and to which version of this text, the times of the latest mails, and refusals by your mail server. No pixel, no tracked link, no cookie: we do not know whether you read a mail. The network that you ask from is counted against abuse, in memory alone.
privacy-long = For how long
privacy-long-text = A request that is not confirmed: 7 days. A subscription: until you leave; then it is erased at once. An address that refuses our mail: 90 days. Who leaves, or asks never to be written to, leaves a fingerprint of the address (a keyed hash): without it we could not keep to it.
privacy-who = Who gets them
privacy-who-text = Nobody but those who run this service and the mail servers that deliver.
privacy-rights = Your rights
privacy-rights-text = To see, correct, take with you and erase what is kept: the form above mails you a link to do it yourself, or write to { $address }. You may complain to the data protection authority: in France the

## Behind the links of letters

subscription-all = all services
subscription-group = the group { $name }
subscription-is = Subscription: { $scope }.
subscription-confirm = One click is missing
subscription-confirm-text = Confirm that { $address } is to be told by mail of outages and maintenance.
subscription-confirm-do = Subscribe
subscription-not-me = This was not you? Then do nothing: the request is forgotten by itself. The other link in the mail keeps us from ever writing again.
subscription-confirmed = You are subscribed
subscription-confirmed-text = From now on you are told by mail. Each mail holds a link to leave; the form mails you one to change what you chose.
subscription-refuse = This was not you?
subscription-refuse-text = Then have us never write to this address again, whoever asks. A subscription that it has ends too.
subscription-refuse-do = Never write to me again
subscription-refused = We will not write again
subscription-refused-text = The address is erased. Only a fingerprint of it is kept, so that nobody can subscribe it.
subscription-manage = Your subscription
subscription-since = Confirmed { $when }.
subscription-quarantined = Your mail server refused our mails, so none are sent at the moment. To begin again, subscribe anew by the form.
subscription-save = Save
subscription-saved = It is changed.
subscription-export = Take it with you
subscription-export-text = All that is kept of this address, as a file (JSON).
subscription-export-do = Download my data
subscription-leave = Leave
subscription-leave-text = The mails end at once, and the address is erased.
subscription-leave-shared = Several people read this mailbox: the mails end for all of them.
subscription-leave-do = Stop these mails
subscription-left = You are not subscribed any more
subscription-left-text = No further mail comes; one that was on its way may still arrive. The address is erased. Only a fingerprint of it is kept, so that no list brings it back.
subscription-gone = This link does not work
subscription-gone-text = If you have just clicked twice, all is done. Otherwise it was used already, it is too old, or a newer one took its place: a link to confirm works once within 24 hours, one to manage for 30 minutes. Type your address into the form, and a message brings a new one.
subscription-new = Get a new link
