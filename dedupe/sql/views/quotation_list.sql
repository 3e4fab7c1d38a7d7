-- One row for each quotation, with its article, outlet and story.
CREATE VIEW quotation_list AS
SELECT q.id AS quote_id,
       c.story_id,
       q.article_id,
       a.outlet,
       a.published_day,
       q.speaker,
       q.role,
       q.cue,
       q.kind,
       q.text
  FROM quotes AS q
  JOIN articles AS a ON a.id = q.article_id
  LEFT JOIN coverage AS c ON c.article_id = q.article_id;
