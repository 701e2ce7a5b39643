// Boxes, curves and outlines of the plane; y grows downwards. A box is {x, y, width, height} around its centre.

export const meets = (a, b, air = 0) =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 + air && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + air;

export const holds = (box, [x, y], air = 0) =>
  Math.abs(x - box.x) <= box.width / 2 + air && Math.abs(y - box.y) <= box.height / 2 + air;

/** From start to end, its middle `bow` away from the straight line. */
export function bent([ax, ay], [bx, by], bow) {
  const dx = bx - ax, dy = by - ay, length = Math.hypot(dx, dy) || 1;
  const side = [(-dy / length) * bow * 4 / 3, (dx / length) * bow * 4 / 3];
  return [
    [ax, ay], [ax + dx / 3 + side[0], ay + dy / 3 + side[1]],
    [ax + dx * 2 / 3 + side[0], ay + dy * 2 / 3 + side[1]], [bx, by],
  ];
}

/** From a box's top back to its right side, around the corner. */
export function looped(box, reach) {
  const right = box.x + box.width / 2, top = box.y - box.height / 2, quarter = box.x + box.width / 4;
  return [[quarter, top], [quarter, top - reach], [right + reach, box.y], [right, box.y]];
}

export function at([a, b, c, d], t) {
  const u = 1 - t, p = u * u * u, q = 3 * u * u * t, r = 3 * u * t * t, s = t * t * t;
  return [p * a[0] + q * b[0] + r * c[0] + s * d[0], p * a[1] + q * b[1] + r * c[1] + s * d[1]];
}

const between = (a, b, t) => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

function until([a, b, c, d], t) {
  const ab = between(a, b, t), bc = between(b, c, t), cd = between(c, d, t);
  const abc = between(ab, bc, t), bcd = between(bc, cd, t);
  return [a, ab, abc, between(abc, bcd, t)];
}

const turned = ([a, b, c, d]) => [d, c, b, a];

/** The piece of a curve between two of its places, by de Casteljau's construction. */
export const part = (curve, first, last) =>
  until(turned(until(turned(curve), 1 - first)), first < 1 ? (last - first) / (1 - first) : 0);

/** Whether a closed outline holds a point, by counting the sides that a ray to the right crosses. */
export function inside(outline, [x, y]) {
  let crossed = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i], [bx, by] = outline[j];
    if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) crossed = !crossed;
  }
  return crossed;
}

const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** Whether the segments ab and cd cross in their inner parts. */
export const cross = (a, b, c, d) => turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

export function samples(curve) {
  const steps = Math.max(8, Math.min(60, Math.floor(Math.hypot(curve[3][0] - curve[0][0], curve[3][1] - curve[0][1]) / 9)));
  return Array.from({ length: steps + 1 }, (_, step) => at(curve, step / steps));
}

export function bounds(boxes) {
  const left = Math.min(...boxes.map((b) => b.x - b.width / 2)), right = Math.max(...boxes.map((b) => b.x + b.width / 2));
  const top = Math.min(...boxes.map((b) => b.y - b.height / 2)), bottom = Math.max(...boxes.map((b) => b.y + b.height / 2));
  return { left, top, width: right - left, height: bottom - top };
}
