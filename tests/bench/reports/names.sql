WITH role(predicate, role) AS (VALUES
    ('rdfs:label', 'label'), ('skos:altLabel', 'synonym'), ('kg:inOwnWords', 'words'), ('kg:hedgeCue', 'hedge'),
    ('skos:exactMatch', 'identifier'), ('skos:closeMatch', 'near identifier'), ('skos:broadMatch', 'near identifier'),
    ('skos:narrowMatch', 'near identifier'), ('skos:relatedMatch', 'near identifier'))
SELECT named.subject AS thing, named.object AS name, kind.object AS kind, role
FROM triple AS named JOIN role USING (predicate) JOIN triple AS kind ON kind.subject = named.subject AND kind.predicate = 'rdf:type'
ORDER BY thing, role, name, kind
