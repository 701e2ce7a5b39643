// Where things stand: drawn distances made to fit wanted ones ("stress"), boxes pushed apart, then moved one at a time to
// where the picture reads better. Things that had a place begin there, so that expanding does not shuffle the picture.
// No chance is involved: the same steps give the same picture.
import { cross, meets } from "./geometry.js";

const AIR = { across: 22, down: 17 };

/** Gives each node {id, width, height, x?, y?} its x and y. `wide` is how much wider than high the picture may be. */
export function arrange(nodes, edges, focus, wide) {
  if (nodes.length === 0) return;
  const links = linked(nodes, edges);
  const fresh = nodes.every((node) => node.x === undefined);
  const tries = fresh ? [0, 1, 2, 3].map((quarter) => fan(nodes, links, focus, quarter * 0.4, wide)) : [beside(nodes, links)];
  const settled = tries.map((points) => polished(apart(boxes(nodes, settle(points, nodes, links, fresh ? 80 : 40, wide))), links, wide));
  const best = settled.reduce((a, b) => (unrest(b, links, wide) < unrest(a, links, wide) ? b : a));
  best.forEach((box, n) => Object.assign(nodes[n], { x: box.x, y: box.y }));
}

/** Pairs of joined nodes by number, each with the length its boxes and its label ask for. */
function linked(nodes, edges) {
  const number = new Map(nodes.map((node, n) => [node.id, n]));
  const pairs = new Map();
  for (const edge of edges) {
    const a = number.get(edge.start), b = number.get(edge.end);
    if (a === b) continue;
    const key = a < b ? `${a} ${b}` : `${b} ${a}`, width = Math.max(edge.width, pairs.get(key)?.label ?? 0);
    pairs.set(key, { a: Math.min(a, b), b: Math.max(a, b), label: width, count: (pairs.get(key)?.count ?? 0) + 1 });
  }
  return [...pairs.values()].map((link) => {
    const halves = (nodes[link.a].width + nodes[link.b].width) * 0.2 + (nodes[link.a].height + nodes[link.b].height) * 0.25;
    return { ...link, length: 44 + halves + link.label * 0.32 + 8 * (link.count - 1) };
  });
}

const neighbours = (count, links) => {
  const near = Array.from({ length: count }, () => []);
  for (const link of links) {
    near[link.a].push({ other: link.b, length: link.length });
    near[link.b].push({ other: link.a, length: link.length });
  }
  return near;
};

/** Each branch gets a slice of the circle as wide as it has leaves, children behind their parent. */
function fan(nodes, links, focus, start, wide) {
  const near = neighbours(nodes.length, links), points = new Array(nodes.length);
  const roots = [Math.max(0, nodes.findIndex((node) => node.id === focus)), ...nodes.keys()];
  let left = 0;
  for (const root of roots) {
    if (points[root]) continue;
    const tree = branches(near, root, points), leaves = counted(tree);
    const slices = [[root, start, start + Math.PI * 2, 0]];
    for (const [node, first, last, radius] of slices) {
      const middle = (first + last) / 2;
      points[node] = [left + radius * Math.cos(middle) * wide, radius * Math.sin(middle)];
      let from = first;
      const all = tree.get(node).reduce((sum, child) => sum + leaves.get(child), 0);
      for (const child of tree.get(node)) {
        const slice = ((last - first) * leaves.get(child)) / all;
        slices.push([child, from, from + slice, radius + 170]);
        from += slice;
      }
    }
    left += 420; // companies that do not hang together stand apart
  }
  return points;
}

function branches(near, root, taken) {
  const tree = new Map([[root, []]]), queue = [root];
  for (const node of queue) {
    for (const { other } of near[node]) {
      if (tree.has(other) || taken[other]) continue;
      tree.set(other, []);
      tree.get(node).push(other);
      queue.push(other);
    }
  }
  return tree;
}

function counted(tree) {
  const leaves = new Map();
  for (const node of [...tree.keys()].reverse()) {
    leaves.set(node, tree.get(node).reduce((sum, child) => sum + leaves.get(child), 0) || 1);
  }
  return leaves;
}

