// What is seen, as files: SVG with its legend and notice, PNG of the same, HTML with the table. None needs anything else.
import { make, parsed } from "./draw.js";

const FONT = "Arial, Helvetica, sans-serif", SCALE = 2;

/** The sheet as an SVG element: title, drawing, the legend of what is drawn, the notice. */
export function sheet(view) {
  const box = view.svg.viewBox.baseVal;
  const width = Math.max(560, box.width), left = (width - box.width) / 2;
  const drawing = make("g", { transform: `translate(${left - box.x} ${44 - box.y})` }, ...[...view.svg.children].map((child) => child.cloneNode(true)));
  for (const each of drawing.querySelectorAll(".reach, title")) each.remove();
  for (const each of drawing.querySelectorAll("[tabindex]")) for (const name of ["tabindex", "role", "aria-label", "aria-expanded"]) each.removeAttribute(name);
  const [legend, bottom] = key(view, width, 44 + box.height + 12);
  const notes = [view.caption, ...(view.waiting ? [`${view.waiting} more things are not drawn.`] : []), view.notice];
  const height = bottom + notes.length * 15 + 14;
  return make("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width.toFixed(0)} ${height.toFixed(0)}`, width: width.toFixed(0), height: height.toFixed(0), "font-family": FONT, role: "img" },
    make("title", {}, view.title),
    make("rect", { width: "100%", height: "100%", fill: "#ffffff" }),
    make("text", { x: 16, y: 28, "font-size": 17, "font-weight": "bold", fill: "#1b242d" }, view.title),
    drawing, legend,
    ...notes.map((note, n) => make("text", { x: 16, y: bottom + 15 * (n + 1), "font-size": 11, fill: "#59616b" }, note)));
}

function key(view, width, top) {
  const group = make("g", { class: "legend" });
  let x = 16, y = top;
  for (const { sample, words } of view.legend) {
    const across = 50 + words.length * 6;
    if (x > 16 && x + across > width - 16) { x = 16; y += 21; }
    group.append(make("g", { transform: `translate(${x} ${y})` }, ...parsed(sample), make("text", { x: 41, y: 12, "font-size": 11, fill: "#1b242d" }, words)));
    x += across;
  }
  return [group, y + 26];
}

export const asSvg = (view) => `${new XMLSerializer().serializeToString(sheet(view))}\n`;

/** PNG at twice the size, by the browser's own painting of the sheet. */
export async function asPng(view) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asSvg(view))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * SCALE;
  canvas.height = image.height * SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

const STYLE = "body{margin:1rem auto;max-width:90rem;padding:0 1rem;font:15px/1.45 sans-serif;color:#1b242d;background:#fff}svg{max-width:100%;height:auto}table{border-collapse:collapse;width:100%;font-size:.85rem}caption{text-align:left;font-weight:bold;padding:.4rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #d5dae0}";

// That of STYLE: only a secure page could work it out. A test holds the two together.
const STYLE_HASH = "sha256-vK1cgJuuTIAY5T2jjwgVd1znnEa0HJXc9xRHQsQjMEw=";

/** One page with the picture and the table, which runs nothing and asks for nothing. */
export function asHtml(view) {
  const table = view.table.cloneNode(true);
  for (const each of table.querySelectorAll("a, button")) each.replaceWith(...each.childNodes);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${STYLE_HASH}'">
<title>${escaped(view.title)}</title>
<style>${STYLE}</style>
</head>
<body>
${new XMLSerializer().serializeToString(sheet(view))}
${table.outerHTML}
<p>${escaped(view.notice)}</p>
</body>
</html>
`;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
