//! What one file may lose: the changes since its last sync, how to take them back and how some of them arrive.

/// The unit in which a torn write arrives. Disks with larger sectors tear more coarsely, so this is the harder case.
const SECTOR: usize = 512;

/// One write or truncation that no sync has made durable.
pub(super) struct FileChange {
    /// Position among all changes of the disk, so that a sync can tell what it covered.
    pub(super) seq: u64,
    /// Length of the file before the change.
    pub(super) old_len: usize,
    /// Where the change starts: the offset of the write, or the length that was truncated to.
    pub(super) offset: usize,
    /// The bytes from `offset` on that the change replaced or cut off.
    pub(super) old: Vec<u8>,
    /// The bytes written, or `None` for a truncation.
    pub(super) new: Option<Vec<u8>>,
}

/// Turns the present content of a file into what it was before the changes, which are given oldest first.
pub(super) fn undo(content: &mut Vec<u8>, changes: &[FileChange]) {
    for change in changes.iter().rev() {
        content.resize(change.old_len, 0);
        put(content, change.offset, &change.old);
    }
}

/// Applies a random part of the changes to the durable content. Returns how many changes did not arrive whole.
pub(super) fn redo_some(content: &mut Vec<u8>, changes: &[FileChange], dice: &mut Dice) -> usize {
    changes.iter().filter(|change| !arrives(content, change, dice)).count()
}

/// Whether the change arrived whole.
fn arrives(content: &mut Vec<u8>, change: &FileChange, dice: &mut Dice) -> bool {
    let whole = dice.lets_through();
    match &change.new {
        None if whole => content.resize(change.offset, 0),
        None => {}
        Some(new) if whole => put(content, change.offset, new),
        Some(new) => {
            let torn = dice.coin();
            let mut at = 0;
            while at < new.len() {
                let end = new.len().min(at + SECTOR - (change.offset + at) % SECTOR);
                if torn && dice.coin() {
                    put(content, change.offset + at, &new[at..end]);
                }
                at = end;
            }
        }
    }
    whole
}

/// Writes as a file does: past the end, the gap reads as zeros.
fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

/// Random decisions that a seed repeats (`SplitMix64`; a test needs variety here, not secrecy).
pub(super) struct Dice {
    state: u64,
    percent: u64,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Self { state: seed, percent: 0 };
        dice.percent = dice.next() % 100;
        dice
    }

    fn lets_through(&mut self) -> bool {
        self.next() % 100 < self.percent
    }

    fn coin(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
