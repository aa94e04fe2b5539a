//! A sign of life to somebody outside (a dead man's switch): whoever gets none for a while raises the alarm, which a hub that is
//! down can't do itself.

use seinhuis_runtime::Clock;

use crate::channel::{Gone, Url, WebhookFailure, Webhooks};

/// Where it is given.
#[derive(Debug)]
pub struct SignOfLife {
    way: Webhooks,
    to: Url,
}

impl SignOfLife {
    /// To the address `to`, which is a setting of the hub's own and may lie in its network.
    ///
    /// # Errors
    /// When TLS can't be had.
    pub fn new(to: Url) -> Result<Self, tokio_rustls::rustls::Error> {
        Ok(Self { way: Webhooks::new(true, Clock::system(), Gone::default())?, to })
    }

    /// Gives it once.
    ///
    /// # Errors
    /// When whoever is to get it can't be reached or answers otherwise than with success.
    pub async fn give(&self) -> Result<(), WebhookFailure> {
        self.way.visit(&self.to).await
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// What is asked of somebody who answers so, and what comes of it.
    async fn given(answer: &'static str) -> (String, Result<(), WebhookFailure>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = format!("http://{}/ping/abc?from=hub", listener.local_addr().unwrap());
        let outside = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut asked).await.unwrap();
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(asked).unwrap()
        });
        let given = SignOfLife::new(to.parse().unwrap()).unwrap().give().await;
        (outside.await.unwrap(), given)
    }

    #[tokio::test]
    async fn an_address_is_called_and_told_nothing() {
        let (asked, given) = given("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(given, Ok(()));
        assert!(asked.starts_with("GET /ping/abc?from=hub HTTP/1.1\r\n"), "{asked}");
        assert!(asked.ends_with("\r\n\r\n") && !asked.contains("content-length"), "{asked}");
    }

    #[tokio::test]
    async fn another_answer_than_success_is_told() {
        let (_, given) = given("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(given, Err(WebhookFailure::Answered { code: 503, retry_after: None }));
    }
}
