import assert from "node:assert/strict"
import { test } from "node:test"
import { Instruction } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { encodePacket, PacketKind } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { CommandStream } from "@sourceprint/capture/fingerprint/twin/device/command-stream.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { until } from "../../../../support/patience.js"
import { twinWithPlaten } from "../../../../support/twin.js"

const address = 0xffffffff
const command = (...body: readonly number[]): Uint8Array =>
  encodePacket({ kind: PacketKind.command, address, body: Uint8Array.from(body) })
const genImg = command(Instruction.genImg)
const note = command(Instruction.writeNotepad, 1, ...new Array<number>(32).fill(0xef))

test("a command is complete when its bytes are, one by one, whatever the gaps between them", () => {
  for (const gapMs of [1, 199, 201, 5000]) {
    const stream = new CommandStream()
    let nowMs = 0
    for (const frame of [genImg, note, genImg]) {
      for (const [i, byte] of frame.entries()) {
        nowMs += gapMs
        const { packets, spoiled } = stream.push(Uint8Array.of(byte), nowMs)
        assert.equal(packets.length, i === frame.length - 1 ? 1 : 0, `byte ${i}, ${gapMs} ms`)
        assert.equal(spoiled, undefined)
      }
    }
  }
})

test("a frame that broke off is given up for a whole command behind a gap, at every cut", () => {
  for (let cut = 1; cut < note.length; cut++) {
    const stream = new CommandStream()
    stream.push(note.subarray(0, cut), 0)
    assert.equal(stream.push(genImg, 300).packets.length, 1, `cut at ${cut}`)
    assert.equal(stream.push(genImg, 301).packets.length, 1)
  }
})

test("a command with a wrong checksum is told with its address, but not where a good one follows at once", () => {
  const broken = genImg.with(genImg.length - 1, 0xff)
  const stream = new CommandStream()
  assert.deepEqual(stream.push(broken, 0), { packets: [], spoiled: { address, instruction: Instruction.genImg } })
  const both = Uint8Array.from([...broken, ...genImg])
  assert.deepEqual(Object.keys(stream.push(both, 1)), ["packets"])
})

test("the twin answers a wrong checksum by 01, other addresses and other kinds by nothing", async () => {
  const line = memoryTwin(twinWithPlaten().device)
  let heard = ""
  await line.open({
    bytes: (bytes) => {
      heard += toHex(bytes)
    },
    lost: () => {},
  })
  await line.write(fromHex("ef0100000000010003010006")) // another address
  await line.write(fromHex("ef01ffffffff020003010007")) // a data packet
  await line.write(fromHex("ef01ffffffff010003010006"))
  await line.write(genImg)
  await until(() => heard.length >= 48, "two answers")
  assert.equal(heard, "ef01ffffffff07000301000bef01ffffffff07000302000c")
  await line.close()
})
