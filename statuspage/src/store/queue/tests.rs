//! The line without a thread behind it.

use super::*;

fn row(name: u8) -> Row {
    Row { number: 0, key: vec![name].into(), body: Bytes::new(), failure_key: None }
}

fn keys(work: &Work) -> (Vec<u8>, Vec<u8>) {
    (work.rows.iter().map(|row| row.key[0]).collect(), work.changes.iter().map(|(key, _)| key[0]).collect())
}

fn change(name: u8, body: &'static str) -> impl Iterator<Item = (Vec<u8>, Option<Bytes>)> {
    [(vec![name], Some(Bytes::from_static(body.as_bytes())))].into_iter()
}

#[test]
fn a_change_is_not_written_before_the_observations_it_rests_on() {
    let queue = Queue::new(100);
    queue.push_rows((1..=3).map(row));
    queue.push_changes(change(b'a', "1"));
    queue.push_rows((4..=6).map(row));
    let mut seen = Vec::new();
    loop {
        let work = queue.work(2);
        if work.is_empty() {
            break;
        }
        seen.push(keys(&work));
        queue.written(&work, Duration::ZERO);
    }
    assert_eq!(seen, [(vec![1, 2], vec![]), (vec![3, 4], vec![b'a']), (vec![5, 6], vec![])]);
}

#[test]
fn a_full_line_drops_the_oldest_observations_and_never_a_change() {
    let queue = Queue::new(3);
    queue.push_changes(change(b'a', "1"));
    let (first, _) = queue.push_rows((1..=5).map(row));
    assert_eq!(keys(&queue.work(10)), (vec![3, 4, 5], vec![b'a']));
    assert_eq!(queue.counters().dropped_observations, 2);
    assert!(queue.lost(first) && !queue.lost(first + 2));
}

#[test]
fn changes_of_one_key_take_one_place_and_a_newer_one_is_not_lost_to_an_older_write() {
    let queue = Queue::new(3);
    queue.push_changes(change(b'a', "1"));
    let on_its_way = queue.work(10);
    queue.push_changes(change(b'a', "2"));
    assert_eq!(queue.counters().pending_changes, 1);
    assert_eq!(queue.written(&on_its_way, Duration::ZERO), Progress::MoreWaits);
    let again = queue.work(10);
    assert_eq!(again.changes[0].1.body.as_deref(), Some(b"2".as_slice()));
    assert_eq!(queue.written(&again, Duration::ZERO), Progress::CaughtUp);
}

#[test]
fn rows_dropped_while_they_are_written_do_not_confuse_the_line() {
    let queue = Queue::new(2);
    queue.push_rows((1..=2).map(row));
    let on_its_way = queue.work(10);
    queue.push_rows((3..=3).map(row));
    assert_eq!(queue.written(&on_its_way, Duration::ZERO), Progress::MoreWaits);
    assert_eq!(keys(&queue.work(10)).0, [3]);
}

#[test]
fn nothing_is_given_out_before_a_late_database_is_adopted() {
    let queue = Queue::new(2);
    queue.set_condition(Condition::Open);
    queue.set_adoption(Adoption::Awaited);
    queue.push_rows([row(1)].into_iter());
    assert!(queue.work(10).is_empty());
    assert_eq!(queue.state(Duration::from_secs(9)), StoreState::Behind);
    queue.set_adoption(Adoption::Done);
    assert!(!queue.work(10).is_empty());
}

#[tokio::test]
async fn whoever_waits_hears_when_everything_up_to_then_is_written() {
    let queue = Queue::new(10);
    let (_, number) = queue.push_rows([row(1)].into_iter());
    let later = queue.push_changes(change(b'a', "1"));
    let waits = tokio::time::timeout(Duration::from_millis(10), queue.settled(number)).await;
    assert!(waits.is_err(), "nothing is written yet");
    queue.written(&queue.work(10), Duration::ZERO);
    tokio::time::timeout(Duration::from_secs(30), queue.settled(later)).await.expect("written");
}

#[tokio::test]
async fn too_many_questions_are_refused() {
    let queue = Queue::new(10);
    let ask = || queue.push_question(Box::new(|_| Ok(())));
    assert_eq!(ask(), Err(StoreError::Absent));
    queue.set_condition(Condition::Open);
    assert!((0..MAX_QUESTIONS).all(|_| ask().is_ok()));
    assert_eq!(ask(), Err(StoreError::Busy));
}