/** New things begin beside the thing that brought them, fanned out on the side that is free. */
function beside(nodes, links) {
  const near = neighbours(nodes.length, links), points = nodes.map((node) => (node.x === undefined ? null : [node.x, node.y]));
  const placed = points.filter(Boolean);
  const centre = [mean(placed.map((p) => p[0])), mean(placed.map((p) => p[1]))];
  for (let waiting = points.filter((p) => !p).length; waiting; waiting--) {
    const next = points.findIndex((p, n) => !p && near[n].some(({ other }) => points[other]));
    const n = next < 0 ? points.findIndex((p) => !p) : next;
    const parent = near[n].map(({ other }) => points[other]).find(Boolean) ?? centre;
    const away = Math.atan2(parent[1] - centre[1], parent[0] - centre[0]) || 0;
    const turn = away + ((waiting % 9) - 4) * 0.35;
    points[n] = [parent[0] + 190 * Math.cos(turn), parent[1] + 130 * Math.sin(turn)];
  }
  return points;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);

/** Stress majorisation, node by node: each moves to where its wanted distances, near ones first, agree best. */
function settle(points, nodes, links, rounds, wide) {
  const wanted = distances(nodes.length, links);
  const xs = points.map(([x]) => x / wide), ys = points.map(([, y]) => y);
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < nodes.length; n++) {
      let across = 0, down = 0, weights = 0;
      for (let m = 0; m < nodes.length; m++) {
        if (m === n || !Number.isFinite(wanted[n][m])) continue;
        const dx = xs[n] - xs[m], dy = ys[n] - ys[m], want = wanted[n][m];
        const pull = want / (Math.hypot(dx, dy) || 1), weight = 1 / (want * want);
        across += weight * (xs[m] + dx * pull);
        down += weight * (ys[m] + dy * pull);
        weights += weight;
      }
      if (weights) [xs[n], ys[n]] = [across / weights, down / weights];
    }
  }
  // Rounded, so that the last digit of another machine's cosine cannot tip a later decision.
  return xs.map((x, n) => [Math.round(x * wide * 10) / 10, Math.round(ys[n] * 10) / 10]);
}

function distances(count, links) {
  const near = neighbours(count, links);
  return Array.from({ length: count }, (_, source) => {
    const far = new Array(count).fill(Infinity), open = new Set([source]);
    far[source] = 0;
    while (open.size) {
      let node = -1;
      for (const each of open) if (node < 0 || far[each] < far[node]) node = each;
      open.delete(node);
      for (const { other, length } of near[node]) {
        if (far[node] + length < far[other]) { far[other] = far[node] + length; open.add(other); }
      }
    }
    return far;
  });
}

const boxes = (nodes, points) =>
  nodes.map((node, n) => ({ x: points[n][0], y: points[n][1], width: node.width + AIR.across, height: node.height + AIR.down }));

/** Pushes meeting boxes apart by the shorter way; where that jams, everything moves outwards first. */
function apart(all) {
  for (let tries = 0; tries < 40; tries++) {
    for (let round = 0; round < 60; round++) if (!pushed(all)) return all;
    for (const box of all) { box.x *= 1.12; box.y *= 1.12; }
  }
  return all;
}

function pushed(all) {
  let met = false;
  for (let n = 0; n < all.length; n++) {
    for (let m = 0; m < n; m++) {
      const a = all[n], b = all[m];
      if (!meets(a, b)) continue;
      met = true;
      const across = (a.width + b.width) / 2 - Math.abs(a.x - b.x), down = (a.height + b.height) / 2 - Math.abs(a.y - b.y);
      if (across < down) {
        const push = (across / 2 + 0.05) * (a.x >= b.x ? 1 : -1);
        a.x += push; b.x -= push;
      } else {
        const push = (down / 2 + 0.05) * (a.y >= b.y ? 1 : -1);
        a.y += push; b.y -= push;
      }
    }
  }
  return met;
}

