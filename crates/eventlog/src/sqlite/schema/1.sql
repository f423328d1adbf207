-- Single values by name: the epoch, and the newest event that retention deleted.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE stores (
    key INTEGER PRIMARY KEY,
    id  TEXT NOT NULL UNIQUE
) STRICT;

-- Local accounts, which have a password, and external users.
CREATE TABLE users (
    key           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    store         TEXT NOT NULL,
    name          TEXT,
    email         TEXT,
    password_hash TEXT,
    created_at    INTEGER NOT NULL,
    valid_after   INTEGER NOT NULL DEFAULT 0,
    -- What the search index holds for them, to know when it has to change: a line for the account, and one for each
    -- of the last recipients that something was sent to.
    known_as      TEXT
) STRICT;
CREATE UNIQUE INDEX users_by_email ON users (email) WHERE password_hash IS NOT NULL;
CREATE INDEX users_voided ON users (valid_after) WHERE valid_after > 0;

-- Words of a customer's account and of the recipients of their orders. The rowid is users.key. A row is written for a new
-- customer and for a new recipient, not for every order.
CREATE VIRTUAL TABLE people USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TABLE sessions (
    id         BLOB PRIMARY KEY,
    user       INTEGER NOT NULL REFERENCES users (key),
    refresh    BLOB NOT NULL,
    previous   BLOB,
    rotated_at INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_ended ON sessions (expires_at) WHERE ended_at IS NOT NULL;

CREATE TABLE resets (
    token      BLOB PRIMARY KEY,
    user       INTEGER NOT NULL REFERENCES users (key),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX resets_by_user ON resets (user);
CREATE INDEX resets_by_end ON resets (expires_at);

CREATE TABLE products (
    key      INTEGER PRIMARY KEY,
    id       BLOB NOT NULL UNIQUE,
    store    TEXT NOT NULL,
    name     TEXT NOT NULL,
    category TEXT,
    amount   INTEGER NOT NULL,
    currency TEXT NOT NULL,
    archived INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    details  TEXT NOT NULL
) STRICT;
CREATE INDEX products_by_store ON products (store, id);

-- Separate from the products and narrow, because every order updates it: a thousand products fit into a few pages.
CREATE TABLE stock (
    product  INTEGER PRIMARY KEY REFERENCES products (key),
    on_hand  INTEGER NOT NULL CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0 AND reserved <= on_hand)
) STRICT;

-- One row for each order, appended in the order of the numbers. `state` is the domain's order as JSON. `contact` is its
-- personal data, which can be erased. The other columns are for queries.
CREATE TABLE orders (
    number     INTEGER PRIMARY KEY,
    id         BLOB NOT NULL,
    store      INTEGER NOT NULL,
    customer   INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    state      TEXT NOT NULL,
    contact    TEXT
) STRICT;
-- UUIDv7 sorts by time, so this index also grows at its end.
CREATE UNIQUE INDEX orders_by_id ON orders (id);
-- Grows at the end of each range of a store and a status.
CREATE INDEX orders_by_status ON orders (store, status, number);

CREATE TABLE tracking_numbers (
    tracking TEXT NOT NULL,
    number   INTEGER NOT NULL,
    PRIMARY KEY (tracking, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE driver_orders (
    driver TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (driver, number)
) STRICT, WITHOUT ROWID;

-- The log. `follows` is the number of the order, in every event of an order except its first. The first event is found
-- through orders.first_seq, so that placing an order adds nothing to the index.
CREATE TABLE events (
    seq     INTEGER PRIMARY KEY,
    id      BLOB NOT NULL,
    store   TEXT NOT NULL,
    follows INTEGER,
    schema  INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_order ON events (follows, seq) WHERE follows IS NOT NULL;

-- The orders of each customer, in sorted runs, each written at once; see sorted_index.rs.
CREATE TABLE customer_runs (
    run   INTEGER NOT NULL,
    key   INTEGER NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (run, key, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_run_ends (
    run  INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- Responses stored under idempotency keys, found through sorted runs of the first eight bytes of the keys.
CREATE TABLE answers (
    row      INTEGER PRIMARY KEY,
    scope    BLOB NOT NULL,
    body     BLOB NOT NULL,
    at       INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    outcomes TEXT NOT NULL
) STRICT;
CREATE TABLE answer_runs (
    run   INTEGER NOT NULL,
    key   INTEGER NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (run, key, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE answer_run_ends (
    run  INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- Orders by status, and activity by bucket.
CREATE TABLE counts (
    store    TEXT NOT NULL,
    currency TEXT NOT NULL,
    status   INTEGER NOT NULL,
    orders   INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    PRIMARY KEY (store, currency, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE flow (
    store            TEXT NOT NULL,
    bucket           INTEGER NOT NULL,
    currency         TEXT NOT NULL,
    placed           INTEGER NOT NULL,
    amount           INTEGER NOT NULL,
    cancelled        INTEGER NOT NULL,
    cancelled_amount INTEGER NOT NULL,
    delivered        INTEGER NOT NULL,
    PRIMARY KEY (store, bucket, currency)
) STRICT, WITHOUT ROWID;
