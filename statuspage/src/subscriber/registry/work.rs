//! The thread of the registry: takes what waits, changes the book, writes it once, answers all.
//!
//! It does not know what is asked.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use shared::Timestamp;
use tokio::sync::{mpsc, watch};
use tracing::{error, info, warn};

use super::{
    handle::Unavailable,
    request::{Answer, Done, Look, Reply, Request, Wish},
};
use crate::{
    clock::Belief,
    subscriber::{
        Allowance, Asked, Asking, Closing, Limits, Moment, Roll, Vault, VaultError, Wanted, departures::State,
    },
};

/// How often it looks whether anything is to be written or forgotten.
const TURN: Duration = Duration::from_secs(10);
/// How often subscribers are forgotten whose time is over.
const PURGE: Duration = Duration::from_secs(3_600);
/// How long a vault that does not open is left alone.
const RETRY: Duration = Duration::from_secs(5);
/// Requests that are written together.
const TOGETHER: usize = 256;

/// What the thread owns.
pub(super) struct Worker {
    vault: Vault,
    now: fn() -> Timestamp,
    letters: mpsc::Sender<Wanted>,
    trouble: watch::Sender<Option<Arc<str>>>,
    closing: watch::Sender<Option<Closing>>,
    roll: Option<Roll>,
    opened_at: Option<Instant>,
    limits: Limits,
    /// Whether something changed that nobody waits for.
    dirty: bool,
    purged_at: Option<Instant>,
}

/// Changes of one turn, which are written together.
#[derive(Default)]
struct Turn {
    /// The book before the first of them.
    before: Option<Roll>,
    answers: Vec<Answer>,
    looks: Vec<Look>,
}

impl Worker {
    pub(super) fn new(
        vault: Vault,
        now: fn() -> Timestamp,
        letters: mpsc::Sender<Wanted>,
        (trouble, closing): (watch::Sender<Option<Arc<str>>>, watch::Sender<Option<Closing>>),
    ) -> Self {
        let (roll, opened_at, purged_at) = (None, None, None);
        let limits = Limits::default();
        Self { vault, now, letters, trouble, closing, roll, opened_at, limits, dirty: false, purged_at }
    }

