import assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { faultNamed } from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import type { Acquisition, CapturedImage, Sensor } from "@sourceprint/capture/sensor.js"
import type { SensorEntry } from "@sourceprint/capture/sensor-entry.js"
import { parseSessionPlan } from "@sourceprint/capture/session/plan.js"
import { runTwinSession } from "@sourceprint/capture/session/twin-session.js"
import { verifyDataset } from "@sourceprint/capture/session/verify-dataset.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { patternTouchesOf } from "../support/pattern-touches.js"
import { ridgePattern } from "../support/ridge-pattern.js"
import { type Line, onLine, type ServedSensor } from "../support/sensor-on-line.js"

/** What every sensor of the registry does, against its twin on a real line. */
export interface SensorCheck {
  readonly name: string
  run(entry: SensorEntry, line: Line): Promise<void>
}

const levelsOf = ({ widthPx, heightPx }: SensorEntry, seed: number): Uint8Array =>
  ridgePattern(seed, 0, widthPx, heightPx)

/** Looks until the finger is seen, then reads. */
async function captured(sensor: Sensor): Promise<CapturedImage> {
  for (let looks = 0; !(await sensor.look()); looks++) assert.ok(looks < 5, "the finger is never seen")
  return sensor.read()
}

/** The next reply, whatever it answers, suffers the fault. */
function faultNext({ device }: ServedSensor, name: string): void {
  let left = 1
  device.faults = () => (left-- > 0 ? faultNamed(name) : undefined)
}

/** How many of `count` images arrive bit for bit as the twin sensed them. */
export function identicalImages(entry: SensorEntry, line: Line, count: number): Promise<number> {
  return onLine(entry, line, {}, async ({ platen, open }) => {
    const sensor = await open()
    let identical = 0
    for (let seed = 0; seed < count; seed++) {
      const levels = levelsOf(entry, seed)
      platen.place(levels)
      const { raw, image } = await captured(sensor)
      const sent = packNibbles(levels)
      const same = raw.length === sent.length && raw.every((byte, i) => byte === sent[i])
      if (same && image.pixels.every((pixel, i) => pixel === levels[i] * 17)) identical++
    }
    return identical
  })
}

const check = (name: string, run: (served: ServedSensor) => Promise<void>): SensorCheck => ({
  name,
  run: (entry, line) => onLine(entry, line, {}, run),
})

