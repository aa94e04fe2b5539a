//! An appender as a child process: started, heard, killed.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use seinhuis_tests::told::Told;
use tokio::sync::watch;

/// How long something may take that has to happen, on a machine that compiles beside it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running appender. It is killed when this is dropped.
pub(crate) struct Appender {
    child: Child,
    input: Option<ChildStdin>,
    heard: watch::Receiver<Vec<Told>>,
    ear: Option<JoinHandle<()>>,
}

impl Appender {
    /// Starts one on `url` that signs as `name`, with a caller per line of `callers`.
    pub(crate) fn start(url: &str, name: &str, callers: &[String], more: &[String]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_appender"));
        command.args([url, name]).args(more).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("{}\n\n", callers.join("\n")).as_bytes()).unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let (tell, heard) = watch::channel(Vec::new());
        let ear = std::thread::spawn(move || {
            let mut line = String::new();
            // A line without its end was not told: the process died over it.
            while lines.read_line(&mut line).is_ok() && line.ends_with('\n') {
                let told = serde_json::from_str(&line).unwrap();
                tell.send_modify(|heard: &mut Vec<Told>| heard.push(told));
                line.clear();
            }
        });
        Self { child, input: Some(input), heard, ear: Some(ear) }
    }

    /// Waits until what was told satisfies `enough`.
    pub(crate) async fn until(&mut self, what: &str, enough: impl Fn(&[Told]) -> bool) {
        let waited = self.heard.wait_for(|heard| enough(heard) || heard.iter().any(is_broken));
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(Ok(heard)) => assert!(enough(&heard), "{:?}", heard.iter().find(|told| is_broken(told))),
            Ok(Err(_)) => panic!("the appender ended before {what}"),
            Err(_) => panic!("no {what} within {PATIENCE:?}"),
        }
    }

    /// How many receipts were told.
    pub(crate) fn receipts(&self) -> usize {
        self.heard.borrow().iter().filter(|told| matches!(told, Told::Stored(_))).count()
    }

    /// How many faults were told.
    pub(crate) fn faults(&self) -> usize {
        self.heard.borrow().iter().filter(|told| matches!(told, Told::Fault(_))).count()
    }

    /// Waits for `more` receipts than there are.
    pub(crate) async fn stored(&mut self, more: usize) {
        let enough = self.receipts() + more;
        let stored = move |heard: &[Told]| {
            heard.iter().filter(|told| matches!(told, Told::Stored(_))).count() >= enough
        };
        self.until("enough receipts", stored).await;
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once (SIGKILL) and gives all that it told.
    pub(crate) fn kill(mut self) -> Vec<Told> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.all()
    }

    /// Lets it end in order and gives all that it told.
    pub(crate) fn stop(mut self) -> Vec<Told> {
        drop(self.input.take());
        let ended = self.child.wait().unwrap();
        let told = self.all();
        assert!(ended.success(), "{ended}: {:?}", told.last());
        told
    }

    fn all(&mut self) -> Vec<Told> {
        self.ear.take().unwrap().join().unwrap();
        let told = self.heard.borrow().clone();
        if let Some(broken) = told.iter().find(|told| is_broken(told)) {
            panic!("{broken:?}");
        }
        told
    }
}

impl Drop for Appender {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_broken(told: &Told) -> bool {
    matches!(told, Told::Broken(_))
}
