// The graph view on the page of a thing. Where its rows are not to be had, the still picture stands there, as it does
// where no script runs; it is asked for only then, because drawing it takes the server seconds.
import { View, fetched } from "./view.js";
import { el } from "./dom.js";

async function start(place) {
  const told = await fetched(place.dataset.rows);
  if (told.edges.length > 0) new View(place, told);
}

function still(place) {
  const picture = el("img", { src: place.dataset.still, alt: "What sources claim around it, drawn; the same claims stand in the tables below" });
  place.replaceChildren(el("a", { class: "sheet", href: place.dataset.still }, picture));
}

// a page that is a file may read no other file
const place = document.getElementById("graph"), reads = window.location.protocol !== "file:";
if (place?.dataset.rows && reads) start(place).catch(() => still(place));
else if (place) still(place);
