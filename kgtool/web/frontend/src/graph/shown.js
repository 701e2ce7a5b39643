// Which of the known things and claims are shown, of the kinds that are not switched off: one line of each kind of
// evidence, then the strongest that fit.

export const MOST = 100; // things; more of them is a hairball, and the table beneath tells it better

const BACKGROUND = ["said", "sign", "part"]; // kinds of lines that are no evidence of their own

/** Everything fetched so far. `edges` stand in the order in which they are shown while there is room. */
export const empty = (room) => ({ nodes: new Map(), edges: [], room, off: new Set(), opened: new Set(), focus: "" });

const sameEdge = (a, b) =>
  a.start === b.start && a.end === b.end && a.evidence === b.evidence && a.label === b.label && a.hedge === b.hedge;

/** Adds what the server told around one thing. What it brings comes before what waited, and some of it is let in. */
export function add(known, told) {
  const { edges } = shown(known);
  for (const node of told.nodes) if (!known.nodes.has(node.id)) known.nodes.set(node.id, node);
  const fresh = told.edges.filter((edge) => !known.edges.some((other) => sameEdge(edge, other)));
  const waiting = known.edges.filter((edge) => !edges.includes(edge));
  known.edges = [...edges, ...fresh, ...waiting];
  const first = known.opened.size === 0;
  known.opened.add(told.focus);
  if (first) known.focus = told.focus;
  else known.room = Math.min(MOST, Math.max(known.room, shown(known).nodes.length + Math.min(8, newThings(known, fresh))));
}

function newThings(known, fresh) {
  const there = new Set(shown(known).nodes.map((node) => node.id));
  return new Set(fresh.flatMap((edge) => [edge.start, edge.end]).filter((id) => !there.has(id))).size;
}

/** The nodes and edges to draw, and how many things wait. */
export function shown(known) {
  const wanted = known.edges.filter((edge) => isOn(known, edge));
  const there = new Set(known.focus ? [known.focus] : []);
  for (const { start, end } of fairly(known, wanted)) {
    const more = [start, end].filter((id) => !there.has(id));
    if (there.size + more.length <= known.room) for (const id of more) there.add(id);
  }
  const edges = wanted.filter((edge) => there.has(edge.start) && there.has(edge.end));
  const joined = new Set(wanted.flatMap((edge) => [edge.start, edge.end]));
  return { nodes: [...there].map((id) => known.nodes.get(id)), edges, waiting: Math.max(0, joined.size - there.size) };
}

/** The strongest line of each kind of evidence before all others: a small picture tells of gaps and disputes too. */
function fairly({ focus }, wanted) {
  const seen = new Set(BACKGROUND), there = new Set([focus]);
  const first = wanted.filter(({ evidence, start, end }) => {
    if (seen.has(evidence) || !(there.has(start) || there.has(end))) return false;
    seen.add(evidence);
    there.add(start).add(end);
    return true;
  });
  return [...first, ...wanted.filter((edge) => !first.includes(edge))];
}

const isOn = ({ off, nodes, focus }, edge) =>
  !off.has(`edge ${edge.evidence}`) &&
  [edge.start, edge.end].every((id) => id === focus || !off.has(`node ${nodes.get(id).kind}`));

/** How many of each kind are drawn and how many are known, in the order of the grammar. */
export function counts(known, of, kinds) {
  const drawn = shown(known);
  const lists = of === "edge"
    ? [drawn.edges, known.edges].map((list) => list.map((edge) => edge.evidence))
    : [drawn.nodes, [...known.nodes.values()]].map((list) => list.map((node) => node.kind));
  const number = (list, kind) => list.filter((each) => each === kind).length;
  return kinds
    .map((kind) => ({ kind, drawn: number(lists[0], kind), known: number(lists[1], kind) }))
    .filter((each) => each.known);
}
