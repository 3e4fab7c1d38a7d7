-- Which articles wait for clustering is written down as they are saved: looking through all of them took longer the more there were.

-- An article whose present text was not clustered yet. Triggers keep it: saving puts an article in, signing takes it out.
CREATE TABLE waiting (
    article_id  INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE
);
INSERT INTO waiting
SELECT a.id FROM articles AS a LEFT JOIN signatures AS s ON s.article_id = a.id
 WHERE s.article_id IS NULL OR s.version <> a.version;
CREATE TRIGGER waiting_new AFTER INSERT ON articles BEGIN
    INSERT OR IGNORE INTO waiting VALUES (new.id);
END;
CREATE TRIGGER waiting_again AFTER UPDATE OF version ON articles BEGIN
    INSERT OR IGNORE INTO waiting VALUES (new.id);
END;
CREATE TRIGGER waiting_no_more AFTER INSERT ON signatures BEGIN
    DELETE FROM waiting WHERE article_id = new.article_id;
END;
CREATE TRIGGER waiting_for_another_look AFTER UPDATE OF version ON signatures BEGIN
    INSERT OR IGNORE INTO waiting VALUES (new.article_id);
END;
CREATE TRIGGER waiting_unsigned AFTER DELETE ON signatures BEGIN
    INSERT OR IGNORE INTO waiting SELECT id FROM articles WHERE id = old.article_id;
END;
