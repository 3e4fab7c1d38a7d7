-- One row for each decision of an editor on stories: who joined or parted what, when and why, and whether it stands.
CREATE VIEW decision_list AS
SELECT d.id AS decision_id,
       d.kind,
       d.story_id,
       d.other_id,
       (SELECT count(*) FROM decision_articles AS a WHERE a.decision_id = d.id) AS articles,
       d.made_at,
       d.made_by,
       d.why,
       d.overruled_by,
       d.undone_at,
       d.undone_by,
       d.undone_why
  FROM decisions AS d;
