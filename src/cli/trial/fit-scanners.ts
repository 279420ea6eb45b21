import { encodeImage } from "@sourceprint/model/view/encode-image.js"
import type { FittedScanner } from "@sourceprint/serve/trial/scanner-model.js"
import type { FitScanners } from "@sourceprint/serve/trial/trial-context.js"
import { noiseReference } from "@sourceprint/train/zoo/noise-reference.js"
import { noiseReferenceV2 } from "@sourceprint/train/zoo/noise-reference-v2.js"

const SIDE_PX = 224
const THRESHOLD = 0.5

/** One model a unit: three quarters of the people fit the pattern, the last quarter (dev) calibrates the probability
 *  where the model learns that; 0.5 accepts. */
export const fitScanners: FitScanners = (images, units, modelId) => {
  const view = { region: { kind: "sensor-window", sidePx: SIDE_PX } } as const
  const plan =
    modelId === "noise-reference-v2" ? noiseReferenceV2.plan({}, view) : noiseReference.plan({ domain: "pixels" }, view)
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
  if (recipe.kind !== "classical") throw new TypeError(`${recipe.kind} is no classical model`)
  return Promise.resolve(
    units.map((targetScanner): FittedScanner => {
      const model = recipe.fit(part(targetScanner, false), part(targetScanner, true), 1)
      return { targetScanner, input: plan.input, threshold: THRESHOLD, model }
    }),
  )
}
