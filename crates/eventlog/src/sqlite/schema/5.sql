-- `span` 2 is 32 days in UTC, so that a year is read as a dozen rows for each product.
INSERT OR REPLACE INTO sales (store, span, bucket, product, currency, quantity, amount)
    SELECT store, 2, bucket / 32, product, currency, sum(quantity), sum(amount)
    FROM sales WHERE span = 1 GROUP BY store, bucket / 32, product, currency;
INSERT OR REPLACE INTO delivery_times (store, span, bucket, slot, deliveries)
    SELECT store, 2, bucket / 32, slot, sum(deliveries)
    FROM delivery_times WHERE span = 1 GROUP BY store, bucket / 32, slot;
