-- A band index without a foreign key and with the day in each entry; and which engine made what is in the store.

DROP TABLE bands;

-- The band index: which articles of some days share a band value.
CREATE TABLE bands (
    epoch   INTEGER NOT NULL,  -- day divided by the length of an epoch
    value   INTEGER NOT NULL,  -- number of the band and its hash, in 64 bits
    member  INTEGER NOT NULL,  -- id of the article times 8, and its day within the epoch
    PRIMARY KEY (epoch, value, member)
) WITHOUT ROWID;

-- The engine that made signatures, pairs and stories: where the code has a later one, they are computed anew.
CREATE TABLE clustered_by (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    engine  INTEGER NOT NULL
);
INSERT INTO clustered_by SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM signatures) THEN 1 ELSE 2 END;
