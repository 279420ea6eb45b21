import assert from "node:assert/strict"
import { test } from "node:test"
import {
  Confirmation,
  DEFAULT_ADDRESS,
  Instruction,
  SystemParameter,
} from "@sourceprint/capture/fingerprint/r307/constants.js"
import { decodePacket, encodePacket, PacketKind } from "@sourceprint/capture/fingerprint/r307/packet.js"
import type { R307Profile } from "@sourceprint/capture/fingerprint/r307/profile.js"
import { r307 } from "@sourceprint/capture/fingerprint/r307/profiles/r307.js"
import { r503 } from "@sourceprint/capture/fingerprint/r307/profiles/r503.js"
import { Board, type BoardOptions } from "@sourceprint/capture/fingerprint/twin/device/board.js"
import { correlationMatcher } from "@sourceprint/capture/fingerprint/twin/device/correlation-matcher.js"
import { parameterBytes } from "@sourceprint/capture/fingerprint/twin/device/parameter-bytes.js"
import { HeldPlaten } from "@sourceprint/capture/fingerprint/twin/device/platen.js"
import { Rng } from "@sourceprint/core/rng.js"
import fc from "fast-check"
import { ridgePattern } from "../../../../support/ridge-pattern.js"

const SIDE = 16
/** Knows every instruction that there is. */
const allKnowing: R307Profile = {
  ...r307,
  has: [
    ...(["highSpeedSearch", "readConList", "auraLed", "checkSensor", "readProdInfo"] as const),
    ...(["handshake", "getEcho", "ledOn", "ledOff"] as const),
  ],
}
function makeBoard(more: Partial<BoardOptions> = {}) {
  const platen = new HeldPlaten()
  const sides = { width: SIDE, height: SIDE }
  const board = new Board({ platen, matcher: correlationMatcher, rng: new Rng(1), ...sides, ...more })
  const send = (kind: PacketKind, body: Uint8Array, address = board.address) => board.handle({ kind, address, body })
  const ask = (...body: readonly number[]) => send(PacketKind.command, Uint8Array.from(body))
  /** The confirmation code, undefined for silence. */
  const code = (...body: readonly number[]): number | undefined => ask(...body)?.packets[0].body[0]
  return { board, platen, send, ask, code }
}
const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

test("every instruction of another length than its own is received wrongly", () => {
  const { code } = makeBoard({ profile: allKnowing })
  for (const [instruction, due] of Object.entries(parameterBytes)) {
    for (const size of [due - 1, due + 1].filter((n) => n >= 0))
      assert.equal(code(Number(instruction), ...new Array<number>(size).fill(0)), Confirmation.receiveError)
  }
})

test("what is not for it stays without an answer; what it does not know is answered by an error", () => {
  const { send, code } = makeBoard()
  assert.equal(send(PacketKind.command, Uint8Array.of(Instruction.genImg), 0x1000), undefined)
  assert.equal(send(PacketKind.ack, Uint8Array.of(0)), undefined)
  assert.equal(send(PacketKind.command, new Uint8Array(0))?.packets[0].body[0], Confirmation.receiveError)
  const others = [0x35, 0x36, 0x3c, 0x40, 0x50, 0x51, 0x53]
  for (const unknown of [0x00, 0x10, 0xff, ...others]) assert.equal(code(unknown), Confirmation.receiveError)
  const refusing = makeBoard({ profile: r503 })
  for (const unknown of [0x00, 0x10, 0xff, 0x50, 0x51]) assert.equal(refusing.code(unknown), Confirmation.unsupported)
  assert.equal(refusing.code(0x35, 1, 0, 1, 0), Confirmation.ok)
  for (const known of [0x36, 0x3c, 0x40]) assert.equal(refusing.code(known), Confirmation.ok)
  assert.equal(refusing.code(0x53), Confirmation.echo)
})

test("its system parameters: identifier 9, and what the status register says", () => {
  const { board, platen, ask, code } = makeBoard({ width: 256, height: 288 })
  const [matched, verified, image] = [2, 4, 8]
  const status = (): number => {
    const answer = ask(Instruction.readSysPara)?.packets[0].body.subarray(1)
    assert.ok(answer !== undefined)
    assert.deepEqual([answer[2], answer[3]], [0x00, 0x09])
    return answer[0] * 256 + answer[1]
  }
  assert.equal(status(), 0)
  assert.equal(code(Instruction.vfyPwd, ...u32(0)), Confirmation.ok)
  assert.equal(status(), verified)
  platen.place(ridgePattern(1))
  for (const buffer of [1, 2]) {
    assert.equal(code(Instruction.genImg), Confirmation.ok)
    assert.equal(code(Instruction.img2Tz, buffer), Confirmation.ok)
  }
  assert.equal(status(), verified | image)
  assert.equal(code(Instruction.match), Confirmation.ok)
  assert.equal(status(), verified | image | matched)
  assert.equal(code(Instruction.search, 1, 0, 0, 0, 10), Confirmation.notFound)
  assert.equal(status(), verified | image)
  assert.equal(code(Instruction.store, 1, 0, 3), Confirmation.ok)
  assert.equal(code(Instruction.search, 1, 0, 0, 0, 10), Confirmation.ok)
  assert.equal(status(), verified | image | matched)
  assert.equal(code(Instruction.vfyPwd, ...u32(1)), Confirmation.wrongPassword)
  assert.equal(code(Instruction.vfyPwd, ...u32(0)), Confirmation.ok)
  board.powerCycle()
  assert.equal(status(), 0)
})

