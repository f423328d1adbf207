-- The orders that a live client has joined, for when it comes back. `state` is JSON of the live connections, which delete a
-- row some time after its client left.
CREATE TABLE IF NOT EXISTS joins (
    client TEXT PRIMARY KEY,
    state  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
