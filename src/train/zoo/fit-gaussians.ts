import { defined } from "@sourceprint/core/defined.js"
import { type GaussianState, logDistance, type Whitening, whitened } from "@sourceprint/model/gaussian-model.js"
import { factorise, inverseTriangle } from "./cholesky.js"
import { HELD_OUT_PARTS, type LabelledRows } from "./model-entry.js"

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

/** The clusters without the rows of one part, or with these alone; empty ones are dropped. */
function clustersWhere(clusters: ReadonlyMap<string, Cluster>, keep: (row: number) => boolean): Map<string, Cluster> {
  const kept = [...clusters].map(([key, cluster]) => [key, { ...cluster, rows: cluster.rows.filter(keep) }] as const)
  return new Map(kept.filter(([, { rows }]) => rows.length > 0))
}

/** What makes the scatter of rows around the mean of their cluster alike in all directions.
 *  @param shrinkage in (0, 1]: how much of the scatter counts as equal in all directions (Ledoit, Wolf 2004) */
function whiteningOf(data: LabelledRows, clusters: readonly Cluster[], shrinkage: number): Whitening {
  const { rows, rowLength: n } = data
  const count = clusters.reduce((sum, cluster) => sum + cluster.rows.length, 0)
  const centred = new Float64Array(count * n)
  let at = 0
  const mean = new Float64Array(n)
  const squares = new Float64Array(n)
  for (const { rows: own } of clusters) {
    const middle = meanOf(data, own)
    for (const i of own) {
      for (let j = 0; j < n; j++) {
        const value = rows[i * n + j]
        mean[j] += value / count
        centred[at] = value - middle[j]
        squares[j] += centred[at++] ** 2 / count
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

/** Means by the key of their cluster, and what their rows are whitened by. */
interface Gaussians {
  readonly whitening: Whitening
  readonly means: ReadonlyMap<string, Float32Array>
}

function gaussiansOf(data: LabelledRows, clusters: ReadonlyMap<string, Cluster>, shrinkage: number): Gaussians {
  const whitening = whiteningOf(data, [...clusters.values()], shrinkage)
  const mean = ({ rows }: Cluster) => whitened(whitening, Float32Array.from(meanOf(data, rows)), 0)
  return { whitening, means: new Map([...clusters].map(([key, cluster]) => [key, mean(cluster)])) }
}

/** Logarithmic distances of rows to the nearest mean of their own scanner, cluster by cluster. */
function ownDistances(data: LabelledRows, clusters: ReadonlyMap<string, Cluster>, { whitening, means }: Gaussians) {
  const distances = new Map<string, number[]>()
  for (const [key, { rows, isForged }] of clusters) {
    const scanner = key.slice(0, key.indexOf("/") + 1)
    const own = [...means].filter(([name]) => name.startsWith(scanner)).map(([, mean]) => mean)
    if (own.length === 0 || isForged) continue // a scanner that training lacks
    const of = (i: number): number => {
      const row = whitened(whitening, data.rows, i * data.rowLength)
      return Math.min(...own.map((mean) => logDistance(row, mean)))
    }
    distances.set(key, rows.map(of))
  }
  return distances
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** How far images of a scanner lie from its means: the limit is the middle of the target's images and the excess that
 *  `beyond` of all scanners' images have, each scanner and handling counting alike. */
function limitsOf(
  distances: ReadonlyMap<string, readonly number[]>,
  targets: readonly string[],
  beyond: number,
): Pick<GaussianState, "limits" | "spread"> {
  const excess = [...distances.values()]
    .flatMap((own) => own.map((distance) => ({ value: distance - average(own), weight: 1 / own.length })))
    .sort((a, b) => a.value - b.value)
  let left = (1 - beyond) * distances.size
  const allowed = excess.find(({ weight }) => {
    left -= weight
    return left <= 0
  })
  const target = targets.flatMap((key) => distances.get(key) ?? [])
  const spread = Math.max(LEAST_SPREAD, Math.sqrt(average(excess.map(({ value }) => value ** 2))))
  const { value } = allowed ?? defined(excess.at(-1))
  return { spread, limits: targets.map((key) => average(distances.get(key) ?? target) + value) }
}

/** Gaussians of one shared covariance, one a scanner (and handling), and how far from them the target's images lie: on
 *  dev, and on each part of the training fingers by Gaussians of the other parts.
 *  @param shrinkage see `whiteningOf`
 *  @param beyond share of these images that may lie beyond the limit; new ones lie nearer to Gaussians of all parts
 *  @param forged the handling that makes forgeries of other scanners' images, where there is one */
export function fitGaussians(
  training: LabelledRows,
  dev: LabelledRows,
  { shrinkage, beyond, forged }: { shrinkage: number; beyond: number; forged?: number | undefined },
): GaussianState {
  const clusters = clustersOf(training, forged)
  const genuine = (all: Gaussians): Gaussians => ({
    ...all,
    means: new Map([...all.means].filter(([key]) => !defined(clusters.get(key)).isForged)),
  })
  const whole = gaussiansOf(training, clusters, shrinkage)
  const distances = ownDistances(dev, clustersOf(dev, forged), genuine(whole))
  const { parts } = training
  for (let part = 0; parts !== undefined && part < HELD_OUT_PARTS; part++) {
    const held = clustersWhere(clusters, (row) => parts[row] === part)
    const rest = clustersWhere(clusters, (row) => parts[row] !== part)
    if (held.size === 0 || rest.size === 0) continue
    for (const [key, own] of ownDistances(training, held, genuine(gaussiansOf(training, rest, shrinkage))))
      distances.set(key, [...(distances.get(key) ?? []), ...own])
  }
  const isTarget = (key: string): boolean => defined(clusters.get(key)).isTarget
  const targets = [...genuine(whole).means.keys()].filter(isTarget)
  return {
    ...whole.whitening,
    targets: targets.map((key) => defined(whole.means.get(key))),
    others: [...whole.means].filter(([key]) => !isTarget(key)).map(([, mean]) => mean),
    ...limitsOf(distances, targets, beyond),
  }
}
