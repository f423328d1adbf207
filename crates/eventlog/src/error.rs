//! What can go wrong with a database, as a kind that says what helps.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// The kinds of failures of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Another process holds the database at the moment. Nothing was done.
    Busy,
    /// The database cannot be reached. Nothing was done.
    Unavailable,
    /// The storage fails, for example because the disk is full or permissions are missing. An operator has to act.
    Storage,
    /// The database rejected what this batch wanted to write.
    Rejected,
    /// The connection failed during COMMIT: the batch is either committed as a whole or not at all.
    CommitUnknown,
    /// Stored data cannot be read.
    Corrupt,
    /// A part of the database is missing: its content, its write-ahead log, or the database file itself.
    Incomplete,
    /// A newer version of Ordercast made the database.
    SchemaTooNew,
    /// The database was made by another program.
    ForeignDatabase,
    /// Another process has opened the database for writing.
    InUse,
    /// The database cannot guarantee that committed data survives a power loss.
    NotDurable,
    /// The reader's snapshot was too old.
    StaleSnapshot,
    /// The reader ended early, because the server is stopping.
    Cancelled,
}

impl ErrorKind {
    /// Whether it helps to send the same request again. After `CommitUnknown` send it with the same idempotency key.
    pub fn is_retryable(self) -> bool {
        match self {
            Self::Busy | Self::Unavailable | Self::CommitUnknown | Self::StaleSnapshot => true,
            Self::Storage
            | Self::Rejected
            | Self::Corrupt
            | Self::Incomplete
            | Self::SchemaTooNew
            | Self::ForeignDatabase
            | Self::InUse
            | Self::NotDurable
            | Self::Cancelled => false,
        }
    }

    /// Whether the database fails, whatever is written: halving the batch does not help.
    pub(crate) fn fails_any_batch(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Unavailable
                | Self::Storage
                | Self::CommitUnknown
                | Self::InUse
                | Self::NotDurable
        )
    }
}

/// A failure of the database: its kind, what was tried, and what the database said.
#[derive(Debug)]
pub struct LogError {
    kind: ErrorKind,
    context: Cow<'static, str>,
    source: Option<Source>,
}

impl LogError {
    pub fn new(kind: ErrorKind, context: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    #[must_use]
    pub fn caused_by(self, source: impl Into<Source>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// See [`ErrorKind::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }

    /// A row that does not have the shape this version writes.
    pub(crate) fn corrupt(what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Corrupt, format!("the database contains unreadable data: {what}"))
    }

    pub(crate) fn schema_too_new(found: u32, known: u32) -> Self {
        Self::new(
            ErrorKind::SchemaTooNew,
            format!(
                "the database has schema {found}, this version of Ordercast knows schemas up to {known}: \
                 start the newer version again, or restore a backup made before the upgrade"
            ),
        )
    }

    pub(crate) fn foreign_database(file: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::ForeignDatabase,
            format!("{file} is not an Ordercast database: move it away, or use another data directory"),
        )
    }

    pub(crate) fn not_a_backup(file: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::ForeignDatabase,
            format!("{file} is not a backup of Ordercast: name a file that `ordercast backup` wrote"),
        )
    }

    pub(crate) fn in_use(directory: &Path) -> Self {
        let directory = directory.display();
        Self::new(
            ErrorKind::InUse,
            format!(
                "another Ordercast is running on {directory}: stop it first, or use another data directory"
            ),
        )
    }

    pub(crate) fn stale_snapshot() -> Self {
        Self::new(ErrorKind::StaleSnapshot, "a database reader fell behind, try again")
    }

    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "a database reader was cancelled")
    }

    /// For `map_err`: names the file when the storage fails.
    pub(crate) fn about(self, file: &Path) -> Self {
        if self.kind != ErrorKind::Storage {
            return self;
        }
        let context = format!(
            "could not open {}: make the user that runs ordercast the owner of the file and its directory",
            file.display()
        );
        Self { context: context.into(), ..self }
    }

    /// For `map_err`: adds what was tried to an I/O error.
    pub(crate) fn file(context: impl Into<Cow<'static, str>>) -> impl FnOnce(std::io::Error) -> Self {
        let context = context.into();
        move |source| Self::new(ErrorKind::Storage, context).caused_by(source)
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

/// Without `source`: the message has the cause, and whoever prints a chain of errors would print it again.
impl std::error::Error for LogError {}

impl From<serde_json::Error> for LogError {
    fn from(error: serde_json::Error) -> Self {
        Self::corrupt(error)
    }
}
