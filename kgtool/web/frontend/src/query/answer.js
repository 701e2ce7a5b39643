// Rows as a table in which things go by their labels: found again, sorted, and shown a page at a time.
import { el } from "../graph/dom.js";
import { rowsOf } from "./rows.js";

const PAGE = 50;

export const answerPlugin = (names) => class {
  priority = 10;
  label = "Table";

  constructor(yasr) { this.yasr = yasr; }

  canHandleResults() { return Boolean(!this.yasr.results?.getError() && this.yasr.results && rowsOf(this.yasr.results)); }

  getIcon() { return el("span", { "aria-hidden": "true" }, "▤"); }

  download(name) {
    return { contentType: "text/csv", filename: `${name || "answer"}.csv`, title: "Save as CSV", getData: () => csv(rowsOf(this.yasr.results)) };
  }

  async draw() {
    const { columns, rows } = rowsOf(this.yasr.results);
    this.yasr.resultsEl.append(new Table(columns, rows, names).element);
  }
};

class Table {
  constructor(columns, rows, names) {
    Object.assign(this, { columns, rows, names, sorted: null, up: true, page: 0, words: "" });
    this.body = el("tbody");
    this.count = el("span", { class: "quiet", role: "status" });
    this.back = el("button", { type: "button", click: () => this.turn(-1) }, "← Before");
    this.on = el("button", { type: "button", click: () => this.turn(1) }, "Next →");
    const find = el("input", { type: "search", "aria-label": "Find in these rows", placeholder: "find in these rows", input: () => { this.words = find.value.toLowerCase(); this.page = 0; this.draw(); } });
    this.heads = columns.map((column) => el("th", { scope: "col" }, el("button", { type: "button", click: () => this.sort(column) }, column)));
    this.element = el("div", { class: "answer" },
      el("div", { class: "bar" }, find, this.count, this.back, this.on),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Rows" }, el("table", {}, el("thead", {}, el("tr", {}, ...this.heads)), this.body)));
    this.draw();
  }

  found() {
    const text = (row) => this.columns.map((column) => (row[column] ? `${this.names.label(row[column].value) ?? ""} ${this.names.short(row[column].value)}` : "")).join(" ").toLowerCase();
    const rows = this.words ? this.rows.filter((row) => text(row).includes(this.words)) : this.rows;
    return this.sorted === null ? rows : [...rows].sort((a, b) => this.compare(a[this.sorted], b[this.sorted]) * (this.up ? 1 : -1));
  }

  compare(a, b) {
    if (!a || !b) return Number(Boolean(a)) - Number(Boolean(b));
    const x = Number(a.value), y = Number(b.value);
    if (Number.isFinite(x) && Number.isFinite(y)) return x - y;
    return this.shown(a).localeCompare(this.shown(b));
  }

  shown(term) { return this.names.label(term.value) ?? this.names.short(term.value); }

  sort(column) {
    this.up = this.sorted === column ? !this.up : true;
    this.sorted = column;
    this.page = 0;
    this.heads.forEach((head, n) => {
      if (this.columns[n] === column) head.setAttribute("aria-sort", this.up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    this.draw();
  }

  turn(by) { this.page += by; this.draw(); }

  draw() {
    const found = this.found(), from = this.page * PAGE, some = found.slice(from, from + PAGE);
    this.fill(some);
    this.count.textContent = found.length === 0 ? "no rows" : `${from + 1} to ${from + some.length} of ${found.length}`;
    this.back.hidden = this.on.hidden = found.length <= PAGE;
    this.back.disabled = this.page === 0;
    this.on.disabled = from + PAGE >= found.length;
    const iris = some.flatMap((row) => this.columns.map((column) => row[column]).filter((term) => term?.type === "uri").map((term) => term.value));
    this.names.learn(iris).then(() => this.fill(some));
  }

  fill(rows) {
    this.body.replaceChildren(...rows.map((row) => el("tr", {}, ...this.columns.map((column) => el("td", {}, ...this.cell(row[column]))))));
  }

  cell(term) {
    if (!term) return [];
    if (term.type !== "uri") return [el("span", { class: "value", lang: term["xml:lang"] }, term.value)];
    const label = this.names.label(term.value), curie = this.names.short(term.value), page = this.names.page(term.value);
    const link = page ? el("a", { href: page, title: term.value, rel: page === term.value ? "noreferrer" : null }, label ?? curie) : label ?? curie;
    return label ? [link, " ", el("span", { class: "curie" }, curie)] : [link];
  }
}

function csv({ columns, rows }) {
  const quote = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => columns.map((column) => row[column]?.value ?? ""))].map((line) => line.map(quote).join(",")).join("\r\n");
}
