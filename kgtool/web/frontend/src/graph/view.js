// The graph view: claims as lines between things; a thing that is chosen shows what is claimed around it too.
import "./graph.css";
import { arrange } from "./layout.js";
import { claims, table } from "./table.js";
import { draw, make } from "./draw.js";
import { el, save } from "./dom.js";
import { asHtml, asPng, asSvg } from "./exports.js";
import { folded, legend, legendRows } from "./legend.js";
import { MOST, add, empty, shown } from "./shown.js";
import { route, routed } from "./routes.js";

const HINT = "Choose a thing to see what is claimed around it too, or a line to read its claim. Tab and the arrow keys move, Enter chooses, Escape lets go, + and − make it larger and smaller, 0 fits it.";
const STEP = 10;

/** What an address answers, as JSON. */
export async function fetched(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  return answer.json();
}

/** A picture in a place, from the parts that the server drew. */
export class View {
  constructor(place, told) {
    this.place = place;
    this.first = told;
    this.looks = { lines: told.lines, shapes: told.shapes };
    this.svg = make("svg", { role: "group", "aria-label": told.title, "font-family": "Arial, Helvetica, sans-serif" });
    this.stage = el("div", { class: "stage", tabindex: 0, role: "region", "aria-label": "Picture, can be scrolled" }, this.svg);
    this.told = el("div", { class: "told", role: "status" });
    this.switches = el("details", { class: "switches", open: !window.matchMedia("(max-width: 640px)").matches });
    this.rows = el("div", { class: "rows", tabindex: 0, role: "region", "aria-label": "What is drawn, as a table" });
    this.more = el("button", { type: "button", class: "more", click: () => this.showMore() });
    this.why = el("p", { class: "why quiet" }, "First one line of each kind of evidence, then the strongest.");
    this.tools = this.toolbar();
    this.reset();
    place.classList.add("live");
    place.replaceChildren(this.tools, this.why, this.switches, this.stage, this.told, this.rows);
    this.listen();
    this.redraw();
  }

  reset() {
    const { across, down } = this.frame();
    this.known = empty(across < 640 ? 8 : across < 860 ? 14 : across < 1100 ? 19 : 24); // so many as can be read where all of them fit
    this.wide = Math.min(1.9, Math.max(0.5, (1.1 * across) / down));
    this.scale = null; // until somebody chooses one, the picture is fitted into its frame
    this.pinned = null;
    add(this.known, this.first);
    for (const node of this.known.nodes.values()) delete node.x;
  }

  toolbar() {
    const button = (words, name, act) => el("button", { type: "button", "aria-label": name, title: name, click: act }, words);
    const file = (suffix, act) => button(suffix.toUpperCase(), `Save what is seen as ${suffix.toUpperCase()}`, act);
    const name = () => this.known.focus.replace(/[^\w.-]+/g, "-") || "picture";
    return el("div", { class: "tools", role: "toolbar", "aria-label": "Picture" },
      this.more, button("Start again", "Start again with this thing alone", () => { this.reset(); this.redraw(); }),
      el("span", { class: "group" }, button("−", "Smaller", () => this.zoom(1 / 1.25)), button("Fit", "Fit the picture into its frame", () => this.fit()), button("+", "Larger", () => this.zoom(1.25))),
      el("span", { class: "group" }, el("span", { class: "quiet" }, "Save"),
        file("svg", () => save(`${name()}.svg`, "image/svg+xml", asSvg(this.seen()))),
        file("png", async () => save(`${name()}.png`, "image/png", await asPng(this.seen()))),
        file("html", () => save(`${name()}.html`, "text/html", asHtml(this.seen())))));
  }

  seen() {
    const { title, caption, notice } = this.first;
    return { svg: this.svg, table: this.rows.querySelector("table"), title, caption, notice, waiting: this.waiting, legend: legendRows(this.known, this.looks) };
  }

  redraw() {
    const { nodes, edges, waiting } = shown(this.known);
    for (const edge of edges) edge.capsuleWidth = edge.beside ? edge.width - 9 - this.textWidth(edge) : Math.min(edge.width - 6, 10 + edge.capsule.length * 5.9);
    arrange(nodes, edges, this.known.focus, this.wide);
    this.nodes = nodes;
    this.edges = edges;
    this.waiting = waiting;
    this.paint(routed(nodes, edges));
    if (this.scale === null) this.fit();
    this.switches.replaceChildren(folded(this.known, this.looks), ...legend(this.known, this.looks, (name, on) => this.toggle(name, on)));
    this.rows.replaceChildren(table(nodes, edges, this.looks.lines, (edge) => this.pinned || this.light(edge)));
    this.more.hidden = this.why.hidden = waiting === 0;
    this.more.disabled = this.known.room >= MOST;
    this.more.textContent = this.more.disabled ? `${waiting} more, too many to draw` : `Show the next strongest (${waiting} hidden)`;
    this.rows.append(this.first.hidden ? el("p", { class: "quiet" }, `${this.first.hidden} more lines were too many to draw.`) : "");
    this.light(this.pinned);
  }

