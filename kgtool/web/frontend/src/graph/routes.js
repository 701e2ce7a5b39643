// Ways of lines between boxes, around those they do not belong to, and a free place on each for its label.
import { bent, bounds, holds, inside, looped, meets, part, samples } from "./geometry.js";

const DETOURS = [0, 22, -22, 45, -45, 80, -80, 125, -125];

/** Each edge with its curve, its samples, and its label's box where there is room for one. Spreads the nodes a little
    for as long as labels find no place. */
export function routed(nodes, edges) {
  let ways = route(nodes, edges);
  for (let tries = 0; tries < 5 && ways.some((way) => !way.label && way.edge.width); tries++) {
    for (const node of nodes) { node.x *= 1.08; node.y *= 1.08; }
    ways = route(nodes, edges);
  }
  return ways;
}

/** The ways with the nodes left where they are. */
export function route(nodes, edges) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const crowd = new Map(), ways = [];
  for (const { edge, bow } of fanned(edges)) {
    const curve = way(byId.get(edge.start), byId.get(edge.end), bow, nodes, crowd);
    ways.push({ edge, curve, samples: samples(curve), label: null });
  }
  label(ways, nodes);
  return ways;
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

function way(start, end, bow, nodes, crowd) {
  if (start === end) return looped(start, 34 + Math.abs(bow));
  const others = nodes.filter((node) => node !== start && node !== end);
  let best = null, least = Infinity;
  for (const detour of DETOURS) {
    if (least <= Math.abs(detour) / 4) break;
    const curve = clipped(bent([start.x, start.y], [end.x, end.y], bow + detour), start, end);
    const points = samples(curve), cells = along(points);
    const hits = others.filter((box) => points.some((point) => holds(box, point, 4))).length;
    const alongside = Math.max(0, cells.filter((cell) => crowd.has(cell)).length - 4);
    const cost = Math.abs(detour) / 4 + 100 * hits + 3 * alongside;
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

function label(ways, nodes) {
  const taken = nodes.map((node) => ({ ...node, width: node.width + 6, height: node.height + 6 }));
  const length = ({ samples: points }) => Math.hypot(points[0][0] - points.at(-1)[0], points[0][1] - points.at(-1)[1]);
  for (const each of [...ways].sort((a, b) => length(a) - length(b))) {
    if (!each.edge.width) continue;
    each.label = freePlace(each, ways, taken);
    if (each.label) taken.push({ ...each.label, width: each.label.width + 3, height: each.label.height + 3 });
  }
}

/** On the line where it crosses fewest others, the middle before the ends; else close beside the line. */
function freePlace(own, ways, taken) {
  const points = own.samples, { width, height } = own.edge;
  let best = null, least = Infinity;
  for (let n = 1; n < points.length - 1; n++) {
    for (const aside of [0, -1, 1]) {
      const box = besides(points, n, aside, width, height);
      const base = 4 * Math.abs(n / (points.length - 1) - 0.52) + 4 * Math.abs(aside);
      if (base >= least || taken.some((other) => meets(box, other))) continue;
      const covered = points.filter((point) => holds(box, point)).length / points.length;
      const hidesEnd = 9 * holds(box, points.at(-1), 9) + 3 * holds(box, points[0]);
      const crossed = ways.filter((other) => other !== own && other.samples.some((point) => holds(box, point))).length;
      const cost = base + 3 * crossed + 12 * Math.max(0, covered - 0.6) + hidesEnd;
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
