/* Search as one types: a list of what is found beneath the box, or beneath a field of a form that takes a thing. Without
   this script they are a form and fields like any other.
   The pattern is https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ : the arrows choose, Enter takes, Escape closes. */
"use strict";
(() => {
  const WAIT = 90;   // milliseconds after the last key, so that not every letter asks
  const MOST = 10;
  let lists = 0;

  /* Offers beneath a box, within `around`, what `find` finds of what is typed into it; `take` is told what was chosen. */
  function offer(box, around, find, take) {
    const list = document.createElement("ul");
    list.id = `found${lists++ || ""}`;
    list.className = "found";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Found");
    const told = document.createElement("span");
    told.className = "unseen";
    told.setAttribute("role", "status");
    around.append(list, told);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-haspopup": "listbox" };
    for (const [name, value] of Object.entries(roles)) box.setAttribute(name, value);

    let hits = [], at = -1, waiting = 0, last = "";

    async function look() {
      const typed = box.value.trim();
      if (typed === last) return;
      last = typed;
      if (!typed) return close();
      try {
        const found = await find(typed);
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
      li.id = `${list.id}-${place}`;
      li.setAttribute("role", "option");
      li.setAttribute("aria-selected", "false");
      li.append(part("span", "", hit.label), part("span", "of", hit.kind), part("span", "id", hit.name ? `${hit.id} · ${hit.name}` : hit.id));
      li.addEventListener("mousedown", (event) => event.preventDefault());
      li.addEventListener("click", () => chosen(hit));
      return li;
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
      clearTimeout(waiting);
      list.hidden = true;
      last = "";
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
      told.textContent = "";
      at = -1;
    }

    function chosen(hit) {
      close();
      take(hit, hits);
    }

    const count = () => (list.hidden ? 0 : hits.length);
    const keys = {
      ArrowDown: () => (count() ? choose((at + 1) % count()) : look()),
      ArrowUp: () => count() && choose((at + count() - (at < 0 ? 0 : 1)) % count()),
      Escape: () => (list.hidden ? (box.value = "") : close()),
      Enter: (event) => at >= 0 && (event.preventDefault(), chosen(hits[at])),
    };
    box.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (!act || event.isComposing) return;
      if (event.key.startsWith("Arrow")) event.preventDefault();
      act(event);
    });
    box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, WAIT); });
    box.addEventListener("blur", close);
    return { look, first: () => hits[0] };
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

  /* What the server finds, asked at an address; a new question ends the one before. */
  function onServer(place) {
    let asking = null;
    return async (typed) => {
      asking?.abort();
      asking = new AbortController();
      const address = new URL(place, location);
      address.searchParams.set("q", typed);
      const answer = await fetch(address, { signal: asking.signal });
      return answer.ok ? (await answer.json()).found : [];
    };
  }

  /* Where pages are plain files nobody can be asked: the list of names is a file too, brought when first needed. */
  function inFile(index) {
    let names = null;
    const bring = () => names ??= new Promise((ready, failed) => {
      const script = document.createElement("script");
      script.src = index;
      script.onload = () => ready(self.kgtoolNames);
      script.onerror = () => failed(new Error("the list of names could not be read"));
      document.head.append(script);
    });
    return async (typed) => named(typed, await bring(), index);
  }

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function named(typed, { root, rows }, index) {
    const words = fold(typed).split(/\s+/).filter(Boolean), base = index.slice(0, index.length - root.length);
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

  function go(hit) {
    if (hit?.page) location.href = hit.page;
  }

  function searched(form) {
    const box = form.querySelector("input"), index = form.dataset.index;
    const { look, first } = offer(box, form, index ? inFile(index) : onServer(box.dataset.search), go);
    form.hidden = false;
    box.addEventListener("focus", () => box.value.trim() && look());
    form.addEventListener("submit", (event) => { if (index) { event.preventDefault(); look().then(() => go(first())); } });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable], .cm-editor, .CodeMirror");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); box.focus(); }
    });
  }

  /* A field takes the name of what was chosen, or its id where another thing that was found is called the same. */
  function filled(field) {
    const take = (hit, hits) => { field.value = hits.filter(({ label }) => label === hit.label).length > 1 ? hit.id : hit.label; };
    offer(field, field.parentElement, onServer(field.dataset.search), take);
  }

  document.querySelectorAll("form.search").forEach(searched);
  document.querySelectorAll(".params input[data-search]").forEach(filled);
})();
