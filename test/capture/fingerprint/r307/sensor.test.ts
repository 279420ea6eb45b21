import assert from "node:assert/strict"
import { test } from "node:test"
import { packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import * as r307 from "@sourceprint/capture/fingerprint/r307/instructions.js"
import type { R307Profile } from "@sourceprint/capture/fingerprint/r307/profile.js"
import { r307 as r307Profile } from "@sourceprint/capture/fingerprint/r307/profiles/r307.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import { ridgePattern } from "../../../support/ridge-pattern.js"
import { twinWithPlaten } from "../../../support/twin.js"

const quick = { packetMs: 200, transferMs: 400, commandScale: 0.1 }

test("every instruction of the table is asked and answered", async () => {
  const profile: R307Profile = { ...r307Profile, has: [...r307Profile.has, "ledOn", "ledOff"] }
  const { device, platen } = twinWithPlaten({ profile })
  const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick, profile })
  assert.equal(await sensor.look(), false)
  const [first, again, other] = [ridgePattern(1), ridgePattern(1, 6), ridgePattern(2)]
  platen.place(first)
  await sensor.look()
  await sensor.enrolTouch(1, 7)
  platen.place(again)
  await sensor.look()
  await sensor.enrolTouch(2, 7)
  assert.deepEqual(await sensor.storedPages(), [7])
  assert.equal(await sensor.ask(() => r307.templateNum()), 1)
  assert.equal((await sensor.identify())?.page, 7)
  assert.equal((await sensor.ask(() => r307.highSpeedSearch(1, 0, 8)))?.page, 7)
  assert.equal(await sensor.ask(() => r307.search(1, 8, 100)), undefined)
  await sensor.ask(() => r307.loadChar(2, 7))
  assert.equal((await sensor.ask(() => r307.match())).matched, true)
  const template = await sensor.readTemplate(2)
  assert.equal(template.length, 512)

  platen.place(other)
  await sensor.look()
  assert.equal(await sensor.identify(), undefined)
  assert.deepEqual(await sensor.ask(() => r307.match()), { matched: false, score: 0 })
  await assert.rejects(
    sensor.ask(() => r307.regModel()),
    (e) => hasCode(e, "sensor/combine"),
  )
  await sensor.writeTemplate(1, template)
  assert.equal((await sensor.ask(() => r307.match())).matched, true)

  await sensor.writeImage(packNibbles(first))
  assert.deepEqual((await sensor.read()).raw, packNibbles(first))
  await sensor.ask(() => r307.writeNotepad(3, r307.notepadText("unit 4")))
  assert.equal(new TextDecoder().decode(await sensor.ask(() => r307.readNotepad(3))).replace(/\0+$/, ""), "unit 4")
  const random = await sensor.ask(() => r307.getRandomCode())
  assert.notEqual(await sensor.ask(() => r307.getRandomCode()), random)
  await sensor.setPacketSize(64)
  await sensor.setBaud(115200)
  await sensor.setSecurityLevel(5)
  const { packetSizeBytes, baud, securityLevel } = sensor.settings
  assert.deepEqual({ packetSizeBytes, baud, securityLevel }, { packetSizeBytes: 64, baud: 115200, securityLevel: 5 })
  assert.deepEqual((await sensor.read()).raw, packNibbles(first))
  await sensor.ask(() => r307.ledOn())
  assert.equal(device.board.led, "on")
  await sensor.ask(() => r307.ledOff())
  assert.equal(device.board.led, "off")
  await assert.rejects(
    sensor.setLed({ mode: "on", colour: "blue", speed: 100, cycles: 0 }),
    (e) => hasCode(e, "sensor/unsupported") && /the R307 has no ring LED \(auraLed, 0x35\)/.test(e.message),
  )
  await sensor.ask(() => r307.deleteChar(7, 1))
  await assert.rejects(
    sensor.ask(() => r307.loadChar(1, 7)),
    (e) => hasCode(e, "sensor/template-read"),
  )
  await sensor.ask(() => r307.empty())
  await sensor.setAddress(0x12345678)
  assert.equal(sensor.settings.address, 0x12345678)
  await sensor.ask(() => r307.setPwd(99))
  await sensor.close()
})

