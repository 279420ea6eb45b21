import { createHash } from "node:crypto"
import { defined } from "@sourceprint/core/defined.js"
import {
  clearance,
  type GaussianState,
  logDistance,
  type Whitening,
  whitened,
} from "@sourceprint/model/gaussian-model.js"
import { fitAlone, type SharedFits } from "../shared-fits.js"
import { factorise, inverseTriangle } from "./cholesky.js"
import { HELD_OUT_PARTS, type LabelledRows } from "./model-entry.js"

/** Least deviation of a column within a scanner (feature units): a column that never moves decides nothing alone. */
const LEAST_DEVIATION = 1e-3
const LEAST_SPREAD = 0.01
/** Share of images that lie farther from their scanner than any image may. */
const HARDLY_ANY = 0.001

/** Rows of one scanner that were handled alike. */
interface Cluster {
  readonly isTarget: boolean
  readonly rows: number[]
}

function clustersOf({ labels, sources, handlings }: LabelledRows): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>()
  for (const [i, source] of sources.entries()) {
    const key = `${source}/${handlings?.[i] ?? 0}`
    const cluster = clusters.get(key) ?? { isTarget: labels[i] === 1, rows: [] }
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

/** Lower half of the sum of outer products of `count` rows, row-major n × n. Eight rows at a time: the sum is read and
 *  written an eighth as often. */
function scatterOf(rows: Float64Array, count: number, n: number): Float64Array {
  const scatter = new Float64Array(n * n)
  const at = Int32Array.from({ length: 8 }, (_, k) => k * n)
  const padded = new Float64Array(Math.ceil(count / 8) * 8 * n)
  padded.set(rows.subarray(0, count * n))
  for (let from = 0; from < count * n; from += 8 * n) {
    const [p, q, r, s, t, u, v, w] = at.map((offset) => from + offset)
    for (let a = 0; a < n; a++) {
      const [x0, x1, x2, x3] = [padded[p + a], padded[q + a], padded[r + a], padded[s + a]]
      const [x4, x5, x6, x7] = [padded[t + a], padded[u + a], padded[v + a], padded[w + a]]
      for (let b = 0; b <= a; b++)
        scatter[a * n + b] +=
          x0 * padded[p + b] +
          x1 * padded[q + b] +
          x2 * padded[r + b] +
          x3 * padded[s + b] +
          x4 * padded[t + b] +
          x5 * padded[u + b] +
          x6 * padded[v + b] +
          x7 * padded[w + b]
    }
  }
  return scatter
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
  for (let i = 0; i < count; i++) for (let j = 0; j < n; j++) centred[i * n + j] *= factor[j]
  const scatter = scatterOf(centred, count, n)
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

/** Of a row: logarithmic distance to the nearest mean of its own scanner, and that with its clearance. */
interface Distance {
  readonly own: number
  readonly clear: number
}

/** Distances of the rows of each cluster; a forgery is no image of the scanner that it comes from. */
function ownDistances(
  data: LabelledRows,
  clusters: ReadonlyMap<string, Cluster>,
  { whitening, means }: Gaussians,
  isForged: (key: string) => boolean,
): Map<string, Distance[]> {
  const distances = new Map<string, Distance[]>()
  for (const [key, { rows }] of clusters) {
    const scanner = key.slice(0, key.indexOf("/") + 1)
    const meansWhere = (keep: (name: string) => boolean) =>
      [...means].filter(([name]) => keep(name)).map(([, mean]) => mean)
    const own = meansWhere((name) => name.startsWith(scanner) && !isForged(name))
    const others = meansWhere((name) => !name.startsWith(scanner))
    if (own.length === 0 || isForged(key)) continue // a scanner that training lacks
    const of = (i: number): Distance => {
      const row = whitened(whitening, data.rows, i * data.rowLength)
      const least = (from: readonly Float32Array[]): number => Math.min(...from.map((mean) => logDistance(row, mean)))
      const nearest = least(own)
      return { own: nearest, clear: others.length === 0 ? nearest : clearance(nearest, least(others)) }
    }
    distances.set(key, rows.map(of))
  }
  return distances
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const ownOf = (distances: readonly Distance[]): number[] => distances.map(({ own }) => own)

/** What a share of `beyond` of all values exceeds. */
function quantile(values: readonly { readonly value: number; readonly weight: number }[], beyond: number): number {
  const descending = [...values].sort((a, b) => b.value - a.value)
  let left = beyond * values.reduce((sum, { weight }) => sum + weight, 0)
  const allowed = descending.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  return defined(allowed ?? descending.at(-1)).value
}

/** How far images of a scanner lie from its means: the limits are the middle of the target's images and the excess that
 *  hardly any, or with the clearance `beyond`, of all scanners' images have; scanners and handlings count alike. */
function limitsOf(
  distances: ReadonlyMap<string, readonly Distance[]>,
  targets: readonly string[],
  beyond: number,
): Pick<GaussianState, "limits" | "clearances" | "spread"> {
  const excess = (of: (one: Distance) => number) =>
    [...distances.values()].flatMap((all) => {
      const middle = average(ownOf(all))
      return all.map((one) => ({ value: of(one) - middle, weight: 1 / all.length }))
    })
  const own = excess((one) => one.own)
  const spread = Math.max(LEAST_SPREAD, Math.sqrt(average(own.map(({ value }) => value ** 2))))
  const farthest = quantile(own, HARDLY_ANY)
  const least = quantile(
    excess(({ clear }) => clear),
    beyond,
  )
  const target = targets.flatMap((key) => distances.get(key) ?? [])
  const middles = targets.map((key) => average(ownOf(distances.get(key) ?? target)))
  return {
    spread,
    limits: middles.map((middle) => middle + farthest),
    clearances: middles.map((middle) => middle + least),
  }
}

/** What does not depend on which scanner is the target: Gaussians of one shared covariance, one a scanner (and
 *  handling), and how far from them their own images lie: on dev, and on each part of the training fingers by Gaussians
 *  of the other parts. */
interface FittedScanners {
  readonly whole: Gaussians
  readonly distances: ReadonlyMap<string, readonly Distance[]>
}

type IsForged = (key: string) => boolean

function fitScanners(training: LabelledRows, dev: LabelledRows, shrinkage: number, isForged: IsForged): FittedScanners {
  const clusters = clustersOf(training)
  const whole = gaussiansOf(training, clusters, shrinkage)
  const distances = ownDistances(dev, clustersOf(dev), whole, isForged)
  const { parts } = training
  for (let part = 0; parts !== undefined && part < HELD_OUT_PARTS; part++) {
    const held = clustersWhere(clusters, (row) => parts[row] === part)
    const rest = clustersWhere(clusters, (row) => parts[row] !== part)
    if (held.size === 0 || rest.size === 0) continue
    for (const [key, own] of ownDistances(training, held, gaussiansOf(training, rest, shrinkage), isForged))
      distances.set(key, [...(distances.get(key) ?? []), ...own])
  }
  return { whole, distances }
}

/** Names rows and settings; labels have no part in it. */
function keyOf(sides: readonly LabelledRows[], settings: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(settings))
  for (const { rows, sources, parts, handlings } of sides)
    for (const array of [rows, sources, parts, handlings]) hash.update(array ?? "none")
  return `gaussians-${hash.digest("hex").slice(0, 32)}`
}

/** A target's model from Gaussians that jobs about the same scanners share.
 *  @param shrinkage see `whiteningOf`
 *  @param beyond share of held-out and dev images that may lie beyond the limit with clearance
 *  @param forged the handling that makes forgeries of other scanners' images, where there is one */
export function fitGaussians(
  training: LabelledRows,
  dev: LabelledRows,
  { shrinkage, beyond, forged }: { shrinkage: number; beyond: number; forged?: number | undefined },
  shared: SharedFits = fitAlone,
): GaussianState {
  const isForged: IsForged = (key) => forged !== undefined && key.endsWith(`/${forged}`)
  const { whole, distances } = shared.once(keyOf([training, dev], { shrinkage, forged }), () =>
    fitScanners(training, dev, shrinkage, isForged),
  )
  const clusters = clustersOf(training)
  const isTarget = (key: string): boolean => defined(clusters.get(key)).isTarget
  const targets = [...whole.means.keys()].filter((key) => isTarget(key) && !isForged(key))
  return {
    ...whole.whitening,
    targets: targets.map((key) => defined(whole.means.get(key))),
    others: [...whole.means].filter(([key]) => !isTarget(key)).map(([, mean]) => mean),
    ...limitsOf(distances, targets, beyond),
  }
}
