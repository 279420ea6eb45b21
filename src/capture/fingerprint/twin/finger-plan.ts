import { Rng } from "@sourceprint/core/rng.js"
import { normal } from "./portable-math.js"

export const patternClasses = ["arch", "tented-arch", "left-loop", "right-loop", "whorl", "double-loop"] as const
export type PatternClass = (typeof patternClasses)[number]

/** Natural shares of the main classes: arch 3.7 %, tented arch 2.9 %, left loop 33.8 %, right loop 31.7 %, whorls
 *  27.9 % (Wilson, Candela, Watson 1994, NIST). About one whorl in five is a double loop (Henry count tables). */
export const patternShares: Readonly<Record<PatternClass, number>> = {
  arch: 0.037,
  "tented-arch": 0.029,
  "left-loop": 0.338,
  "right-loop": 0.317,
  whorl: 0.223,
  "double-loop": 0.056,
}

/** A singular point, in pixels at 500 dpi from the centre of the master print, y down. */
export interface SingularPoint {
  readonly x: number
  readonly y: number
}

/** Everything about a finger that is drawn before any ridge exists. */
export interface FingerPlan {
  readonly name: string
  readonly pattern: PatternClass
  readonly cores: readonly SingularPoint[]
  readonly deltas: readonly SingularPoint[]
  /** Mean ridge period at 500 dpi. Adults: about 0.46 mm or 9 px (Cummins; 8-10 px over people). */
  readonly ridgePeriodPx: number
  /** Half axes of the skin that a firm press can flatten, pixels at 500 dpi. */
  readonly halfWidthPx: number
  readonly halfHeightPx: number
  /** Habit of the skin: -1 dry ... +1 wet; single touches vary around it. */
  readonly moisture: number
  /** Ridge share of a period, 0.35-0.6, before pressure. */
  readonly ridgeShare: number
}

/** "person-12/right-index" belongs to the person "person-12": what lies before the last slash. Period, moisture and
 *  size run in a person, so fingers of one person share part of them. */
const personOf = (name: string): string => (name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : name)

/** About 94 % of all loops open towards the little finger (Henry count tables): to the right on a right hand. */
const ULNAR_SHARE = 0.94

/** After the natural shares; a name that says the hand ("…/right-index") turns its loops accordingly. */
function pickPattern(rng: Rng, name: string): PatternClass {
  let left = rng.float()
  const pattern = patternClasses.find((candidate) => {
    left -= patternShares[candidate]
    return left < 0
  })
  const hand = /\/(left|right)-/.exec(name)?.[1]
  if ((pattern === "left-loop" || pattern === "right-loop") && hand !== undefined) {
    return rng.float() < ULNAR_SHARE === (hand === "left") ? "left-loop" : "right-loop"
  }
  return pattern ?? "left-loop" // rounding of the shares
}

/** The plan of the finger called `name` in the world `seed`. The class follows the natural shares unless given. */
export function planFinger(seed: number, name: string, pattern?: PatternClass): FingerPlan {
  const person = new Rng(seed).fork(`person/${personOf(name)}`)
  const build = normal(person)
  const habit = normal(person)
  const rng = new Rng(seed).fork(`finger/${name}`)
  const chosen = pattern ?? pickPattern(rng.fork("class"), name)
  const ridgePeriodPx = Math.min(10.6, Math.max(7.6, 9 + 0.5 * build + 0.25 * normal(rng)))
  const halfWidthPx = Math.min(168, Math.max(112, 142 + 9 * build + 8 * normal(rng)))
  return {
    name,
    pattern: chosen,
    ...singularPoints(chosen, rng.fork("points")),
    ridgePeriodPx,
    halfWidthPx,
    halfHeightPx: halfWidthPx * rng.between(1.22, 1.42),
    moisture: Math.min(1, Math.max(-1, 0.45 * habit + 0.2 * normal(rng))),
    ridgeShare: Math.min(0.6, Math.max(0.38, 0.49 + 0.035 * normal(rng))),
  }
}

/** Distances in pixels at 500 dpi: core to delta is 6-10 mm in plain prints. */
function singularPoints(pattern: PatternClass, rng: Rng): Pick<FingerPlan, "cores" | "deltas"> {
  const core = { x: rng.between(-12, 12), y: rng.between(-45, -5) }
  const side = rng.between(75, 125)
  const drop = rng.between(95, 150)
  switch (pattern) {
    case "arch":
      return { cores: [], deltas: [] }
    case "tented-arch":
      return { cores: [core], deltas: [{ x: core.x + rng.between(-7, 7), y: core.y + rng.between(75, 110) }] }
    case "left-loop": // its ridges enter and leave on the left, so the delta lies on the right
      return { cores: [core], deltas: [{ x: core.x + side, y: core.y + drop }] }
    case "right-loop":
      return { cores: [core], deltas: [{ x: core.x - side, y: core.y + drop }] }
    case "whorl": {
      const apart = rng.between(16, 55)
      return {
        cores: [core, { x: core.x + rng.between(-8, 8), y: core.y + apart }],
        deltas: [
          { x: core.x - side, y: core.y + drop + apart / 2 },
          { x: core.x + rng.between(80, 130), y: core.y + rng.between(95, 150) + apart / 2 },
        ],
      }
    }
    case "double-loop": {
      const lean = rng.pick([-1, 1]) * rng.between(24, 44)
      const apart = rng.between(60, 90)
      return {
        cores: [
          { x: core.x - lean, y: core.y },
          { x: core.x + lean, y: core.y + apart },
        ],
        deltas: [
          { x: core.x - side - 12, y: core.y + drop + apart / 2 },
          { x: core.x + rng.between(90, 140), y: core.y + rng.between(105, 155) + apart / 2 },
        ],
      }
    }
  }
}