  textWidth(edge) {
    return Math.max(...edge.lines.map((line) => line.length * 5.3), 0);
  }

  paint(ways) {
    this.ways = ways;
    this.size = draw(this.svg, this.nodes, ways, this.looks.lines, this.known.focus);
    for (const node of this.nodes) this.reachable(node.element, node, node.told);
    for (const way of ways) this.reachable(way.element, way.edge, this.sentence(way.edge));
    this.resize();
  }

  sentence(edge) {
    const name = (id) => this.known.nodes.get(id).label;
    return edge.sentence || `${name(edge.start)} ${edge.label} ${name(edge.end)}`;
  }

  reachable(element, part, words) {
    element.setAttribute("tabindex", part === (this.known.nodes.get(this.known.focus) ?? this.nodes[0]) ? "0" : "-1");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", words);
    if (part.id && part.rows) element.setAttribute("aria-expanded", this.known.opened.has(part.id));
    element.standsFor = part;
    part.element = element;
  }

  /** Lights a thing or a line with what belongs to it, and says it. */
  light(part) {
    const lit = new Set(part ? [part] : []);
    for (const edge of part ? this.edges : []) {
      const own = part.id ? [edge.start, edge.end].includes(part.id) : edge === part;
      if (!own) continue;
      lit.add(edge);
      for (const node of this.nodes) if ([edge.start, edge.end].includes(node.id)) lit.add(node);
    }
    this.svg.classList.toggle("asking", Boolean(part));
    for (const node of this.nodes) node.element.classList.toggle("lit", lit.has(node));
    for (const way of this.ways) {
      way.element.classList.toggle("lit", lit.has(way.edge));
      way.labelElement?.classList.toggle("lit", lit.has(way.edge));
    }
    for (const edge of this.edges) edge.row?.classList.toggle("lit", Boolean(part) && lit.has(edge));
    this.told.replaceChildren(...(part ? this.about(part, lit) : [HINT]));
  }

  about(part, lit) {
    if (!part.id) return [el("p", {}, this.sentence(part), part.hedge && el("em", { class: "hedged" }, part.hedge), " ", ...claims(part))];
    const said = this.pinned === part ? this.edges.filter((edge) => lit.has(edge)) : [];
    const opened = this.known.opened.has(part.id);
    const action = part.rows && !opened ? " Choose it to see what is claimed around it." : "";
    return [
      el("p", {}, el("strong", {}, part.told), " ", part.page && part.id !== this.known.focus && el("a", { href: part.page }, "Its page"), action),
      said.length > 0 && el("ul", {}, ...said.map((edge) => el("li", {}, this.sentence(edge), " ", ...claims(edge)))),
    ].filter(Boolean);
  }

  async choose(part) {
    this.pinned = this.pinned === part ? null : part;
    if (this.pinned?.rows && !this.known.opened.has(part.id)) await this.open(part);
    this.light(this.pinned);
  }

  async open(node) {
    this.told.replaceChildren(`Looking for what is claimed around ${node.label} …`);
    try {
      add(this.known, await fetched(node.rows));
      this.scale = this.shownAt(); // what is being read stays as large as it is
      this.redraw();
      this.center(node);
      node.element.focus({ preventScroll: true });
    } catch (error) {
      this.told.replaceChildren(`What is claimed around ${node.label} cannot be had now: ${error.message}.`);
    }
  }

  toggle(name, on) {
    this.known.off[on ? "delete" : "add"](name);
    this.pinned = null;
    this.redraw();
    this.switches.querySelector(`input[name="${name}"]`)?.focus();
  }

  showMore() {
    this.known.room = Math.min(MOST, this.known.room + STEP);
    this.redraw();
  }

  /** The room there is for a picture. */
  frame() {
    return { across: this.place.clientWidth - 2, down: Math.min(window.innerHeight * 0.78, 896) - 2 };
  }

