//! SQLite's result codes as kinds of errors.

use rusqlite::{Error, ErrorCode};

use crate::error::{ErrorKind, LogError};

impl From<Error> for LogError {
    fn from(error: Error) -> Self {
        Self::new(kind(&error), "the database refused").caused_by(error)
    }
}

fn kind(error: &Error) -> ErrorKind {
    let Some(code) = error.sqlite_error_code() else {
        return match error {
            Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::QueryReturnedNoRows => ErrorKind::Corrupt,
            _ => ErrorKind::Rejected,
        };
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => ErrorKind::Busy,
        ErrorCode::PermissionDenied
        | ErrorCode::OutOfMemory
        | ErrorCode::ReadOnly
        | ErrorCode::SystemIoFailure
        | ErrorCode::DiskFull
        | ErrorCode::CannotOpen
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::NotADatabase => ErrorKind::Storage,
        ErrorCode::DatabaseCorrupt => ErrorKind::Corrupt,
        _ => ErrorKind::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn each_code_says_whether_a_retry_helps() {
        for (code, kind, retryable) in [
            (ffi::SQLITE_BUSY, ErrorKind::Busy, true),
            (ffi::SQLITE_LOCKED, ErrorKind::Busy, true),
            (ffi::SQLITE_FULL, ErrorKind::Storage, false),
            (ffi::SQLITE_IOERR, ErrorKind::Storage, false),
            (ffi::SQLITE_CORRUPT, ErrorKind::Corrupt, false),
            (ffi::SQLITE_CONSTRAINT, ErrorKind::Rejected, false),
        ] {
            let error = LogError::from(Error::SqliteFailure(ffi::Error::new(code), None));
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{error}");
        }
    }

    #[test]
    fn a_column_of_another_type_is_corrupt() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let error = connection.query_row("SELECT 'x'", (), |row| row.get::<_, i64>(0)).unwrap_err();
        assert_eq!(LogError::from(error).kind(), ErrorKind::Corrupt);
    }
}
