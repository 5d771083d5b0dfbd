use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::*;

#[tokio::test]
async fn a_connection_that_is_never_taken_times_out() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("bound");
    let listener = socket.listen(1).expect("listens");
    let address = listener.local_addr().expect("an address");
    // Nobody accepts: once the queue is full, the kernel no longer answers.
    let mut queued = Vec::new();
    while let Ok(Ok(tcp)) = timeout(HURRIED, TcpStream::connect(address)).await {
        queued.push(tcp);
    }
    let observation = Lab::new().hurried(get(&format!("http://{address}/"))).await;
    failed(&observation, FailureKind::ConnectTimeout);
    assert!(observation.timings.connect >= Some(HURRIED / 2) && observation.timings.processing.is_none());
}
