-- Of the orders placed in a bucket, the part of `amount` that was cancelled or refunded since. Revenue is `amount - reversed`.
-- `sales` is counted again without these orders.
ALTER TABLE flow ADD COLUMN reversed INTEGER NOT NULL DEFAULT 0;
INSERT INTO flow (store, bucket, currency, placed, amount, cancelled, cancelled_amount, delivered, reversed)
    SELECT s.id, o.created_at / 900000, o.state ->> '$.total.currency', 0, 0, 0, 0, 0, sum(o.state ->> '$.total.amount')
    FROM orders o JOIN stores s ON s.key = o.store
    WHERE o.state ->> '$.lifecycle.state' = 'cancelled' OR o.state ->> '$.payment.state.is' = 'refunded'
    GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET reversed = excluded.reversed;

-- `amount` leaves out refunded orders.
UPDATE counts SET amount = amount - coalesce((
    SELECT sum(o.state ->> '$.total.amount') FROM orders o JOIN stores s ON s.key = o.store
    WHERE s.id = counts.store AND o.status = counts.status AND o.state ->> '$.total.currency' = counts.currency
    AND o.state ->> '$.payment.state.is' = 'refunded'
), 0);
