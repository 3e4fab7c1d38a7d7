-- One row for each outlet: how much of it is here, from when to when, and how many pages could not be read.
CREATE VIEW outlet_list AS
SELECT o.name AS outlet,
       o.title,
       o.language,
       o.country,
       (SELECT count(*) FROM articles AS a WHERE a.outlet = o.name) AS articles,
       (SELECT min(a.published_day) FROM articles AS a WHERE a.outlet = o.name) AS first_day,
       (SELECT max(a.published_day) FROM articles AS a WHERE a.outlet = o.name) AS last_day,
       (SELECT count(*) FROM rejects AS r WHERE r.outlet = o.name) AS rejects
  FROM outlets AS o;
