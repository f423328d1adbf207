-- Orders that wait for an online payment, and when their reservation ends. A row exists as long as
-- `Order::reservation_ends` returns a time; see reservations.rs.
CREATE TABLE reservations (
    number  INTEGER PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT;