const CROSSING = 30, THROUGH = 85, LENGTH = 26, SQUEEZED = 26, LEAST_ANGLE = (15 * Math.PI) / 180;
const STEPS = [[14, 0.5], [30, 0], [62, 0.5], [115, 0], [190, 0.5]].flatMap(([radius, half]) =>
  Array.from({ length: 10 }, (_, turn) => {
    const angle = (Math.PI * 2 * (turn + half)) / 10;
    return [radius * Math.cos(angle) * 1.3, radius * Math.sin(angle)];
  }));

/** The boxes after a few rounds in which each looks for a calmer free place nearby. */
function polished(all, links, wide) {
  if (all.length > 70) return all;
  const own = all.map((_, n) => links.filter((link) => link.a === n || link.b === n));
  const order = [...all.keys()].sort((a, b) => own[a].length - own[b].length || a - b);
  for (let round = 0, moved = true; moved && round < 4; round++) {
    moved = false;
    for (const n of order) moved = calmer(n, all, links, own, wide) || moved;
  }
  return all;
}

function calmer(n, all, links, own, wide) {
  const here = all[n];
  let best = here, least = cost(n, all, links, own, wide) - 2; // not for a trifle
  for (const [right, down] of STEPS) {
    const box = { ...here, x: here.x + right, y: here.y + down };
    if (all.some((other, m) => m !== n && meets(box, other))) continue;
    all[n] = box;
    const tried = cost(n, all, links, own, wide);
    if (tried < least) { best = box; least = tried; }
  }
  all[n] = best;
  return best !== here;
}

/** What the eye dislikes about one place, as far as moving this one box can change it. */
function cost(n, all, links, own, wide) {
  let total = 0;
  for (const link of own[n]) total += lineCost(link, all, links, wide) + squeezed(link, n, all, own);
  for (const link of links) if (link.a !== n && link.b !== n && cuts(all[link.a], all[link.b], all[n])) total += THROUGH;
  return total;
}

function unrest(all, links, wide) {
  return links.reduce((sum, link) => sum + lineCost(link, all, links, wide), 0);
}

function lineCost(link, all, links, wide) {
  const a = all[link.a], b = all[link.b], p = [a.x, a.y], q = [b.x, b.y];
  let crossings = 0, through = 0;
  for (const other of links) {
    if (other.a === link.a || other.a === link.b || other.b === link.a || other.b === link.b) continue;
    crossings += cross(p, q, [all[other.a].x, all[other.a].y], [all[other.b].x, all[other.b].y]);
  }
  for (const box of all) through += box !== a && box !== b && cuts(a, b, box);
  const long = Math.hypot((a.x - b.x) / wide, a.y - b.y) / link.length;
  return CROSSING * crossings + THROUGH * through + LENGTH * Math.abs(Math.log(Math.max(long, 0.05)));
}

/** Whether the line between two centres passes through a third box, by the separating axes of the two. */
function cuts(one, other, box) {
  const halfX = box.width / 2 - 4, halfY = box.height / 2 - 3;
  const ax = one.x - box.x, bx = other.x - box.x, ay = one.y - box.y, by = other.y - box.y;
  if ((ax > halfX && bx > halfX) || (ax < -halfX && bx < -halfX)) return false;
  if ((ay > halfY && by > halfY) || (ay < -halfY && by < -halfY)) return false;
  return Math.abs(ax * by - ay * bx) <= halfX * Math.abs(by - ay) + halfY * Math.abs(bx - ax);
}

/** Lines that leave one box in nearly the same direction are hard to tell apart, and so are their labels. */
function squeezed(link, n, all, own) {
  const hub = link.a === n ? link.b : link.a, mine = Math.atan2(all[n].y - all[hub].y, all[n].x - all[hub].x);
  let total = 0;
  for (const each of own[hub]) {
    const other = each.a === hub ? each.b : each.a;
    if (other === n) continue;
    const angle = Math.abs(Math.atan2(all[other].y - all[hub].y, all[other].x - all[hub].x) - mine);
    total += Math.max(0, 1 - Math.min(angle, Math.PI * 2 - angle) / LEAST_ANGLE);
  }
  return SQUEEZED * total;
}
