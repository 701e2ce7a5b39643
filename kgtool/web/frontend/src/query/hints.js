// What the server says of a query while it is written: what is wrong in it, and in which line; what is costly in it, and
// what to write instead.
import { el } from "../graph/dom.js";

const WAIT = 700; // milliseconds after the last key
const PLACE = /^line (\d+), column (\d+): (.*)/;

/** Keeps hints beside the editor of every tab. Our own examples need none. */
export function hinted(editor, { costs: address, examples }) {
  const own = new Set(examples.map(({ query }) => query.trim()));
  const begin = () => { const yasqe = editor.getTab()?.getYasqe(); if (yasqe && !yasqe.hints) begun(yasqe, address, own); };
  for (const event of ["tabSelect", "tabAdd"]) editor.on(event, () => setTimeout(begin)); // its editor is made only then
  begin();
}

function begun(yasqe, address, own) {
  const place = el("aside", { class: "hints", "aria-label": "Hints on this query", role: "status" });
  yasqe.getWrapperElement().closest(".editorwrapper").append(place);
  yasqe.hints = place;
  let waiting = 0, last = null, marked = null;
  const show = ({ line, parts }) => {
    if (marked) yasqe.removeLineClass(marked, "background", "wrong-line");
    marked = line ? yasqe.addLineClass(line - 1, "background", "wrong-line") : null;
    place.replaceChildren(...parts);
    yasqe.refresh(); // there is more room for it now, or less
  };
  const look = async () => {
    const query = yasqe.getValue().trim();
    if (query === last) return;
    last = query;
    const told = query && !own.has(query) ? await asked(address, query) : { parts: [] };
    if (query === last) show(told);
  };
  yasqe.on("change", () => { clearTimeout(waiting); waiting = setTimeout(look, WAIT); });
  look();
}

/** What is to be said of a query, as elements, and the line that it is about. */
async function asked(address, query) {
  try {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ query }) });
    if (!answer.ok) return { parts: [] };
    const told = await answer.json();
    return told.wrong ? wrong(told.wrong) : { parts: costs(told) };
  } catch {
    return { parts: [] }; // running it says that nobody answers
  }
}

function wrong(text) {
  const [first] = text.split("\n"), place = PLACE.exec(first);
  const said = place ? `Line ${place[1]}: ${place[3]}` : first.replace(/^./, (letter) => letter.toUpperCase());
  return { line: place && Number(place[1]), parts: [el("p", { class: "wrong" }, said)] };
}

function costs({ costs: found, unread }) {
  if (unread) return [el("p", { class: "quiet" }, `Not looked through for what is costly: ${unread.split(":")[0]}.`)];
  if (found.length === 0) return [];
  const head = found.length === 1 ? "This may take long" : `${found.length} things in this may take long`;
  return [el("h2", { class: "small" }, head), el("ul", {}, ...found.map(cost))];
}

const cost = ({ found, why, better }) =>
  el("li", {}, el("code", {}, found), el("p", {}, `${why}.`.replace(/^./, (letter) => letter.toUpperCase())), el("p", {}, el("span", { class: "quiet" }, "Instead: "), el(/^[A-Z]{4}|^\{/.test(better) ? "code" : "span", {}, better)));
