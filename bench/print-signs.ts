import { join } from "node:path"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { extract } from "@sourceprint/match/fingerprint/minutiae/extract.js"
import { normaliseScale } from "@sourceprint/match/fingerprint/minutiae/normalise-scale.js"
import { printLogOdds, signNames, signValues } from "@sourceprint/match/fingerprint/minutiae/print-likelihood.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { fingerSets, partOf } from "./finger-sets.js"
import { balanced, fitSigned, linearValue, rounded } from "./logistic-fit.js"
import { madeNonFingers, photographedNonFingers } from "./non-fingers.js"
import { damages } from "./prove/damage-print.js"

interface Row {
  readonly group: string
  readonly positive: boolean
  readonly x: readonly number[]
  readonly logOdds: number
}

/** `npm run bench -- print-signs [every]`: fits what tells prints from other pictures on every `every`-th print of the
 *  choosing fingers, on wet and cut ones of them, and on pictures that the proof does not use; prints the weights. */
export async function run([every = "2"]: readonly string[]): Promise<void> {
  const rows: Row[] = []
  const add = (group: string, positive: boolean, image: GrayImage): void => {
    try {
      const { signs } = extract(normaliseScale(image))
      rows.push({ group, positive, x: signValues(signs), logOdds: printLogOdds(signs) })
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
    }
  }
  for (const set of fingerSets()) {
    const chosen = set.images.filter(({ finger }) => partOf(set, finger) === "choosing")
    for (const [k, { file }] of chosen.entries()) {
      if (k % Number(every) !== 0) continue
      const image = await readGrayImage(join(set.folder, file))
      add(set.name, true, image)
      const damage = damages.filter(({ name }) => /crop|wet/.test(name))[k % 2]
      if (k % 3 === 0) add(damage.name, true, damage.probe(image))
    }
  }
  for (const { kind, image } of madeNonFingers("choosing", 10)) add(kind, false, image)
  for await (const { kind, subject, image } of photographedNonFingers(8)) {
    if (choosesSubject(subject)) add(kind, false, image)
  }
  report(rows)
}

/** Every second person or made picture chooses, the others are reported on. */
export const choosesSubject = (subject: string): boolean => Number(/\d+/.exec(subject)?.[0] ?? 0) % 2 === 0

function report(rows: readonly Row[]): void {
  const model = fitSigned(balanced(rows))
  console.log(JSON.stringify(rounded(model)))
  console.log(signNames.map((name, k) => `${name} ${model.weights[k].toPrecision(3)}`).join(", "))
  for (const group of new Set(rows.map((row) => row.group))) {
    const values = rows.filter((row) => row.group === group).map((row) => linearValue(model, row.x))
    const sorted = values.toSorted((p, q) => p - q)
    const at = (q: number): string => sorted[Math.round(q * (sorted.length - 1))].toFixed(2)
    console.log(
      `${group}: ${values.length}; least, 5 %, median, 95 %, most ${[0, 0.05, 0.5, 0.95, 1].map(at).join(" ")}`,
    )
  }
}
