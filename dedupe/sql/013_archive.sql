-- Files that were ingested and how far; texts read anew from kept pages.

-- A file that `ingest` read, known by its content: how far it came, so that a killed reading goes on there and a finished
-- file is not read again.
CREATE TABLE ingested_files (
    hash         TEXT PRIMARY KEY,             -- SHA-256 of the whole file, hex
    path         TEXT NOT NULL,                -- where it lay last
    size         INTEGER NOT NULL,
    changed_ns   INTEGER NOT NULL,             -- when it was changed last, as the file system says
    place        INTEGER NOT NULL DEFAULT 0,   -- everything before it is stored: bytes of a WARC, lines of JSON Lines
    records      INTEGER NOT NULL DEFAULT 0,   -- pages or lines before that place
    started_at   TEXT NOT NULL,
    finished_at  TEXT                          -- empty until the file was read to its end
) WITHOUT ROWID;
-- A file that was not touched since is known without reading it.
CREATE INDEX ingested_files_by_path ON ingested_files (path);

-- A reading: a version whose kept page was read anew and gave another title or text. The outlet changed nothing, we read
-- better; so the version keeps its number and its time, and what it was read as before stands here.
CREATE TABLE readings (
    id          INTEGER PRIMARY KEY,
    article_id  INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    raw         TEXT NOT NULL,  -- the kept page of the version
    read_at     TEXT NOT NULL,  -- when it was read anew
    title       TEXT NOT NULL,  -- as read before
    body        TEXT NOT NULL   -- as read before
);
-- The earlier readings of one article; the foreign key.
CREATE INDEX readings_by_article ON readings (article_id);

-- A `reextract` that is under way: how far it came, and with which rules, so that a killed one goes on there.
CREATE TABLE reextractions (
    scope       TEXT PRIMARY KEY,   -- what was asked for: outlet and day
    rules       TEXT NOT NULL,      -- SHA-256 of everything that reads pages; with other rules it begins anew
    place       INTEGER NOT NULL,   -- number of the last fetch gone through
    started_at  TEXT NOT NULL
) WITHOUT ROWID;
