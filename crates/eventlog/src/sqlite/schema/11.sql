-- `people` is indexed again: letters are folded by Ordercast itself, and connected words are also one; see search.rs.
-- Tracking numbers are folded as well.
CREATE TEMP TABLE old_tracking_numbers AS SELECT tracking, number FROM tracking_numbers;
DELETE FROM tracking_numbers;
