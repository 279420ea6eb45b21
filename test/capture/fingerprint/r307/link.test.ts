import assert from "node:assert/strict"
import { test } from "node:test"
import { Confirmation } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { readSysPara, templateNum, vfyPwd } from "@sourceprint/capture/fingerprint/r307/instructions.js"
import { encodePacket, PacketKind } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import fc from "fast-check"
import { ack, damaged, data, scriptedModule } from "../../../support/scripted-module.js"

const SOON_MS = 20
const count = ack(Confirmation.ok, 0, 7)
const foreign = encodePacket({ kind: PacketKind.ack, address: 0x12345678, body: Uint8Array.of(0, 0, 9) })

test("an answer of the wrong size or kind is no answer to the command", async () => {
  const kinds = [ack(0), ack(0, 1), ack(0, 1, 2, 3), data(Uint8Array.of(0, 0, 7)), data(new Uint8Array(0), true)]
  const { link } = await scriptedModule((_, n) => [kinds[n] ?? count])
  for (const _ of kinds) {
    await assert.rejects(link.command(templateNum()), (e) => hasCode(e, "sensor/bad-answer"))
    await link.settle(1)
  }
  assert.equal(await link.command(templateNum()), 7)
})

test("damage, silence and another module's answer are silence, and the noise is counted in the words", async () => {
  const silent = (frames: Uint8Array[]) => (): Uint8Array[] => frames
  for (const [frames, words] of [
    [[], /no answer to templateNum/],
    [[damaged(count)], /1 bad checksums/],
    [[foreign], /no answer/],
    [[count.subarray(0, 5)], /no answer/],
  ] as const) {
    const { link } = await scriptedModule(silent([...frames]))
    await assert.rejects(
      link.command(templateNum(), SOON_MS),
      (e) => hasCode(e, "sensor/no-answer") && words.test(e.message),
    )
  }
  const { link } = await scriptedModule(() => [Uint8Array.of(0xef, 0x00, 0x55), foreign, count])
  assert.equal(await link.command(templateNum()), 7)
  assert.equal(link.noise.skippedBytes, 3)
})

test("an answer that comes too late is not taken for the next command's", async () => {
  const { link, transport } = await scriptedModule((_, n) => (n === 0 ? [] : [count]))
  await assert.rejects(link.command(templateNum(), SOON_MS), (e) => hasCode(e, "sensor/no-answer"))
  transport.far.send(ack(Confirmation.ok, 0, 99))
  await link.settle(5)
  assert.equal(await link.command(templateNum()), 7)
})

test("a refusal is an error with its own code, unless the command expects it", async () => {
  const { link } = await scriptedModule(() => [ack(Confirmation.wrongPassword)])
  await assert.rejects(link.command(vfyPwd(1)), (e) => hasCode(e, "sensor/wrong-password"))
})

test("parameters that no R307 has are said to be none", async () => {
  const zero = ack(Confirmation.ok, ...new Array<number>(16).fill(0))
  const { link } = await scriptedModule(() => [zero])
  await assert.rejects(
    link.command(readSysPara()),
    (e) => hasCode(e, "sensor/bad-answer") && /is this an R307/.test(e.message),
  )
})

test("a transfer that stops, is mixed with other packets or never ends is given up", async () => {
  const part = data(new Uint8Array(128))
  for (const frames of [[part], [part, count], [], new Array<Uint8Array>(40).fill(part)]) {
    const { link } = await scriptedModule(() => [count, ...frames])
    await link.command(templateNum())
    await assert.rejects(link.receiveData(512, 128), (e) => hasCode(e, "sensor/transfer"))
  }
  const { link } = await scriptedModule(() => [count, part, data(Uint8Array.of(1, 2), true)])
  await link.command(templateNum())
  assert.deepEqual(
    (await link.receiveData(512, 128)).map(({ length }) => length),
    [128, 2],
  )
})

test("a line that is pulled out ends the wait at once and says so afterwards, until it is opened again", async () => {
  const { link, transport } = await scriptedModule((_, n) => (n === 0 ? [] : [count]))
  const waiting = link.command(templateNum(), 60_000)
  setImmediate(() => transport.far.unplug())
  await assert.rejects(waiting, (e) => hasCode(e, "transport/lost"))
  await assert.rejects(link.command(templateNum()), (e) => hasCode(e, "transport/lost"))
  transport.far.plugIn()
  await link.open()
  assert.equal(await link.command(templateNum()), 7)
})

test("neither a password nor the content of an image is logged", async () => {
  const lines: string[] = []
  const write = (event: string, fields?: unknown): void => void lines.push(event + JSON.stringify(fields))
  const log: Log = { debug: write, info: write, warn: write, error: write }
  const secret = new Uint8Array(64).fill(0xab)
  const { link } = await scriptedModule(() => [ack(Confirmation.ok), data(secret, true)], { log })
  await link.command(vfyPwd(0xdeadbeef))
  await link.receiveData(64, 64)
  await link.sendData(secret, 64)
  assert.ok(lines.length >= 3)
  assert.doesNotMatch(lines.join("\n"), /deadbeef|abababab/i)
})

test("whatever a module says, a command ends with its answer or an error of the sensor, in time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 30 }),
          fc.uint8Array({ maxLength: 6 }).map((bytes) => ack(bytes[0] ?? 0, ...bytes.slice(1))),
        ),
        { maxLength: 4 },
      ),
      async (frames) => {
        const { link } = await scriptedModule(() => frames)
        try {
          const found = await link.command(templateNum(), SOON_MS)
          assert.ok(Number.isInteger(found) && found >= 0 && found <= 0xffff)
        } catch (error) {
          assert.ok(error instanceof AppError && error.code.startsWith("sensor/"), String(error))
        }
      },
    ),
    { numRuns: 8 },
  )
})
