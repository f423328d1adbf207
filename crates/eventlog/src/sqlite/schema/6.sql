-- Readers of the whole log, each with the last event it has processed.
CREATE TABLE consumers (
    name       TEXT PRIMARY KEY,
    position   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids of the last batches, to find out whether a batch was committed when its COMMIT was not answered. The slots are
-- written in turn, over and over.
CREATE TABLE batches (
    slot INTEGER PRIMARY KEY,
    id   BLOB NOT NULL
) STRICT;
