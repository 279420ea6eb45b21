import assert from "node:assert/strict"
import { test } from "node:test"
import { Confirmation, Instruction } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import * as instructions from "@sourceprint/capture/fingerprint/r307/instructions.js"
import { encodePacket, PacketKind } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { hasInstruction, type R307Profile, requireInstruction } from "@sourceprint/capture/fingerprint/r307/profile.js"
import { as608 } from "@sourceprint/capture/fingerprint/r307/profiles/as608.js"
import { r305 } from "@sourceprint/capture/fingerprint/r307/profiles/r305.js"
import { r307 } from "@sourceprint/capture/fingerprint/r307/profiles/r307.js"
import { r503 } from "@sourceprint/capture/fingerprint/r307/profiles/r503.js"
import { zfm20 } from "@sourceprint/capture/fingerprint/r307/profiles/zfm-20.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import type { TwinOptions } from "@sourceprint/capture/fingerprint/twin/device/twin-device.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { ridgePattern } from "../../../support/ridge-pattern.js"
import { twinWithPlaten } from "../../../support/twin.js"

const deadlines = { packetMs: 200, transferMs: 400, commandScale: 0.1 }
const { handshake, getEcho } = Instruction

/** An R503 on a line and a list of the handshakes that it answers. */
function r503Twin(options: Partial<TwinOptions> = {}) {
  const { device, platen } = twinWithPlaten({ profile: r503, ...options })
  const greetings: number[] = []
  device.faults = (instruction) => {
    if (instruction === handshake || instruction === getEcho) greetings.push(instruction)
    return undefined
  }
  const line = memoryTwin(device)
  return { platen, greetings, device, line, open: () => R307Sensor.open(line, { deadlines, profile: r503 }) }
}

const firmware = (without: readonly string[], more: Partial<R307Profile> = {}): Partial<TwinOptions> => ({
  profile: { ...r503, has: r503.has.filter((name) => !without.includes(name)), ...more },
})

test("HandShake is enough where the firmware knows it", async () => {
  const { open, greetings } = r503Twin()
  await (await open()).close()
  assert.deepEqual(greetings, [handshake])
})

test("where HandShake is refused, GetEcho is asked, and from then on it alone", async () => {
  const { open, greetings } = r503Twin(firmware(["handshake"]))
  const sensor = await open()
  await sensor.reconnect()
  await sensor.close()
  assert.deepEqual(greetings, [handshake, getEcho, getEcho])
})

test("where HandShake is answered by 01, GetEcho is asked", async () => {
  const { device } = twinWithPlaten(firmware(["handshake"]))
  const { refuses: _, ...silent } = { ...r503, has: r503.has.filter((name) => name !== "handshake") }
  const quiet = twinWithPlaten({ profile: silent })
  await (await R307Sensor.open(memoryTwin(quiet.device), { deadlines, profile: r503 })).close()
  await (await R307Sensor.open(memoryTwin(device), { deadlines, profile: r503 })).close()
})

test("a module that knows neither handshake is not the one that was chosen", async () => {
  const r307Twin = memoryTwin(twinWithPlaten().device)
  for (const open of [
    r503Twin(firmware(["handshake", "getEcho"])).open,
    () => R307Sensor.open(r307Twin, { deadlines, profile: r503 }),
  ]) {
    await assert.rejects(open(), (e) => hasCode(e, "sensor/handshake") && /--sensor r307/.test(e.message))
  }
})

test("a broken imaging sensor is said when the line is opened", async () => {
  await assert.rejects(
    r503Twin({ faulty: true }).open(),
    (e) => hasCode(e, "sensor/hardware") && e.message.includes("checkSensor with 0x29"),
  )
})

test("a module that tells another size than the chosen one is refused; no size is no contradiction", async () => {
  const product = { model: "R558", serial: "1", sensorModel: "s", width: 160, height: 160 }
  await assert.rejects(
    r503Twin({ product }).open(),
    (e) => hasCode(e, "sensor/other-model") && /a R558 of 160 × 160 pixels, not 192 × 192/.test(e.message),
  )
  const { open } = r503Twin({ product: { ...product, width: 0, height: 0 } })
  await (await open()).close()
})

