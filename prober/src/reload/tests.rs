//! Reloading from the outside: what each change of the directory does to the set.

use std::{collections::BTreeMap, fs};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{definition::Definition, load::Limits};

fn options() -> LoadOptions {
    LoadOptions {
        time_zone: TimeZone::UTC,
        variables: std::iter::empty().collect(),
        limits: Limits { files: 100, ..Limits::default() },
    }
}

/// A definition with two probes, the first of which depends on `path`.
fn sound(path: &str) -> String {
    format!(
        "name = \"x\"\n[[probe]]\nid = \"a\"\nhttp.url = \"https://example.org/{path}\"\n[[probe]]\nid = \"b\"\ntcp.address = \"example.org:25\"\n"
    )
}

/// A directory and the set that follows from what was in it so far.
struct World {
    directory: TempDir,
    set: DefinitionSet,
}

impl World {
    fn new(files: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut world = Self { directory, set: DefinitionSet::default() };
        files.iter().for_each(|stem| world.write(stem, &sound("")));
        world.look();
        world
    }

    fn write(&self, stem: &str, text: &str) {
        fs::write(self.directory.path().join(format!("{stem}.toml")), text).expect("written");
    }

    fn remove(&self, stem: &str) {
        fs::remove_file(self.directory.path().join(format!("{stem}.toml"))).expect("removed");
    }

    /// Looks at the directory and tells what changed, in few words.
    fn look(&mut self) -> Vec<String> {
        let loaded = load(self.directory.path(), &options());
        let Some(merged) = merge(&self.set, self.directory.path(), loaded.as_ref().map_err(Clone::clone)) else {
            return Vec::new();
        };
        self.set = merged.set;
        let directory = self.directory.path().display().to_string();
        merged.changes.iter().map(|change| words(change).replace(&directory, "DIR")).collect()
    }

    fn definition(&self, id: &str) -> Arc<Definition> {
        self.set.definitions[&id.parse().expect("an id")].clone()
    }
}

fn words(change: &Change) -> String {
    match change {
        Change::Added(id) => format!("+{id}"),
        Change::Changed(id) => format!("~{id}"),
        Change::Retired(id) => format!("-{id}"),
        Change::Split { gone, new } => format!("{gone}>{new}"),
        Change::Quarantined(entry) => {
            format!("!{} {}", entry.file, entry.kept.as_ref().map_or("-", |id| id.as_str()))
        }
        Change::Thinned(Retired { components, of }) => format!("{components}/{of}"),
        Change::Released(file) => format!("?{file}"),
    }
}

#[test]
fn nothing_changes_when_nothing_changes_and_comments_are_nothing() {
    let mut world = World::new(&["a", "b"]);
    let before = world.definition("a");
    assert_eq!(world.look(), [""; 0]);
    world.write("a", &format!("# a comment\n{}", sound("")));
    assert_eq!(world.look(), [""; 0]);
    assert!(Arc::ptr_eq(&before, &world.definition("a")));
    assert_eq!(world.set.generation, 1);
}

#[test]
fn files_come_change_and_go() {
    let mut world = World::new(&["a", "b"]);
    world.write("c", &sound("third"));
    world.write("b", &sound("other"));
    world.remove("a");
    assert_eq!(world.look(), ["-a", "~b", "+c"]);
}

#[test]
fn a_probe_that_says_the_same_stays_the_same_inside_a_definition_that_changed() {
    let mut world = World::new(&["a"]);
    let before = world.definition("a");
    world.write("a", &sound("other"));
    world.look();
    let after = world.definition("a");
    let same: Vec<bool> = before.probes.iter().zip(&after.probes).map(|(old, new)| Arc::ptr_eq(old, new)).collect();
    assert_eq!(same, [false, true]);
}

#[test]
fn a_bad_file_quarantines_itself_and_its_last_good_version_goes_on() {
    let mut world = World::new(&["a", "b"]);
    let before = world.definition("a");
    world.write("a", "nonsense");
    assert_eq!(world.look(), ["!a.toml a"]);
    assert!(Arc::ptr_eq(&before, &world.definition("a")));
    assert!(world.set.quarantined[0].report.contains("a.toml:1:"), "{}", world.set.quarantined[0].report);
    assert_eq!(world.look(), [""; 0], "the same mistake is told once");
    world.write("a", &sound(""));
    assert_eq!(world.look(), ["?a.toml"]);
    assert!(Arc::ptr_eq(&before, &world.definition("a")));
}

