/** `npm run bench -- forgeries`: images of other scanners with a stolen noise pattern put in, against the scanner's
 *  model, the tamper detector and both; by kind of forgery, strength and number of stolen images. Simulated throughout.
 *  People, and one unit, are others than those that the models were fitted on. */
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { fitScanners } from "@sourceprint/cli/trial/fit-scanners.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { Rng } from "@sourceprint/core/rng.js"
import { type Forgery, forgeImage, stolenPattern } from "@sourceprint/model/forgery/forge-image.js"
import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"
import { fitTamperDetector } from "@sourceprint/train/tamper/fit-tamper-detector.js"

const units = ["unit-1", "unit-2", "unit-3", "unit-4"]
const TRAINING = { people: 16, touches: 4 }
const VICTIMS = 6
const BASES_EACH = 4
const STOLEN = [8, 100]

const strengths = [0.4, 0.7, 1.2]
const kinds: Readonly<Record<string, (strength: number) => Forgery>> = {
  "added, 3 × 3 mean": (strength) => ({ kind: "added", denoiser: "mean-3", strength, keep: 0.5, dither: 0 }),
  "added, wide, own taken off": (strength) => ({
    kind: "added",
    denoiser: "wide",
    strength,
    keep: 0,
    dither: 0,
  }),
  "developed, smoothed": (strength) => ({ kind: "developed", strength, noiseDn: 2.2, smoothPx: 1 }),
  "developed, as it is": (strength) => ({ kind: "developed", strength, noiseDn: 0, smoothPx: 0 }),
  "redithered (never fitted against)": (strength) => ({ kind: "redithered", strength, noiseDn: 1 }),
}

const rate = (count: number, of: number): string => {
  const { low, high } = clopperPearsonInterval(count, of)
  return `${count} of ${of} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}] %`
}

export async function run(): Promise<void> {
  const touches = new SyntheticImpressions(5, ScannerSettings.parse({ seed: 5 }))
  const images = Array.from({ length: TRAINING.people }, (_, p) =>
    units.flatMap((unit) =>
      Array.from({ length: TRAINING.touches }, (_, i) => {
        const person = `training-${p + 1}`
        return { unit, person, image: lineImage(touches, person, unit, p % 3, i) }
      }),
    ),
  ).flat()
  const scanners = await fitScanners(images, units)
  const tamperDetector = fitTamperDetector(images.map(({ unit, ...image }) => ({ scanner: unit, ...image })))
  console.log(`tamper detector on dev: ${JSON.stringify(tamperDetector.dev)}`)
  const judge = (image: GrayImage, unit: string): { scanner: boolean; tamperDetector: boolean } => {
    const scanner = scanners[units.indexOf(unit)]
    const [ofUnit] = scanner.model.predict(encodeImage(image, scanner.input))
    const [genuine] = tamperDetector.model.predict(encodeImage(image, tamperDetector.input))
    return { scanner: ofUnit >= scanner.threshold, tamperDetector: genuine >= tamperDetector.threshold }
  }
  const victims = Array.from({ length: VICTIMS }, (_, i) => ({
    name: `victim-${i + 1}`,
    unit: units[i % units.length],
  }))
  const genuine = victims.flatMap(({ name, unit }) =>
    Array.from({ length: 20 }, (_, i) => judge(lineImage(touches, name, unit, 0, 200 + i), unit)),
  )
  const passing = (verdicts: typeof genuine) => ({
    scanner: verdicts.filter(({ scanner }) => scanner).length,
    tamperDetector: verdicts.filter((verdict) => verdict.tamperDetector).length,
    both: verdicts.filter((verdict) => verdict.scanner && verdict.tamperDetector).length,
  })
  const own = passing(genuine)
  console.log(
    `genuine touches: model accepts ${rate(own.scanner, genuine.length)}, tamper detector ` +
      `${rate(own.tamperDetector, genuine.length)}, both ${rate(own.both, genuine.length)}`,
  )
  const rng = new Rng(5).fork("forgeries")
  for (const [kind, make] of Object.entries(kinds)) {
    for (const stolen of STOLEN) {
      const patterns = victims.map(({ name, unit }) =>
        stolenPattern(stolenImages(touches, name, unit).slice(0, stolen), make(1)),
      )
      for (const strength of strengths) {
        const forgery = make(strength)
        const verdicts = victims.flatMap(({ name, unit }, v) =>
          Array.from({ length: BASES_EACH }, (_, i) => {
            const from = i % 2 === 0 ? units[(units.indexOf(unit) + 1) % units.length] : "strange-unit"
            const base = lineImage(touches, name, from, 0, 300 + i)
            return judge(forgeImage(base, patterns[v], forgery, rng), unit)
          }),
        )
        const { scanner, tamperDetector: guarded, both } = passing(verdicts)
        console.log(
          `${kind}, ${stolen} stolen, strength ${strength}: model ${scanner}, tamper detector ${guarded}, both ` +
            `${rate(both, verdicts.length)}`,
        )
      }
    }
  }
}

const kept = new Map<string, GrayImage[]>()
function stolenImages(touches: SyntheticImpressions, name: string, unit: string): GrayImage[] {
  const images =
    kept.get(name) ?? Array.from({ length: Math.max(...STOLEN) }, (_, i) => lineImage(touches, name, unit, 0, i))
  kept.set(name, images)
  return images
}
