//! Against a receiver on this machine that answers what it is told to, and keeps what it was sent.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::scene;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver.
struct Receiver {
    port: u16,
    called: Arc<AtomicUsize>,
    heard: Arc<Mutex<String>>,
}

impl Receiver {
    async fn answering(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (called, heard) = (Arc::new(AtomicUsize::new(0)), Arc::<Mutex<String>>::default());
        let (count, into) = (Arc::clone(&called), Arc::clone(&heard));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut bytes = Vec::new();
                // The body is one object, and nothing in the head ends as it does. What begins like TLS isn't understood.
                while !bytes.ends_with(b"}}") && bytes.first() != Some(&0x16) {
                    if stream.read_buf(&mut bytes).await.unwrap() == 0 {
                        break;
                    }
                }
                *into.lock().unwrap() = String::from_utf8_lossy(&bytes).into_owned();
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { port, called, heard }
    }

    fn at(&self, host: &str) -> Webhook {
        let url = format!("http://{host}:{}/hook?area=1", self.port).parse().unwrap();
        Webhook { url, secrets: Secrets::parse(SECRET).unwrap() }
    }

    fn calls(&self) -> usize {
        self.called.load(Ordering::SeqCst)
    }
}

fn webhooks(allow_private: bool) -> Webhooks {
    let clock = Clock::manual("2026-04-02T10:00:00Z".parse().unwrap());
    Webhooks::new(allow_private, clock, Gone::default()).unwrap()
}

async fn told(webhooks: &Webhooks, to: &Webhook) -> Result<(), WebhookFailure> {
    webhooks.send(&scene::notice("any"), to, "https://seinhuis.example/zaken/1".into()).await
}

async fn failure(answer: &'static str) -> WebhookFailure {
    let receiver = Receiver::answering(answer).await;
    told(&webhooks(true), &receiver.at("127.0.0.1")).await.unwrap_err()
}

#[tokio::test]
async fn a_message_carries_the_notices_id_the_time_and_a_signature_over_both_and_the_body() {
    let receiver = Receiver::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let to = receiver.at("127.0.0.1");
    told(&webhooks(true), &to).await.unwrap();
    let heard = receiver.heard.lock().unwrap().clone();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    let id = scene::notice("any").id.to_string();
    let signature = to.secrets.sign(&id, 1_775_124_000, body.as_bytes());
    assert!(head.starts_with("POST /hook?area=1 HTTP/1.1\r\n"), "{head}");
    for line in [
        format!("host: 127.0.0.1:{}", receiver.port),
        "content-type: application/json".to_owned(),
        format!("webhook-id: {id}"),
        "webhook-timestamp: 1775124000".to_owned(),
        format!("webhook-signature: {signature}"),
    ] {
        assert!(head.split("\r\n").any(|said| said == line), "{line} is missing in\n{head}");
    }
}

#[tokio::test]
async fn who_says_that_it_is_gone_is_called_no_more() {
    let receiver = Receiver::answering("HTTP/1.1 410 Gone\r\n\r\n").await;
    let (webhooks, to) = (webhooks(true), receiver.at("127.0.0.1"));
    for _ in 0..2 {
        let failure = told(&webhooks, &to).await.unwrap_err();
        assert!(failure == WebhookFailure::Gone && failure.is_final(), "{failure}");
    }
    assert_eq!(receiver.calls(), 1);
}

#[tokio::test]
async fn who_is_busy_says_when_to_call_again() {
    let asked = |seconds| Some(SignedDuration::from_secs(seconds));
    for (answer, code, retry_after) in [
        ("HTTP/1.1 429 Slow down\r\nRetry-After: 90\r\n\r\n", 429, asked(90)),
        ("HTTP/1.1 503 Later\r\nretry-after: Thu, 02 Apr 2026 10:01:00 GMT\r\n\r\n", 503, asked(60)),
        ("HTTP/1.1 500 Oops\r\nretry-after: 90\r\n\r\n", 500, None),
        ("HTTP/1.1 429 Slow down\r\n\r\n", 429, None),
    ] {
        assert_eq!(failure(answer).await, WebhookFailure::Answered { code, retry_after });
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let answer = format!("HTTP/1.1 307 There\r\nlocation: http://127.0.0.1:{}/\r\n\r\n", elsewhere.port);
    let answered = failure(answer.leak()).await;
    assert_eq!(answered, WebhookFailure::Answered { code: 307, retry_after: None });
    assert!(!answered.is_final() && elsewhere.calls() == 0);
}

#[tokio::test]
async fn what_lies_in_ones_own_network_is_not_even_connected_to_unless_that_is_allowed() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    // As an address, and as a name that leads there.
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let failure = told(&webhooks(false), &receiver.at(host)).await.unwrap_err();
        assert!(failure == WebhookFailure::Barred && failure.is_final(), "{host}: {failure}");
    }
    assert_eq!(receiver.calls(), 0);
    told(&webhooks(true), &receiver.at("localhost")).await.unwrap();
    assert_eq!(receiver.calls(), 1);
}

#[tokio::test]
async fn nothing_goes_over_the_internet_in_clear_and_nothing_at_all_to_where_no_receiver_is() {
    for url in ["http://9.9.9.9/", "https://169.254.169.254/", "https://224.0.0.1/"] {
        let to = Webhook { url: url.parse().unwrap(), secrets: Secrets::parse(SECRET).unwrap() };
        assert_eq!(told(&webhooks(true), &to).await, Err(WebhookFailure::Barred), "{url}");
    }
}

#[tokio::test]
async fn a_line_that_breaks_or_isnt_there_or_speaks_no_tls_is_tried_again() {
    let failed = failure("").await;
    assert!(failed == WebhookFailure::NoConnection && !failed.is_final());
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let to = Webhook {
        url: format!("http://{nobody}/").parse().unwrap(),
        secrets: Secrets::parse(SECRET).unwrap(),
    };
    assert_eq!(told(&webhooks(true), &to).await, Err(WebhookFailure::NoConnection));
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let url = format!("https://127.0.0.1:{}/", receiver.port).parse().unwrap();
    let to = Webhook { url, secrets: Secrets::parse(SECRET).unwrap() };
    assert_eq!(told(&webhooks(true), &to).await, Err(WebhookFailure::Tls));
}
