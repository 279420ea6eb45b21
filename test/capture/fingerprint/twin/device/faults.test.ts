import assert from "node:assert/strict"
import { test } from "node:test"
import { Instruction } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import {
  faultless,
  faultNamed,
  faultOn,
  faults,
  randomFaults,
} from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import type { TwinDevice } from "@sourceprint/capture/fingerprint/twin/device/twin-device.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { ridgePattern } from "../../../../support/ridge-pattern.js"
import { twinWithPlaten } from "../../../../support/twin.js"

const quick = { packetMs: 350, transferMs: 600, commandScale: 0.15 }
const levels = ridgePattern(3)

/** Opens the scanner, waits for the finger, reads its image. */
async function wholeTouch(device: TwinDevice, line = memoryTwin(device)): Promise<Uint8Array> {
  const sensor = await R307Sensor.open(line, { deadlines: quick })
  try {
    for (let looks = 0; !(await sensor.look()); looks++) assert.ok(looks < 5, "the finger is never seen")
    return (await sensor.read()).raw
  } finally {
    await sensor.close()
  }
}

for (const fault of faults) {
  test(`${fault.name}: ${fault.summary}; once, then ${fault.expect}`, async () => {
    const { device, platen } = twinWithPlaten()
    platen.place(levels)
    device.faults = faultOn(fault.on ?? Instruction.upImage, fault)
    if (fault.expect === "recovers") {
      assert.deepEqual(await wholeTouch(device), packNibbles(levels))
    } else {
      const line = memoryTwin(device)
      await assert.rejects(wholeTouch(device, line), (e) => e instanceof AppError && e.code === fault.expect)
      device.faults = faultless
      await delay(10) // the plug goes in again
      assert.deepEqual(await wholeTouch(device, line), packNibbles(levels))
    }
  })
}

for (const [name, expected] of [
  ["no-reply", "sensor/no-answer"],
  ["silence", "sensor/transfer"],
  ["wrong-checksum", "sensor/transfer"],
  ["lost-frame", "image/geometry"],
  ["receive-error", "sensor/receive"],
] as const) {
  test(`${name} on every image ends in ${expected}`, async () => {
    const { device, platen } = twinWithPlaten()
    const sensor = await R307Sensor.open(memoryTwin(device), {
      deadlines: { packetMs: 100, transferMs: 100, commandScale: 0.15 },
      maxTransfers: 2,
    })
    platen.place(levels)
    await sensor.look()
    device.faults = faultOn(Instruction.upImage, faultNamed(name), 1000)
    await assert.rejects(sensor.read(), (e) => e instanceof AppError && e.code === expected)
    await sensor.close()
  })
}

test("20 images with random faults on every kind of reply: none wrong, none lost", async () => {
  const { device, platen } = twinWithPlaten()
  const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick })
  const rng = new Rng("twenty")
  for (let i = 0; i < 20; i++) {
    const touch = ridgePattern(100 + i)
    platen.place(touch)
    device.faults = randomFaults(rng, 0.25)
    let image: Uint8Array | undefined
    for (let attempt = 0; image === undefined; attempt++) {
      assert.ok(attempt < 20, "gives up")
      try {
        if (!(await sensor.look())) continue
        image = (await sensor.read()).raw
      } catch (error) {
        assert.ok(error instanceof AppError, String(error))
        device.faults = () => undefined
        if (error.code.startsWith("transport/")) await sensor.reconnect()
        device.faults = randomFaults(rng, 0.25)
      }
    }
    assert.deepEqual(image, packNibbles(touch))
  }
  await sensor.close()
})
