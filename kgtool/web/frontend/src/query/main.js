// The SPARQL page: YASGUI, completing from this graph alone, with our own table, picture and chart of what comes back.
import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import "./query.css";
import { fetched } from "../graph/view.js";
import { el } from "../graph/dom.js";
import { answerPlugin } from "./answer.js";
import { chartPlugin } from "./chart.js";
import { complete } from "./completing.js";
import { named } from "./names.js";
import { picturePlugin } from "./picture.js";
import { asked, linkTo } from "./sharing.js";
import { hinted } from "./hints.js";
import { kept } from "./access.js";

const place = document.getElementById("query");
start(place).catch((error) => place.replaceChildren(el("p", { class: "warning" }, `The editor cannot start: ${error.message}.`)));

async function start(place) {
  const known = await fetched(place.dataset.known);
  for (const example of known.examples) example.query = plain(example.query);
  const names = named(known);
  complete(Yasgui.Yasqe, known);
  Object.assign(Yasgui.Yasqe.defaults.extraKeys, { Tab: false, "Shift-Tab": false }); // they lead on, as everywhere
  delete Yasgui.Yasr.plugins.table; // ours shows things by their labels
  delete Yasgui.Yasr.defaults.plugins.table;
  Yasgui.Yasr.defaults.errorRenderers = [async (error) => failure(error)];
  Yasgui.Yasr.defaults.pluginOrder = ["answer", "picture", "chart", "response"];
  for (const [name, plugin] of Object.entries({ answer: answerPlugin(names), picture: picturePlugin(known), chart: chartPlugin(names) })) {
    Yasgui.Yasr.registerPlugin(name, plugin);
  }
  const shell = el("div", { class: "shell" });
  place.replaceChildren(shell);
  const editor = new Yasgui(shell, settings(known));
  kept(shell);
  hinted(editor, known);
  shell.before(el("div", { class: "bar" }, ...examples(known, editor), ...lead(editor)));
  const query = asked();
  if (query) show(editor, known, plain(query), "Shared query");
}

function settings(known) {
  return {
    autofocus: false,
    persistenceId: "kgtool",
    copyEndpointOnNewTab: false,
    populateFromUrl: false,
    endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
    requestConfig: {
      endpoint: new URL(known.endpoint, location).href,
      method: "POST",
      acceptHeaderSelect: "application/sparql-results+json",
      acceptHeaderGraph: "text/turtle",
      headers: () => ({}),
    },
    yasqe: {
      value: (known.examples.find((each) => each.name === "routes") ?? known.examples[0])?.query ?? "SELECT * { ?s ?p ?o } LIMIT 10",
      collapsePrefixesOnLoad: false,
      syntaxErrorCheck: false, // its grammar knows no LATERAL, and tells what it expects as a list of tokens; the server says it
      prefixCcApi: null,
      createShareableLink: (yasqe) => linkTo(yasqe.getValue()),
      consumeShareLink: null,
      createShortLink: undefined,
      editorHeight: "260px",
    },
    yasr: {
      prefixes: known.prefixes,
      defaultPlugin: "answer",
      maxPersistentResponseSize: 0, // what was answered may be old by the time the page is opened again
    },
  };
}

/** An error as the endpoint says it, in a plain sentence. YASGUI hands on no more than that. */
function failure({ text }) {
  const silent = !text || /failed to fetch|networkerror|load failed/i.test(text);
  return el("div", { class: "failure", role: "alert" },
    el("strong", {}, silent ? "The endpoint does not answer." : "The query was not answered."),
    el("pre", { tabindex: 0 }, silent ? "Is `kgtool serve` still running?" : text.trim()));
}

/** The questions that are asked of this graph, as examples to start from. */
function examples(known, editor) {
  const choose = el("select", { id: "example", change: () => {
    const example = known.examples.find((each) => each.name === choose.value);
    choose.value = "";
    if (example) show(editor, known, example.query, example.name);
  } }, el("option", { value: "" }, "choose one …"), ...known.examples.map(({ name, title }) => el("option", { value: name }, title)));
  return [el("label", { for: "example" }, "Example questions"), choose];
}

function lead(editor) {
  const told = el("span", { role: "status", class: "quiet" });
  let busy = false;
  const run = el("button", { type: "button", class: "main run", click: () => {
    if (busy) editor.getTab().getYasqe().abortQuery();
    else editor.getTab().query().catch(() => {}); // what failed is shown among the results
  } }, "Run");
  const turn = (now) => { busy = now; run.textContent = busy ? "Stop" : "Run"; };
  editor.on("query", () => turn(true));
  for (const over of ["queryResponse", "queryAbort", "tabSelect"]) editor.on(over, () => turn(false));
  const share = el("button", { type: "button", class: "share", click: async () => {
    const link = linkTo(editor.getTab().getQuery());
    history.replaceState(null, "", link);
    told.textContent = (await copied(link)) ? "The link is copied; it also stands in the address bar." : "The link stands in the address bar.";
  } }, "Link to this query");
  return [run, share, told];
}

async function copied(link) {
  try {
    await navigator.clipboard.writeText(link);
    return true;
  } catch {
    return false; // not every browser lets a page do so
  }
}

/** A question's file without what only the command line reads of it. */
const plain = (text) => text.replace(/^#\+ title: /m, "# ").replace(/^#\+ .*\n/gm, "");

/** What is written in a tab; one that was kept from an earlier visit has no editor until it is looked at. */
const written = (tab) => (tab.getYasqe() ? tab.getQuery() : tab.persistentJson?.yasqe?.value ?? "");

/** Puts a query into a tab of its own, unless one has it, and runs it. */
function show(editor, known, text, name) {
  const query = declared(text, known.prefixes);
  const same = Object.values(editor._tabs).find((tab) => written(tab).trim() === query.trim());
  if (same) editor.selectTabId(same.getId());
  else editor.addTab(true, { ...Yasgui.Tab.getDefaults(editor), name, yasqe: { value: query } });
  editor.getTab().query().catch(() => {}); // what failed is shown among the results
}

/** The query with the prefixes that it uses and this graph knows declared, so that it runs elsewhere too. */
function declared(query, prefixes) {
  const bare = query.replace(/<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'|#.*$/gm, " ");
  const said = new Set([...query.matchAll(/PREFIX\s+([\w.-]*):/gi)].map(([, prefix]) => prefix));
  const used = new Set([...bare.matchAll(/(?<![\w:])([\w.-]+):/g)].map(([, prefix]) => prefix));
  const missing = Object.keys(prefixes).filter((prefix) => used.has(prefix) && !said.has(prefix));
  return missing.map((prefix) => `PREFIX ${prefix}: <${prefixes[prefix]}>\n`).join("") + query;
}
