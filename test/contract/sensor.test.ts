import assert from "node:assert/strict"
import { test } from "node:test"
import { sensorOf, sensors } from "@sourceprint/capture/fingerprint/registry.js"
import { canServeTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { sensorContract } from "./sensor-contract.js"

for (const entry of sensors.values()) {
  test(`${entry.id}: its words are its own`, () => {
    assert.match(entry.id, /^[a-z0-9-]+$/)
    assert.equal([...sensors.values()].filter(({ model }) => model === entry.model).length, 1)
    assert.deepEqual(
      [entry.twinModel.widthPx, entry.twinModel.heightPx, entry.twinModel.dpi],
      [entry.widthPx, entry.heightPx, entry.dpi],
    )
  })
  for (const { name, run } of sensorContract) test(`${entry.id} over tcp: ${name}`, () => run(entry, "tcp"))
}

for (const { name, run } of sensorContract) {
  test(`r503 over a terminal: ${name}`, { skip: !canServeTerminal() && "socat is not installed" }, () =>
    run(sensorOf("r503"), "terminal"),
  )
}

test("a sensor that is not in the list is named with those that are", () => {
  assert.throws(
    () => sensorOf("r999"),
    (e) => hasCode(e, "sensor/unknown") && e.message.includes(`known: ${[...sensors.keys()].join(", ")}`),
  )
})
