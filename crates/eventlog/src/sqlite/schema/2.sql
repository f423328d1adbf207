-- The recipients of every event of an order except its first, in sorted runs; see recipient_index.rs.
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

-- Which entries of an inbox a person has read: everything up to `read_through`, and after it the entries in `read_above`,
-- a list of [position, event id]. `store` is set in the inboxes of staff, and 0 in the inboxes of customers and drivers.
CREATE TABLE inboxes (
    person       INTEGER NOT NULL REFERENCES users (key),
    role         INTEGER NOT NULL,
    store        INTEGER NOT NULL,
    read_through INTEGER NOT NULL,
    read_above   TEXT NOT NULL,
    PRIMARY KEY (person, role, store)
) STRICT, WITHOUT ROWID;

-- Events from before this migration count as read.
INSERT INTO meta (name, value) SELECT 'inboxes_since', max(seq) FROM events HAVING max(seq) IS NOT NULL;