test("a wrong password, then the right one; a wrong address is silence", async () => {
  const { device } = twinWithPlaten({ password: 1234 })
  const line = memoryTwin(device)
  await assert.rejects(R307Sensor.open(line, { deadlines: quick }), (e) => hasCode(e, "sensor/wrong-password"))
  const sensor = await R307Sensor.open(line, { deadlines: quick, password: 1234 })
  assert.equal(sensor.settings.librarySize, 1000)
  await sensor.close()
  const elsewhere = { deadlines: quick, password: 1234, address: 5 }
  await assert.rejects(R307Sensor.open(line, elsewhere), (e) => hasCode(e, "sensor/no-answer"))
})

test("the speed is found, whatever it is, and the module tells its own size", async () => {
  const product = { model: "R503", serial: "0001", sensorModel: "FPS", width: 192, height: 192 }
  const profile: R307Profile = { ...r307Profile, has: ["readProdInfo"] }
  const { device, platen } = twinWithPlaten({ profile, baud: 38400, width: 192, height: 192, product })
  const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick })
  assert.equal(sensor.settings.baud, 38400)
  const levels = ridgePattern(4, 0, 192, 192)
  platen.place(levels)
  await sensor.look()
  const { image } = await sensor.read()
  assert.deepEqual([image.width, image.height, image.dpi], [192, 192, 500])
  assert.equal(image.pixels[0], levels[0] * 17)
  await sensor.close()
})

test("bytes that wait in the line when it is opened are not taken for an answer", async () => {
  const { device } = twinWithPlaten()
  const line = memoryTwin(device)
  const opening = R307Sensor.open(line, { deadlines: quick })
  line.far.send(Uint8Array.of(0xef, 1, 255, 255, 255, 255, 7, 0, 3, 0x13, 0, 0x1d)) // a whole stale "wrong password"
  const sensor = await opening
  await sensor.close()
})

test("the log shows frames in hex, but no password and no image", async () => {
  const lines: string[] = []
  const log: Log = {
    debug: (event, fields) => void lines.push(`${event} ${fields?.hex ?? ""}`),
    info: () => {},
    warn: () => {},
    error: () => {},
  }
  const { device, platen } = twinWithPlaten({ password: 0xdeadbeef })
  const sensor = await R307Sensor.open(memoryTwin(device), { deadlines: quick, password: 0xdeadbeef, log })
  platen.place(ridgePattern(5))
  await sensor.look()
  await sensor.read()
  await sensor.close()
  assert.ok(lines.includes("r307.out ef01ffffffff010003010005"))
  assert.ok(lines.some((line) => line.startsWith("r307.in ef01ffffffff020082…")))
  assert.ok(lines.every((line) => !line.includes("deadbeef") && line.length < 160))
  assert.ok(lines.includes("r307.out ef01ffffffff01000713…"))
})

test("the pulled plug is one typed error, and the sensor comes back", async () => {
  const { device, platen } = twinWithPlaten()
  const line = memoryTwin(device, 30)
  const sensor = await R307Sensor.open(line, { deadlines: quick })
  device.faults = () => ({
    name: "pull",
    summary: "",
    expect: "transport/lost",
    emit: () => [{ does: "unplug" }],
  })
  await assert.rejects(sensor.look(), (e) => hasCode(e, "transport/lost"))
  await assert.rejects(sensor.look(), (e) => hasCode(e, "transport/lost"))
  device.faults = () => undefined
  await sensor.reconnect()
  platen.place(ridgePattern(6))
  assert.equal(await sensor.look(), true)
  await sensor.close()
})
