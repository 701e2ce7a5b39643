// The graph view on the page of a thing. It takes the place of the still picture once the rows are there; where they are
// not to be had, the still picture stays.
import { View, fetched } from "./view.js";

async function start(place) {
  const told = await fetched(place.dataset.rows);
  if (told.edges.length > 0) new View(place, told);
}

const place = document.getElementById("graph");
if (place?.dataset.rows) start(place).catch((error) => console.warn(`the still picture stays: ${error.message}`));