    /// Works until every handle is gone.
    pub(super) fn run(mut self, inbox: &Receiver<Request>) {
        self.open();
        loop {
            match inbox.recv_timeout(TURN) {
                Ok(first) => self.turn(std::iter::once(first).chain(inbox.try_iter().take(TOGETHER))),
                Err(RecvTimeoutError::Timeout) => self.turn(std::iter::empty()),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.write_if_dirty();
    }

    fn turn(&mut self, requests: impl Iterator<Item = Request>) {
        if self.roll.is_none() {
            self.open();
        }
        let mut turn = Turn::default();
        let mut idle = true;
        for request in requests {
            idle = false;
            self.take(request, &mut turn);
        }
        self.tell_closing();
        self.settle(turn);
        if idle {
            self.write_if_dirty();
        }
        if self.purged_at.is_none_or(|at| at.elapsed() >= PURGE) {
            self.purge();
        }
    }

    fn take(&mut self, request: Request, turn: &mut Turn) {
        match request {
            Request::Ask(asked, wish, reply) => self.ask(&asked, wish, reply, turn),
            Request::Look(look) => turn.looks.push(look),
            Request::Change(change) => {
                self.remember(turn);
                let unavailable = self.unavailable();
                let mut draw = draw;
                let moment = Moment { now: (self.now)(), draw: &mut draw };
                match change(self.roll.as_mut().map(|roll| (roll, moment)).ok_or(unavailable)) {
                    Done::Nothing => {}
                    Done::Write(answer) => turn.answers.push(answer),
                }
            }
            Request::Mailed(mails) => {
                if let Some(roll) = &mut self.roll {
                    roll.mailed(&mails);
                    // Should the turn be taken back, this stays: those mails are out.
                    turn.before.iter_mut().for_each(|before| before.mailed(&mails));
                    self.dirty = true;
                }
            }
            Request::Flush(reply) => {
                self.dirty |= self.roll.is_some();
                turn.answers.push(Box::new(move |written| drop(reply.send(written))));
            }
        }
    }

    /// Whatever is known of the address, the same is counted, written and waited for.
    fn ask(&mut self, asked: &Asked, wish: Wish, reply: Reply<Asking>, turn: &mut Turn) {
        let now = (self.now)();
        let unavailable = self.unavailable();
        if self.roll.is_none() {
            return drop(reply.send(Err(unavailable)));
        }
        let taken = match self.limits.ask(asked.network, &asked.address, now) {
            Allowance::TooMany => return drop(reply.send(Ok(Asking::TooMany))),
            Allowance::Closed => return drop(reply.send(Ok(Asking::Closed))),
            Allowance::Silence => return drop(reply.send(Ok(Asking::Taken))),
            Allowance::Letter => self.letters.clone().try_reserve_owned(),
        };
        let Ok(place) = taken else {
            return drop(reply.send(Err(Unavailable::because("too many letters wait to be sent"))));
        };
        self.remember(turn);
        let mut draw = draw;
        let moment = Moment { now, draw: &mut draw };
        let wanted = self.roll.as_mut().and_then(|roll| match wish {
            Wish::News => roll.ask(asked, moment),
            Wish::Page => roll.ask_to_manage(&asked.address, moment),
        });
        turn.answers.push(Box::new(move |written| {
            if let (Ok(()), Some(wanted)) = (&written, wanted) {
                place.send(wanted);
            }
            drop(reply.send(written.map(|()| Asking::Taken)));
        }));
    }

    fn remember(&self, turn: &mut Turn) {
        if turn.before.is_none() {
            turn.before.clone_from(&self.roll);
        }
    }

    /// Writes what the turn changed and answers, or takes it back and says so.
    fn settle(&mut self, turn: Turn) {
        if !turn.answers.is_empty() {
            let written = self.write();
            if written.is_err()
                && let Some(before) = turn.before
            {
                self.take_back(before);
            }
            turn.answers.into_iter().for_each(|answer| answer(written.clone()));
        }
        for look in turn.looks {
            look(self.roll.as_ref().ok_or_else(|| self.unavailable()), (self.now)());
        }
    }

    /// Goes on with the book as it was. Either file may be ahead of it: who left is written first, and an error can come after the
    /// last byte. Both are written again until they say the same; that of who left at once, because the next start believes it.
    fn take_back(&mut self, mut before: Roll) {
        if let Some(undone) = &self.roll {
            before.instead_of(undone);
        }
        self.dirty = true;
        // What fails is tried again with the next idle turn.
        let _ = write_departures(&self.vault, &mut before);
        self.roll = Some(before);
    }

    fn write_if_dirty(&mut self) {
        if self.dirty {
            // What cannot be written is tried again with the next turn, and told by `trouble`.
            let _ = self.write();
        } else if let Some(roll) = &mut self.roll {
            self.dirty = write_departures(&self.vault, roll).is_err();
        }
    }

    fn write(&mut self) -> Result<(), Unavailable> {
        let now = (self.now)();
        let Some(roll) = &mut self.roll else { return Err(self.unavailable()) };
        roll.note_departures(now);
        match write_departures(&self.vault, roll).and_then(|()| self.vault.write(roll)) {
            Ok(()) => {
                self.dirty = false;
                self.tell(None);
                Ok(())
            }
            Err(error) => {
                self.tell(Some(error.to_string().into()));
                Err(self.unavailable())
            }
        }
    }

    fn purge(&mut self) {
        let now = (self.now)();
        if let Some(roll) = &mut self.roll {
            self.purged_at = Some(Instant::now());
            self.dirty |= match roll.look_at_clock(now) {
                Belief::Believed => roll.purge(now),
                Belief::Doubted => false,
            };
            self.write_if_dirty();
        }
    }

    fn open(&mut self) {
        if self.opened_at.is_some_and(|at| at.elapsed() < RETRY) {
            return;
        }
        self.opened_at = Some(Instant::now());
        match self.vault.open() {
            Ok(mut roll) => {
                let (departures, found) = self.vault.departures(roll.keys());
                let gone = roll.depart(departures, found, (self.now)());
                if gone > 0 {
                    warn!(subscribers = gone, "an older book was put back: who left since is taken out of it again");
                }
                self.dirty |= gone > 0 || roll.departures().state() == State::Unwritten;
                self.roll = Some(roll);
                self.tell(None);
            }
            Err(error) => self.tell(Some(error.to_string().into())),
        }
    }

    /// Says what an operator must do, once.
    fn tell(&self, trouble: Option<Arc<str>>) {
        self.trouble.send_if_modified(|told| {
            if *told == trouble {
                return false;
            }
            match &trouble {
                Some(reason) => error!(%reason, "subscribers cannot be read or written"),
                None => info!("subscribers can be read and written again"),
            }
            *told = trouble;
            true
        });
    }

    /// Says that the form is closed, and that it is open again, once each.
    fn tell_closing(&mut self) {
        let present = self.limits.closing((self.now)());
        self.closing.send_if_modified(|told| {
            if *told == present {
                return false;
            }
            match present {
                Some(Closing { letters, .. }) => {
                    warn!(letters, "the form to subscribe is closed: so many letters were asked for within an hour");
                }
                None => info!("the form to subscribe is open again"),
            }
            *told = present;
            true
        });
    }

    fn unavailable(&self) -> Unavailable {
        Unavailable(self.trouble.borrow().clone().unwrap_or_else(|| "they are not read yet".into()))
    }
}

/// Writes who left, where the file does not have it all.
fn write_departures(vault: &Vault, roll: &mut Roll) -> Result<(), VaultError> {
    match roll.departures().state() {
        State::Written => Ok(()),
        State::Unwritten => vault.write_departures(roll).map(|()| roll.departures_are_written()),
    }
}

fn draw() -> [u8; 16] {
    let mut bits = [0; 16];
    aws_lc_rs::rand::fill(&mut bits).expect("the system has randomness");
    bits
}
