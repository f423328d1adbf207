-- Orders whose goods wait for an online payment, and until when: few rows at a time, written for such orders alone.
-- An order's row stands exactly as long as `Order::reservation_ends` says so; see reservations.rs.
CREATE TABLE reservations (
    number  INTEGER PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT;
