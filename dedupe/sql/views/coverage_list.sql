-- One row for each article of each story: who covered it, since when, and how well it fits.
CREATE VIEW coverage_list AS
SELECT c.story_id,
       a.id AS article_id,
       a.url,
       a.outlet,
       a.title,
       a.published_text,
       a.published_day,
       a.first_seen_at,
       c.score,
       o.title AS outlet_title,
       a.language,
       a.published_at,
       a.source_credit,
       m.family_id,
       m.shared AS text_elsewhere
  FROM coverage AS c
  JOIN articles AS a ON a.id = c.article_id
  LEFT JOIN outlets AS o ON o.name = a.outlet
  LEFT JOIN family_members AS m ON m.article_id = a.id;
