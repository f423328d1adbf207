-- When a session's refresh tokens before the newest were replaced, as JSON, newest first. Only while such a token gets the
-- newest answer again; NULL when there is none. It replaces the hash of the token before: it follows from the newest.
ALTER TABLE sessions ADD COLUMN earlier_rotations TEXT;
ALTER TABLE sessions DROP COLUMN previous;
