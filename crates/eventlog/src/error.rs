//! What can go wrong with the database.

/// The database said no, or said something that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// SQLite refused.
    #[error("the database refused: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    File {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// An event of the log is unreadable.
    #[error("event {seq} of the log: {source}")]
    Event {
        /// Its place.
        seq: u64,
        /// Why.
        source: orders::upcast::UnreadableEvent,
    },
    /// A row has not the shape this version writes.
    #[error("the database holds a row that does not make sense: {0}")]
    Corrupt(String),
    /// A newer Ordercast made this database.
    #[error(
        "the database has schema {found}, this version of Ordercast knows schemas up to {known}: \
         start the newer version again, or restore a backup made before the upgrade"
    )]
    SchemaTooNew {
        /// What it has.
        found: u32,
        /// What we know.
        known: u32,
    },
    /// The file is some other program's.
    #[error("{0} is no database of Ordercast's: move it away, or use another data directory")]
    NotOurs(String),
    /// Another process writes to it.
    #[error("another Ordercast is running on {0}: stop it first, or use another data directory")]
    InUse(String),
    /// The database does not keep what it acknowledges.
    #[error("{0}")]
    NotDurable(String),
    /// A reader was held up for so long that what it needs is gone; it tries again by itself.
    #[error("a database reader fell behind, try again")]
    StaleSnapshot,
    /// A reader thread ended early.
    #[error("a database reader was cancelled")]
    Cancelled,
}

impl LogError {
    /// Whether the database is in the way, not what was written: it would refuse every part of the batch alike.
    pub(crate) fn is_general(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        let Self::Sqlite(error) = self else { return matches!(self, Self::File { .. }) };
        matches!(
            error.sqlite_error_code(),
            Some(
                Code::DatabaseBusy
                    | Code::DatabaseLocked
                    | Code::PermissionDenied
                    | Code::OutOfMemory
                    | Code::ReadOnly
                    | Code::SystemIoFailure
                    | Code::DiskFull
                    | Code::CannotOpen
                    | Code::FileLockingProtocolFailed
                    | Code::NotADatabase
            )
        )
    }

    /// Whether somebody else holds the database at the moment, so that trying again helps.
    pub(crate) fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode as Code;
        let code = if let Self::Sqlite(error) = self { error.sqlite_error_code() } else { None };
        matches!(code, Some(Code::DatabaseBusy | Code::DatabaseLocked))
    }

    /// For `map_err`: says what was tried with a file.
    pub(crate) fn file(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::File { what, source }
    }
}

impl From<serde_json::Error> for LogError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
