-- One row for each story that two or more outlets cover: how many outlets and articles, and from when to when.
CREATE VIEW story_list AS
SELECT id AS story_id,
       title,
       outlets,
       articles,
       first_day,
       last_day
  FROM stories
 WHERE outlets > 1;
