// The picture as SVG elements, painted as `kgtool draw` paints it: looks come from the grammar that the server sends.
import { at, part } from "./geometry.js";
import { extent } from "./routes.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 14, LABEL_LINE = 12.5, CAPSULE = 14;

/** An SVG element; `children` are elements and strings. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Elements from a part that the server drew. It is parsed as XML and so runs nothing, and only its shapes are taken. */
export function parsed(drawn) {
  const read = new DOMParser().parseFromString(`<svg xmlns="${SVG}">${drawn}</svg>`, "image/svg+xml").documentElement;
  return [...read.children].filter((child) => ["path", "rect", "circle", "text"].includes(child.localName)).map((child) => document.importNode(child, true));
}

/** Fills the svg element with lines under labels under boxes. Returns the drawing's size. */
export function draw(svg, nodes, ways, lines, focus) {
  const { left, top, width, height } = extent(nodes, ways);
  const size = { width: width + 2 * MARGIN, height: height + 2 * MARGIN };
  svg.setAttribute("viewBox", [left - MARGIN, top - MARGIN, size.width, size.height].map((n) => n.toFixed(1)).join(" "));
  const order = Object.keys(lines);
  const strongestLast = [...ways].sort((a, b) => order.indexOf(b.edge.evidence) - order.indexOf(a.edge.evidence));
  svg.replaceChildren(
    make("rect", { class: "paper", x: left - MARGIN, y: top - MARGIN, width: size.width, height: size.height, fill: "#ffffff" }),
    make("g", { class: "edges" }, ...strongestLast.map((way) => line(way, lines[way.edge.evidence]))),
    make("g", { class: "labels", "font-size": 10.5, "text-anchor": "middle" },
      ...ways.filter((way) => way.label).map((way) => words(way, lines[way.edge.evidence]))),
    make("g", { class: "nodes", "text-anchor": "middle" }, ...nodes.map((node) => thing(node, focus))),
  );
  return size;
}

function line(way, look) {
  const seen = part(way.curve, 0, beforeEnd(way.curve, look.covered));
  const stroke = make("path", { class: "line", d: path(seen), fill: "none", stroke: look.colour, "stroke-width": look.width });
  if (look.dash) stroke.setAttribute("stroke-dasharray", look.dash);
  if (look.dash.startsWith("0.")) stroke.setAttribute("stroke-linecap", "round"); // near-zero dashes become dots
  const [x, y] = way.curve[3], [bx, by] = at(way.curve, beforeEnd(way.curve, 9));
  const turn = (Math.atan2(y - by, x - bx) * 180) / Math.PI;
  const end = make("g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(1)})` }, ...parsed(look.end));
  const reach = make("path", { class: "reach", d: path(way.curve), fill: "none", stroke: "none" });
  const group = make("g", { class: `edge ${way.edge.evidence}` }, stroke, end, reach);
  way.element = group;
  return group;
}

const path = ([a, b, c, d]) => `M${xy(a)}C${xy(b)} ${xy(c)} ${xy(d)}`;
const xy = ([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`;

/** The place on a curve that lies so far before its end. */
function beforeEnd(curve, length) {
  let low = 0, high = 1;
  for (let step = 0; length && step < 14; step++) {
    const middle = (low + high) / 2, [x, y] = at(curve, middle);
    if (Math.hypot(x - curve[3][0], y - curve[3][1]) > length) low = middle;
    else high = middle;
  }
  return high;
}

function words(way, look) {
  const { label: box, edge } = way;
  const capsule = edge.capsule ? edge.capsuleWidth : 0, beside = edge.beside ? capsule : 0;
  const middle = beside ? box.x - (beside + 3) / 2 : box.x, first = beside ? box.y + 3.7 : box.y - box.height / 2 + 11;
  const group = make("g", { class: `label ${edge.evidence}` },
    make("rect", { class: "halo", x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height, rx: 4, fill: "#ffffff", "fill-opacity": 0.9 }),
    ...edge.lines.map((text, n) => make("text", { class: "say", x: middle.toFixed(1), y: (first + n * LABEL_LINE).toFixed(1), fill: look.ink }, text)));
  if (edge.capsule) {
    const x = beside ? box.x + box.width / 2 - 3 - capsule / 2 : box.x;
    const y = beside ? box.y : box.y + box.height / 2 - 1 - CAPSULE / 2;
    group.append(...hedge(edge.capsule, x, y, capsule));
  }
  way.labelElement = group;
  return group;
}

/** A hedge: small italic words in a pale yellow capsule. */
export const hedge = (text, x, y, width) => [
  make("rect", { class: "hedge", x: (x - width / 2).toFixed(1), y: (y - 6.5).toFixed(1), width: width.toFixed(1), height: 13, rx: 6.5, fill: "#fff3c4", stroke: "#c9a227", "stroke-width": 0.8 }),
  make("text", { class: "hedged", x: x.toFixed(1), y: (y + 3.5).toFixed(1), "font-size": 10, "font-style": "italic", "text-anchor": "middle", fill: "#5c4a00" }, text),
];

function thing(node, focus) {
  const group = make("g", {
    class: `node ${node.kind}${node.id === focus ? " focus" : ""}`, "font-size": node.size,
    transform: `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`,
  }, ...parsed(node.drawn));
  node.element = group;
  return group;
}
