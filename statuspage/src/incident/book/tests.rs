//! The book under failures and orders; no clock but the one in the tests.

mod measured;
mod operated;
mod random;

use shared::{FailureKind, Impact, Stage, Status, Text, Timestamp, Verdict};

use super::*;
use crate::{
    engine::{Onset, Transition},
    incident::{Body, Landmark, Times},
    snapshot::Reason,
};

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
}

pub(super) fn id(text: &str) -> ComponentId {
    text.parse().expect("an id")
}

/// `cloud` and `forum` depend on `proxy`, that on `cluster`; `wiki` and `mail` on nothing.
pub(super) fn landscape() -> Landscape {
    let dependencies = [("cloud", "proxy"), ("forum", "proxy"), ("proxy", "cluster")];
    let components = ["cloud", "forum", "proxy", "cluster", "wiki", "mail", "chat", "git"];
    let landmark = |component: &str| {
        let depends_on = dependencies.iter().filter(|(of, _)| *of == component).map(|(_, on)| id(on)).collect();
        Landmark { name: Text::from(component), group: None, depends_on, formerly: vec![] }
    };
    components.into_iter().map(|component| (id(component), landmark(component))).collect()
}

/// How something fails.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// An HTTP status.
    Answers(u16),
    /// No connection to the last octet of an address.
    Refused(u8),
}

/// A component that went down, and since when it was failing.
pub(super) fn down(component: &str, how: How, (after, since): (i64, i64), detected: i64) -> Transition {
    let (kind, http_status, address) = match how {
        How::Answers(status) => (FailureKind::HttpStatus, Some(status), None),
        How::Refused(octet) => (FailureKind::ConnectRefused, None, Some([192, 0, 2, octet].into())),
    };
    let reason = Reason {
        probe: "http".parse().expect("a name"),
        locations: vec!["lyon".parse().expect("a name")],
        verdict: Verdict::Fail,
        kind,
        detail: "broken".to_owned(),
        http_status,
        since: at(since),
    };
    Transition {
        component: id(component),
        at: at(detected),
        from: Status::Operational,
        from_since: at(0),
        to: Status::MajorOutage,
        reason: Some(reason),
        onset: Some(Onset { after: Some(at(after)), since: at(since), address }),
    }
}

pub(super) fn to(component: &str, status: Status, second: i64) -> Transition {
    let at = at(second);
    Transition {
        component: id(component),
        at,
        from: Status::Unknown,
        from_since: at,
        to: status,
        reason: None,
        onset: None,
    }
}

/// A component that works for most locations; one says that it is down.
pub(super) fn disputed(component: &str, second: i64) -> Transition {
    let failed = down(component, How::Answers(502), (second - 30, second - 2), second);
    Transition { to: Status::DegradedPerformance, ..failed }
}

/// A book, and all news that it had.
pub(super) struct Bench {
    pub(super) book: Book,
    pub(super) news: Vec<News>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let mut book = Book::new(Rules::default());
        assert_eq!(book.arrange(landscape(), at(0)), []);
        Self { book, news: Vec::new() }
    }

    /// It fails from `second` on, seen at once and confirmed two seconds later.
    pub(super) fn down(&mut self, component: &str, how: How, second: i64) {
        self.hear(down(component, how, (second - 30, second), second + 2));
    }

    pub(super) fn up(&mut self, component: &str, second: i64) {
        self.hear(to(component, Status::Operational, second));
    }

    pub(super) fn hear(&mut self, transition: Transition) {
        let now = transition.at;
        self.news.extend(self.book.hear(&[transition], now));
    }

    pub(super) fn tick(&mut self, second: i64) {
        self.news.extend(self.book.tick(at(second)));
    }

    /// All incidents, the oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Incident>> {
        let mut all = self.book.incidents();
        all.reverse();
        all
    }

    pub(super) fn one(&self) -> Arc<Incident> {
        match self.all().as_slice() {
            [one] => Arc::clone(one),
            all => panic!("one incident: {all:#?}"),
        }
    }

    /// The components of each incident.
    pub(super) fn parts(&self) -> Vec<Vec<String>> {
        self.all().iter().map(|incident| incident.components.keys().map(ToString::to_string).collect()).collect()
    }

    /// What its updates say.
    pub(super) fn said(&self) -> Vec<&'static str> {
        let word = |body: &Body| match body {
            Body::Opened => "opened",
            Body::Persists { .. } => "persists",
            Body::Grown { .. } => "grown",
            Body::Recovered => "recovered",
            Body::Relapsed => "relapsed",
            Body::Settled => "settled",
            Body::Written(_) => "written",
        };
        self.one().updates.iter().map(|update| word(&update.body)).collect()
    }

    /// What was worth a message.
    pub(super) fn told(&self) -> Vec<&'static str> {
        let word = |news: &News| match news {
            News::Opened(_) => "opened",
            News::Grown(_) => "grown",
            News::Resolved(_) => "resolved",
            News::Closed(_) => "closed",
            News::Overdue(..) => "overdue",
            News::Acknowledged(_) => "acknowledged",
        };
        self.news.iter().map(word).collect()
    }

    /// `kill -9`, and a start from the records.
    pub(super) fn restart(&mut self) {
        let records: Vec<_> =
            self.book.entries.iter().map(|(id, entry)| (id.clone(), entry.write().expect("JSON"))).collect();
        let records = records.iter().map(|(id, body)| (id, body.as_slice()));
        self.book = Book::read(Rules::default(), records);
        let clock = self.all().iter().map(|incident| incident.times.updated_at).max().unwrap_or(at(0));
        self.news.extend(self.book.arrange(landscape(), clock));
    }
}
