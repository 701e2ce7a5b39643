/* Search as one types: a list of what is found beneath the box. Without this script the box is a form like any other.
   The pattern is https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ : the arrows choose, Enter goes there, Escape closes. */
"use strict";
(() => {
  const WAIT = 90;   // milliseconds after the last key, so that not every letter asks
  const MOST = 10;
  const form = document.querySelector("form.search");
  if (!form) return;
  const box = form.querySelector("input");

  const list = document.createElement("ul");
  list.id = "found";
  list.className = "found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  const told = document.createElement("span");
  told.className = "unseen";
  told.setAttribute("role", "status");
  form.append(list, told);
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "found", "aria-haspopup": "listbox" };
  for (const [name, value] of Object.entries(roles)) box.setAttribute(name, value);
  form.hidden = false;

  let hits = [], at = -1, waiting = 0, asking = null, last = "";

  /* Where pages are plain files nobody can be asked: the list of names is a file too, brought when first needed. */
  const index = form.dataset.index;
  let names = null;
  const bring = () => names ??= new Promise((ready, failed) => {
    const script = document.createElement("script");
    script.src = index;
    script.onload = () => ready(self.kgtoolNames);
    script.onerror = () => failed(new Error("the list of names could not be read"));
    document.head.append(script);
  });
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  async function inFile(typed) {
    const { root, rows } = await bring();
    const words = fold(typed).split(/\s+/).filter(Boolean);
    const base = index.slice(0, index.length - root.length);
    const found = [];
    for (const [label, more, kind, id, page] of rows) {
      const name = fold(label), all = `${name} ${fold(more)} ${fold(id)}`;
      if (!words.every((word) => all.includes(word))) continue;
      const rank = name === words.join(" ") ? 0 : name.startsWith(words[0]) ? 1 : name.includes(words[0]) ? 2 : 3;
      found.push([rank, name.length, { label, name: "", kind, id, page: base + page }]);
    }
    found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return found.slice(0, MOST).map((hit) => hit[2]);
  }

  async function onServer(typed) {
    asking?.abort();
    asking = new AbortController();
    const answer = await fetch(`${box.dataset.search}?q=${encodeURIComponent(typed)}`, { signal: asking.signal });
    return answer.ok ? (await answer.json()).found : [];
  }

  async function look() {
    const typed = box.value.trim();
    if (typed === last) return;
    last = typed;
    if (!typed) return close();
    try {
      const found = await (index ? inFile(typed) : onServer(typed));
      if (typed === last) show(found);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function show(found) {
    hits = found;
    choose(-1);
    list.replaceChildren(...(hits.length ? hits.map(item) : [nothing()]));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    told.textContent = hits.length ? `${hits.length} found; the arrow keys choose` : "nothing found";
  }

  function item(hit, place) {
    const li = part("li", "", "");
    li.id = `found-${place}`;
    li.setAttribute("role", "option");
    li.setAttribute("aria-selected", "false");
    li.append(part("span", "", hit.label), part("span", "of", hit.kind), part("span", "id", hit.name ? `${hit.id} · ${hit.name}` : hit.id));
    li.addEventListener("mousedown", (event) => event.preventDefault());
    li.addEventListener("click", () => go(hit));
    return li;
  }

  function nothing() {
    const li = part("li", "none", "Nothing holds all of these words.");
    li.setAttribute("role", "option");
    li.setAttribute("aria-disabled", "true");
    li.setAttribute("aria-selected", "false");
    return li;
  }

  function part(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.textContent = text;   // what the graph says is text, never markup
    return made;
  }

  function choose(place) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = place;
    const li = list.children[at];
    if (!li || !hits.length) return box.removeAttribute("aria-activedescendant");
    li.setAttribute("aria-selected", "true");
    li.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", li.id);
  }

  function close() {
    list.hidden = true;
    last = "";
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    told.textContent = "";
    at = -1;
  }

  function go(hit) {
    if (hit?.page) location.href = hit.page;
  }

  const count = () => (list.hidden ? 0 : hits.length);
  const keys = {
    ArrowDown: () => (count() ? choose((at + 1) % count()) : look()),
    ArrowUp: () => count() && choose((at + count() - (at < 0 ? 0 : 1)) % count()),
    Escape: () => (list.hidden ? (box.value = "") : close()),
    Enter: (event) => at >= 0 && (event.preventDefault(), go(hits[at])),
    Tab: null,
  };
  box.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.isComposing) return;
    if (event.key.startsWith("Arrow")) event.preventDefault();
    act(event);
  });
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, WAIT); });
  box.addEventListener("focus", () => box.value.trim() && look());
  box.addEventListener("blur", close);
  form.addEventListener("submit", (event) => { if (index) { event.preventDefault(); look().then(() => go(hits[0])); } });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], .cm-editor, .CodeMirror");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); box.focus(); }
  });
})();