#[test]
fn a_new_bad_file_is_quarantined_without_a_version_and_a_deleted_one_is_released() {
    let mut world = World::new(&["a"]);
    world.write("Bad", "nonsense");
    assert_eq!(world.look(), ["!Bad.toml -"]);
    world.remove("Bad");
    assert_eq!(world.look(), ["?Bad.toml"]);
}

#[test]
fn a_file_that_turns_into_something_else_is_no_deletion() {
    let mut world = World::new(&["a", "b"]);
    world.remove("a");
    fs::create_dir(world.directory.path().join("a.toml")).expect("made");
    assert_eq!(world.look(), ["!a.toml a"]);
}

#[test]
fn a_directory_that_loses_everything_keeps_the_old_set_and_says_so() {
    let mut world = World::new(&["a", "b"]);
    world.remove("a");
    world.remove("b");
    assert_eq!(world.look(), ["!DIR -"]);
    assert_eq!(world.set.definitions.len(), 2);
    assert_eq!(world.look(), [""; 0]);
    world.write("a", &sound(""));
    assert_eq!(world.look(), ["-b", "?DIR"]);
}

#[test]
fn a_directory_that_vanishes_keeps_the_old_set_and_says_so() {
    let mut world = World::new(&["a", "b"]);
    let aside = world.directory.path().with_extension("aside");
    fs::rename(world.directory.path(), &aside).expect("moved");
    assert_eq!(world.look(), ["!DIR -"]);
    assert_eq!((world.set.definitions.len(), world.set.is_orphaned()), (2, true));
    fs::rename(&aside, world.directory.path()).expect("moved back");
    assert_eq!(world.look(), ["?DIR"]);
}

#[test]
fn many_components_that_retire_at_once_are_told_once_and_are_no_mistake_that_lasts() {
    let stems: Vec<String> = (0..15).map(|n| format!("c{n}")).collect();
    let mut world = World::new(&stems.iter().map(String::as_str).collect::<Vec<_>>());
    stems.iter().skip(5).for_each(|stem| world.remove(stem));
    assert_eq!(world.look().last().map(String::as_str), Some("10/15"));
    assert_eq!(world.set.retired, Some(Retired { components: 10, of: 15 }));
    assert!(world.set.quarantined.is_empty() && !world.set.is_orphaned());
    assert_eq!(world.look(), [""; 0]);
    world.write("c0", &sound("other"));
    assert_eq!((world.look(), world.set.retired), (vec!["~c0".to_owned()], None));
}

#[test]
fn a_renamed_file_without_its_former_id_is_told_and_one_with_it_is_not() {
    let mut world = World::new(&["a", "b"]);
    world.remove("a");
    world.write("b", &sound("other"));
    world.write("c", &sound(""));
    assert_eq!(world.look(), ["-a", "~b", "+c", "a>c"]);
    world.remove("c");
    world.write("d", &format!("formerly = [\"c\"]\n{}", sound("")));
    assert_eq!(world.look(), ["-c", "+d"]);
}

#[test]
fn a_thousand_reloads_leave_nothing_behind() {
    let (mut world, other) = (World::new(&["a", "b"]), World::new(&["a"]));
    other.write("b", &sound("other"));
    let path = world.directory.path();
    let loads = [other.directory.path(), path].map(|path| load(path, &options()).expect("it can be looked at"));
    let (same, changing) = (world.definition("a"), Arc::downgrade(&world.definition("b")));
    for loaded in loads.iter().cycle().take(1_000) {
        let merged = merge(&world.set, Path::new("DIR"), Ok(loaded)).expect("something changed");
        assert_eq!(merged.changes.len(), 1);
        world.set = merged.set;
    }
    assert_eq!((world.set.generation, Arc::strong_count(&same)), (1_001, 2));
    assert!(changing.upgrade().is_none(), "an old version lives on");
}

/// What a file is after a step.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Content {
    Sound(u8),
    Bad,
    Gone,
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![(0..2_u8).prop_map(Content::Sound), Just(Content::Bad), Just(Content::Gone)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// A file's component is there exactly when the file is there and was good at least once since it was last gone, with what it
    /// said when it was last good.
    #[test]
    fn a_component_lives_from_its_first_good_version_to_the_deletion_of_its_file(
        steps in proptest::collection::vec(proptest::collection::vec(content(), 3), 1..6)
    ) {
        let mut world = World::new(&["anchor"]);
        let mut expected: BTreeMap<String, u8> = BTreeMap::new();
        for step in steps {
            for (index, content) in step.iter().enumerate() {
                let stem = format!("c{index}");
                match content {
                    Content::Sound(version) => {
                        world.write(&stem, &sound(&version.to_string()));
                        expected.insert(stem, *version);
                    }
                    Content::Bad => world.write(&stem, "nonsense"),
                    Content::Gone => {
                        let _ = fs::remove_file(world.directory.path().join(format!("{stem}.toml")));
                        expected.remove(&stem);
                    }
                }
            }
            world.look();
            let found: BTreeMap<String, u8> = world.set.definitions.values().filter(|definition| definition.id.as_str() != "anchor")
                .map(|definition| (definition.id.to_string(), version(definition))).collect();
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(world.set.quarantined.len(), step.iter().filter(|content| **content == Content::Bad).count());
        }
    }
}

