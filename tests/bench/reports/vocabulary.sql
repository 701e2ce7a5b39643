WITH used AS (
    SELECT DISTINCT 'class' AS role, object AS term FROM triple WHERE predicate = 'rdf:type'
    UNION ALL SELECT DISTINCT 'property', predicate FROM triple)
SELECT role, term, named.object AS label
FROM used LEFT JOIN triple AS named ON named.subject = term AND named.predicate = 'rdfs:label'
ORDER BY ALL
