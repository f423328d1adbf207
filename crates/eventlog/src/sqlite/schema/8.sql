-- `tracking` holds only letters and digits, in capitals. It is filled again, and `people` is indexed again with other spellings
-- of the words; see search.rs.
CREATE TEMP TABLE old_tracking_numbers AS SELECT tracking, number FROM tracking_numbers;
DELETE FROM tracking_numbers;
