/** `npm run bench -- duplicates [real|simulated]`: how far two touches of one finger are from being one picture moved
 *  about, and how near pictures that were moved, and artefacts pressed twice, come to it. Real: the scanners of FVC
 *  2000 and 2002 (fingers 101-105 chose the bound, 106-110 are for the figures). Simulated: touches and artefacts of
 *  the twin. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { type ArtefactName, artefactKinds } from "@sourceprint/capture/fingerprint/twin/artefact.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { Rng } from "@sourceprint/core/rng.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import type { MinutiaeTemplate } from "@sourceprint/match/fingerprint/minutiae/template-codec.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { lineImage, onLine } from "@sourceprint/serve/trial/trial-context.js"
import { movedPicture } from "../test/support/moved-picture.js"
import { sharedData } from "../test/support/shared-data.js"

const { duplicateTest } = minutiaeMatcher
/** Scores from here on are of one finger without doubt: what is asked is of pairs that would be let in. */
const MATCH_SCORE = 6

async function probeOf(image: GrayImage): Promise<MinutiaeTemplate | undefined> {
  try {
    return await minutiaeMatcher.probe(image)
  } catch (error) {
    if (error instanceof FailureToEnrol) return undefined
    throw error
  }
}

/** Undefined where the two would not match anyway. NaN: they match, and nothing can be said. */
function distortion(a: MinutiaeTemplate | undefined, b: MinutiaeTemplate | undefined): number | undefined {
  if (a === undefined || b === undefined || minutiaeMatcher.compare(a, b) < MATCH_SCORE) return undefined
  return duplicateTest?.distortionPx(a, b) ?? Number.NaN
}

function show(name: string, values: readonly (number | undefined)[]): void {
  const matched = values.filter((value) => value !== undefined)
  const sorted = matched.filter((value) => !Number.isNaN(value)).sort((p, q) => p - q)
  const found = sorted.filter((value) => value < (duplicateTest?.boundPx ?? 0)).length
  const at = (q: number): string => (sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN).toFixed(2)
  const { low, high } = clopperPearsonInterval(found, Math.max(1, matched.length))
  console.log(
    `${name}: ${found} of ${matched.length} called duplicates [${(100 * low).toFixed(2)}, ` +
      `${(100 * high).toFixed(2)}] %; minimum, 1 %, median, maximum ${[0, 0.01, 0.5, 1].map(at).join(" ")} ` +
      `px; ${matched.length - sorted.length} without a word`,
  )
}

async function real(): Promise<void> {
  const all = { genuine: { dev: [], eval: [] }, moved: { dev: [], eval: [] } } as Record<
    "genuine" | "moved",
    Record<"dev" | "eval", (number | undefined)[]>
  >
  const rng = new Rng(1)
  for (const year of ["fvc2000", "fvc2002"]) {
    for (const database of ["DB1_B", "DB2_B", "DB3_B"]) {
      const folder = sharedData(`${year}/${database}`)
      if (folder === undefined) continue
      const names = (await readdir(folder)).filter((name) => name.endsWith(".tif")).sort()
      const images = await Promise.all(names.map((name) => readGrayImage(join(folder, name))))
      const probes: (MinutiaeTemplate | undefined)[] = []
      for (const image of images) probes.push(await probeOf(image))
      const genuine: (number | undefined)[] = []
      for (const [i, name] of names.entries()) {
        const side = Number(name.slice(0, 3)) <= 105 ? "dev" : "eval"
        for (let j = i + 1; j < names.length && names[j].slice(0, 3) === name.slice(0, 3); j++) {
          const value = distortion(probes[i], probes[j])
          genuine.push(value)
          all.genuine[side].push(value)
        }
        if (i % 2 === 0) all.moved[side].push(distortion(probes[i], await probeOf(movedPicture(images[i], rng))))
      }
      show(`${year} ${database} two touches`, genuine)
    }
  }
  for (const side of ["dev", "eval"] as const) {
    show(`real scanners, ${side} fingers, two touches`, all.genuine[side])
    show(`real scanners, ${side} fingers, one picture moved`, all.moved[side])
  }
}

async function simulated(): Promise<void> {
  const touches = new SyntheticImpressions(5, ScannerSettings.parse({ seed: 5 }))
  const people = Array.from({ length: 12 }, (_, i) => `copies-${i + 1}`)
  const genuine: (number | undefined)[] = []
  const pressed = new Map<ArtefactName, (number | undefined)[]>()
  const accepted = new Map<ArtefactName, number[]>()
  for (const finger of people) {
    const own: (MinutiaeTemplate | undefined)[] = []
    for (let i = 0; i < 5; i++) own.push(await probeOf(lineImage(touches, finger, "unit-1", 0, i)))
    for (let i = 0; i < own.length; i++) {
      for (let j = i + 1; j < own.length; j++) genuine.push(distortion(own[i], own[j]))
    }
    for (const kind of Object.keys(artefactKinds) as ArtefactName[]) {
      const source = lineImage(touches, finger, "unit-2", 0, 7)
      const presses: (MinutiaeTemplate | undefined)[] = []
      for (let i = 0; i < 3; i++) {
        const request = { finger, unit: "unit-1", session: 0, impression: i }
        presses.push(await probeOf(onLine(touches.artefact(source, kind, request))))
      }
      const [a, b, c] = presses
      const found = pressed.get(kind) ?? []
      pressed.set(kind, found)
      found.push(distortion(a, b), distortion(b, c), distortion(a, c))
      const scores = accepted.get(kind) ?? []
      accepted.set(kind, scores)
      for (const probe of presses) scores.push(probe && own[0] ? minutiaeMatcher.compare(own[0], probe) : 0)
    }
  }
  show("simulated, two touches", genuine)
  for (const [kind, values] of pressed) {
    const scores = accepted.get(kind) ?? []
    const matching = scores.filter((score) => score >= MATCH_SCORE).length
    show(`simulated, one artefact (${kind}) pressed twice; ${matching} of ${scores.length} match the finger`, values)
  }
}

export async function run(args: readonly string[]): Promise<void> {
  if (args.length === 0 || args.includes("real")) await real()
  if (args.length === 0 || args.includes("simulated")) await simulated()
}
