// The rows of the picture as a table: the same claims, for those who read rather than look.
import { el } from "./dom.js";

const COLUMNS = ["from", "relation", "to", "hedge", "evidence", "in our words", "claim"];

export function table(nodes, edges, lines, ask) {
  const label = new Map(nodes.map((node) => [node.id, node]));
  const name = (id) => (label.get(id).page ? el("a", { href: label.get(id).page }, label.get(id).label) : label.get(id).label);
  const rows = edges.map((edge) => {
    const row = el("tr", { mouseenter: () => ask(edge), mouseleave: () => ask(null) },
      el("td", {}, name(edge.start)), el("td", {}, edge.label), el("td", {}, name(edge.end)),
      el("td", {}, edge.hedge && el("em", { class: "hedged" }, edge.hedge)), el("td", {}, lines[edge.evidence].legend),
      el("td", { class: "sentence" }, edge.sentence), el("td", { class: "refs" }, ...claims(edge)));
    edge.row = row;
    return row;
  });
  return el("table", {},
    el("caption", {}, edges.length === 1 ? "The one line that is drawn" : `The ${edges.length} lines that are drawn`),
    el("thead", {}, el("tr", {}, ...COLUMNS.map((column) => el("th", { scope: "col" }, column)))),
    el("tbody", {}, ...rows));
}

/** Links to the claims and judgements that a line stands for. */
export function claims(edge) {
  return edge.claims.map(({ id, page }) => el("a", { href: page, class: "ref" }, id.replace(/^claim:/, "").replace(/^derived:judgement-(.{4}).*/, "verdict $1"))).flatMap((link, n) => (n ? [", ", link] : [link]));
}
