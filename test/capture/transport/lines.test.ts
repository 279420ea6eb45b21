import assert from "node:assert/strict"
import { constants } from "node:fs"
import { lstat, mkdir, mkdtemp, open, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Instruction } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { packNibbles } from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import { faultNamed, faultOn } from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import { serveTwinTcp } from "@sourceprint/capture/fingerprint/twin/device/serve-tcp.js"
import { canServeTerminal, serveTwinTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import { openPlannedSensor } from "@sourceprint/capture/session/open-planned-sensor.js"
import { parseSessionPlan } from "@sourceprint/capture/session/plan.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import { serialPorts } from "@sourceprint/capture/transport/serial-ports.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { fromHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { until } from "../../support/patience.js"
import { ridgePattern } from "../../support/ridge-pattern.js"
import { twinWithPlaten } from "../../support/twin.js"

const withoutSocat = !canServeTerminal() && "socat is not installed (apt-get install socat)"
const levels = ridgePattern(11)
const genImg = fromHex("ef01ffffffff010003010005")

test("over TCP: bit-identical images, a pulled plug, a second host turned away, another unit noticed", async () => {
  const { device, platen } = twinWithPlaten()
  const served = await serveTwinTcp(device)
  const sensor = await R307Sensor.open(transportOf(served.name))
  platen.place(levels)
  await sensor.look()
  assert.deepEqual((await sensor.read()).raw, packNibbles(levels))
  await assert.rejects(R307Sensor.open(transportOf(served.name)), (e) => hasCode(e, "transport/lost"))
  device.faults = faultOn(Instruction.upImage, faultNamed("unplug"))
  await assert.rejects(sensor.read(), (e) => hasCode(e, "transport/lost"))
  await sensor.reconnect()
  await sensor.look()
  assert.deepEqual((await sensor.read()).raw, packNibbles(levels))
  await sensor.writeLabel("unit-07")
  assert.equal(await sensor.readLabel(), "unit-07")
  await assert.rejects(sensor.setBaud(115200), (e) => hasCode(e, "transport/no-speed"))
  await sensor.close()
  const plan = parseSessionPlan(
    {
      name: "swapped",
      dataset: "swapped",
      scanners: [
        { id: "unit-07", port: served.name },
        { id: "unit-08", port: served.name },
      ],
      subjects: ["p"],
      fingers: ["left-thumb"],
      impressions: 1,
    },
    "test",
  )
  await (await openPlannedSensor(plan.scanners[0], plan)).close()
  await assert.rejects(openPlannedSensor(plan.scanners[1], plan), (e) => hasCode(e, "sensor/other-unit"))
  await served.close()
  await assert.rejects(R307Sensor.open(transportOf(served.name)), (e) => hasCode(e, "transport/absent"))
})

test("over a real terminal: probing, speed change, bit-identical images, a pulled plug", {
  skip: withoutSocat,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "tty-"))
  const { device, platen } = twinWithPlaten({ baud: 9600 })
  const served = await serveTwinTerminal(device, join(folder, "r307"))
  const sensor = await R307Sensor.open(transportOf(served.name))
  assert.equal(sensor.settings.baud, 9600)
  await sensor.setBaud(115200)
  assert.equal(sensor.settings.baud, 115200)
  platen.place(levels)
  await sensor.look()
  assert.deepEqual((await sensor.read()).raw, packNibbles(levels))
  device.faults = faultOn(Instruction.upImage, faultNamed("unplug"))
  await assert.rejects(sensor.read(), (e) => hasCode(e, "transport/lost"))
  await sensor.reconnect()
  await sensor.look()
  assert.deepEqual((await sensor.read()).raw, packNibbles(levels))
  await sensor.close()
  await served.close()
})

