-- Furniture may be a part of a line: a sentence glued to the end or the head of a paragraph.

CREATE TABLE furniture_lines_before AS SELECT * FROM furniture_lines;
DROP TABLE furniture_lines;

-- A line, or a part of one, that was taken out of an article's present text: the number of the line in the text as
-- printed, from 0, and the code points in it from "start" to before "end".
CREATE TABLE furniture_lines (
    article_id    INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    "start"       INTEGER NOT NULL,
    "end"         INTEGER NOT NULL,
    furniture_id  INTEGER NOT NULL REFERENCES furniture (id),
    PRIMARY KEY (article_id, position, "start")
) WITHOUT ROWID;
-- The articles that have one piece of furniture; the foreign key.
CREATE INDEX furniture_lines_by_furniture ON furniture_lines (furniture_id);

-- What was taken out before were whole lines. How long they are is not known here: -1, so that each article that has
-- one is gone through again.
INSERT INTO furniture_lines SELECT article_id, position, 0, -1, furniture_id FROM furniture_lines_before;
DROP TABLE furniture_lines_before;
UPDATE furniture_due SET is_due = 1, gone_through = 0;
