// The legend: a sample, a word and a count for each kind, and a switch that takes the kind out of the picture.
import { make, parsed } from "./draw.js";
import { el } from "./dom.js";
import { counts } from "./shown.js";

export function legend(known, looks, change) {
  return [
    group("Evidence", "edge", counts(known, "edge", Object.keys(looks.lines)), looks.lines, known, change),
    group("Things", "node", counts(known, "node", Object.keys(looks.shapes)), looks.shapes, known, change),
  ];
}

/** All of it in one line, for where the picture has the room. */
export function folded(known, looks) {
  const number = (of, kinds) => counts(known, of, Object.keys(kinds)).length;
  const off = known.off.size ? `; ${known.off.size} taken out` : "";
  return el("summary", {}, `Legend: ${number("edge", looks.lines)} kinds of evidence, ${number("node", looks.shapes)} of things${off}`);
}

function group(title, of, found, looks, known, change) {
  return el("fieldset", {}, el("legend", {}, title), ...found.map((each) => choice(of, each, looks[each.kind], known, change)));
}

function choice(of, { kind, drawn, known: all }, look, known, change) {
  const name = `${of} ${kind}`, on = !known.off.has(name);
  const box = el("input", { type: "checkbox", name, checked: on, change: () => change(name, box.checked) });
  const count = drawn === all ? `${all}` : `${drawn} of ${all}`;
  return el("label", { class: on ? null : "off" }, box, sample(of, kind, look), el("span", {}, `${look.legend} `, el("span", { class: "count" }, count)));
}

const sample = (of, kind, look) =>
  make("svg", { viewBox: "0 0 34 16", width: 34, height: 16, "aria-hidden": "true" }, make("g", { class: `${of} ${kind}` }, ...parsed(look.sample)));

/** The same as plain words, for files that are saved. */
export function legendRows(known, looks) {
  const of = (list, kinds) => list.filter((each) => each.drawn).map((each) => ({ sample: kinds[each.kind].sample, words: `${kinds[each.kind].legend} (${each.drawn})` }));
  return [
    ...of(counts(known, "edge", Object.keys(looks.lines)), looks.lines),
    ...of(counts(known, "node", Object.keys(looks.shapes)), looks.shapes),
  ];
}
