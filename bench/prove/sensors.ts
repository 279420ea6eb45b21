/** `npm run prove -- sensors`: every sensor of the registry against its twin, over TCP and a real terminal. The
 *  contract is the one that `test/contract/sensor.test.ts` runs. */
import { payloadLineTimeMs } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { sensorOf, sensors } from "@sourceprint/capture/fingerprint/registry.js"
import type { SensorEntry } from "@sourceprint/capture/sensor-entry.js"
import { messageOf } from "@sourceprint/core/errors.js"
import { identicalImages, sensorContract } from "../../test/contract/sensor-contract.js"
import { ridgePattern } from "../../test/support/ridge-pattern.js"
import { type Line, lines, onLine } from "../../test/support/sensor-on-line.js"
import type { Claim, Figure } from "./claim.js"
import { atMost, exactly } from "./figure.js"

const IMAGES = 20

async function contractKept(entry: SensorEntry, line: Line): Promise<Figure> {
  const broken: string[] = []
  for (const { name, run } of sensorContract) {
    await run(entry, line).catch((error: unknown) => broken.push(`${name}: ${messageOf(error)}`))
  }
  const { length } = sensorContract
  const name = `${entry.model}: contract kept over ${line}`
  return exactly(name, length - broken.length, length, `of ${length} checks`, broken.join("; "))
}

async function bitIdentical(entry: SensorEntry, line: Line): Promise<Figure> {
  const name = `${entry.model}: identical images over ${line}`
  return exactly(name, await identicalImages(entry, line, IMAGES), IMAGES, `of ${IMAGES}`)
}

const claimOf = (title: string, entries: readonly SensorEntry[]): Claim => ({
  title,
  measure: async (logLine) => {
    const figures: Figure[] = []
    for (const entry of entries) {
      for (const line of lines) {
        figures.push(await bitIdentical(entry, line), await contractKept(entry, line))
        logLine(`${entry.model} over ${line}`)
      }
    }
    figures.push(exactly("lines tried (a terminal needs socat)", lines.length, 2))
    return figures
  },
})

const r503 = sensorOf("r503")
const others = [...sensors.values()].filter((entry) => entry !== r503)

const paced: Claim = {
  title: "An R503's image takes at most 1.05 × its line time at 57600 baud (worst of 3)",
  measure: async (logLine) => {
    const figures: Figure[] = []
    for (const line of lines) {
      const ratio = await onLine(r503, line, { paced: true }, async ({ platen, open }) => {
        const sensor = await open()
        let worst = 0
        for (let seed = 0; seed < 3; seed++) {
          platen.place(ridgePattern(seed, 0, r503.widthPx, r503.heightPx))
          await sensor.look()
          const { raw, acquisition } = await sensor.read()
          worst = Math.max(worst, Number(acquisition.transferMs) / payloadLineTimeMs(raw.length, 128, 57600))
        }
        return worst
      })
      logLine(`${line}: ${ratio.toFixed(4)}`)
      const note = `line time ${(payloadLineTimeMs(18_432, 128, 57600) / 1000).toFixed(2)} s`
      figures.push(atMost(`${line}, packets of 128`, ratio, 1.05, "× line time", note))
    }
    return figures
  },
}

export const claims: readonly Claim[] = [
  claimOf("The R503 keeps the whole sensor contract and its images are bit-identical", [r503]),
  claimOf("So do the other sensors of the registry", others),
  paced,
]
