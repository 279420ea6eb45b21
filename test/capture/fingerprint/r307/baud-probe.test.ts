import assert from "node:assert/strict"
import { test } from "node:test"
import { probeBaud } from "@sourceprint/capture/fingerprint/r307/baud-probe.js"
import { BAUDS_BY_LIKELIHOOD, Confirmation } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { ack, scriptedModule } from "../../../support/scripted-module.js"

/** A module that talks at one speed and hears nothing at another. */
async function moduleAt(baud: number | undefined, answer = ack(Confirmation.ok)) {
  const asked: number[] = []
  const made = await scriptedModule(
    () => {
      const now = made.transport.far.nearBaud()
      asked.push(now)
      return baud === undefined || now === baud ? [answer] : []
    },
    { commandScale: 0.25 },
  )
  return { ...made, asked }
}

test("the speed that is asked for is tried first, and what answers is the speed", async () => {
  const { link, asked } = await moduleAt(9600)
  assert.equal(await probeBaud(link, 0, 9600), 9600)
  assert.deepEqual(asked, [9600])
  assert.equal(link.baud, 9600)
})

test("the others follow, each once, twice asked", async () => {
  const { link, asked, transport } = await moduleAt(115_200)
  assert.equal(await probeBaud(link, 0, 38_400), 115_200)
  assert.deepEqual(asked, [38_400, 38_400, 57_600, 57_600, 115_200])
  assert.equal(transport.far.nearBaud(), 115_200)
})

test("a refused password is an answer, a damaged one is none", async () => {
  const refused = await moduleAt(57_600, ack(Confirmation.wrongPassword))
  assert.equal(await probeBaud(refused.link, 1, 57_600), 57_600)
  const strange = await moduleAt(57_600, ack(Confirmation.ok, 1, 2, 3))
  strange.transport.setBaud = () => Promise.resolve(false) // a line without a speed
  await assert.rejects(probeBaud(strange.link, 0, 57_600), (e) => hasCode(e, "sensor/no-answer"))
})

test("a line without a speed of its own is not asked at every speed", async () => {
  const { link, transport, asked } = await moduleAt(undefined)
  transport.setBaud = () => Promise.resolve(false)
  assert.equal(await probeBaud(link, 0, 57_600), undefined)
  assert.equal(asked.length, 1)
})

test("speeds that the adapter cannot do are left out, and silence names those that were tried", async () => {
  const { link, transport, asked } = await moduleAt(Number.NaN)
  const set = transport.setBaud.bind(transport)
  const able: readonly number[] = [57_600, 115_200]
  transport.setBaud = (baud) =>
    able.includes(baud) ? set(baud) : Promise.reject(new AppError("transport/baud", `not ${baud}`))
  await assert.rejects(
    probeBaud(link, 0, BAUDS_BY_LIKELIHOOD[0]),
    (e) => hasCode(e, "sensor/no-answer") && /at 57600, 115200 baud; nothing came back/.test(e.message),
  )
  assert.deepEqual(asked, [57_600, 57_600, 115_200, 115_200])
})

test("a line that is pulled out ends the search", async () => {
  const { link, transport } = await moduleAt(Number.NaN)
  const search = probeBaud(link, 0, 57_600)
  setTimeout(() => transport.far.unplug(), 25)
  await assert.rejects(search, (e) => e instanceof AppError && e.code.startsWith("transport/"))
})
