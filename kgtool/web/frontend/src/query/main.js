import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
new Yasgui(document.getElementById("query"), { requestConfig: { endpoint: new URL("/sparql", location).href }, autofocus: false });