test("an R503 that nobody named is read as before: its own size, 500 dpi", async () => {
  const { line, platen } = r503Twin()
  const sensor = await R307Sensor.open(line, { deadlines })
  const levels = ridgePattern(3, 0, 192, 192)
  platen.place(levels)
  await sensor.look()
  const { image, raw } = await sensor.read()
  assert.deepEqual([image.width, image.height, image.dpi], [192, 192, 500])
  assert.deepEqual(raw, packNibbles(levels))
  await sensor.close()
})

test("its template of 1,536 bytes goes out and in again and still matches", async () => {
  const { open, platen } = r503Twin()
  const sensor = await open()
  for (const [step, shift] of [
    [1, 0],
    [2, 6],
  ] as const) {
    platen.place(ridgePattern(1, shift, 192, 192))
    await sensor.look()
    await sensor.enrolTouch(step, 7)
  }
  const template = await sensor.readTemplate(2)
  assert.equal(template.length, 1536)
  assert.deepEqual(await sensor.storedPages(), [7])
  assert.equal((await sensor.identify())?.page, 7)
  await sensor.ask(() => instructions.empty())
  await sensor.writeTemplate(2, template)
  assert.equal((await sensor.ask(() => instructions.match())).matched, true)
  await sensor.close()
})

test("the ring's frame, summed by hand", () => {
  const { body } = instructions.auraLed({ mode: "breathing", colour: "red", speed: 90, cycles: 3 })
  // 01 + 00 07 + 35 + 01 + 5a + 01 + 03 = 9c
  assert.equal(
    toHex(encodePacket({ kind: PacketKind.command, address: 0xffffffff, body })),
    "ef01ffffffff01000735015a0103009c",
  )
  const last = instructions.auraLed({ mode: "fade-out", colour: "white", speed: 255, cycles: 255 })
  assert.equal(toHex(last.body), "3506ff07ff")
  assert.throws(
    () => instructions.auraLed({ mode: "on", colour: "red", speed: 256, cycles: 0 }),
    (e) => hasCode(e, "sensor/parameter"),
  )
})

test("what a profile lacks is refused by name before anything is sent, and its twin does not know it", async () => {
  const ask = {
    highSpeedSearch: () => instructions.highSpeedSearch(1, 0, 1),
    readConList: () => instructions.readConList(0),
    auraLed: () => instructions.auraLed({ mode: "on", colour: "red", speed: 0, cycles: 0 }),
    checkSensor: instructions.checkSensor,
    readProdInfo: instructions.readProdInfo,
    handshake: instructions.handshake,
    getEcho: instructions.getEcho,
    ledOn: instructions.ledOn,
    ledOff: instructions.ledOff,
  }
  for (const profile of [r307, r503, r305, as608, zfm20]) {
    const { device } = twinWithPlaten({ profile })
    const sensor = await R307Sensor.open(memoryTwin(device), { deadlines, profile })
    const answered: number[] = []
    device.faults = (instruction) => {
      answered.push(instruction)
      return undefined
    }
    for (const [name, make] of Object.entries(ask)) {
      const known = hasInstruction(profile, name as keyof typeof ask)
      const command: () => instructions.Command<unknown> = make
      answered.length = 0
      if (known) await sensor.ask(command)
      else {
        const code = Instruction[name as keyof typeof ask].toString(16)
        await assert.rejects(
          sensor.ask(command),
          (e) =>
            hasCode(e, "sensor/unsupported") &&
            e.message.startsWith(`the ${profile.model} has no `) &&
            e.message.includes(`(${name}, 0x${code})`),
        )
      }
      assert.equal(answered.length, known ? 1 : 0)
      const { address } = device.board
      const reply = device.board.handle({ kind: PacketKind.command, address, body: command().body })
      const refusal = profile.refuses === true ? Confirmation.unsupported : Confirmation.receiveError
      if (!known) assert.equal(reply?.packets[0].body[0], refusal)
    }
    await sensor.close()
  }
  assert.throws(
    () => requireInstruction(zfm20, "auraLed"),
    /^AppError: the ZFM-20 has no ring LED \(auraLed, 0x35\) \[sensor\/unsupported\]$/,
  )
  requireInstruction(zfm20, "genImg")
})
