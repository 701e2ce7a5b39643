// Ways of lines between boxes, around those they do not belong to, and a free place on each for its label.
import { bent, bounds, holds, inside, looped, meets, part, samples } from "./geometry.js";

const DETOURS = [0, 22, -22, 45, -45, 80, -80, 125, -125];
const HEAD = 9; // the length of what a line ends in
const CROSSED = 0.2; // lines under labels of others that are borne, for each line

/** Each edge with its curve, its samples, and its label's box where there is room for one. Spreads the nodes a little for
    as long as labels find no place or many stand on other lines; then draws the lines once more, around the labels. */
export function routed(nodes, edges) {
  let ways = route(nodes, edges);
  for (let tries = 0; tries < 5 && disorder(ways) > CROSSED * ways.length; tries++) {
    for (const node of nodes) { node.x *= 1.08; node.y *= 1.08; }
    ways = route(nodes, edges);
  }
  const again = route(nodes, edges, ways.map((way) => way.label));
  return disorder(again) < disorder(ways) ? again : ways;
}

/** The ways with the nodes left where they are; each line keeps away from the labels of the others, where these are known. */
export function route(nodes, edges, labels = []) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const crowd = new Map(), ways = [];
  fanned(edges).forEach(({ edge, bow }, n) => {
    const foreign = labels.filter((label, m) => label && m !== n);
    const curve = way(byId.get(edge.start), byId.get(edge.end), bow, nodes, foreign, crowd);
    ways.push({ edge, curve, ...sampled(curve), label: null });
  });
  label(ways, nodes);
  return ways;
}

/** How often a line runs under the label of another, which is worse where its head does; a label without a place is worse
    than all of that. */
export const disorder = (ways) => ways.reduce((sum, way) => sum + (way.label ? crossed(way.label, way, ways) + 2 * beheaded(way.label, ways) : way.edge.width ? 1000 : 0), 0);

/** How many lines would not show what they end in. */
const beheaded = (box, ways) => ways.filter((way) => meets(box, way.head)).length;

const crossed = (box, own, ways) =>
  ways.filter((other) => other !== own && meets(box, other.bound) && other.samples.some((point) => holds(box, point))).length;

function sampled(curve) {
  const points = samples(curve), xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [x, y] = curve[3], before = points.at(-2), away = HEAD / (Math.hypot(x - before[0], y - before[1]) || 1);
  const [bx, by] = [x + (before[0] - x) * away, y + (before[1] - y) * away];
  const head = { x: (x + bx) / 2, y: (y + by) / 2, width: Math.abs(x - bx) + 4, height: Math.abs(y - by) + 4 };
  return { samples: points, head, bound: { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left + 1, height: bottom - top + 1 } };
}

/** Lines of the same two ends bow away from each other. */
function fanned(edges) {
  const strands = new Map(), used = new Map();
  const pair = (edge) => (edge.start < edge.end ? `${edge.start} ${edge.end}` : `${edge.end} ${edge.start}`);
  for (const edge of edges) strands.set(pair(edge), (strands.get(pair(edge)) ?? 0) + 1);
  return edges.map((edge) => {
    const key = pair(edge), nth = used.get(key) ?? 0;
    used.set(key, nth + 1);
    const bow = (nth - (strands.get(key) - 1) / 2) * 34;
    return { edge, bow: edge.start < edge.end ? bow : -bow };
  });
}

function way(start, end, bow, nodes, labels, crowd) {
  if (start === end) return looped(start, 34 + Math.abs(bow));
  const others = nodes.filter((node) => node !== start && node !== end);
  let best = null, least = Infinity;
  for (const detour of DETOURS) {
    if (least <= Math.abs(detour) / 4) break;
    const curve = clipped(bent([start.x, start.y], [end.x, end.y], bow + detour), start, end);
    const points = samples(curve), cells = along(points);
    const hits = others.filter((box) => points.some((point) => holds(box, point, 4))).length;
    const alongside = Math.max(0, cells.filter((cell) => crowd.has(cell)).length - 4);
    const under = labels.filter((box) => points.some((point) => holds(box, point))).length;
    const cost = Math.abs(detour) / 4 + 100 * hits + 25 * under + 3 * alongside;
    if (cost < least) { best = { curve, cells }; least = cost; }
  }
  for (const cell of best.cells) crowd.set(cell, true);
  return best.curve;
}

