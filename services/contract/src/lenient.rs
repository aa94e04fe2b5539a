//! A codec that hands a broken message on instead of breaking the stream.
//!
//! The ordinary codec ends a whole stream on the first message it can't read: one bad signal would cost the partner
//! all that follow. Here such a message arrives as [`Received::Undecodable`], and gets a refusal for a receipt.

use std::marker::PhantomData;

use prost::Message;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic_prost::ProstEncoder;

/// One message as it came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Received<T> {
    /// It could be read.
    Message(T),
    /// It is no message of this type, or a text in it is no UTF-8.
    Undecodable {
        /// What was found, with the field where known; never the bytes themselves.
        message: String,
    },
}

impl<T: Message + Default> Received<T> {
    /// Reads a message. Any bytes at all give an answer.
    pub fn read(bytes: impl prost::bytes::Buf) -> Self {
        match T::decode(bytes) {
            Ok(message) => Self::Message(message),
            Err(error) => Self::Undecodable { message: error.to_string() },
        }
    }
}

impl<T> From<T> for Received<T> {
    fn from(message: T) -> Self {
        Self::Message(message)
    }
}

/// The codec of the ingest servers: answers `U` as usual, reads `T` leniently.
#[derive(Debug)]
pub struct LenientCodec<U, T>(PhantomData<(U, T)>);

impl<U, T> Default for LenientCodec<U, T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<U, T> Codec for LenientCodec<U, Received<T>>
where
    U: Message + Send + 'static,
    T: Message + Default + Send + 'static,
{
    type Encode = U;
    type Decode = Received<T>;
    type Encoder = ProstEncoder<U>;
    type Decoder = LenientDecoder<T>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::default()
    }

    fn decoder(&mut self) -> Self::Decoder {
        LenientDecoder(PhantomData)
    }
}

/// Reads whatever comes.
#[derive(Debug)]
pub struct LenientDecoder<T>(PhantomData<T>);

impl<T: Message + Default> Decoder for LenientDecoder<T> {
    type Item = Received<T>;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Self::Item>, Status> {
        let received = Received::read(&mut *bytes);
        // A message that breaks off in the middle leaves its tail behind, which would be read as the next one's head.
        let left = prost::bytes::Buf::remaining(bytes);
        prost::bytes::Buf::advance(bytes, left);
        Ok(Some(received))
    }
}

#[cfg(test)]
mod specs {
    use proptest::prelude::*;

    use super::*;
    use crate::proto::ingest::v1::{
        Common, PoliceIngestServiceReportRequest as Request, PoliceSignal, Subject, subject,
    };

    /// A request whose free text is marked with bytes that can be found again.
    fn request(text: &str) -> Request {
        let subject =
            Subject { identifier: Some(subject::Identifier::Bsn("111222333".into())), ..Default::default() };
        let common = Common {
            reference: "2026-17".into(),
            free_text: text.into(),
            subjects: vec![subject],
            ..Default::default()
        };
        Request { signal: Some(PoliceSignal { common: Some(common), kind: 1, ..Default::default() }) }
    }

    fn read(bytes: &[u8]) -> Received<Request> {
        Received::read(bytes)
    }

    #[test]
    fn a_text_that_is_no_utf8_is_named_by_its_field_and_not_repeated() {
        let mut bytes = request("CANARY").encode_to_vec();
        let at = bytes.windows(6).position(|w| w == b"CANARY").unwrap();
        bytes[at] = 0xff;
        let Received::Undecodable { message } = read(&bytes) else { panic!("read broken UTF-8") };
        assert!(message.contains("Common.free_text"), "{message}");
        assert!(!message.contains("ANARY"), "{message}");
    }

    proptest! {
        #[test]
        fn any_bytes_at_all_give_an_answer(bytes: Vec<u8>) {
            read(&bytes);
        }

        #[test]
        fn one_flipped_byte_gives_an_answer_that_repeats_nothing_personal(at: prop::sample::Index, by in 1u8..) {
            let mut bytes = request("CANARY").encode_to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            if let Received::Undecodable { message } = read(&bytes) {
                prop_assert!(!message.contains("CANARY") && !message.contains("111222333"), "{}", message);
            }
        }

        #[test]
        fn a_message_cut_short_is_undecodable_or_a_shorter_message(cut: prop::sample::Index) {
            let whole = request("tekst").encode_to_vec();
            let cut = cut.index(whole.len());
            if let Received::Message(message) = read(&whole[..cut]) {
                prop_assert!(message != request("tekst"));
            }
        }

        #[test]
        fn a_whole_message_is_read_as_it_was_written(text: String) {
            prop_assert_eq!(read(&request(&text).encode_to_vec()), Received::Message(request(&text)));
        }
    }
}
