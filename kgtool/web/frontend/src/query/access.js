// What YASGUI leaves out for those who do not see it or use no mouse: names for its fields and roles that hold together.

/** Mends what is there, and whatever comes later. */
export function kept(shell) {
  mend(shell);
  new MutationObserver(() => mend(shell)).observe(shell, { childList: true, subtree: true, attributeFilter: ["aria-selected", "role"] });
}

const NAMES = {
  ".CodeMirror textarea": "Query",
  ".yasr .CodeMirror textarea": "What the endpoint answered",
  ".tabsList .addTab": "New tab",
  ".tabsList input": "Name of the tab",
};

function mend(shell) {
  for (const [selector, name] of Object.entries(NAMES)) {
    for (const found of shell.querySelectorAll(selector)) if (found.getAttribute("aria-label") !== name) found.setAttribute("aria-label", name);
  }
  for (const scrolled of shell.querySelectorAll(".CodeMirror-scroll[tabindex='-1']")) scrolled.setAttribute("tabindex", "0");
  // a list of tabs may hold tabs alone, and this one also holds the button for a new one
  for (const list of shell.querySelectorAll(".tabsList[role]")) list.removeAttribute("role");
  for (const tab of shell.querySelectorAll(".tabsList [aria-selected]")) {
    tab.setAttribute("role", "button");
    tab.setAttribute("aria-pressed", tab.getAttribute("aria-selected"));
    tab.removeAttribute("aria-selected");
  }
  for (const panel of shell.querySelectorAll("[role=tabpanel]")) panel.removeAttribute("role");
}