test("before its password it does nothing but hear the password, again after the power was cut", () => {
  const { board, code } = makeBoard({ password: 7 })
  const locked = (): void => {
    for (const instruction of [Instruction.genImg, Instruction.templateNum, Instruction.readSysPara])
      assert.equal(code(instruction), Confirmation.passwordNeeded)
  }
  locked()
  assert.equal(code(Instruction.vfyPwd, ...u32(8)), Confirmation.wrongPassword)
  locked()
  assert.equal(code(Instruction.vfyPwd, ...u32(7)), Confirmation.ok)
  assert.equal(code(Instruction.genImg), Confirmation.noFinger)
  board.powerCycle()
  locked()
})

test("a setting that there is not changes nothing; a new speed is the line's from behind the answer on", () => {
  const { board, ask, code } = makeBoard()
  const set = (parameter: number, value: number) => code(Instruction.setSysPara, parameter, value)
  const before = ask(Instruction.readSysPara)?.packets[0].body
  for (const [parameter, value] of [
    [SystemParameter.baud, 0],
    [SystemParameter.baud, 13],
    [SystemParameter.securityLevel, 0],
    [SystemParameter.securityLevel, 6],
    [SystemParameter.packetSize, 4],
  ] as const)
    assert.equal(set(parameter, value), Confirmation.badRegisterValue)
  assert.equal(set(9, 1), Confirmation.badRegister)
  assert.deepEqual(ask(Instruction.readSysPara)?.packets[0].body, before)
  assert.equal(ask(Instruction.setSysPara, SystemParameter.baud, 12)?.baudAfter, 115_200)
  assert.equal(ask(Instruction.setSysPara, SystemParameter.baud, 12)?.baudAfter, undefined)
  assert.equal(board.baud, 115_200)
  const moved = ask(Instruction.setAddr, ...u32(0x12345678))
  assert.equal(moved?.packets[0].address, 0x12345678) // the answer comes from the new address
})

test("an image that is sent is kept when it is one; less, more, or a command between leave the old one", () => {
  const { board, send, code } = makeBoard()
  const image = new Uint8Array((SIDE * SIDE) / 2).fill(0x5a)
  const download = (parts: readonly Uint8Array[]): void => {
    assert.equal(code(Instruction.downImage), Confirmation.ok)
    for (const [i, part] of parts.entries()) send(i === parts.length - 1 ? PacketKind.endOfData : PacketKind.data, part)
  }
  send(PacketKind.endOfData, image) // nobody asked for it
  assert.equal(board.sensed, undefined)
  download([image.subarray(0, 100)])
  download([image, image])
  assert.equal(board.sensed, undefined)
  assert.equal(code(Instruction.downImage), Confirmation.ok)
  assert.equal(code(Instruction.templateNum), Confirmation.ok) // ends the download
  send(PacketKind.endOfData, image)
  assert.equal(board.sensed, undefined)
  download([image.subarray(0, 100), image.subarray(100)])
  assert.deepEqual(board.sensed, image)
  board.powerCycle()
  assert.equal(board.sensed, undefined)
})

test("a template longer than its buffer is not received", () => {
  const { send, ask, code } = makeBoard()
  const download = (sizeBytes: number): number | undefined => {
    assert.equal(code(Instruction.downChar, 1), Confirmation.ok)
    for (let left = sizeBytes; left > 256; left -= 256) send(PacketKind.data, new Uint8Array(256))
    send(PacketKind.endOfData, new Uint8Array(sizeBytes % 256 || 256))
    return ask(Instruction.upChar, 1)?.packets.length
  }
  assert.equal(download(513), 1) // the refusal alone
  assert.equal(download(512), 1 + 512 / 128)
  assert.equal(code(Instruction.downChar, 1), Confirmation.ok)
  for (let n = 0; n < 100; n++) send(PacketKind.data, new Uint8Array(256))
  send(PacketKind.endOfData, Uint8Array.of(1))
  assert.equal(ask(Instruction.upChar, 1)?.packets.length, 1 + 512 / 128) // the one before
})

test("whatever is sent to it, it answers in packets that are some, and continues working", () => {
  const { board, send, code } = makeBoard({ profile: allKnowing })
  const known = fc.constantFrom(...Object.keys(parameterBytes).map(Number))
  const orders = fc.oneof(
    known.chain((instruction) =>
      fc
        .uint8Array({ minLength: parameterBytes[instruction], maxLength: parameterBytes[instruction] })
        .map((parameters) => ({ kind: PacketKind.command, body: Uint8Array.of(instruction, ...parameters) })),
    ),
    fc.record({
      kind: fc.constantFrom(...Object.values(PacketKind)),
      body: fc.uint8Array({ maxLength: 256 }),
    }),
  )
  const keepsAddress = ({ body }: { body: Uint8Array }): boolean =>
    ![Instruction.setAddr, Instruction.setPwd, Instruction.vfyPwd].includes(body[0] as 0x12)
  fc.assert(
    fc.property(fc.array(orders.filter(keepsAddress), { maxLength: 30 }), (sequence) => {
      for (const { kind, body } of sequence) {
        for (const packet of send(kind, body)?.packets ?? [])
          assert.deepEqual(decodePacket(encodePacket(packet))?.packet, packet)
      }
      assert.equal(board.address, DEFAULT_ADDRESS)
      assert.equal(code(Instruction.templateNum), Confirmation.ok)
    }),
    { numRuns: 60 },
  )
})
