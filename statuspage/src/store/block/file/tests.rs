//! Files read back; whatever happens to their bytes is found and named, and never read as something else.

use std::{fs, os::unix::fs::PermissionsExt as _};

use proptest::{prelude::*, sample::Index};

use super::*;

const FRAMES: [(&str, &[u8]); 3] = [("a/x@here", b"first"), ("b/y@here", b""), ("c/z@there", &[7; 90])];

fn facts(rows: u32) -> Facts {
    Facts { rows, from: Timestamp::from_millis(1_000), to: Timestamp::from_millis(2_000 + i64::from(rows)) }
}

fn written(path: &Path) -> FileFacts {
    let mut draft = Draft::create(path, Kind::Raw).expect("created");
    for (rows, (name, payload)) in (1..).zip(FRAMES) {
        draft.put(name, facts(rows), payload).expect("put");
    }
    draft.finish().expect("finished")
}

/// A whole file, its bytes, and the directory that holds it.
fn file() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("2026/11/22.blk");
    written(&path);
    let bytes = fs::read(&path).expect("readable");
    (dir, path, bytes)
}

/// The numbers of the frames that can be read, each exactly as it was written.
fn readable(file: &BlockFile) -> Vec<usize> {
    let number = |frame: &Frame| {
        let payload = file.read(frame).ok()?;
        let number = FRAMES.iter().position(|(name, _)| *name == frame.name).expect("a name that was written");
        assert_eq!((payload.as_slice(), frame.facts), (FRAMES[number].1, facts(number as u32 + 1)));
        Some(number)
    };
    file.frames().iter().filter_map(number).collect()
}

/// Opens changed bytes: what can be read of them, and what is said to be wrong.
fn opened(path: &Path, bytes: &[u8]) -> (Vec<usize>, Vec<Damage>) {
    fs::write(path, bytes).expect("written");
    let file = BlockFile::open(path).expect("damage is no error");
    (readable(&file), file.verify())
}

#[test]
fn frames_read_back_and_the_file_is_whole_and_for_this_user_alone() {
    let (dir, path, bytes) = file();
    let file = BlockFile::open(&path).expect("opens");
    assert_eq!(readable(&file), [0, 1, 2]);
    assert_eq!((file.kind(), file.verify()), (Some(Kind::Raw), vec![]));
    let facts = written(&path);
    assert_eq!((facts.bytes, facts.frames, facts.rows), (bytes.len() as u64, 3, 6));
    assert_eq!(BlockFile::open(&path).expect("opens").facts(), Some(facts));
    assert_eq!(fs::read(&path).expect("readable"), bytes, "the same content gives the same bytes");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&dir.path().join("2026/11"))), (0o600, 0o700));
}

#[test]
fn every_flipped_bit_is_found_and_no_frame_reads_as_another() {
    let (_dir, path, bytes) = file();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let (readable, damage) = opened(&path, &flipped);
        assert!(!damage.is_empty(), "bit {bit}");
        assert!(readable.len() >= 2, "bit {bit}: one frame is lost at most, not {readable:?}");
    }
}

#[test]
fn whatever_is_cut_off_the_frames_before_it_are_found() {
    let (_dir, path, bytes) = file();
    let ends: Vec<u64> = BlockFile::open(&path).expect("opens").frames().iter().filter_map(Frame::end).collect();
    for length in 0..bytes.len() {
        let (readable, damage) = opened(&path, &bytes[..length]);
        let whole: Vec<usize> = (0..3).filter(|&number| ends[number] <= length as u64).collect();
        assert_eq!(readable, whole, "{length} bytes");
        assert!(damage.iter().any(|damage| damage.wrong == Wrong::Index), "{length} bytes: {damage:?}");
    }
}

#[test]
fn damage_in_the_middle_is_named_and_the_rest_is_read() {
    let check = |cut: usize, change: usize, named: Option<&str>, wrong: Wrong| {
        let (_dir, path, mut bytes) = file();
        let frame = BlockFile::open(&path).expect("opens").frames()[1].clone();
        bytes[frame.offset as usize + change] ^= 0xff;
        bytes.truncate(bytes.len() - cut);
        let (readable, damage) = opened(&path, &bytes);
        assert_eq!(readable, [0, 2]);
        let expected = Damage { file: path, frame: named.map(str::to_owned), offset: frame.offset, wrong };
        assert!(damage.contains(&expected), "{damage:?}");
    };
    let name = Some(FRAMES[1].0);
    check(0, 20, name, Wrong::Checksum);
    check(0, 0, name, Wrong::NoFrame);
    check(0, 6, name, Wrong::Checksum);
    check(8, 20, None, Wrong::Checksum);
    check(8, 0, None, Wrong::NoFrame);
    check(8, 7, None, Wrong::CutOff);
}

