import { readFileSync } from "node:fs"
import { cllr } from "@sourceprint/core/metrics/cllr.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { featureNames, minutiaeOnlyFeatures } from "@sourceprint/match/fingerprint/minutiae/score.js"
import { balanced, fitSigned, type Linear, linearValue, rounded } from "./logistic-fit.js"

/** One comparison, as `match-sets` writes it. */
interface Row {
  readonly set: string
  readonly part: string
  readonly damage?: string
  readonly genuine: boolean
  readonly features?: readonly number[]
}

/** `npm run bench -- match-fit rows.json`: fits the score's logistic regression on the choosing fingers of every set,
 *  each set and damage weighing the same, and prints it, with the error of each set under the weights of the others. */
export function run([path = "/tmp/match-rows.json"]: readonly string[]): Promise<void> {
  const rows = (JSON.parse(readFileSync(path, "utf8")) as Row[]).filter((row) => row.part === "choosing")
  const model = fit(rows)
  const minutiaeOnly = fit(rows, (k) => minutiaeOnlyFeatures.includes(featureNames[k]))
  console.log(JSON.stringify({ full: rounded(model), minutiaeOnly: rounded(minutiaeOnly) }))
  for (const set of new Set(rows.map((row) => row.set))) {
    const others = fit(rows.filter((row) => row.set !== set))
    const own = rows.filter((row) => row.set === set && row.damage === undefined)
    const scored = own.map((row) => ({ genuine: row.genuine, score: linearScore(others, row) }))
    const of = (genuine: boolean): Float64Array =>
      Float64Array.from(scored.filter((s) => s.genuine === genuine).map((s) => s.score))
    console.log(
      `${set}: EER ${(100 * rateOf(scored)).toFixed(2)} %, Cllr ${cllr(of(true), of(false)).toFixed(4)} bits under ` +
        "the weights of the others",
    )
  }
  return Promise.resolve()
}

/** What found nothing to compare counts as very unlike. */
const linearScore = (model: Linear, { features }: Row): number =>
  features === undefined ? -10 : linearValue(model, features)

const fit = (rows: readonly Row[], allowed?: (column: number) => boolean): Linear =>
  fitSigned(
    balanced(
      rows.flatMap(({ set, damage = "", genuine, features }) =>
        features === undefined ? [] : [{ x: features, positive: genuine, group: `${set} ${damage}` }],
      ),
    ),
    allowed,
  )

/** Equal error rate in [0, 1] of labelled scores. */
export function rateOf(scored: readonly { readonly genuine: boolean; readonly score: number }[]): number {
  const of = (genuine: boolean): Float64Array =>
    Float64Array.from(scored.filter((s) => s.genuine === genuine).map((s) => s.score))
  return equalErrorRate(errorCurve(of(true), of(false)))
}
