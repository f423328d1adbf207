//! Writing frames to a TCP stream: what `fill` collects, and one system call for many frames.

use std::io::{ErrorKind, IoSlice};

use rustix::io::Errno;
use rustix::net::SendFlags;
use tokio::net::TcpStream;

use crate::frame::Frame;

/// Frames passed to one write.
pub(crate) const MAX_FRAMES: usize = 64;
/// Bytes after which no more frames are pulled for one write.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Packets in one long-polling response. Long-polling clients in Python (`python-engineio`) accept no more in one payload.
pub(crate) const MAX_PAYLOAD_PACKETS: usize = 16;

/// Collects the frames of one write.
pub struct Outgoing<'a> {
    pub(crate) frames: &'a mut Vec<Frame>,
    pub(crate) bytes: usize,
    /// After so many frames no more are pulled.
    pub(crate) max_frames: usize,
}

impl Outgoing<'_> {
    pub fn push(&mut self, frame: Frame) {
        self.bytes += frame.len();
        self.frames.push(frame);
    }

    /// How many frames were appended.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// Replaces the frames from an index on.
    pub(crate) fn replace_from(&mut self, first: usize, replace: impl Fn(&Frame) -> Frame) {
        for frame in self.frames.iter_mut().skip(first) {
            let new = replace(frame);
            self.bytes = self.bytes + new.len() - frame.len();
            *frame = new;
        }
    }

    /// How many more frames should be appended. Any more are kept in memory.
    pub fn room(&self) -> usize {
        if self.bytes >= MAX_BYTES { 0 } else { self.max_frames.saturating_sub(self.frames.len()) }
    }

    /// Whether nothing more should be appended. `fill` is called again when these frames are written.
    pub fn is_full(&self) -> bool {
        self.room() == 0
    }
}

/// Up to this many bytes, copying frames into one buffer costs less than a vectored write.
const COPY_LIMIT: usize = 16 * 1024;

thread_local! {
    /// Buffer for small frames that are written together.
    static COALESCED: std::cell::Cell<Vec<u8>> = const { std::cell::Cell::new(Vec::new()) };
}

/// Writes frames with one system call, skipping the bytes of the first frame that are already written.
pub(crate) fn write(io: &TcpStream, frames: &[Frame], skip: usize) -> Result<usize, ErrorKind> {
    let done = match frames {
        [only] => send(io, &only.wire()[skip..]),
        few if few.iter().map(Frame::len).sum::<usize>() <= COPY_LIMIT => {
            let mut bytes = COALESCED.take();
            bytes.clear();
            for frame in few {
                bytes.extend_from_slice(frame.wire());
            }
            let done = send(io, &bytes[skip..]);
            COALESCED.set(bytes);
            done
        }
        many => {
            let mut slices = [IoSlice::new(&[]); MAX_FRAMES];
            let used = many.len().min(MAX_FRAMES);
            for (slice, frame) in slices.iter_mut().zip(many) {
                *slice = IoSlice::new(frame.wire());
            }
            if let Some(first) = many.first() {
                slices[0] = IoSlice::new(&first.wire()[skip..]);
            }
            io.try_write_vectored(&slices[..used])
        }
    };
    done.map_err(|error| error.kind())
}

/// Writes without checking the runtime's readiness flag first. If the kernel's buffer is full, `try_write` clears
/// that flag.
fn send(io: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    match rustix::net::send(io, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
        Err(Errno::AGAIN) => io.try_write(bytes),
        done => Ok(done?),
    }
}
