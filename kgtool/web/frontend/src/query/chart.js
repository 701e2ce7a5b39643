// Rows as bars: the numbers of a column, or how often each value of a column occurs.
import { el } from "../graph/dom.js";
import { make } from "../graph/draw.js";
import { rowsOf } from "./rows.js";

const MOST = 40, ROW = 24, WIDEST = 900, NARROWEST = 300;
const COUNT = "how often it occurs";

export const chartPlugin = (names) => class {
  priority = 3;
  label = "Chart";

  constructor(yasr) { this.yasr = yasr; }

  canHandleResults() {
    const found = this.yasr.results && !this.yasr.results.getError() && rowsOf(this.yasr.results);
    return Boolean(found && found.rows.length && choices(found));
  }

  getIcon() { return el("span", { "aria-hidden": "true" }, "▥"); }

  async draw() {
    const found = rowsOf(this.yasr.results), { labels, heights } = choices(found);
    const option = (list) => list.map((each) => el("option", {}, each));
    const label = el("select", { id: "bars-of", change: () => redraw() }, ...option(labels));
    const height = el("select", { id: "bars-by", change: () => redraw() }, ...option(heights));
    const stage = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Chart" });
    const redraw = async () => {
      const bars = counted(found.rows, label.value, height.value).slice(0, MOST);
      await names.learn(bars.map((bar) => bar.value));
      stage.replaceChildren(chart(bars.map((bar) => ({ ...bar, name: names.label(bar.value) ?? names.short(bar.value) })), stage.clientWidth), rest(found.rows, label.value, height.value));
    };
    this.yasr.resultsEl.append(el("div", { class: "answer" }, el("div", { class: "bar" }, el("label", { for: "bars-of" }, "A bar for each"), label, el("label", { for: "bars-by" }, "as long as"), height), stage));
    await redraw();
  }
};

/** Which columns name bars, and what may give their length; null where nothing can be counted. */
function choices({ columns, rows }) {
  const numbers = columns.filter((column) => rows.every((row) => !row[column] || Number.isFinite(Number(row[column].value))) && rows.some((row) => row[column]?.value.trim()));
  const labels = columns.filter((column) => !numbers.includes(column));
  if (labels.length === 0 || rows.length < 2) return null;
  return { labels: numbers.length ? labels : [...labels].sort((a, b) => distinct(rows, a) - distinct(rows, b)), heights: [...numbers, COUNT] };
}

const distinct = (rows, column) => {
  const number = new Set(rows.map((row) => row[column]?.value)).size;
  return number === 1 ? Infinity : number; // one bar alone tells nothing
};

function counted(rows, label, height) {
  const sums = new Map();
  for (const row of rows) {
    if (!row[label]) continue;
    const more = height === COUNT ? 1 : Number(row[height]?.value ?? 0);
    sums.set(row[label].value, (sums.get(row[label].value) ?? 0) + more);
  }
  return [...sums].map(([value, length]) => ({ value, length })).sort((a, b) => b.length - a.length || (a.value < b.value ? -1 : 1));
}

function rest(rows, label, height) {
  const more = counted(rows, label, height).length - MOST;
  return more > 0 ? el("p", { class: "quiet" }, `${more} smaller ones are not drawn.`) : "";
}

/** As wide as there is room for, so that its letters keep their size. */
function chart(bars, room) {
  const width = Math.max(NARROWEST, Math.min(WIDEST, room)), names = Math.round(width * 0.36), letters = Math.floor(names / 7);
  const least = Math.min(0, ...bars.map((bar) => bar.length)), most = Math.max(0, ...bars.map((bar) => bar.length));
  const x = (length) => names + ((length - least) / (most - least || 1)) * (width - names - 60);
  const height = bars.length * ROW + 8;
  return make("svg", { class: "bars", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": bars.map((bar) => `${bar.name}: ${bar.length}`).join("; ") },
    ...bars.map((bar, n) => make("g", { transform: `translate(0 ${n * ROW + 4})` },
      make("text", { x: names - 8, y: 15, "text-anchor": "end" }, bar.name.length > letters ? `${bar.name.slice(0, letters - 1)}…` : bar.name),
      make("rect", { x: Math.min(x(0), x(bar.length)), y: 3, width: Math.abs(x(bar.length) - x(0)), height: ROW - 8, rx: 2 }),
      make("text", { class: "length", x: Math.max(x(0), x(bar.length)) + 6, y: 15 }, String(Math.round(bar.length * 1000) / 1000)))));
}
