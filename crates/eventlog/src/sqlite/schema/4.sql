-- What was ordered of each product, and how long deliveries took, by store and stretch of time: `span` 0 is a bucket of 15
-- minutes, as in `flow`; 1 is 96 of them, a day in UTC. Both are written, so that a year is read as days and two ends.
CREATE TABLE sales (
    store    INTEGER NOT NULL,
    span     INTEGER NOT NULL,
    bucket   INTEGER NOT NULL,
    product  INTEGER NOT NULL,
    currency TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    PRIMARY KEY (store, span, bucket, product, currency)
) STRICT, WITHOUT ROWID;

-- A histogram: `slot` is a stretch of seconds between placing and delivery, see stats.rs.
CREATE TABLE delivery_times (
    store      INTEGER NOT NULL,
    span       INTEGER NOT NULL,
    bucket     INTEGER NOT NULL,
    slot       INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (store, span, bucket, slot)
) STRICT, WITHOUT ROWID;
