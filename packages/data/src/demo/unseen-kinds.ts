import { between, pick } from './chance.ts'
import { accent, body, detail, line, type Kind } from './kind.ts'
import { ellipse, polygon, polyline, rectangle } from './paths.ts'

const bottle: Kind = (random) => {
  const half = between(random, 12, 19)
  const shoulder = between(random, -16, -4)
  return [
    body(
      `M-6,-38V${shoulder - 10}Q${-half},${shoulder} ${-half},${shoulder + 10}V46H${half}V${shoulder + 10}Q${half},${shoulder} 6,${shoulder - 10}V-38z`,
    ),
    detail(rectangle(-7, -47, 7, -36)),
    accent(rectangle(-half, between(random, 8, 14), half, between(random, 26, 34))),
  ]
}

const boat: Kind = (random) => {
  const mast = between(random, -8, 8)
  return [
    line(polyline([mast, -46], [mast, 22]), 4),
    accent(polygon([mast + 4, -42], [mast + 4, 12], [between(random, 28, 42), 12])),
    ...(random.uniform() < 0.7
      ? [body(polygon([mast - 4, -34], [mast - 4, 12], [between(random, -38, -26), 12]))]
      : []),
    body(polygon([-46, 18], [46, 18], [between(random, 24, 34), 42], [between(random, -34, -24), 42])),
  ]
}

const butterfly: Kind = (random) => {
  const span = between(random, 34, 46)
  const lower = between(random, 22, 34)
  const wing = (side: number) => [
    body(`M0,-6C${side * 12},-48 ${side * span},-46 ${side * span},-22C${side * span},0 ${side * 12},2 0,2z`),
    accent(`M0,2C${side * 14},0 ${side * lower},8 ${side * lower},24C${side * lower},44 ${side * 8},36 0,8z`),
    detail(ellipse(side * span * 0.6, -22, between(random, 4, 7))),
  ]
  return [...wing(-1), ...wing(1), detail(ellipse(0, 2, 4, 24)), line('M-1,-20Q-6,-38 -14,-42M1,-20Q6,-38 14,-42', 2.5)]
}

const bicycle: Kind = (random) => {
  const radius = between(random, 14, 18)
  const wheel = (x: number) => line(ellipse(x, 20, radius), 4)
  return [
    wheel(-28),
    wheel(28),
    line('M-28,20L-14,-10H20L0,20z', 4),
    line(`M0,20L-16,-18M28,20L18,-22l${pick(random, [-10, 12])},-4`, 4),
    body(rectangle(-26, -24, -8, -18)),
  ]
}

const mushroom: Kind = (random) => {
  const half = between(random, 32, 45)
  const rim = between(random, -6, 6)
  const spot = () => ellipse(between(random, -0.6, 0.6) * half, between(random, -26, rim - 9), between(random, 4, 6))
  return [
    detail(`M-10,${rim - 3}Q-6,20 ${between(random, -18, -10)},45H${between(random, 10, 18)}Q6,20 10,${rim - 3}z`),
    body(`M${-half},${rim}C${-half},-58 ${half},-58 ${half},${rim}Q0,${rim + between(random, 3, 10)} ${-half},${rim}z`),
    accent(spot() + spot() + spot()),
  ]
}

const scissors: Kind = (random) => {
  const open = between(random, 8, 20)
  const radius = between(random, 10, 13)
  return [
    body(polygon([-5, 4], [open - 2, -46], [open + 5, -44], [7, 6])),
    body(polygon([5, 4], [-open + 2, -46], [-open - 5, -44], [-7, 6])),
    line(polyline([3, 4], [-12, 24]) + polyline([-3, 4], [12, 24]), 6),
    line(ellipse(-18, 33, radius) + ellipse(18, 33, radius), 6),
    accent(ellipse(0, 3, 4)),
  ]
}

const rocket: Kind = (random) => {
  const half = between(random, 12, 18)
  return [
    detail(polygon([-half + 4, 26], [0, between(random, 40, 49)], [half - 4, 26])),
    accent(polygon([-half, 4], [-half - 16, 34], [-half, 28]) + polygon([half, 4], [half + 16, 34], [half, 28])),
    body(`M0,-48C${half + 4},-30 ${half},10 ${half},30H${-half}C${-half},10 ${-half - 4},-30 0,-48z`),
    accent(ellipse(0, between(random, -16, -6), between(random, 5, 8))),
    ...(random.uniform() < 0.5 ? [detail(rectangle(-half, 14, half, 20))] : []),
  ]
}

const chair: Kind = (random) => {
  const back = between(random, -46, -34)
  const seat = between(random, -2, 10)
  return [
    line(polyline([-24, seat], [-30, 46]) + polyline([24, seat], [30, 46]), between(random, 5, 7)),
    line(polyline([-12, seat], [-14, 38]) + polyline([20, seat], [18, 38]), 4),
    body(polygon([-28, back], [-16, back], [-16, seat], [-28, seat])),
    body(polygon([-30, seat - 4], [28, seat - 4], [32, seat + 6], [-30, seat + 6])),
    ...pick(random, [
      [accent(rectangle(-14, seat - 10, 26, seat - 4))],
      [line(polyline([-22, back + 10], [24, seat]), 4)],
      [],
    ]),
  ]
}

/** Kinds of objects the demo model never sees, drawn in the style of the known ones. */
export const unseenKinds: Readonly<Record<string, Kind>> = {
  bottle,
  boat,
  butterfly,
  bicycle,
  mushroom,
  scissors,
  rocket,
  chair,
}
