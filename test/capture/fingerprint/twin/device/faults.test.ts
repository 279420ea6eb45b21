import assert from "node:assert/strict"
import { test } from "node:test"
import { Instruction } from "../../../../../src/capture/fingerprint/r307/constants.js"
import { packNibbles } from "../../../../../src/capture/fingerprint/r307/image-decoder.js"
import { R307Sensor } from "../../../../../src/capture/fingerprint/r307/sensor.js"
import {
  faultNamed,
  faultOn,
  faults,
  randomFaults,
} from "../../../../../src/capture/fingerprint/twin/device/faults.js"
import { memoryTwin } from "../../../../../src/capture/fingerprint/twin/device/serve-memory.js"
import { AppError } from "../../../../../src/shared/errors.js"
import { Rng } from "../../../../../src/shared/rng.js"
import { ridgePattern } from "../../../../support/ridge-pattern.js"
import { twinWithGlass } from "../../../../support/twin.js"

const quick = { packetMs: 350, transferMs: 600, commandScale: 0.15 }
const levels = ridgePattern(3)

for (const fault of faults) {
  test(`${fault.name}: ${fault.summary}; once on an image, then ${fault.expect}`, async () => {
    const { device, glass } = twinWithGlass()
    const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick })
    glass.place(levels)
    assert.equal(await sensor.look(), true)
    device.faults = faultOn(Instruction.upImage, fault)
    const reading = sensor.read()
    if (fault.expect === "recovers") {
      assert.deepEqual((await reading).raw.packed, packNibbles(levels))
    } else {
      await assert.rejects(reading, (e) => e instanceof AppError && e.code === fault.expect)
      if (fault.expect.startsWith("transport/")) await sensor.reconnect()
      assert.equal(await sensor.look(), true)
      assert.deepEqual((await sensor.read()).raw.packed, packNibbles(levels))
    }
    await sensor.close()
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
    const { device, glass } = twinWithGlass()
    const sensor = await R307Sensor.open(memoryTwin(device), {
      deadlines: { packetMs: 100, transferMs: 100, commandScale: 0.15 },
      maxTransfers: 2,
    })
    glass.place(levels)
    await sensor.look()
    device.faults = faultOn(Instruction.upImage, faultNamed(name), 1000)
    await assert.rejects(sensor.read(), (e) => e instanceof AppError && e.code === expected)
    await sensor.close()
  })
}

test("20 images with random faults on every kind of reply: none wrong, none lost", async () => {
  const { device, glass } = twinWithGlass()
  const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick })
  const rng = new Rng("twenty")
  for (let i = 0; i < 20; i++) {
    const touch = ridgePattern(100 + i)
    glass.place(touch)
    device.faults = randomFaults(rng, 0.25)
    let image: Uint8Array | undefined
    for (let attempt = 0; image === undefined; attempt++) {
      assert.ok(attempt < 20, "gives up")
      try {
        if (!(await sensor.look())) continue
        image = (await sensor.read()).raw.packed
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