/// A file whose middle frame was put there from another file: whole in itself.
fn transplanted(name: &str) -> (Vec<usize>, Vec<Wrong>) {
    let (dir, path, mut bytes) = file();
    let other = dir.path().join("other.blk");
    let mut draft = Draft::create(&other, Kind::Raw).expect("created");
    draft.put(name, facts(3), &[9; 90]).expect("put");
    draft.finish().expect("finished");
    let (from, to) = (BlockFile::open(&other).expect("opens").frames()[0].clone(), &FRAMES[2]);
    let into = BlockFile::open(&path).expect("opens").frames()[2].clone();
    assert_eq!(
        (from.end().map(|end| end - from.offset), to.0.len()),
        (into.end().map(|end| end - into.offset), name.len())
    );
    let range = |frame: &Frame| frame.offset as usize..frame.end().expect("an end") as usize;
    bytes[range(&into)].copy_from_slice(&fs::read(&other).expect("readable")[range(&from)]);
    fs::write(&path, bytes).expect("written");
    let file = BlockFile::open(&path).expect("opens");
    let whole = (0..3).filter(|&number| file.read(&file.frames()[number]).is_ok()).collect();
    (whole, file.verify().into_iter().map(|damage| damage.wrong).collect())
}

#[test]
fn a_whole_frame_that_does_not_belong_there_is_found() {
    assert_eq!(transplanted("d/z@there"), (vec![0, 1], vec![Wrong::Misplaced]));
    // Under the same name and with the same facts only the hash of the file can tell.
    assert_eq!(transplanted("c/z@there"), (vec![0, 1, 2], vec![Wrong::Hash]));
}

#[test]
fn damage_reads_as_a_sentence_that_names_file_frame_and_place() {
    let damage = Damage {
        file: "raw/2026/11/22.blk".into(),
        frame: Some("cloud/login@local".into()),
        offset: 16,
        wrong: Wrong::Checksum,
    };
    assert_eq!(
        damage.to_string(),
        "raw/2026/11/22.blk: the frame cloud/login@local at byte 16: its checksum does not fit"
    );
}

#[test]
fn a_newer_version_is_refused_and_not_called_damage() {
    let (_dir, path, mut bytes) = file();
    bytes[8] = 2;
    let checksum = crc32c::crc32c(&bytes[..12]);
    bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
    fs::write(&path, bytes).expect("written");
    let error = BlockFile::open(&path).expect_err("newer");
    assert!(matches!(error, BlockError::Newer { found: 2, known: 1, .. }), "{error:?}");
}

#[test]
fn a_draft_that_is_dropped_leaves_what_was_there() {
    let (dir, path, bytes) = file();
    let mut draft = Draft::create(&path, Kind::Raw).expect("created");
    draft.put("new", facts(1), &[1; 1_000]).expect("put");
    drop(draft);
    assert_eq!(fs::read(&path).expect("readable"), bytes);
    assert_eq!(fs::read_dir(dir.path().join("2026/11")).expect("readable").count(), 1);
}

#[test]
fn a_full_disk_is_told_apart_and_leaves_what_was_there() {
    let (_dir, path, bytes) = file();
    std::os::unix::fs::symlink("/dev/full", path.with_extension("blk.new")).expect("linked");
    let mut draft = Draft::create(&path, Kind::Raw).expect("created");
    draft.put("new", facts(1), &[1; 1_000]).expect("buffered");
    let error = draft.finish().expect_err("no space");
    assert!(matches!(error, BlockError::NoSpace(_)), "{error:?}");
    assert_eq!(fs::read(&path).expect("readable"), bytes);
}

#[test]
fn errors_are_told_apart_by_what_can_be_done_about_them() {
    let check = |code: i32, expected: &str| {
        let error = at(Path::new("22.blk"), &io::Error::from_raw_os_error(code));
        let error = BlockError::from(error);
        assert!(format!("{error:?}").starts_with(expected), "{error:?}");
    };
    check(libc_code::ENOSPC, "NoSpace");
    check(libc_code::EDQUOT, "NoSpace");
    check(libc_code::EFBIG, "NoSpace");
    check(libc_code::EROFS, "ReadOnly");
    check(libc_code::EIO, "Io");
}

/// Linux's numbers.
mod libc_code {
    pub(super) const EIO: i32 = 5;
    pub(super) const EFBIG: i32 = 27;
    pub(super) const ENOSPC: i32 = 28;
    pub(super) const EROFS: i32 = 30;
    pub(super) const EDQUOT: i32 = 122;
}

#[test]
fn a_frame_that_no_reader_would_take_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut draft = Draft::create(&dir.path().join("22.blk"), Kind::Rows).expect("created");
    let error = draft.put("long", facts(1), &vec![0; layout::MAX_BODY as usize]).expect_err("too long");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    draft.put("short", facts(1), b"fits").expect("put");
    assert_eq!(draft.finish().expect("finished").frames, 1);
}

proptest! {
    #[test]
    fn no_bytes_make_opening_panic(
        noise in proptest::collection::vec(any::<u8>(), 0..400),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 0..9),
        keep in any::<Index>(),
    ) {
        let (_dir, path, mut bytes) = file();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(keep.index(bytes.len() + 200));
        bytes.extend(noise);
        fs::write(&path, bytes).expect("written");
        if let Ok(file) = BlockFile::open(&path) {
            let _ = readable(&file);
            file.verify();
        }
    }
}
