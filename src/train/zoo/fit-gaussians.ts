import { defined } from "@sourceprint/core/defined.js"
import { type GaussianState, logDistance, type Whitening, whitened } from "@sourceprint/model/gaussian-model.js"
import { factorise, inverseTriangle } from "./cholesky.js"
import type { LabelledRows } from "./model-entry.js"

/** Least deviation of a column within a scanner (feature units): a column that never moves decides nothing alone. */
const LEAST_DEVIATION = 1e-3
const LEAST_SPREAD = 0.01

/** Rows of one scanner that were handled alike. */
interface Cluster {
  readonly isTarget: boolean
  readonly isForged: boolean
  readonly rows: number[]
}

function clustersOf({ labels, sources, handlings }: LabelledRows, forged: number | undefined): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>()
  for (const [i, source] of sources.entries()) {
    const handling = handlings?.[i] ?? 0
    const key = `${source}/${handling}`
    const cluster = clusters.get(key) ?? { isTarget: labels[i] === 1, isForged: handling === forged, rows: [] }
    cluster.rows.push(i)
    clusters.set(key, cluster)
  }
  return clusters
}

/** Mean of some rows, `rowLength` numbers. */
function meanOf({ rows, rowLength }: LabelledRows, of: readonly number[]): Float64Array {
  const sum = new Float64Array(rowLength)
  for (const i of of) for (let j = 0; j < rowLength; j++) sum[j] += rows[i * rowLength + j]
  return sum.map((total) => total / of.length)
}

/** What makes the scatter of rows around the mean of their cluster alike in all directions.
 *  @param shrinkage in (0, 1]: how much of the scatter counts as equal in all directions (Ledoit, Wolf 2004) */
function whiteningOf(data: LabelledRows, clusters: Iterable<Cluster>, shrinkage: number): Whitening {
  const { rows, rowLength: n } = data
  const count = rows.length / n
  const centred = new Float64Array(rows.length)
  const mean = new Float64Array(n)
  const squares = new Float64Array(n)
  for (const { rows: own } of clusters) {
    const middle = meanOf(data, own)
    for (const i of own) {
      for (let j = 0; j < n; j++) {
        const value = rows[i * n + j]
        mean[j] += value / count
        centred[i * n + j] = value - middle[j]
        squares[j] += centred[i * n + j] ** 2 / count
      }
    }
  }
  const factor = Float32Array.from(squares, (square) => 1 / (LEAST_DEVIATION + Math.sqrt(square)))
  const scatter = new Float64Array(n * n)
  for (let i = 0; i < count; i++) {
    const row = centred.subarray(i * n, (i + 1) * n)
    for (let a = 0; a < n; a++) {
      row[a] *= factor[a]
      const x = row[a]
      for (let b = 0; b <= a; b++) scatter[a * n + b] += x * row[b]
    }
  }
  let trace = 0
  for (let a = 0; a < n; a++) trace += scatter[a * n + a] / count
  const equal = shrinkage * (trace > 0 ? trace / n : 1)
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) scatter[a * n + b] *= (1 - shrinkage) / count
    scatter[a * n + a] += equal
  }
  factorise(scatter, n)
  return { mean: Float32Array.from(mean), factor, triangle: inverseTriangle(scatter, n) }
}

/** Logarithmic distances of dev rows to the nearest mean of their own cluster's scanner, cluster by cluster. */
function ownDistances(dev: LabelledRows, whitening: Whitening, means: ReadonlyMap<string, Float32Array>) {
  const distances = new Map<string, number[]>()
  for (const [key, { rows }] of clustersOf(dev, undefined)) {
    const scanner = key.slice(0, key.indexOf("/") + 1)
    const own = [...means].filter(([name]) => name.startsWith(scanner)).map(([, mean]) => mean)
    if (own.length === 0) continue // a scanner that has dev images only
    const of = (i: number): number => {
      const row = whitened(whitening, dev.rows, i * dev.rowLength)
      return Math.min(...own.map((mean) => logDistance(row, mean)))
    }
    distances.set(key, rows.map(of))
  }
  return distances
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** How far images of a scanner lie from its means, from dev: the limit is the middle of the target's images and the
 *  excess that `refused` of all scanners' dev images have, each scanner and handling counting alike. */
function limitsOf(
  distances: ReadonlyMap<string, readonly number[]>,
  targets: readonly string[],
  refused: number,
): Pick<GaussianState, "limits" | "spread"> {
  const excess = [...distances.values()]
    .flatMap((own) => own.map((distance) => ({ value: distance - average(own), weight: 1 / own.length })))
    .sort((a, b) => a.value - b.value)
  let left = (1 - refused) * distances.size
  const allowed = excess.find(({ weight }) => {
    left -= weight
    return left <= 0
  })
  const target = targets.flatMap((key) => distances.get(key) ?? [])
  const spread = Math.max(LEAST_SPREAD, Math.sqrt(average(excess.map(({ value }) => value ** 2))))
  const beyond = (allowed ?? defined(excess.at(-1))).value
  return { spread, limits: targets.map((key) => average(distances.get(key) ?? target) + beyond) }
}

/** Gaussians of one shared covariance, one a scanner (and handling), and how far from them the target's images lie.
 *  @param shrinkage see `whiteningOf`
 *  @param refused share of images as their own scanner took them that may be refused for lying too far away
 *  @param forged the handling that makes forgeries of other scanners' images, where there is one */
export function fitGaussians(
  training: LabelledRows,
  dev: LabelledRows,
  { shrinkage, refused, forged }: { shrinkage: number; refused: number; forged?: number | undefined },
): GaussianState {
  const clusters = clustersOf(training, forged)
  const whitening = whiteningOf(training, clusters.values(), shrinkage)
  const means = new Map(
    [...clusters].map(([key, { rows }]) => {
      return [key, whitened(whitening, Float32Array.from(meanOf(training, rows)), 0)] as const
    }),
  )
  const isOf = (key: string, target: boolean): boolean => {
    const cluster = defined(clusters.get(key))
    return target ? cluster.isTarget && !cluster.isForged : !cluster.isTarget
  }
  const genuine = new Map([...means].filter(([key]) => !defined(clusters.get(key)).isForged))
  const targets = [...means.keys()].filter((key) => isOf(key, true))
  return {
    ...whitening,
    targets: targets.map((key) => defined(means.get(key))),
    others: [...means].filter(([key]) => isOf(key, false)).map(([, mean]) => mean),
    ...limitsOf(ownDistances(dev, whitening, genuine), targets, refused),
  }
}
