-- Names of things that exist once: the history's epoch, up to where the log was pruned.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE stores (
    key INTEGER PRIMARY KEY,
    id  TEXT NOT NULL UNIQUE
) STRICT;

-- Everybody who ever acted: local accounts (they have a password) and users from elsewhere.
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

-- Words of a person's name, address and phone; the rowid is users.key. Written when somebody new comes along, or
-- somebody new receives something, not with every order.
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

-- Apart from the products, and narrow: every order touches it, and a thousand products fit into a few pages.
CREATE TABLE stock (
    product  INTEGER PRIMARY KEY REFERENCES products (key),
    on_hand  INTEGER NOT NULL CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0 AND reserved <= on_hand)
) STRICT;

-- One row an order, appended in the order of their numbers. `state` is the domain's order as JSON, `contact` its
-- personal data, which can be erased. The other columns are there to be searched.
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
-- UUIDv7 sorts by time, so this index too is appended to at its end.
CREATE UNIQUE INDEX orders_by_id ON orders (id);
-- Appended to at the end of each store's range of a status.
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

-- The log. `follows` is the number of the order that the event is a later one of; an order's first event is found
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

-- A customer's orders: sorted runs, each written at once, behind one another.
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

-- Answers remembered under idempotency keys, appended; found through sorted runs of the keys' first eight bytes.
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

-- Counts, so that nobody has to count.
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
