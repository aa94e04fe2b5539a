//! A TCP proxy before a server, which cuts connections: at any moment, or exactly between a request and its answer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

/// How long something to lose may take to come by.
const PATIENCE: Duration = Duration::from_secs(60);

/// A proxy on a free loopback port. Its connections are cut when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// The server's port.
    to: u16,
    state: Mutex<State>,
    lost: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Both ends of every connection there ever was.
    ends: Vec<TcpStream>,
    trap: Option<Trap>,
    /// Whether nobody gets through for now.
    shut: bool,
    closed: bool,
}

/// What to lose next.
#[derive(Debug, Clone)]
struct Trap {
    /// What the request has to contain.
    mark: Vec<u8>,
    what: Loss,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// The server never gets it.
    Request,
    /// The server does it and answers, and nobody hears the answer.
    Answer,
}

impl Proxy {
    /// Starts one that leads to a port of this machine.
    pub fn start(to: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared { to, state: Mutex::default(), lost: Condvar::new() });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if serving.state().closed {
                    return;
                }
                // Whoever finds no server behind it is let go.
                if let Ok(client) = client {
                    let _ = serving.join(client);
                }
            }
        });
        Ok(Self { port, shared })
    }

    /// `url`, an address on the server itself, by way of the proxy.
    pub fn address(&self, url: &str) -> anyhow::Result<String> {
        let (before, after) =
            url.split_once(&format!(":{}", self.shared.to)).context("the address is of another server")?;
        Ok(format!("{before}:{}{after}", self.port))
    }

    /// Cuts every connection there is. New ones are let through.
    pub fn cut(&self) {
        cut(self.shared.state().ends.drain(..));
    }

    /// Cuts every connection there is, and lets no new one through.
    pub fn close(&self) {
        self.shared.state().shut = true;
        self.cut();
    }

    /// Lets new connections through again.
    pub fn open(&self) {
        self.shared.state().shut = false;
    }

    /// The next request that contains `mark` doesn't reach the server: its connection is cut instead.
    pub fn lose_request(&self, mark: &[u8]) {
        self.shared.state().trap = Some(Trap { mark: mark.to_vec(), what: Loss::Request });
    }

    /// The next request that contains `mark` reaches the server, which answers; then its connection is cut and the
    /// answer thrown away.
    pub fn lose_answer(&self, mark: &[u8]) {
        self.shared.state().trap = Some(Trap { mark: mark.to_vec(), what: Loss::Answer });
    }

    /// Waits until what was to be lost has come by.
    pub fn until_lost(&self) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        let mut state = self.shared.state();
        while state.trap.is_some() {
            let left = until.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "nothing to lose came by");
            state = self.shared.lost.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.state().closed = true;
        self.cut();
        // Wakes who listens, so that he sees it.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins a client and a new connection to the server.
    fn join(self: &Arc<Self>, client: TcpStream) -> std::io::Result<()> {
        if self.state().shut {
            return Ok(());
        }
        let server = TcpStream::connect(("127.0.0.1", self.to))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        self.state().ends.extend([client.try_clone()?, server.try_clone()?]);
        let ends = [client.try_clone()?, server.try_clone()?];
        let there = Arc::clone(self);
        let losing = Arc::new(Mutex::new(false));
        let watched = Arc::clone(&losing);
        std::thread::spawn(move || there.requests(client, server, &losing));
        let back = Arc::clone(self);
        let [client, server] = ends;
        std::thread::spawn(move || back.answers(server, client, &watched));
        Ok(())
    }

    fn requests(&self, mut client: TcpStream, mut server: TcpStream, losing: &Mutex<bool>) {
        let mut seen = Vec::new();
        let mut piece = vec![0; 64 << 10];
        while let Some(read) = some(client.read(&mut piece)) {
            seen.extend_from_slice(&piece[..read]);
            match self.caught(&mut seen) {
                Some(Loss::Request) => {
                    self.spring();
                    break;
                }
                Some(Loss::Answer) => *losing.lock().unwrap_or_else(PoisonError::into_inner) = true,
                None => {}
            }
            if server.write_all(&piece[..read]).is_err() {
                break;
            }
        }
        cut([client, server]);
    }

    fn answers(&self, mut server: TcpStream, mut client: TcpStream, losing: &Mutex<bool>) {
        let mut piece = vec![0; 64 << 10];
        while let Some(read) = some(server.read(&mut piece)) {
            if *losing.lock().unwrap_or_else(PoisonError::into_inner) {
                self.spring();
                break;
            }
            if client.write_all(&piece[..read]).is_err() {
                break;
            }
        }
        cut([client, server]);
    }

    /// Whether what was `seen` so far contains what is waited for. Keeps of it what may be the beginning of a mark.
    fn caught(&self, seen: &mut Vec<u8>) -> Option<Loss> {
        let state = self.state();
        let Some(Trap { mark, what }) = &state.trap else {
            seen.clear();
            return None;
        };
        if seen.windows(mark.len()).any(|window| window == mark) {
            return Some(*what);
        }
        let rest = seen.len().saturating_sub(mark.len());
        seen.drain(..rest);
        None
    }

    fn spring(&self) {
        self.state().trap = None;
        self.lost.notify_all();
    }
}

fn some(read: std::io::Result<usize>) -> Option<usize> {
    read.ok().filter(|read| *read > 0)
}

fn cut(ends: impl IntoIterator<Item = TcpStream>) {
    for end in ends {
        // The other side may have been first.
        let _ = end.shutdown(Shutdown::Both);
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    /// Answers every line with itself; tells how often it was asked.
    fn echo() -> (u16, Arc<Mutex<Vec<String>>>) {
        use std::io::{BufRead, BufReader};
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&asked);
        std::thread::spawn(move || {
            for caller in listener.incoming() {
                let (caller, told) = (caller.unwrap(), Arc::clone(&told));
                std::thread::spawn(move || {
                    let mut out = caller.try_clone().unwrap();
                    for line in BufReader::new(caller).lines().map_while(Result::ok) {
                        told.lock().unwrap().push(line.clone());
                        let _ = writeln!(out, "{line}");
                    }
                });
            }
        });
        (port, asked)
    }

    fn ask(stream: &mut TcpStream, line: &str) -> String {
        let _ = writeln!(stream, "{line}");
        let mut answer = Vec::new();
        let mut byte = [0];
        while stream.read(&mut byte).is_ok_and(|read| read == 1) && byte != *b"\n" {
            answer.push(byte[0]);
        }
        String::from_utf8(answer).unwrap()
    }

    #[test]
    fn an_answer_is_lost_after_the_server_did_what_was_asked_and_a_request_before() {
        let (port, asked) = echo();
        let proxy = Proxy::start(port).unwrap();
        let through = || TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        let (mut one, mut other) = (through(), through());
        assert_eq!(ask(&mut one, "first"), "first");
        proxy.lose_answer(b"second");
        assert_eq!(ask(&mut other, "another"), "another");
        assert_eq!(ask(&mut one, "the second"), "");
        proxy.until_lost().unwrap();
        proxy.lose_request(b"third");
        assert_eq!(ask(&mut other, "the third"), "");
        proxy.until_lost().unwrap();
        assert_eq!(*asked.lock().unwrap(), ["first", "another", "the second"]);
        let mut new = through();
        assert_eq!(ask(&mut new, "fourth"), "fourth");
        proxy.cut();
        assert_eq!(ask(&mut new, "fifth"), "");
        proxy.close();
        assert_eq!(ask(&mut through(), "sixth"), "");
        proxy.open();
        assert_eq!(ask(&mut through(), "seventh"), "seventh");
    }
}