  /** All of the picture, however large, in its frame. */
  fit() {
    const { across, down } = this.frame();
    // a window that is being resized or printed may have no height for a moment
    this.fitted = Math.max(0.1, Math.min(1.2, across / this.size.width, down / this.size.height));
    this.scale = null;
    this.resize();
  }

  /** Brings a thing into the middle of the frame, where the picture is larger than that. */
  center(node) {
    const box = this.svg.viewBox.baseVal, scale = this.shownAt(), { clientWidth, clientHeight } = this.stage;
    this.stage.scrollTo((node.x - box.x) * scale - clientWidth / 2, (node.y - box.y) * scale - clientHeight / 2);
  }

  /** Larger or smaller around a point of the frame, else around its middle. */
  zoom(factor, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const { scrollLeft, scrollTop } = this.stage, before = this.shownAt();
    this.scale = Math.min(3, Math.max(0.2, before * factor));
    this.resize();
    const grown = this.scale / before;
    this.stage.scrollTo((scrollLeft + x) * grown - x, (scrollTop + y) * grown - y);
  }

  shownAt() {
    return this.scale ?? this.fitted ?? 1;
  }

  resize() {
    this.svg.setAttribute("width", Math.round(this.size.width * this.shownAt()));
    this.svg.setAttribute("height", Math.round(this.size.height * this.shownAt()));
  }

  listen() {
    const part = (event) => event.target.closest?.("[role=button]")?.standsFor;
    this.svg.addEventListener("mouseover", (event) => { if (!this.pinned) this.light(part(event) ?? null); });
    this.svg.addEventListener("mouseleave", () => { if (!this.pinned) this.light(null); });
    // not of the svg itself, which browsers let the Tab key stop at where it listens for this
    this.stage.addEventListener("focusin", (event) => {
      if (!this.pinned && event.target.matches(":focus-visible")) this.light(part(event));
    });
    this.svg.addEventListener("click", (event) => { if (!this.dragged) this.chosen(part(event)); });
    this.svg.addEventListener("keydown", (event) => this.key(event, part(event)));
    this.stage.addEventListener("keydown", (event) => this.sized(event));
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    window.addEventListener("resize", () => { if (this.scale === null) this.fit(); });
    this.stage.addEventListener("pointerdown", (event) => this.grab(event, part(event)));
  }

  chosen(part) {
    if (part) this.choose(part);
    else { this.pinned = null; this.light(null); }
  }

  key(event, part) {
    if (event.key === "Escape") { this.pinned = null; this.light(null); }
    if (!part) return;
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.choose(part); }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const order = this.order(), next = order[(order.indexOf(part) + step + order.length) % order.length];
    this.move(next);
  }

  /** The keys that browsers have for the size of a page, without Ctrl. */
  sized(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") this.zoom(1.25);
    if (event.key === "-") this.zoom(1 / 1.25);
    if (event.key === "0") this.fit();
  }

  /** With Ctrl, as the two fingers of a touchpad send it too, the wheel zooms; without, it scrolls as everywhere. */
  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, top } = this.stage.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 200), event.clientX - left, event.clientY - top);
  }

  /** Things and lines as the arrow keys visit them: a thing, then the lines that leave it. */
  order() {
    return this.nodes.flatMap((node) => [node, ...this.edges.filter((edge) => edge.start === node.id)]);
  }

  move(part) {
    for (const each of this.svg.querySelectorAll("[tabindex='0']")) each.setAttribute("tabindex", "-1");
    part.element.setAttribute("tabindex", "0");
    this.pinned = null;
    part.element.focus();
    part.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** With a mouse, a thing is moved and the ground is pulled; a finger scrolls as everywhere. */
  grab(event, part) {
    this.dragged = false;
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    const from = { x: event.clientX, y: event.clientY, left: this.stage.scrollLeft, top: this.stage.scrollTop, at: part?.id && { x: part.x, y: part.y } };
    const move = (now) => {
      const dx = now.clientX - from.x, dy = now.clientY - from.y;
      if (!this.dragged && Math.hypot(dx, dy) < 5) return;
      this.dragged = true;
      now.preventDefault();
      if (from.at) this.carry(part, from.at.x + dx / this.shownAt(), from.at.y + dy / this.shownAt());
      else this.stage.scrollTo(from.left - dx, from.top - dy);
    };
    const drop = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", drop);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", drop);
  }

  carry(node, x, y) {
    Object.assign(node, { x, y });
    cancelAnimationFrame(this.painting);
    this.painting = requestAnimationFrame(() => { this.paint(route(this.nodes, this.edges)); this.light(this.pinned); });
  }
}
