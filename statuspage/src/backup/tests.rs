//! Backups there and back, and those that are not to be believed.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::*;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn head() -> Head {
    let made_at = Timestamp::from_millis(1_795_000_000_000);
    Head { format: FORMAT, made_at, software: "1.2.3".to_owned(), rows: 2, block_files: 2 }
}

fn filled() -> TempDir {
    let from = directory();
    fs::create_dir_all(from.path().join("blocks/raw/2026/11/22")).expect("made");
    for (name, body) in
        [("rows.blk", "rows"), ("blocks/raw/2026/11/22/13.blk", "raw"), ("blocks/raw/2026/11/21.blk", "")]
    {
        fs::write(from.path().join(name), body).expect("written");
    }
    from
}

fn packed(from: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack(from, &head(), &mut bytes).expect("packed");
    bytes
}

/// Packs members as a stranger might.
fn hostile(members: &[(&str, &[u8], tar::EntryType)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, body, kind) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(body.len() as u64);
        header.set_entry_type(*kind);
        // As bytes, since the crate itself refuses some of these names.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *body).expect("appended");
    }
    builder.into_inner().expect("packed")
}

#[test]
fn a_backup_unpacks_to_what_it_was_made_of() {
    let (from, to) = (filled(), directory());
    assert_eq!(unpack(packed(from.path()).as_slice(), to.path()).expect("sound"), head());
    for name in ["rows.blk", "blocks/raw/2026/11/22/13.blk", "blocks/raw/2026/11/21.blk"] {
        let read = |directory: &TempDir| fs::read(directory.path().join(name)).expect("there");
        assert_eq!(read(&to), read(&from), "{name}");
    }
    assert!(!to.path().join(MANIFEST).exists());
    assert_eq!(check(packed(from.path()).as_slice()).expect("sound"), head());
}

#[test]
fn a_backup_that_was_changed_or_cut_anywhere_is_refused() {
    let whole = packed(filled().path());
    // Behind the last page there are only zeros.
    let used = whole.iter().rposition(|&byte| byte != 0).expect("content") + 1;
    let refused = |bytes: &[u8]| unpack(bytes, directory().path()).is_err();
    for at in (0..used).step_by(37) {
        assert!(refused(&whole[..at]), "cut at {at}");
    }
    let content = |at: usize| whole[at] != 0 && whole[at / 512 * 512 + 257..].get(..5) != Some(b"ustar");
    let flipped: Vec<_> = (0..used).filter(|&at| content(at)).collect();
    assert!(flipped.len() > 300, "{}", flipped.len());
    // Each of them is unpacked and synced; a prime step meets every kind of place.
    for at in flipped.into_iter().step_by(13) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let same = unpack(bytes.as_slice(), directory().path()).is_ok_and(|read| read == head());
        assert!(!same, "a flip at {at} goes unnoticed");
    }
}

#[test]
fn a_member_that_leads_out_of_the_directory_or_is_no_file_is_refused() {
    let first = serde_json::to_vec(&head()).expect("JSON");
    let check = |name: &str, kind: tar::EntryType| {
        let to = directory();
        let bytes = hostile(&[(HEAD, &first, tar::EntryType::Regular), (name, b"x", kind)]);
        let refused = unpack(bytes.as_slice(), to.path());
        assert!(matches!(&refused, Err(UnpackError::Hostile(_))), "{name}: {refused:?}");
        assert_eq!(fs::read_dir(to.path()).expect("a directory").count(), 0, "{name}");
    };
    let file = tar::EntryType::Regular;
    check("../evil", file);
    check("/tmp/evil", file);
    check("blocks/../../evil", file);
    check("blocks//evil", file);
    check("blocks/.hidden", file);
    check("blocks", file);
    check("blocks2/evil", file);
    check("store.lock", file);
    check("blocks/link", tar::EntryType::Symlink);
    check("blocks/link", tar::EntryType::Link);
    check("blocks/pipe", tar::EntryType::Fifo);
    check("blocks/dir", tar::EntryType::Directory);
    check("blocks/device", tar::EntryType::Char);
}

#[test]
fn what_is_no_backup_or_a_newer_one_is_refused_in_words() {
    let check = |bytes: &[u8], words: &str| {
        let refused = unpack(bytes, directory().path()).expect_err(words).to_string();
        assert!(refused.contains(words), "{refused}");
    };
    let file = tar::EntryType::Regular;
    check(b"", "no backup of Belfry");
    check(&hostile(&[("rows.blk", b"x", file)]), "no backup of Belfry");
    check(&hostile(&[(HEAD, b"not JSON", file)]), "no backup of Belfry");
    check(&hostile(&[(HEAD, br#"{"format":3,"unheard":"of"}"#, file)]), "made by a newer version (format 3");
    let first = serde_json::to_vec(&head()).expect("JSON");
    check(&hostile(&[(HEAD, &first, file), (MANIFEST, br#"{"members":{}}"#, file)]), "is damaged");
    check(&hostile(&[(HEAD, &first, file), (ROWS, b"x", file), (ROWS, b"x", file)]), "no backup of ours has");
}

#[test]
fn only_the_oldest_backups_of_ours_are_deleted() {
    let place = directory();
    let minute = std::time::Duration::from_secs(60);
    let ours: Vec<_> = (0..4).map(|n| name_at(head().made_at.plus(minute * n))).collect();
    assert_eq!(made_at(Path::new(&ours[1])), "2026-11-18T11:07:40Z".parse().ok());
    assert_eq!(ours[0], "belfry-2026-11-18T11-06-40Z.tar");
    let others = ["belfry-2020.tar", "belfry-2020.tar.new", "notes.txt", "belfry-2020-01-01T00-00-00x.tar"];
    let half = "belfry-2020-01-01T00-00-00Z.tar.new";
    for name in ours.iter().map(String::as_str).chain(others).chain([half]) {
        fs::write(place.path().join(name), name).expect("written");
    }
    assert_eq!(rotate(place.path(), 2).expect("deleted"), 3);
    assert!(!place.path().join(half).exists());
    let left = newest_first(place.path()).expect("listed");
    assert_eq!(left, [place.path().join(&ours[3]), place.path().join(&ours[2])]);
    assert!(others.iter().all(|name| place.path().join(name).exists()));
}
