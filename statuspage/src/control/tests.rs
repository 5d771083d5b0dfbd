//! The socket on real directories.

use std::os::unix::net::UnixListener as Dead;

use super::*;

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

#[tokio::test]
async fn the_socket_is_for_its_user_alone_and_goes_with_the_hub() {
    let data = directory();
    let endpoint = Endpoint::open(data.path()).expect("a socket");
    let mode = fs::metadata(path_in(data.path())).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(Client::find(data.path()).expect("ours").is_some());
    drop(endpoint);
    assert_eq!(fs::read_dir(data.path()).expect("a directory").count(), 0, "nothing is left");
    assert!(Client::find(data.path()).expect("nobody").is_none());
}

#[tokio::test]
async fn a_dead_hubs_socket_is_replaced_and_a_living_ones_is_not() {
    let data = directory();
    drop(Dead::bind(path_in(data.path())).expect("a socket"));
    assert!(Client::find(data.path()).expect("nobody").is_none(), "nobody listens");
    let living = Endpoint::open(data.path()).expect("replaced");
    assert!(matches!(Endpoint::open(data.path()), Err(EndpointError::InUse(_))));
    drop(living);
    fs::write(path_in(data.path()), "mine").expect("written");
    assert!(matches!(Endpoint::open(data.path()), Err(EndpointError::NoSocket(_))));
    assert_eq!(fs::read(path_in(data.path())).expect("it stays"), b"mine");
}

#[tokio::test]
async fn a_socket_that_has_become_anothers_is_left_alone() {
    let data = directory();
    let first = Endpoint::open(data.path()).expect("a socket");
    fs::remove_file(path_in(data.path())).expect("removed");
    let second = Endpoint::open(data.path()).expect("a socket");
    drop(first);
    assert!(Client::find(data.path()).expect("ours").is_some());
    drop(second);
}

#[tokio::test]
async fn a_path_that_no_socket_can_have_is_refused_in_words() {
    let data = directory();
    let beside = data.path().as_os_str().len() + "//control.sock".len();
    let of_length = |length: usize| {
        let deep = data.path().join("d".repeat(length - beside));
        fs::create_dir(&deep).expect("made");
        assert_eq!(path_in(&deep).as_os_str().len(), length);
        deep
    };
    drop(Endpoint::open(&of_length(LONGEST)).expect("it just fits"));
    let deeper = of_length(LONGEST + 1);
    let refused = Endpoint::open(&deeper).expect_err("too long").to_string();
    assert!(refused.contains("has 108 bytes") && refused.contains("shorter data directory"), "{refused}");
    assert!(Client::find(&deeper).expect("nobody").is_none());
}
