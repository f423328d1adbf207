-- Whom an event concerns that is not an order's first: sorted runs of (recipient, position); see recipient_index.rs.
CREATE TABLE topic_runs (
    run   INTEGER NOT NULL,
    key   INTEGER NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (run, key, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE topic_run_ends (
    run  INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- What somebody has read of an inbox: everything up to `read_through`, and of what came after it `read_above`, a list of
-- [place, event id]. `store` is the store whose inbox its staff share, 0 for one's own.
CREATE TABLE inboxes (
    person       INTEGER NOT NULL REFERENCES users (key),
    role         INTEGER NOT NULL,
    store        INTEGER NOT NULL,
    read_through INTEGER NOT NULL,
    read_above   TEXT NOT NULL,
    PRIMARY KEY (person, role, store)
) STRICT, WITHOUT ROWID;

-- What happened before there were inboxes counts as read.
INSERT INTO meta (name, value) SELECT 'inboxes_since', max(seq) FROM events HAVING max(seq) IS NOT NULL;
