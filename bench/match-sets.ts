import { writeFileSync } from "node:fs"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { fnmrAtFmr } from "@sourceprint/core/metrics/fnmr-at-fmr.js"
import { type FingerSet, fingerSets } from "./finger-sets.js"
import { damages } from "./prove/damage-print.js"
import {
  damagedScores,
  eerWithInterval,
  enrolSet,
  featuresOf,
  pairsWithin,
  type Scored,
  scorePair,
} from "./set-scores.js"

const impostors = 4000

/** `npm run bench -- match-sets [sound | damaged | both] [only] [rows.json] [part]`: the `minutiae` matcher on every
 *  set of real prints at hand whose name contains `only`, by set and by part; rows.json gets every comparison for
 *  `match-fit` and `operating-points`. Damage is simulated on the fingers of `part` (reporting). */
export async function run([which = "both", only = "", out, part = "reporting"]: readonly string[]): Promise<void> {
  const sets = fingerSets().filter((set) => set.name.includes(only))
  const rows: object[] = []
  if (which !== "damaged") for (const set of sets) rows.push(...(await sound(set, out !== undefined)))
  if (which !== "sound") {
    for (const damage of damages) {
      const all: Scored[] = []
      for (const set of sets) {
        const scored = await damagedScores(set, damage, 5, part === "choosing" ? part : "reporting")
        all.push(...scored)
        line(`${damage.name}, ${set.name}`, scored)
        rows.push(...scored.map((s) => ({ ...s, damage: damage.name })))
      }
      line(`${damage.name}, all`, all)
    }
  }
  if (out !== undefined) writeFileSync(out, JSON.stringify(rows))
}

async function sound(set: FingerSet, withFeatures: boolean): Promise<object[]> {
  const enrolled = await enrolSet(set)
  const pairs = pairsWithin(set.name, enrolled, impostors)
  const start = process.cpuUsage().user
  const scored = pairs.map(([a, b]) => scorePair(set.name, a, b))
  const compareMs = (process.cpuUsage().user - start) / 1000 / pairs.length
  const failed = enrolled.filter((e) => e.template === undefined)
  const enrolMs = enrolled.reduce((sum, e) => sum + e.cpuMs, 0) / enrolled.length
  console.log(
    `${set.name}: ${failed.length} of ${enrolled.length} refused, enrol ${enrolMs.toFixed(0)} ms, ` +
      `compare ${compareMs.toFixed(3)} ms`,
  )
  for (const part of ["choosing", "reporting"] as const) {
    line(
      `  ${part}`,
      scored.filter((s) => s.part === part),
    )
  }
  return scored.map((s, k) => {
    const found = withFeatures ? featuresOf(...pairs[k]) : undefined
    return found === undefined ? s : { ...s, features: found }
  })
}

function line(name: string, scored: readonly Scored[]): void {
  const of = (genuine: boolean): Float64Array =>
    Float64Array.from(
      scored.filter((s) => s.genuine === genuine),
      (s) => s.score,
    )
  const [genuine, impostor] = [of(true), of(false)]
  if (genuine.length === 0 || impostor.length === 0) {
    console.log(`${name}: no pairs`)
    return
  }
  const { value, low, high } = eerWithInterval(scored)
  const percent = (rate: number): string => (100 * rate).toFixed(2)
  const at = fnmrAtFmr(errorCurve(genuine, impostor), 0.001)
  console.log(
    `${name}: EER ${percent(value)} % [${percent(low)}, ${percent(high)}], FNMR ${percent(at.fnmr)} % at FMR 0.1 % ` +
      `(${at.threshold.toFixed(2)}); ${genuine.length} genuine, ${impostor.length} impostor`,
  )
}