export const sensorContract: readonly SensorCheck[] = [
  {
    name: "images are what the twin sensed, bit for bit",
    run: async (entry, line) => assert.equal(await identicalImages(entry, line, 3), 3),
  },
  check("an image has the size, depth and resolution of its sensor", async ({ entry, platen, open }) => {
    const sensor = await open()
    platen.place(levelsOf(entry, 1))
    const { image, bitDepth, raw, capturedAtMs } = await captured(sensor)
    assert.deepEqual([image.width, image.height, image.dpi], [entry.widthPx, entry.heightPx, entry.dpi])
    assert.equal(bitDepth, entry.bitDepth)
    assert.equal(raw.length * 8, image.width * image.height * bitDepth)
    assert.ok(Math.abs(Date.now() - capturedAtMs) < 60_000)
    assert.ok(sensor.name.includes(entry.model) && sensor.model === entry.model && sensor.type === entry.id)
  }),
  check("raw bytes and acquisition record give the image again", async ({ entry, platen, open }) => {
    for (const expansion of ["x17", "x16"] as const) {
      const sensor = await open({ expansion })
      platen.place(levelsOf(entry, 2))
      const { image, raw, acquisition } = await captured(sensor)
      await sensor.close()
      const stored: Acquisition = entry.acquisition.parse(JSON.parse(JSON.stringify(acquisition)))
      assert.deepEqual(stored, acquisition)
      assert.deepEqual(entry.decode(raw, stored, image.width, image.height), image)
      assert.throws(() => entry.decode(raw.subarray(1), stored, image.width, image.height), RangeError)
      assert.throws(() => entry.acquisition.parse({ ...acquisition, strange: 1 }))
    }
  }),
  check("no finger is an answer, and so is a lifted one", async ({ entry, platen, open }) => {
    const sensor = await open()
    assert.equal(await sensor.look(), false)
    platen.place(levelsOf(entry, 3))
    assert.equal(await sensor.look(), true)
    platen.lift()
    assert.equal(await sensor.look(), false)
  }),
  check("its label is kept, and none is no error", async ({ open }) => {
    const sensor = await open()
    assert.equal(await sensor.readLabel(), undefined)
    await sensor.writeLabel("unit-07")
    await sensor.close()
    assert.equal(await (await open()).readLabel(), "unit-07")
  }),
  check("a pulled plug is one error, and the sensor comes back", async (served) => {
    const { entry, platen, open } = served
    const sensor = await open()
    const levels = levelsOf(entry, 4)
    platen.place(levels)
    await sensor.look()
    faultNext(served, "unplug")
    await assert.rejects(sensor.read(), (e) => e instanceof AppError && e.code.startsWith("transport/"))
    await sensor.reconnect()
    assert.deepEqual((await captured(sensor)).raw, packNibbles(levels))
  }),
  check("a short, a long and a damaged image are asked for again", async (served) => {
    const { entry, platen, open } = served
    const sensor = await open()
    const levels = levelsOf(entry, 5)
    platen.place(levels)
    await sensor.look()
    for (const fault of ["short-image", "long-image", "wrong-checksum", "noise-inside"]) {
      faultNext(served, fault)
      const { raw, acquisition } = await sensor.read()
      assert.deepEqual(raw, packNibbles(levels), fault)
      assert.ok(Number(acquisition.transfers) > 1, fault)
    }
  }),
  check("a confirmation code that no manual lists is an error with its number", async (served) => {
    const { entry, platen, open } = served
    const sensor = await open()
    platen.place(levelsOf(entry, 6))
    faultNext(served, "unknown-code")
    await assert.rejects(sensor.look(), (e) => hasCode(e, "sensor/unknown-code") && e.message.includes("0x7e"))
    assert.equal(await sensor.look(), true)
  }),
  {
    name: "an image of another size is refused, never cut or filled",
    run: (entry, line) =>
      onLine(entry, line, { width: 64, height: 80 }, async ({ platen, open }) => {
        platen.place(ridgePattern(7, 0, 64, 80))
        await assert.rejects(
          async () => captured(await open()),
          (e) => hasCode(e, "image/geometry") || hasCode(e, "sensor/other-model"),
        )
      }),
  },
  check("what it lacks is refused by name", async ({ entry, device, open }) => {
    const sensor = await open()
    try {
      await sensor.setLed({ mode: "breathing", colour: "purple", speed: 90, cycles: 3 })
      assert.equal(device.board.led, "on")
      await sensor.setLed({ mode: "off", colour: "purple", speed: 0, cycles: 0 })
      assert.equal(device.board.led, "off")
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "sensor/unsupported", String(error))
      assert.ok(error.message.includes(`the ${entry.model} has no ring LED`), error.message)
    }
  }),
  check("tuning leaves it at a setting at which images arrive", async ({ entry, platen, open }) => {
    const sensor = await open()
    const { after, trials } = await sensor.tune()
    assert.equal(after.packetSizeBytes, 256)
    assert.ok(trials.at(-1)?.stable)
    const levels = levelsOf(entry, 8)
    platen.place(levels)
    const { raw, acquisition } = await captured(sensor)
    assert.deepEqual(raw, packNibbles(levels))
    assert.equal(acquisition.packetSizeBytes, 256)
  }),
  {
    name: "a session with it makes a dataset without findings",
    run: async (entry) => {
      const folder = join(await mkdtemp(join(tmpdir(), "contract-")), "set")
      const plan = parseSessionPlan(
        {
          name: "contract",
          dataset: "contract",
          scanners: [{ id: "unit-01", port: "tcp://127.0.0.1:1", sensor: entry.id }],
          subjects: ["p01"],
          fingers: ["right-index"],
          impressions: 2,
          // Every size must get through: ridge patterns fill little of a small window.
          quality: { coverage: 0, contrast: 0, sharpness: 0, saturation: 1, movement: 1, similarity: 1 },
        },
        "the contract's plan",
      )
      const touches = patternTouchesOf(entry.widthPx, entry.heightPx, entry.dpi)
      assert.equal((await runTwinSession({ plan, folder, touches })).complete, true)
      assert.deepEqual((await verifyDataset(folder)).findings, [])
      const [sample] = await readManifest(folder)
      const { widthPx, heightPx, dpi, bitDepth } = entry
      assert.deepEqual(
        [sample.widthPx, sample.heightPx, sample.dpi, sample.bitDepth, sample.scannerModel],
        [widthPx, heightPx, dpi, bitDepth, `${entry.model} (simulated)`],
      )
      const record: unknown = JSON.parse(await readFile(join(folder, sample.path.replace(/bmp$/, "json")), "utf8"))
      assert.equal((record as { sensorType?: unknown }).sensorType, entry.id === "r307" ? undefined : entry.id)
      await rm(folder, { recursive: true })
    },
  },
]
