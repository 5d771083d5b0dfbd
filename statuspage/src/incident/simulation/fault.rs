//! What goes wrong in a slot of the day, and what each location sees of it.
//!
//! It does not know how results travel.

use std::fmt;

use shared::Verdict;

use super::{
    dice::Dice,
    stage::{LATEST, SLOT, every},
};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// One component fails.
    Single,
    /// All behind one address do.
    Address,
    /// One, and all that depend on it.
    Dependency,
    /// One comes and goes.
    Flapping,
    /// Two fail in the same way, the second one long after the first.
    Twins,
    /// One fails while a location sees nothing.
    HalfSighted,
    /// One fails while all but one location are silent; what they saw comes when it is over.
    Backlog,
    /// One fails while another one is under maintenance.
    Beside,
    /// One fails under maintenance.
    Maintained,
    /// One fails under maintenance, and goes on failing after its end.
    Outlasting,
    /// One fails; operators close it under maintenance, and it fails on after its end.
    Interrupted,
    /// One fails for one location only.
    Minority,
    /// One is slow.
    Slow,
    /// One location sees nothing.
    Blind,
    /// All of them see nothing.
    AllBlind,
}

impl What {
    pub(super) const ALL: [Self; 15] = [
        Self::Single,
        Self::Address,
        Self::Dependency,
        Self::Flapping,
        Self::Twins,
        Self::HalfSighted,
        Self::Backlog,
        Self::Beside,
        Self::Maintained,
        Self::Outlasting,
        Self::Interrupted,
        Self::Minority,
        Self::Slow,
        Self::Blind,
        Self::AllBlind,
    ];

    /// Whether a clock may jump meanwhile and all the same be told from the fault: not where time itself is what is judged (the
    /// rests of what flaps, the distance of two causes, the edges of a window, a lone voice when the proofs of all others run out).
    pub(super) fn stands_a_jump(self) -> bool {
        match self {
            Self::Single | Self::Address | Self::Dependency | Self::HalfSighted => true,
            Self::Slow | Self::Blind | Self::AllBlind => true,
            Self::Flapping | Self::Twins | Self::Backlog | Self::Beside | Self::Minority => false,
            Self::Maintained | Self::Outlasting | Self::Interrupted => false,
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Single => "single outages",
            Self::Address => "outages of an address",
            Self::Dependency => "outages of a dependency",
            Self::Flapping => "flapping",
            Self::Twins => "pairs of causes",
            Self::HalfSighted => "outages beside a blind location",
            Self::Backlog => "outages with results an hour late",
            Self::Beside => "outages beside maintenance",
            Self::Maintained => "failures under maintenance",
            Self::Outlasting => "failures that outlast maintenance",
            Self::Interrupted => "outages closed under maintenance",
            Self::Minority => "failures for one location",
            Self::Slow => "slow answers",
            Self::Blind => "blind locations",
            Self::AllBlind => "all locations blind",
        })
    }
}

/// Something is really broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) components: Vec<&'static str>,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Cause {
    pub(super) fn touches(&self, component: &str, second: i64) -> bool {
        (self.from..self.to).contains(&second) && self.components.contains(&component)
    }

    /// By then it must be known. Two of three locations must say so, with three results each, of which at worst every second one was
    /// lost with its confirmations, beginning with the first: that takes six rounds. A hub that was away has lost another round each
    /// time, and one whose clock was set back a little takes what comes for old news as long.
    pub(super) fn limit(&self, away: &[i64], clock_set: i64) -> i64 {
        let quickest = self.components.iter().map(|component| every(component)).min().expect("it touches something");
        let away: i64 = away.iter().map(|length| length + quickest).sum();
        self.from + quickest * 6 + LATEST + 10 + away + clock_set * (quickest + 60)
    }
}

/// A slot with its fault.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) what: What,
    pub(super) from: i64,
    pub(super) to: i64,
    /// The component that it is about, where it is one.
    component: &'static str,
    /// The location that it is about, where it is one.
    location: usize,
}

impl Fault {
    pub(super) fn random(slot: i64, dice: &mut Dice) -> Self {
        let what = dice.pick(&What::ALL);
        let component = match what {
            What::Flapping | What::Backlog | What::Beside | What::Outlasting | What::Interrupted => "s2",
            _ => dice.pick(&["s1", "s2", "d2", "a1"]),
        };
        let from = slot * SLOT + 900 + dice.roll(600);
        // Long enough for the slowest probe, with results lost on their way.
        let to = from + if what == What::Twins { 3_000 } else { 1_700 + dice.roll(500) };
        Self { what, from, to, component, location: dice.pick(&[0, 1, 2]) }
    }

    pub(super) fn causes(&self) -> Vec<Cause> {
        let cause = |components: &[&'static str], from| Cause { components: components.to_vec(), from, to: self.to };
        match self.what {
            What::Single | What::Flapping | What::HalfSighted | What::Backlog | What::Beside | What::Interrupted => {
                vec![cause(&[self.component], self.from)]
            }
            // What begins under maintenance counts from its end.
            What::Outlasting => vec![cause(&[self.component], self.from + 600)],
            What::Address => vec![cause(&["a1", "a2", "a3"], self.from)],
            What::Dependency => vec![cause(&["cluster", "d1", "d2"], self.from)],
            What::Twins => vec![cause(&["s1"], self.from), cause(&["s2"], self.from + 1_200)],
            What::Maintained | What::Minority | What::Slow | What::Blind | What::AllBlind => vec![],
        }
    }

    /// The component under maintenance, from when until when.
    pub(super) fn maintenance(&self) -> Option<(&'static str, i64, i64)> {
        let window = (self.from - 200, self.to + 1_600);
        match self.what {
            What::Maintained => Some((self.component, window.0, window.1)),
            What::Beside => Some(("s1", window.0, window.1)),
            What::Outlasting => Some((self.component, window.0, self.from + 600)),
            What::Interrupted => Some((self.component, self.from + 900, self.from + 1_300)),
            What::Single | What::Address | What::Dependency | What::Flapping | What::Twins | What::HalfSighted => None,
            What::Backlog | What::Minority | What::Slow | What::Blind | What::AllBlind => None,
        }
    }

    /// What a location sees of a component.
    pub(super) fn verdict(&self, component: &str, location: usize, second: i64) -> Verdict {
        let now = (self.from..self.to).contains(&second);
        if !now {
            return Verdict::Pass;
        }
        let mine = component == self.component;
        let broken = self.causes().iter().any(|cause| cause.touches(component, second));
        match self.what {
            What::Blind | What::HalfSighted if location == self.location => Verdict::Unknown,
            What::AllBlind => Verdict::Unknown,
            What::Flapping if broken && (second - self.from) / 100 % 2 == 1 => Verdict::Pass,
            What::Minority if mine && location == self.location => Verdict::Fail,
            What::Maintained | What::Outlasting if mine => Verdict::Fail,
            What::Beside if component == "s1" => Verdict::Fail,
            What::Slow if mine => Verdict::Warn,
            _ if broken => Verdict::Fail,
            _ => Verdict::Pass,
        }
    }

    /// When what a location saw comes, where it is silent for long.
    pub(super) fn held_until(&self, location: usize, second: i64) -> Option<i64> {
        let back = self.to + 1_400;
        let silent = self.what == What::Backlog && location > 0 && (self.from..back).contains(&second);
        silent.then_some(back)
    }

    /// What its connections are tried at.
    pub(super) fn address(&self) -> Option<[u8; 4]> {
        (self.what == What::Address).then_some([192, 0, 2, 10])
    }
}
