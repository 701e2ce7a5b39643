// What came back, as columns and rows of terms {type, value}.

/** The rows of a SELECT, or the triples of a CONSTRUCT as rows; null where there are none to be had. */
export function rowsOf(results) {
  const found = results.getAsJson();
  return found?.results ? { columns: found.head.vars, rows: found.results.bindings } : null;
}

/** The triples of a CONSTRUCT or DESCRIBE, or null where it was another form of query. */
export function triplesOf(results) {
  const found = rowsOf(results);
  return found?.rows.length && results.getType() === "ttl" ? found.rows : null;
}
