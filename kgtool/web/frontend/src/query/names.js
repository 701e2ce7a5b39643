// What things are called: CURIEs by the longest prefix, labels from the vocabulary at hand and from the graph itself.

const IRI = /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i, LOCAL = /^[\w%](?:[\w.%-]*[\w%-])?$/u;
const AT_ONCE = 60;

export function named(known) {
  const longestFirst = Object.entries(known.prefixes).sort(([, a], [, b]) => b.length - a.length);
  const labels = new Map(Object.entries({ ...known.classes, ...known.properties }).filter(([, label]) => label));
  const asked = new Map();

  const short = (iri) => {
    const found = longestFirst.find(([, namespace]) => iri.startsWith(namespace) && LOCAL.test(iri.slice(namespace.length)));
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
  };

  /** Asks the graph for the labels of these IRIs, each once; then `labels` knows them, whoever asked first. */
  async function learn(iris) {
    const wanted = [...new Set(iris)].filter((iri) => IRI.test(iri) && !labels.has(iri));
    const fresh = wanted.filter((iri) => !asked.has(iri));
    for (let from = 0; from < fresh.length; from += AT_ONCE) {
      const some = fresh.slice(from, from + AT_ONCE), answer = ask(some).catch(() => {}); // without labels the CURIEs remain
      some.forEach((iri) => asked.set(iri, answer));
    }
    await Promise.all(wanted.map((iri) => asked.get(iri)));
  }

  async function ask(iris) {
    const query = `SELECT ?thing ?label { VALUES ?thing { ${iris.map((iri) => `<${iri}>`).join(" ")} } ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?label }`;
    const answer = await fetch(known.endpoint, { method: "POST", body: new URLSearchParams({ query }), headers: { accept: "application/sparql-results+json" } });
    for (const { thing, label } of (await answer.json()).results.bindings) labels.set(thing.value, label.value);
  }

  /** The page of a thing that this graph knows; a link elsewhere only where it is one. */
  const page = (iri) => {
    const curie = short(iri);
    if (labels.has(iri) || /^(claim|derived|id):/.test(curie)) return known.thing.replace("NAME", encodeURIComponent(curie).replace(/%3A/gi, ":"));
    return /^https?:/.test(iri) ? iri : null;
  };
  return { short, learn, page, label: (iri) => labels.get(iri) };
}