/** Small cells a line runs through, but for its ends, where lines of one box must come together. */
const along = (points) => [...new Set(points.slice(4, -4).map(([x, y]) => `${Math.floor(x / 13)} ${Math.floor(y / 13)}`))];

/** The part of a centre-to-centre curve that is seen, from outline to outline. */
function clipped(curve, start, end) {
  const first = leaves(curve, start), last = 1 - leaves([...curve].reverse(), end);
  return first < last ? part(curve, first, last) : part(curve, 0.45, 0.55);
}

function leaves(curve, node) {
  let low = 0, high = 1;
  for (let step = 0; step < 18; step++) {
    const middle = (low + high) / 2, piece = part(curve, 0, middle)[3];
    if (inside(node.outline, [piece[0] - node.x, piece[1] - node.y])) low = middle;
    else high = middle;
  }
  return high;
}

/** Those of short lines choose first; then each is lifted and set down again, now that the others stand somewhere. */
function label(ways, nodes) {
  const length = ({ samples: points }) => Math.hypot(points[0][0] - points.at(-1)[0], points[0][1] - points.at(-1)[1]);
  const worded = [...ways].sort((a, b) => length(a) - length(b)).filter((way) => way.edge.width);
  const things = nodes.map((node) => grown(node, 6));
  for (let round = 0, moved = true; moved && round < 4; round++) {
    moved = false;
    for (const each of worded) {
      const taken = [...things, ...worded.filter((other) => other !== each && other.label).map((other) => grown(other.label, 3))];
      const place = freePlace(each, ways, taken);
      moved ||= place?.x !== each.label?.x || place?.y !== each.label?.y;
      each.label = place;
    }
  }
}

const grown = (box, air) => ({ x: box.x, y: box.y, width: box.width + air, height: box.height + air });

// How far to the side of its line a label stands: on it, with the line through its one half or the other, or clear of it.
const ASIDE = [0, -0.4, 0.4, -1, 1];

/** On the line where it crosses fewest others, the middle before the ends; else close beside the line. */
function freePlace(own, ways, taken) {
  const points = own.samples, { width, height } = own.edge;
  let best = null, least = Infinity;
  for (let n = 1; n < points.length - 1; n++) {
    for (const aside of ASIDE) {
      let cost = 4 * Math.abs(n / (points.length - 1) - 0.52) + 5 * Math.abs(aside);
      if (cost >= least) continue;
      const box = besides(points, n, aside, width, height);
      if (taken.some((other) => meets(box, other))) continue;
      const covered = points.filter((point) => holds(box, point)).length / points.length;
      cost += 12 * Math.max(0, covered - 0.6) + 3 * holds(box, points[0]);
      if (cost < least) cost += 9 * crossed(box, own, ways) + 30 * beheaded(box, ways);
      // beside its line, a label must not stand as near to another, which it would seem to name
      if (Math.abs(aside) === 1 && cost < least) cost += 3 * crossed(grown(box, 14), own, ways);
      if (cost < least) { best = box; least = cost; }
    }
  }
  return best;
}

function besides(points, n, aside, width, height) {
  const [x, y] = points[n], before = points[n - 1], after = points[n + 1];
  const length = Math.hypot(after[0] - before[0], after[1] - before[1]) || 1;
  const right = -(after[1] - before[1]) / length, down = (after[0] - before[0]) / length;
  const clear = aside * ((Math.abs(right) * width + Math.abs(down) * height) / 2 + 3);
  return { x: x + right * clear, y: y + down * clear, width, height };
}

/** The rectangle that holds all that is drawn. */
export function extent(nodes, ways) {
  const drawn = [...nodes, ...ways.flatMap((way) => way.samples.map(([x, y]) => ({ x, y, width: 6, height: 6 })))];
  return bounds([...drawn, ...ways.map((way) => way.label).filter(Boolean)]);
}
