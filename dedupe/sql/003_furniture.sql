-- Furniture that is learned: lines and openings that recur across an outlet's articles, and where each stood.

-- What is, or once was, furniture of an outlet, with the counts that say so. The full text stays in `versions`.
CREATE TABLE furniture (
    id            INTEGER PRIMARY KEY,
    outlet        TEXT NOT NULL REFERENCES outlets (name),
    kind          TEXT NOT NULL CHECK (kind IN ('line', 'opening')),
    text          TEXT NOT NULL,              -- case, digits and white space folded
    is_furniture  INTEGER NOT NULL DEFAULT 1,  -- 0 when later articles spoke against it
    articles      INTEGER NOT NULL,
    "of"          INTEGER NOT NULL,           -- articles looked at, of the time in which it stands
    days          INTEGER NOT NULL,
    first_day     TEXT NOT NULL,
    last_day      TEXT NOT NULL,
    UNIQUE (outlet, kind, text)
);

-- A line that was taken out of an article's present text: its number among the lines of the text as printed, from 0.
CREATE TABLE furniture_lines (
    article_id    INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    furniture_id  INTEGER NOT NULL REFERENCES furniture (id),
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
-- The articles that have one piece of furniture; the foreign key.
CREATE INDEX furniture_lines_by_furniture ON furniture_lines (furniture_id);

-- What is left to do for an outlet: learn, because it has new texts; go through its articles, because it has learned.
CREATE TABLE furniture_due (
    outlet        TEXT PRIMARY KEY REFERENCES outlets (name),
    is_due        INTEGER NOT NULL DEFAULT 1,
    gone_through  INTEGER  -- the articles up to this id are brought up to date; NULL: all
) WITHOUT ROWID;
INSERT INTO furniture_due (outlet) SELECT name FROM outlets;

CREATE TRIGGER furniture_due_insert AFTER INSERT ON articles BEGIN
    INSERT INTO furniture_due (outlet) VALUES (new.outlet)
        ON CONFLICT (outlet) DO UPDATE SET is_due = 1 WHERE NOT is_due;
END;
-- A new version brings its whole text: nothing is taken out of it yet.
CREATE TRIGGER furniture_due_version AFTER UPDATE OF version ON articles BEGIN
    UPDATE furniture_due SET is_due = 1 WHERE outlet = new.outlet AND NOT is_due;
    DELETE FROM furniture_lines WHERE article_id = new.id;
END;
