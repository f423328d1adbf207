-- Product sales and delivery times, by store and interval. `span` 0 is a bucket of 15 minutes, as in `flow`; 1 is a day in
-- UTC, which is 96 buckets. Both are written, so that a year is read as days, with buckets at its ends.
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

-- A histogram of the time from placing to delivery. `slot` is a range of seconds; see stats/histogram.rs.
CREATE TABLE delivery_times (
    store      INTEGER NOT NULL,
    span       INTEGER NOT NULL,
    bucket     INTEGER NOT NULL,
    slot       INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (store, span, bucket, slot)
) STRICT, WITHOUT ROWID;