fn version(definition: &Definition) -> u8 {
    path(definition).trim_start_matches('/').parse().expect("a number")
}

/// What the first probe asks for.
fn path(definition: &Definition) -> &str {
    match &definition.probes[0].check {
        crate::definition::Check::Http(http) => http.url.path(),
        crate::definition::Check::Tcp(_) | crate::definition::Check::Heartbeat(_) => panic!("the first probe is http"),
    }
}

/// A watcher at work, and where its sets arrive.
struct Watching {
    sets: watch::Receiver<Arc<DefinitionSet>>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Watching {
    fn begin(directory: &Path, rescan: Duration) -> Self {
        let (set, mut watcher) = open(directory, options()).expect("it can be looked at");
        watcher.rescan = rescan;
        let (sender, sets) = watch::channel(Arc::new(set));
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        tasks.spawn(watcher.run(sender, stop.clone()));
        Self { sets, stop, tasks }
    }

    async fn until_there_are(&mut self, count: usize) {
        let arrived = self.sets.wait_for(|set| set.definitions.len() == count);
        tokio::time::timeout(LIMIT, arrived).await.expect("in time").expect("the watcher lives");
    }

    async fn end(self) {
        self.stop.cancel();
        tokio::time::timeout(LIMIT, self.tasks.join_all()).await.expect("it stops");
    }
}

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_change_is_noticed_by_itself() {
    let world = World::new(&["a", "b"]);
    let mut watching = Watching::begin(world.directory.path(), Duration::from_hours(1));
    world.write("c", &sound(""));
    watching.until_there_are(3).await;
    // The look at the start may have found the first one; only the system's notice is left to tell of these.
    world.remove("a");
    watching.until_there_are(2).await;
    world.write("d", &sound(""));
    watching.until_there_are(3).await;
    watching.end().await;
}

/// Kubernetes writes a new directory beside the old one and turns one link over.
#[tokio::test]
async fn a_mounted_config_map_that_is_turned_over_is_noticed_by_itself() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |name: &str| directory.path().join(name);
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, at(name)).expect("linked");
    for (version, text) in [("..1", sound("")), ("..2", sound("other"))] {
        fs::create_dir(at(version)).expect("made");
        fs::write(at(version).join("a.toml"), text).expect("written");
    }
    link("..1", "..data");
    link("..data/a.toml", "a.toml");
    let mut watching = Watching::begin(directory.path(), Duration::from_hours(1));
    fs::write(at("b.toml"), sound("")).expect("written");
    watching.until_there_are(2).await;
    link("..2", "..data_tmp");
    fs::rename(at("..data_tmp"), at("..data")).expect("turned over");
    let turned = watching.sets.wait_for(|set| {
        set.definitions.values().any(|definition| definition.id.as_str() == "a" && path(definition) == "/other")
    });
    tokio::time::timeout(LIMIT, turned).await.expect("in time").expect("the watcher lives");
    watching.end().await;
}

#[tokio::test]
async fn a_change_that_nobody_tells_of_is_found_by_looking_again() {
    let world = World::new(&["a"]);
    // Another path to the same place, which then leads to another place: no file in the first one changes.
    let (link, other) = (world.directory.path().with_extension("link"), World::new(&["a", "b"]));
    std::os::unix::fs::symlink(world.directory.path(), &link).expect("linked");
    let mut watching = Watching::begin(&link, Duration::from_millis(10));
    fs::remove_file(&link).expect("removed");
    std::os::unix::fs::symlink(other.directory.path(), &link).expect("linked");
    watching.until_there_are(2).await;
    watching.end().await;
    fs::remove_file(&link).expect("removed");
}

#[test]
fn a_directory_that_is_missing_at_the_start_is_an_error_and_an_empty_one_is_not() {
    let world = World::new(&[]);
    assert!(open(&world.directory.path().join("nowhere"), options()).is_err());
    let (set, _) = open(world.directory.path(), options()).expect("it can be looked at");
    assert_eq!((set.definitions.len(), set.generation), (0, 0));
}
