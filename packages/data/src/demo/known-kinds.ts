import { between, pick } from './chance.ts'
import { accent, body, detail, line, type Kind } from './kind.ts'
import { ellipse, polygon, polyline, rectangle } from './paths.ts'

const mug: Kind = (random) => {
  const half = between(random, 22, 32)
  const top = between(random, -40, -26)
  const taper = between(random, 0, 9)
  const handle = between(random, 18, 28)
  return [
    line(`M${half - 12},${top + 12}c${handle + 8},-4 ${handle + 6},${38} ${-2},36`, between(random, 6, 9)),
    body(polygon([-half - 10, top], [half - 10, top], [half - 10 - taper, 38], [-half - 10 + taper, 38])),
    accent(ellipse(-10, top, half, between(random, 4, 8))),
    ...pick(random, [
      [detail(rectangle(-half - 8 + taper, 2, half - 12 - taper, 14))],
      [detail(ellipse(-10, 8, 9))],
      [line(`M-20,${top - 4}q6,-6 0,-12M-4,${top - 4}q6,-6 0,-12`, 3)],
      [],
    ]),
  ]
}

const house: Kind = (random) => {
  const half = between(random, 24, 36)
  const eaves = between(random, -12, 2)
  const door = between(random, -half + 12, half - 12)
  const pane = door > 0 ? -half / 2 : half / 2
  return [
    ...(random.uniform() < 0.5 ? [detail(rectangle(half - 18, -42, half - 9, eaves))] : []),
    body(rectangle(-half, eaves, half, 42)),
    accent(polygon([-half - 9, eaves], [pick(random, [0, 0, -half, half]) * 0.6, -46], [half + 9, eaves])),
    detail(rectangle(door - 7, 16, door + 7, 42)),
    accent(rectangle(pane - 7, eaves + 9, pane + 7, eaves + 22)),
  ]
}

const tree: Kind = (random) => {
  const trunk = detail(rectangle(-between(random, 4, 8), 0, between(random, 4, 8), 47))
  if (random.uniform() < 0.4) {
    const half = between(random, 22, 36)
    const tier = (top: number, share: number) =>
      body(polygon([0, top], [half * share, top + 32], [-half * share, top + 32]))
    return [trunk, tier(2, 1), tier(-20, 0.8), tier(-46, 0.6)]
  }
  const radius = between(random, 15, 20)
  const fruits = Array.from({ length: random.integer(4) }, () =>
    ellipse(between(random, -22, 22), between(random, -30, 4), 4),
  )
  return [
    trunk,
    line(polyline([0, 22], [between(random, -16, 16), 2]), 4),
    body(ellipse(-17, -6, radius)),
    body(ellipse(17, -4, radius)),
    body(ellipse(between(random, -5, 5), -25, radius + 3)),
    ...(fruits.length > 0 ? [accent(fruits.join(''))] : []),
  ]
}

const car: Kind = (random) => {
  const hood = between(random, 16, 28)
  const trunk = between(random, -42, -24)
  const roof = between(random, -28, -18)
  const radius = between(random, 9, 12)
  return [
    body(`M-46,20V2L${trunk},-3L${trunk + 10},${roof}H${hood - 12}L${hood},-3L46,4V20z`),
    accent(polygon([trunk + 8, -3], [trunk + 14, roof + 5], [-4, roof + 5], [-4, -3])),
    accent(polygon([1, -3], [1, roof + 5], [hood - 15, roof + 5], [hood - 7, -3])),
    detail(ellipse(-26, 20, radius)),
    detail(ellipse(25, 20, radius)),
    ...(random.uniform() < 0.6 ? [accent(ellipse(-26, 20, radius / 2) + ellipse(25, 20, radius / 2))] : []),
  ]
}

const fish: Kind = (random) => {
  const height = between(random, 15, 27)
  const tail = between(random, 14, 24)
  return [
    accent(`M18,0L46,${-tail}Q38,0 46,${tail}z`),
    accent(`M-12,${-height + 4}Q4,${-height - 18} 16,${-height + 8}z`),
    body(`M-46,0Q-20,${-height * 1.6} 24,0Q-20,${height * 1.6} -46,0z`),
    detail(ellipse(-31, -4, between(random, 3, 5))),
    ...pick(random, [
      [line(`M-20,${-height * 0.55}q8,${height * 0.55} 0,${height * 1.1}`, 3)],
      [accent(polygon([-14, 2], [2, 12], [-2, -2]))],
      [line('M-14,-12V12M-3,-12V12M8,-7V7', 3.5)],
    ]),
  ]
}

const umbrella: Kind = (random) => {
  const rim = between(random, -6, 4)
  const scallop = between(random, 5, 11)
  const hook = pick(random, [-1, 1]) * between(random, 9, 14)
  return [
    line(`M0,${rim - 4}V38q0,8 ${hook / 2},8t${hook / 2},-8`, between(random, 4, 6)),
    body(
      `M-45,${rim}C-40,-58 40,-58 45,${rim}q-11,${-scallop} -22,0q-11.5,${-scallop} -23,0q-11.5,${-scallop} -23,0q-11,${-scallop} -22,0z`,
    ),
    ...(random.uniform() < 0.6
      ? [accent(`M-23,${rim}Q-16,-34 0,-43Q16,-34 23,${rim}q-11.5,${-scallop} -23,0q-11.5,${-scallop} -23,0z`)]
      : [line(`M-22,${rim}Q-16,-34 0,-42Q16,-34 22,${rim}M0,-42V${rim}`, 2.5)]),
    line('M0,-42V-48', 4),
  ]
}

const key: Kind = (random) => {
  const radius = between(random, 14, 20)
  const bow = radius - 46
  const bit = between(random, 10, 18)
  return [
    body(rectangle(bow + radius - 3, -4, 46, 5)),
    body(rectangle(36, 0, 44, bit) + rectangle(between(random, 14, 20), 0, between(random, 26, 30), bit - 3)),
    body(ellipse(bow, 0, radius) + ellipse(bow, 0, radius * between(random, 0.4, 0.6))),
    ...(random.uniform() < 0.5 ? [accent(rectangle(bow + radius, -7, bow + radius + 6, 8))] : []),
  ]
}

const lamp: Kind = (random) => {
  const top = between(random, 10, 20)
  const bottom = between(random, 28, 40)
  const shade = between(random, -16, 0)
  const foot = between(random, 16, 26)
  return [
    line(`M0,${shade}V40`, between(random, 4, 7)),
    detail(
      pick(random, [ellipse(0, 42, foot, 6), polygon([-foot, 46], [-foot * 0.6, 36], [foot * 0.6, 36], [foot, 46])]),
    ),
    ...(random.uniform() < 0.4 ? [detail(ellipse(0, 22, 12, 15))] : []),
    body(polygon([-top, -45], [top, -45], [bottom, shade], [-bottom, shade])),
    ...pick(random, [
      [accent(rectangle(-bottom + 3, shade - 7, bottom - 3, shade))],
      [line(polyline([-top / 2, -45], [-bottom / 2, shade]) + polyline([top / 2, -45], [bottom / 2, shade]), 3)],
      [line(polyline([bottom - 9, shade], [bottom - 9, shade + 15]), 2.5)],
    ]),
  ]
}

/** The kinds of objects the demo model is trained on; class numbers are the places in this table. */
export const knownKinds: Readonly<Record<string, Kind>> = { mug, house, tree, car, fish, umbrella, key, lamp }
