// Triples as a picture: those that somebody claims are drawn as the evidence they are.
import "../graph/graph.css";
import { View } from "../graph/view.js";
import { el } from "../graph/dom.js";
import { triplesOf } from "./rows.js";

const MOST = 400;

export const picturePlugin = (known) => class {
  priority = 5;
  label = "Picture";

  constructor(yasr) { this.yasr = yasr; }

  canHandleResults() { return Boolean(this.yasr.results && triplesOf(this.yasr.results)); }

  getIcon() { return el("span", { "aria-hidden": "true" }, "☍"); }

  async draw() {
    const place = el("div", { id: "graph" }, el("p", { class: "quiet" }, "Drawing …"));
    this.yasr.resultsEl.append(place);
    const triples = triplesOf(this.yasr.results).filter(({ subject }) => subject.type === "uri");
    try {
      await fill(place, triples, known.picture);
    } catch (error) {
      place.replaceChildren(el("p", { class: "warning" }, `No picture can be drawn: ${error.message}.`));
    }
  }
};

async function fill(place, triples, address) {
  const body = JSON.stringify(triples.slice(0, MOST).map(({ subject, predicate, object }) => [subject.value, predicate.value, object.value, object.type === "uri"]));
  const answer = await fetch(address, { method: "POST", body, headers: { "content-type": "application/json" } });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  const told = await answer.json();
  if (told.edges.length === 0) throw new Error("there are no triples of named things among them");
  if (triples.length > MOST) told.hidden += triples.length - MOST;
  new View(place, told);
}
