import type { Minutia } from "./minutia.js"
import { type OrientationField, orientationAt } from "./orientation-field.js"
import { cellPx, minutiaRules } from "./parameters.js"
import type { Plane } from "./plane.js"
import { crossingNumber, type Skeleton } from "./skeleton.js"
import { type Branch, exits, follow } from "./skeleton-branch.js"

/** What the rules for minutiae look up at a place of the print, one value a cell. */
export interface RidgeContext {
  readonly field: OrientationField
  readonly periodPx: Plane
  readonly reliability: Plane
  readonly mask: Uint8Array
  /** Cells to the print's border. */
  readonly depth: Uint16Array
}

export const cellOf = (context: RidgeContext, x: number, y: number): number =>
  Math.floor(y / cellPx) * context.periodPx.width + Math.floor(x / cellPx)

/** Erases short side branches, so that the junctions that carried them become plain line again. */
export function pruneSpurs(skeleton: Skeleton, context: RidgeContext): Skeleton {
  const pixels = Uint8Array.from(skeleton.pixels)
  const pruned = { ...skeleton, pixels }
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < pixels.length; i++) {
      if (pixels[i] === 0 || crossingNumber(pruned, i) !== 1) continue
      const limit = Math.round(minutiaRules.spurPeriods * periodAt(pruned, context, i))
      const [first] = exits(pruned, i)
      if (first === undefined) {
        pixels[i] = 0
        continue
      }
      const branch = follow(pruned, i, first, limit)
      if (branch.stop === "limit") continue
      pixels[i] = 0
      const last = branch.stop === "junction" ? branch.path.length - 1 : branch.path.length
      for (let k = 0; k < last; k++) pixels[branch.path[k]] = 0
    }
  }
  return pruned
}

/** Endings and bifurcations of the skeleton that no rule calls an artefact. */
export function ridgeMinutiae(skeleton: Skeleton, context: RidgeContext): Minutia[] {
  const { width, pixels } = skeleton
  const found: Minutia[] = []
  const dropped = new Set<number>() // junction pixels found to belong to a bridge or a lake
  const junctions: { at: number; branches: Branch[] }[] = []
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] === 0) continue
    const crossings = crossingNumber(skeleton, i)
    if (crossings === 1) {
      const ending = endingAt(skeleton, context, i)
      if (ending !== undefined) found.push(ending)
    } else if (crossings === 3) {
      const limit = Math.round(minutiaRules.lakePeriods * periodAt(skeleton, context, i))
      junctions.push({
        at: i,
        branches: exits(skeleton, i).map((first) => follow(skeleton, i, first, limit)),
      })
    }
  }
  for (const { at, branches } of junctions) {
    const period = periodAt(skeleton, context, at)
    const ends = branches.map(({ path, stop }) => (stop === "junction" ? path[path.length - 1] : -1))
    for (const [k, end] of ends.entries()) {
      if (end < 0) continue
      const isBridge =
        branches[k].path.length <= minutiaRules.bridgePeriods * period && runsAcross(context, width, at, end)
      const isLake = ends.some((other, j) => j !== k && other >= 0 && distance(width, other, end) <= 2)
      if (isBridge || isLake) dropped.add(at).add(end)
    }
  }
  for (const { at, branches } of junctions) {
    if (dropped.has(at)) continue
    const bifurcation = bifurcationAt(width, context, at, branches)
    if (bifurcation !== undefined) found.push(bifurcation)
  }
  return found
}

const periodAt = ({ width }: Skeleton, context: RidgeContext, i: number): number =>
  context.periodPx.values[cellOf(context, i % width, Math.floor(i / width))]

const distance = (width: number, a: number, b: number): number =>
  Math.hypot((a % width) - (b % width), Math.floor(a / width) - Math.floor(b / width))

/** Whether the way from a to b crosses the ridge direction rather than follows it. */
function runsAcross(context: RidgeContext, width: number, a: number, b: number): boolean {
  const dx = (b % width) - (a % width)
  const dy = Math.floor(b / width) - Math.floor(a / width)
  const angle = orientationAt(context.field, cellOf(context, a % width, Math.floor(a / width)))
  const along = Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle))
  return along < 0.7 * Math.hypot(dx, dy) + 0.5
}

function endingAt(skeleton: Skeleton, context: RidgeContext, i: number): Minutia | undefined {
  const { width } = skeleton
  const [first] = exits(skeleton, i)
  if (first === undefined) return undefined
  const limit = Math.max(minutiaRules.tracePx, Math.round(minutiaRules.islandPeriods * periodAt(skeleton, context, i)))
  const branch = follow(skeleton, i, first, limit)
  if (branch.stop === "ending") return undefined // an island or a dust grain
  const to = branch.path[Math.min(branch.path.length, minutiaRules.tracePx) - 1]
  return minutiaAt(
    context,
    width,
    i,
    "ending",
    (to % width) - (i % width),
    Math.floor(to / width) - Math.floor(i / width),
  )
}

function bifurcationAt(
  width: number,
  context: RidgeContext,
  i: number,
  branches: readonly Branch[],
): Minutia | undefined {
  if (branches.length !== 3) return undefined
  const x = i % width
  const y = Math.floor(i / width)
  const ways = branches.map(({ path }) => {
    const to = path[Math.min(path.length, minutiaRules.tracePx) - 1]
    const dx = (to % width) - x
    const dy = Math.floor(to / width) - y
    const length = Math.hypot(dx, dy) || 1
    return { dx: dx / length, dy: dy / length }
  })
  let closest = -2
  let sum = { dx: 0, dy: 0 }
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const cosine = ways[a].dx * ways[b].dx + ways[a].dy * ways[b].dy
    if (cosine > closest) {
      closest = cosine
      sum = { dx: ways[a].dx + ways[b].dx, dy: ways[a].dy + ways[b].dy }
    }
  }
  return minutiaAt(context, width, i, "bifurcation", sum.dx, sum.dy)
}

/** The angle is the orientation field's, which is smooth; (dx, dy) only says which of its two senses. */
function minutiaAt(
  context: RidgeContext,
  width: number,
  i: number,
  kind: Minutia["kind"],
  dx: number,
  dy: number,
): Minutia | undefined {
  const x = i % width
  const y = Math.floor(i / width)
  const cell = cellOf(context, x, y)
  if (context.mask[cell] === 0) return undefined
  const border = kind === "ending" ? minutiaRules.borderEndingPx : minutiaRules.borderBifurcationPx
  if (context.depth[cell] * cellPx < border) return undefined
  const axis = orientationAt(context.field, cell)
  const agrees = dx * Math.cos(axis) + dy * Math.sin(axis) >= 0
  const coherence = Math.hypot(context.field.cos.values[cell], context.field.sin.values[cell])
  const quality = Math.min(1, context.reliability.values[cell] * (0.4 + 0.6 * coherence) * 1.2)
  return { x, y, angleRad: agrees ? axis : axis + Math.PI, kind, quality }
}
