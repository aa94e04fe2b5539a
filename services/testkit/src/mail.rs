//! A mail server that takes everything and keeps it: just enough of RFC 5321 for one honest client.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Kept = Arc<(Mutex<Vec<String>>, Condvar)>;

/// A listening mail server.
#[derive(Debug)]
pub struct MailSink {
    address: SocketAddr,
    kept: Kept,
}

impl MailSink {
    /// Listens on a free loopback port.
    pub fn start() -> std::io::Result<Self> {
        Self::refusing(0)
    }

    /// The same, but the first so many mails are refused for now (451) after they were received.
    pub fn refusing(first: usize) -> std::io::Result<Self> {
        let left = Arc::new(AtomicUsize::new(first));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let kept = Kept::default();
        let into = Arc::clone(&kept);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (into, left) = (Arc::clone(&into), Arc::clone(&left));
                std::thread::spawn(move || drop(converse(stream, &into, &left)));
            }
        });
        Ok(Self { address, kept })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// All mails that came in, once there are `count` or the time is up.
    pub fn wait_for(&self, count: usize, patience: Duration) -> Vec<String> {
        let (mails, came) = &*self.kept;
        let until = Instant::now() + patience;
        let mut mails = mails.lock().unwrap_or_else(PoisonError::into_inner);
        while mails.len() < count {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            mails = came.wait_timeout(mails, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        mails.clone()
    }

    /// The mails that came in after the first `seen`, once there is one or the time is up.
    pub fn after(&self, seen: usize, patience: Duration) -> Vec<String> {
        let (mails, came) = &*self.kept;
        let mails = mails.lock().unwrap_or_else(PoisonError::into_inner);
        let none = |mails: &mut Vec<String>| mails.len() <= seen;
        let (mails, _) =
            came.wait_timeout_while(mails, patience, none).unwrap_or_else(PoisonError::into_inner);
        mails.get(seen..).map(<[String]>::to_vec).unwrap_or_default()
    }
}

fn converse(mut stream: TcpStream, kept: &Kept, refusals: &AtomicUsize) -> std::io::Result<()> {
    let refuse = |left: usize| left.checked_sub(1);
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    stream.write_all(b"220 sink\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push('\n');
                }
                if refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, refuse).is_ok() {
                    stream.write_all(b"451 not now\r\n")?;
                    continue;
                }
                kept.0.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                kept.1.notify_all();
                stream.write_all(b"250 kept\r\n")?;
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => stream.write_all(b"250 ok\r\n")?,
        }
    }
    Ok(())
}