test("a terminal ends with its host: what one left unread does not reach the next, and the link stays", {
  skip: withoutSocat,
}, async () => {
  const link = join(await mkdtemp(join(tmpdir(), "tty-")), "r307")
  const { device } = twinWithPlaten()
  const served = await serveTwinTerminal(device, link)
  for (let host = 0; host < 5; host++) {
    const terminal = await readlink(link)
    const first = await open(link, constants.O_RDWR | constants.O_NOCTTY)
    await first.write(genImg)
    await until(async () => (await readlink(link)) !== terminal, "the next terminal")
    await first.close() // the answer stays unread
    const second = transportOf(link)
    let heard = 0
    await second.open({
      bytes: (bytes) => {
        heard += bytes.length
      },
      lost: () => {},
    })
    await second.write(genImg)
    await until(() => heard >= 12, "its own answer")
    assert.equal(heard, 12)
    await second.close()
  }
  await served.close()
  await assert.rejects(lstat(link), (e: NodeJS.ErrnoException) => e.code === "ENOENT")
  await writeFile(link, "a file of somebody's")
  await assert.rejects(serveTwinTerminal(device, link), (e) => hasCode(e, "twin/socat"))
  assert.equal(await readFile(link, "utf8"), "a file of somebody's")
})

/** Numbers of the processes that make the terminals of `link`; Linux tells. */
async function processesOf(link: string): Promise<string[]> {
  const numbers = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))
  const environments = await Promise.all(numbers.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")))
  return numbers.filter((_, i) => environments[i].includes(`LINK=${link}`))
}

test("hosts that leave at once use up no terminal; a twin that closes while one is taken leaves nothing", {
  skip: withoutSocat,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "tty-"))
  const link = join(folder, "r307")
  const { device } = twinWithPlaten()
  const served = await serveTwinTerminal(device, link)
  for (let host = 0; host < 4; host++) {
    const terminal = await readlink(link)
    await until(async () => {
      await (await open(link, constants.O_RDWR | constants.O_NOCTTY)).close()
      return (await readlink(link)) !== terminal
    }, "the next terminal")
  }
  await (await R307Sensor.open(transportOf(link))).close()
  await served.close()
  for (let waitMs = 0; waitMs < 30; waitMs += 3) {
    const brief = await serveTwinTerminal(twinWithPlaten().device, link)
    const host = await open(link, constants.O_RDWR | constants.O_NOCTTY)
    await delay(waitMs)
    await brief.close()
    await host.close()
    assert.deepEqual(await readdir(folder), [], `closed ${waitMs} ms after a host came`)
  }
  await delay(100) // what is left over would move a link only now
  assert.deepEqual(await readdir(folder), [])
  assert.deepEqual(await processesOf(link), [])
})

test("ports that are not there, not addresses, or no ports at all are named with the cure", async () => {
  await assert.rejects(R307Sensor.open(transportOf("/dev/no-such-port")), (e) => hasCode(e, "transport/absent"))
  for (const bad of ["tcp://nowhere", "http://a:1", "ttyUSB0"]) {
    assert.throws(
      () => transportOf(bad),
      (e) => hasCode(e, "transport/name"),
    )
  }
})

test("the list of ports prefers names that stay with the adapter", async () => {
  const root = await mkdtemp(join(tmpdir(), "dev-"))
  await mkdir(join(root, "dev/serial/by-id"), { recursive: true })
  for (const name of ["ttyUSB0", "ttyUSB1", "tty1", "null"]) await writeFile(join(root, "dev", name), "")
  await symlink("../../ttyUSB1", join(root, "dev/serial/by-id/usb-adapter-A"))
  await symlink("../../ttyUSB9", join(root, "dev/serial/by-id/usb-gone"))
  const ports = await serialPorts(root)
  assert.deepEqual(
    ports.map((port) => [port.path.slice(root.length), port.stable]),
    [
      ["/dev/serial/by-id/usb-adapter-A", true],
      ["/dev/ttyUSB0", false],
    ],
  )
  assert.deepEqual(await serialPorts(join(root, "nothing")), [])
})
