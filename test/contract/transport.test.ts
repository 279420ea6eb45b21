import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import type { Fault } from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { serveTwinTcp } from "@sourceprint/capture/fingerprint/twin/device/serve-tcp.js"
import { canServeTerminal, serveTwinTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import type { Transport, TransportListener } from "@sourceprint/capture/transport.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { concat, fromHex, toHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { until } from "../support/patience.js"
import { twinWithPlaten } from "../support/twin.js"

/** Every transport, with a twin at its far end: a question gives an answer of known bytes. */
type Made = { readonly transport: Transport; readonly unplug: () => void; close(): Promise<void> }
const pulled: Fault = {
  name: "pull",
  summary: "",
  expect: "transport/lost",
  emit: () => [{ does: "unplug" }],
}

const transports: readonly { readonly name: string; readonly absent?: string; make(): Promise<Made> }[] = [
  {
    name: "memory",
    make: () => {
      const { device } = twinWithPlaten()
      const unplug = (): void => {
        device.faults = () => pulled
      }
      return Promise.resolve({ transport: memoryTwin(device), unplug, close: () => Promise.resolve() })
    },
  },
  {
    name: "tcp",
    make: async () => {
      const { device } = twinWithPlaten()
      const served = await serveTwinTcp(device)
      const unplug = (): void => {
        device.faults = () => pulled
      }
      return { transport: transportOf(served.name), unplug, close: served.close }
    },
  },
  {
    name: "terminal",
    ...(canServeTerminal() ? {} : { absent: "socat is not installed" }),
    make: async () => {
      const { device } = twinWithPlaten()
      const served = await serveTwinTerminal(device, join(await mkdtemp(join(tmpdir(), "contract-")), "tty"))
      const unplug = (): void => {
        device.faults = () => pulled
      }
      return { transport: transportOf(served.name), unplug, close: served.close }
    },
  },
]

const QUESTION = fromHex("ef01ffffffff01000713000000000" + "01b") // VfyPwd 0
const ANSWER = "ef01ffffffff07000300000a"

function listening() {
  const chunks: Uint8Array[] = []
  const lost: string[] = []
  const listener: TransportListener = {
    bytes: (chunk) => chunks.push(chunk),
    lost: (reason) => lost.push(reason.code),
  }
  return { listener, lost, heard: () => toHex(concat(chunks)) }
}

for (const { name, absent, make } of transports) {
  test(`${name}: opens, carries bytes, closes, opens again, tells a loss once`, {
    skip: absent ?? false,
  }, async () => {
    const { transport, unplug, close } = await make()
    assert.equal(transport.isOpen, false)
    await assert.rejects(transport.write(QUESTION), (e) => hasCode(e, "transport/closed"))
    for (let round = 0; round < 2; round++) {
      const { listener, lost, heard } = listening()
      await transport.open(listener)
      assert.equal(transport.isOpen, true)
      await transport.setBaud(57600)
      await transport.discardInput()
      await transport.write(QUESTION)
      await until(() => heard() === ANSWER, "the answer")
      await transport.close()
      assert.equal(transport.isOpen, false)
      assert.deepEqual(lost, [])
      await assert.rejects(transport.write(QUESTION), (e) => hasCode(e, "transport/closed"))
      await transport.close() // closing twice is harmless
      await delay(100) // a terminal is made again
    }
    const { listener, lost } = listening()
    await transport.open(listener)
    await transport.setBaud(57600)
    unplug()
    await transport.write(QUESTION)
    await until(() => lost.length > 0, "the loss is told")
    await delay(30)
    assert.deepEqual(lost, ["transport/lost"])
    assert.equal(transport.isOpen, false)
    await close()
  })
}
