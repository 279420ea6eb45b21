import { growFinger } from "@sourceprint/capture/fingerprint/twin/finger.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { upperBoundOfZero } from "@sourceprint/core/metrics/clopper-pearson.js"
import { groupBootstrap } from "@sourceprint/core/metrics/group-bootstrap.js"
import { weightedEer } from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import type { Claim, Figure } from "./claim.js"
import { atMost } from "./figure.js"

const SEED = 77
const FINGERS = 30
const TOUCHES = 4

interface Comparison {
  readonly score: number
  readonly genuine: boolean
  readonly first: string
  readonly second: string
}

/** Touches of each finger on different units at 4 bits, as the server would get them, compared by the matcher. */
async function compareTouches(logLine: (text: string) => void): Promise<{ failures: number; all: Comparison[] }> {
  const matcher = await loadMatcher("fingerprint", "minutiae")
  const names = Array.from({ length: FINGERS }, (_, i) => `person-${i + 1}/right-index`)
  const templates = new Map<string, unknown[]>()
  let failures = 0
  for (const name of names) {
    const source = new SyntheticImpressions(SEED, ScannerSettings.parse({}), [growFinger(SEED, name)])
    const own: unknown[] = []
    for (let impression = 0; impression < TOUCHES; impression++) {
      const request = { finger: name, unit: `unit-${impression + 1}`, session: 0, impression }
      const { image, nibbles } = source.impression(request)
      try {
        own.push(await matcher.probe({ ...image, pixels: nibbles.map((level) => level * 17) }))
      } catch (error) {
        if (!hasCode(error, "match/failure-to-enrol")) throw error
        failures++
        own.push(undefined) // scores 0 against all, as in FVC
      }
    }
    templates.set(name, own)
    if (templates.size % 10 === 0) logLine(`${templates.size} of ${FINGERS} fingers`)
  }
  const all: Comparison[] = []
  const compare = (first: string, a: number, second: string, b: number): void => {
    const [one, other] = [templates.get(first)?.[a], templates.get(second)?.[b]]
    const score = one === undefined || other === undefined ? 0 : matcher.compare(one, other)
    all.push({ score, genuine: first === second, first, second })
  }
  for (const [index, name] of names.entries()) {
    for (let a = 0; a < TOUCHES; a++) for (let b = a + 1; b < TOUCHES; b++) compare(name, a, name, b)
    for (const other of names.slice(index + 1)) for (let a = 0; a < TOUCHES; a++) compare(name, a, other, a)
  }
  return { failures, all }
}

async function matcherFigures(logLine: (text: string) => void): Promise<Figure[]> {
  const { failures, all } = await compareTouches(logLine)
  const labelled = {
    scores: Float64Array.from(all, ({ score }) => score),
    isGenuine: Uint8Array.from(all, ({ genuine }) => (genuine ? 1 : 0)),
  }
  const design = { groups: all.map(({ first }) => first), otherGroups: all.map(({ second }) => second) }
  const [eer] = groupBootstrap(design, [weightedEer(labelled)], new Rng("twin fingers"))
  const genuine = all.filter((one) => one.genuine)
  const range = eer.degenerate
    ? `no error seen: FNMR at most ${(100 * upperBoundOfZero(genuine.length)).toFixed(1)} % at 95 %`
    : `95 % interval ${(100 * eer.interval.low).toFixed(1)}-${(100 * eer.interval.high).toFixed(1)} %`
  return [
    atMost(
      "EER of the minutiae matcher on simulated fingers, 4 bits, four units",
      100 * eer.value,
      3,
      "%",
      `${range}, ${genuine.length} genuine, ${all.length - genuine.length} impostor comparisons`,
    ),
    { name: "touches without a template", value: failures, unit: `of ${FINGERS * TOUCHES}` },
  ]
}

export const claims: readonly Claim[] = [
  { title: "A minutiae matcher treats simulated prints like prints", measure: matcherFigures },
]
