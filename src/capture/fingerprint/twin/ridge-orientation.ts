import { Rng } from "@sourceprint/core/rng.js"
import type { FingerPlan, SingularPoint } from "./finger-plan.js"
import { atan2, exp, sin } from "./portable-math.js"
import { smoothNoise } from "./smooth-noise.js"

type Bend = (angleRad: number) => number

/** The turn of direction around a singular point: its plain angle, bent by harmonics of this finger. Vizcaya and
 *  Gerhardt (1996) correct the zero-pole model of Sherlock and Monro (1993) by a piecewise linear function of the same
 *  angle; harmonics do the same without corners and keep a full turn a full turn. `pinch` draws the turning together
 *  at the head of a core, away from `legRad`, so that the legs of a loop run side by side. */
function bentAngle(rng: Rng, legRad: number, pinch: number): Bend {
  const second = { size: rng.between(-0.1, 0.1), phase: rng.between(0, 6.28) }
  const first = { size: rng.between(-0.12, 0.12), phase: rng.between(0, 6.28) }
  return (angle) =>
    angle -
    pinch * sin(angle - legRad) +
    first.size * sin(angle + first.phase) +
    second.size * sin(2 * angle + second.phase)
}

const bearing = (from: SingularPoint, to: SingularPoint): number => atan2(from.y - to.y, to.x - from.x)

/** One bend for each core. Its legs lie where the plain model's ridges point straight away from it. */
function coreBends({ cores, deltas, pattern }: FingerPlan, rng: Rng): Bend[] {
  return cores.map((core) => {
    let legRad = 0
    for (const other of cores) if (other !== core) legRad += bearing(other, core)
    for (const delta of deltas) legRad -= bearing(delta, core)
    const pinch = pattern === "whorl" ? rng.between(0, 0.25) : rng.between(0.35, 0.6)
    return bentAngle(rng, legRad, pinch)
  })
}

const smoothStep = (low: number, high: number, x: number): number => {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

/** Direction of the ridges over the master print: angle in radians, any multiple of pi apart, counter-clockwise with
 *  y up, so that a ridge runs along (cos, -sin) in image coordinates.
 *  @returns width × height values, row-major; the centre of the print is the centre of the array */
export function ridgeOrientation(plan: FingerPlan, seed: number, width: number, height: number): Float32Array {
  const rng = new Rng(seed).fork(`finger/${plan.name}/orientation`)
  const bends = { cores: coreBends(plan, rng), deltas: plan.deltas.map(() => bentAngle(rng, 0, 0)) }
  const waver = smoothNoise(rng, width, height, 46)
  const waverRad = rng.between(0.04, 0.08)
  const dome = rng.between(0.5, 0.75)
  const arch = { height: rng.between(26, 60), width: rng.between(38, 62), y: rng.between(0, 40) }
  const top = plan.cores[0]?.y ?? -20
  const angles = new Float32Array(width * height)
  const turn = (points: readonly SingularPoint[], bend: readonly Bend[], x: number, y: number) =>
    points.reduce((sum, point, i) => sum + bend[i](atan2(point.y - y, x - point.x)), 0)
  for (let row = 0; row < height; row++) {
    const y = row - height / 2
    // Above the core the ridges follow the rounded tip; below it the joint crease, which is level.
    const tip = dome * smoothStep(130, -110, y - top)
    for (let column = 0; column < width; column++) {
      const x = column - width / 2
      let angle = (turn(plan.cores, bends.cores, x, y) - turn(plan.deltas, bends.deltas, x, y)) / 2
      if (plan.pattern === "arch") {
        const rise = arch.height * exp(-((y - arch.y) * (y - arch.y)) / (2 * 75 * 75))
        const slope = ((rise * x) / (arch.width * arch.width)) * exp(-(x * x) / (2 * arch.width * arch.width))
        angle = atan2(-slope, 1)
      }
      const lean = x / 120
      angle -= (tip * lean) / Math.sqrt(1 + 0.6 * lean * lean)
      angles[row * width + column] = angle + waverRad * waver[row * width + column]
    }
  }
  return angles
}
