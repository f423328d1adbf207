-- State that the server has again after a restart: of live clients the orders that they have joined, of deliveries a location
-- that came too soon. `state` is JSON of the owner, which deletes it when it is no longer needed.
CREATE TABLE IF NOT EXISTS kept_states (
    owner TEXT NOT NULL,
    key   TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
