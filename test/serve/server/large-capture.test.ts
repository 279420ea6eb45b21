import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { loadSharp } from "@sourceprint/core/image/load-sharp.js"
import { silentLog } from "@sourceprint/core/log.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import type { Inspector } from "@sourceprint/serve/server/auth/inspection/inspector.js"

let inspector: Inspector
before(async () => {
  const settings = { matcherId: "minutiae", scoreThreshold: 6, qualityFloor: 20, models: {} }
  inspector = await inspectionPool(settings, 1, silentLog)
})
after(() => inspector.close())

const picture = async (side: number, format: "png" | "webp"): Promise<Uint8Array> => {
  const sharp = await loadSharp()
  const grey = sharp({ create: { width: side, height: side, channels: 3, background: "#808080" } })
  return new Uint8Array(await grey.toFormat(format, { lossless: true }).toBuffer())
}

test("a small file with many pixels is refused before anything is computed of it", async () => {
  for (const format of ["png", "webp"] as const) {
    const image = await picture(7_000, format)
    assert.ok(image.length < 524_288, "it fits into one frame")
    const found = await inspector.inspect({ image, references: [], scannerId: "unit-1" })
    assert.equal(found.acceptable, false)
    assert.deepEqual(Object.keys(found.stageMs), ["decode"])
  }
})

test("a picture as sensors make them is looked at", async () => {
  const found = await inspector.inspect({ image: await picture(512, "png"), references: [], scannerId: "unit-1" })
  assert.ok(Object.keys(found.stageMs).includes("extract"))
})
