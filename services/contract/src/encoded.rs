//! A message that was encoded before it is known to whom it goes: what many callers are told is made once for all of them.

use std::fmt;
use std::marker::PhantomData;

use prost::Message;
use prost::bytes::{BufMut, Bytes};
use tonic::Status;
use tonic::codec::{BufferSettings, Codec, EncodeBuf, Encoder};
use tonic_prost::{ProstCodec, ProstDecoder};

/// Bytes of room that a stream's buffer gets at a time.
const ROOM: usize = 1 << 10;
/// Bytes after which what is encoded is sent before more is, as usual.
const YIELDS: usize = 32 << 10;

/// A `T` as it goes over the wire. Clones share their bytes.
pub struct Encoded<T> {
    bytes: Bytes,
    of: PhantomData<fn() -> T>,
}

impl<T: Message> Encoded<T> {
    /// Encodes `message`.
    pub fn of(message: &T) -> Self {
        Self::already(message.encode_to_vec().into())
    }
}

impl<T> Encoded<T> {
    /// `bytes`, which are an encoded `T`.
    pub fn already(bytes: Bytes) -> Self {
        Self { bytes, of: PhantomData }
    }

    /// The bytes.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl<T> Clone for Encoded<T> {
    fn clone(&self) -> Self {
        Self::already(self.bytes.clone())
    }
}

impl<T> PartialEq for Encoded<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> fmt::Debug for Encoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} encoded bytes", self.bytes.len())
    }
}

/// The codec of the live streams: reads `U` as usual, answers with what is encoded already.
#[derive(Debug)]
pub struct EncodedCodec<T, U>(PhantomData<fn() -> (T, U)>);

impl<T, U> Default for EncodedCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for EncodedCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = Encoded<T>;
    type Decode = U;
    type Encoder = Copying<T>;
    type Decoder = ProstDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        Copying(PhantomData)
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<T, U>::default().decoder()
    }
}

/// Writes the bytes out as they are.
#[derive(Debug)]
pub struct Copying<T>(PhantomData<fn() -> T>);

impl<T> Encoder for Copying<T> {
    type Item = Encoded<T>;
    type Error = Status;

    fn buffer_settings(&self) -> BufferSettings {
        // Every stream has a buffer of its own, and most messages are far smaller than the usual eight kilobytes.
        BufferSettings::new(ROOM, YIELDS)
    }

    fn encode(&mut self, item: Self::Item, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item.bytes);
        Ok(())
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::proto::monitor::v1::Progress;

    #[test]
    fn what_was_encoded_once_is_the_same_message_for_everybody_and_shares_its_bytes() {
        let message = Progress { position: 7, head: 9 };
        let one = Encoded::of(&message);
        let (first, second) = (one.clone().into_bytes(), one.into_bytes());
        assert_eq!(first.as_ptr(), second.as_ptr());
        assert_eq!(Progress::decode(first), Ok(message));
    }
}
