WITH placed AS (
    SELECT DISTINCT claim, kind, version, "start", "end" FROM claims WHERE "start" IS NOT NULL AND "end" IS NOT NULL)
SELECT claim, kind, version, "start", "end", object AS section
FROM placed LEFT JOIN triple ON subject = claim AND predicate = 'kg:section'
ORDER BY ALL
