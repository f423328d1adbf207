//! Any bytes give the same messages, whole or split in two.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ordercast_socketio::websocket::decoder::{Decoder, Violation};

/// The largest message, in bytes.
const LIMIT: usize = 4096;

fn decode(pieces: [&[u8]; 2]) -> (Vec<String>, Option<Violation>) {
    let (mut decoder, mut buffer, mut got) = (Decoder::default(), Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match decoder.step(&mut buffer, LIMIT, |incoming| format!("{incoming:?}")) {
                Ok(None) => break,
                Ok(Some((taken, message))) => {
                    assert!(taken > 0 && taken <= buffer.len());
                    buffer.drain(..taken);
                    got.extend(message);
                }
                Err(violation) => return (got, Some(violation)),
            }
        }
    }
    (got, None)
}

fuzz_target!(|input: (u16, Vec<u8>)| {
    let (cut, bytes) = input;
    let (first, second) = bytes.split_at(usize::from(cut).min(bytes.len()));
    assert_eq!(decode([first, second]), decode([&bytes, &[]]));
});
