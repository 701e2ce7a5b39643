-- The evidence map from the tables: each use with label status, evidence and disputes, under the default policy and MONDO's
-- default release.
-- status is the most that any label grants; in_them counts lines of evidence from people with this very condition.
WITH cells AS (SELECT DISTINCT drug, sign, disease FROM uses),
  of_labels AS (
    SELECT drug, sign, disease,
      min(list_position(['kg:ON', 'kg:HEDGED', 'kg:AGAINST', 'kg:OFF', 'kg:UNKNOWN'], status)) AS best
    FROM label_statuses WHERE policy = 'id:policy-default' AND release = 'id:hierarchy-mondo-2024-07' GROUP BY ALL),
  of_studies AS (
    SELECT drug, sign, disease,
      count(*) FILTER (support = 'kg:supports') AS supports, count(*) FILTER (support = 'kg:disputes') AS disputes,
      count(*) FILTER (support = 'kg:neutral') AS neutral, count(*) FILTER (population = 'kg:exactDirectness') AS in_them
    FROM evidence WHERE policy = 'id:policy-default' GROUP BY ALL),
  disputed AS (
    SELECT drug, sign, disease, count(DISTINCT judgement) AS disputed
    FROM uses JOIN disputes USING (claim) WHERE policy = 'id:policy-default' GROUP BY ALL)
SELECT cells.drug, cells.sign, cells.disease, ['ON', 'HEDGED', 'AGAINST', 'OFF', 'UNKNOWN'][best] AS status,
  coalesce(supports, 0) AS supports, coalesce(of_studies.disputes, 0) AS disputes, coalesce(neutral, 0) AS neutral,
  coalesce(in_them, 0) AS in_them, coalesce(disputed.disputed, 0) AS disputed
FROM cells
LEFT JOIN of_labels ON of_labels.drug = cells.drug AND of_labels.sign IS NOT DISTINCT FROM cells.sign
  AND of_labels.disease IS NOT DISTINCT FROM cells.disease
LEFT JOIN of_studies ON of_studies.drug = cells.drug AND of_studies.sign IS NOT DISTINCT FROM cells.sign
  AND of_studies.disease IS NOT DISTINCT FROM cells.disease
LEFT JOIN disputed ON disputed.drug = cells.drug AND disputed.sign IS NOT DISTINCT FROM cells.sign
  AND disputed.disease IS NOT DISTINCT FROM cells.disease
ORDER BY ALL
