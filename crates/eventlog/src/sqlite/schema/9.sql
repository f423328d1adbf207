-- Orders that have an id in the shop that they come from.
CREATE TABLE order_references (
    reference TEXT NOT NULL,
    store     INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    PRIMARY KEY (reference, store)
) STRICT, WITHOUT ROWID;
