"use strict";
// Filter by the legend, light up what belongs together, say the sentence, sort the table. Reads only this page.
(function () {
  const svg = document.querySelector("figure svg");
  if (!svg) return;
  const told = document.getElementById("told");
  const hint = told.textContent;
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const nodes = all(".node", svg), edges = all(".edge", svg), labels = all(".label", svg), rows = all("tbody tr");
  const ends = new Map(edges.map((edge) => [edge, edge.dataset.ends.split(" ")]));
  const words = new Map(nodes.concat(edges).map((part) => [part, part.querySelector("title").textContent]));
  const lines = new Map(edges.map((edge) => [edge.dataset.edge, edge]));
  let pinned = null;

  function light(part) {
    const lit = new Set(part ? [part] : []);
    for (const edge of part ? edges : []) {
      if (edge !== part && !ends.get(edge).includes(part.dataset.node)) continue;
      if (edge.classList.contains("off")) continue;
      lit.add(edge);
      for (const node of nodes) if (ends.get(edge).includes(node.dataset.node)) lit.add(node);
    }
    svg.classList.toggle("asking", Boolean(part));
    for (const each of nodes.concat(edges)) each.classList.toggle("lit", lit.has(each));
    for (const label of labels) label.classList.toggle("lit", lit.has(lines.get(label.dataset.edge)));
    for (const row of rows) row.classList.toggle("lit", Boolean(part) && row.dataset.edge === part.dataset.edge);
    // A box says its name; once kept, also every sentence about it that is shown.
    const about = part && part === pinned && part.dataset.node ? edges.filter((edge) => lit.has(edge)) : [];
    told.textContent = part ? [part].concat(about).map((each) => words.get(each)).join("\n") : hint;
  }

  function pin(part) {
    pinned = pinned === part ? null : part;
    light(pinned);
  }

  function filter() {
    const hidden = new Set(all("fieldset input").filter((box) => !box.checked).map((box) => box.name + box.value));
    const unwanted = nodes.filter((node) => hidden.has("node" + node.dataset.kind));
    const gone = new Set(unwanted.map((node) => node.dataset.node));
    const joined = new Set(), ever = new Set();
    for (const edge of edges) {
      const off = hidden.has("edge" + edge.dataset.kind) || ends.get(edge).some((end) => gone.has(end));
      edge.classList.toggle("off", off);
      for (const end of ends.get(edge)) { ever.add(end); if (!off) joined.add(end); }
    }
    for (const node of nodes) {
      const number = node.dataset.node;
      const alone = ever.has(number) && !joined.has(number) && !node.classList.contains("focus");
      node.classList.toggle("off", gone.has(number) || alone);
    }
    for (const part of labels.concat(rows)) {
      part.classList.toggle("off", lines.get(part.dataset.edge).classList.contains("off"));
    }
    pinned = null;
    light(null);
  }

  function sort(head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of all("thead th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const text = (row) => row.cells[head.cellIndex].textContent;
    rows.sort((a, b) => text(a).localeCompare(text(b)) * (up ? 1 : -1));
    for (const row of rows) row.parentNode.appendChild(row);
  }

  svg.setAttribute("role", "group"); // its parts can now be reached one by one
  for (const edge of edges) {
    const reach = edge.querySelector(".line").cloneNode();
    for (const name of ["stroke", "stroke-width", "stroke-dasharray"]) reach.removeAttribute(name);
    reach.setAttribute("class", "reach");
    edge.appendChild(reach);
  }
  for (const part of nodes.concat(edges)) {
    part.querySelector("title").remove(); // the panel says it, at once and in full
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "img");
    part.setAttribute("aria-label", words.get(part));
    part.addEventListener("mouseenter", () => { if (!pinned) light(part); });
    part.addEventListener("mouseleave", () => { if (!pinned) light(null); });
    part.addEventListener("focus", () => { if (part.matches(":focus-visible")) { pinned = null; light(part); } });
    part.addEventListener("blur", () => { if (!pinned) light(null); });
    part.addEventListener("click", (event) => { event.stopPropagation(); pin(part); });
    part.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(part); }
    });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { pinned = null; light(null); } });
  svg.addEventListener("click", () => { pinned = null; light(null); });
  for (const row of rows) {
    row.addEventListener("mouseenter", () => { if (!pinned) light(lines.get(row.dataset.edge)); });
    row.addEventListener("mouseleave", () => { if (!pinned) light(null); });
  }
  for (const box of all("fieldset input")) { box.disabled = false; box.addEventListener("change", filter); }
  for (const button of all("thead button")) button.addEventListener("click", () => sort(button.parentNode));
})();
