import assert from "node:assert/strict"
import { test } from "node:test"
import { Instruction } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import { tuneLine } from "@sourceprint/capture/fingerprint/r307/tune.js"
import { faultNamed } from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { twinWithPlaten } from "../../../support/twin.js"

const quick = { packetMs: 100, transferMs: 200, commandScale: 0.1 }

test("the fastest setting of a good line", async () => {
  const { device } = twinWithPlaten()
  const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick })
  const { before, after, trials } = await tuneLine(sensor)
  assert.deepEqual(before, { baud: 57600, packetSizeBytes: 128 })
  assert.deepEqual(after, { baud: 115200, packetSizeBytes: 256 })
  assert.equal(trials.length, 1)
  assert.equal(device.board.baud, 115200)
  await sensor.close()
})

test("a line that is noisy above 57600 or with large packets gets the fastest that is not", async () => {
  const { device } = twinWithPlaten()
  const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick, maxTransfers: 2 })
  device.faults = (instruction) => {
    const noisy = device.board.baud > 57600 || device.board.packetSizeBytes > 64
    return instruction === Instruction.upImage && noisy ? faultNamed("flipped-bit") : undefined
  }
  const { after, trials } = await tuneLine(sensor)
  assert.deepEqual(after, { baud: 57600, packetSizeBytes: 64 })
  assert.ok(trials.length > 4 && trials.slice(0, -1).every(({ stable, why }) => !stable && why !== ""))
  device.faults = (instruction) => (instruction === Instruction.upImage ? faultNamed("wrong-checksum") : undefined)
  await assert.rejects(tuneLine(sensor), (e) => hasCode(e, "sensor/unstable"))
  assert.deepEqual([device.board.baud, device.board.packetSizeBytes], [57600, 64])
  await sensor.close()
})
