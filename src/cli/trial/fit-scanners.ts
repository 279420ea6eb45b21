import { readNoiseReference } from "@sourceprint/model/noise-reference.js"
import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import type { FittedScanner } from "@sourceprint/serve/trial/scanner-model.js"
import type { FitScanners } from "@sourceprint/serve/trial/trial-context.js"
import { noiseReference } from "@sourceprint/train/zoo/noise-reference.js"

const SIDE_PX = 224
const THRESHOLD = 0.5

/** One noise-reference model a unit: three quarters of the people fit the pattern, the last quarter (dev) calibrates
 *  the probability; 0.5 accepts. */
export const fitScanners: FitScanners = (images, units) => {
  const plan = noiseReference.plan({ domain: "pixels" }, { region: { kind: "sensor-window", sidePx: SIDE_PX } })
  const people = [...new Set(images.map(({ person }) => person))]
  const dev = new Set(people.slice(Math.floor((people.length * 3) / 4)))
  const rowLength = plan.inputShape.reduce((a, b) => a * b, 1)
  const encoded = images.map(({ unit, person, image }) => ({
    unit,
    person,
    row: encodeImage(image, plan.input),
  }))
  const part = (target: string, isDev: boolean) => {
    const chosen = encoded.filter(({ person }) => dev.has(person) === isDev)
    const rows = new Float32Array(chosen.length * rowLength)
    chosen.forEach(({ row }, i) => {
      rows.set(row, i * rowLength)
    })
    const labels = Uint8Array.from(chosen, ({ unit }) => (unit === target ? 1 : 0))
    return { rows, rowLength, labels, sources: Uint16Array.from(chosen, ({ unit }) => units.indexOf(unit)) }
  }
  const { recipe } = plan
  if (recipe.kind !== "classical") throw new TypeError("noise-reference is a classical model")
  return Promise.resolve(
    units.map((targetScanner): FittedScanner => {
      const model = recipe.fit(part(targetScanner, false), part(targetScanner, true), 1)
      return {
        targetScanner,
        input: plan.input,
        threshold: THRESHOLD,
        model: readNoiseReference(model.files()),
      }
    }),
  )
}
