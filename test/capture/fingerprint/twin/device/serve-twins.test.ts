import assert from "node:assert/strict"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { test } from "node:test"
import { packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { payloadLineTimeMs } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import { defaultSensor } from "@sourceprint/capture/fingerprint/registry.js"
import { simulateInline, simulateInThread } from "@sourceprint/capture/fingerprint/twin/device/finger-simulator.js"
import { connectHands } from "@sourceprint/capture/fingerprint/twin/device/hands.js"
import { serveTwins } from "@sourceprint/capture/fingerprint/twin/device/serve-twins.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { until } from "../../../../support/patience.js"
import { patternTouches } from "../../../../support/pattern-touches.js"

const options = {
  sensor: defaultSensor,
  units: ["unit-01", "unit-02"],
  fingerSimulator: simulateInline(patternTouches),
  people: ["p01", "p02"],
  host: "127.0.0.1",
  port: 0,
  handsPort: 0,
  baud: 115200,
  packetSizeBytes: 256 as const,
  paced: false,
  password: 0,
}

test("many units at once; hands place the finger that is asked for, people touch by turns without them", async () => {
  const served = await serveTwins(options)
  const [first, second] = await Promise.all(served.twins.map(({ name }) => R307Sensor.open(transportOf(name))))
  await until(() => first.look(), "somebody touches")
  const hands = await connectHands(served.handsName)
  const request = { finger: "p09/left-ring", unit: "unit-02", session: 0, impression: 4 }
  hands.place(request)
  const wanted = packNibbles(patternTouches.impression(request).nibbles)
  await until(
    async () => (await second.look()) && (await second.read()).raw.every((byte, i) => byte === wanted[i]),
    "the finger that is asked for",
  )
  hands.lift("unit-02")
  await until(async () => !(await second.look()), "it is lifted")
  hands.close()
  await until(() => second.look(), "people come back")
  await first.close()
  await second.close()
  await served.close()
  await assert.rejects(connectHands(served.handsName), (e) => hasCode(e, "twin/hands"))
})

test("touches made in a thread are those of the source; a thread that fails says so", async () => {
  const settings = ScannerSettings.parse({})
  const fingerSimulator = simulateInThread(3, settings)
  const request = { finger: "p01/right-index", unit: "unit-01", session: 0, impression: 0 }
  assert.deepEqual(
    await fingerSimulator.press(request),
    new SyntheticImpressions(3, settings).impression(request).nibbles,
  )
  const nameless = JSON.parse(JSON.stringify({ ...request, finger: null })) as typeof request
  await assert.rejects(fingerSimulator.press(nameless), (e) => hasCode(e, "twin/touches"))
  await assert.rejects(fingerSimulator.press(request), (e) => hasCode(e, "twin/touches"))
  await fingerSimulator.close()
})

test("a taken port is named", async () => {
  const served = await serveTwins(options)
  const port = Number(new URL(served.twins[0].name.replace("tcp:", "http:")).port)
  await assert.rejects(serveTwins({ ...options, port }), (e) => hasCode(e, "twin/listen"))
  await served.close()
})

test("a paced line takes its line time and no more than 5 % over", async () => {
  const served = await serveTwins({ ...options, units: ["unit-01"], paced: true })
  const sensor = await R307Sensor.open(transportOf(served.twins[0].name), { baud: 115200 })
  await until(() => sensor.look(), "somebody touches")
  const lags = monitorEventLoopDelay({ resolution: 1 })
  lags.enable()
  const { transferMs } = (await sensor.read()).acquisition
  lags.disable()
  const lineMs = payloadLineTimeMs(36_864, 256, 115200)
  // A late timer does not slow the line down, but the last packet may be late, and its reader: by what this machine
  // was.
  const lateMs = 2 * (lags.max / 1e6)
  const ratios = [transferMs / lineMs, (transferMs - lateMs) / lineMs]
  assert.ok(ratios[0] >= 1 && ratios[1] <= 1.05, `${ratios.join(" to ")} × the line time`)
  await sensor.close()
  await served.close()
})
