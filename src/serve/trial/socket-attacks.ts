import { once } from "node:events"
import type { Socket } from "node:net"
import { concat, u32 } from "@sourceprint/core/bytes.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { encodeFrame, FrameLimit } from "@sourceprint/protocol/frame.js"
import { newClientHello } from "@sourceprint/protocol/hello.js"
import type { Attack, AttackTarget } from "./attack.js"
import { honestSession, passed } from "./honest-session.js"

const random = (rng: Rng, sizeBytes: number): Uint8Array => Uint8Array.from({ length: sizeBytes }, () => rng.below(256))

/** What comes back until the server closes or `withinMs` is over. */
async function answerTo(socket: Socket, withinMs: number): Promise<{ bytes: number; closed: boolean }> {
  let bytes = 0
  let open = false
  socket.on("data", (chunk) => {
    bytes += chunk.length
  })
  socket.on("error", () => {})
  const timer = setTimeout(() => {
    open = true // a server that ends it in the middle of a write shows as an error, not as an end
    socket.destroy()
  }, withinMs)
  if (!socket.destroyed) await once(socket, "close").catch(() => {})
  clearTimeout(timer)
  return { bytes, closed: !open }
}

async function realHello({ deps }: AttackTarget): Promise<Uint8Array> {
  const { publicKey } = await deps.crypto.keyAgreement()
  return encodeFrame(newClientHello(deps.crypto, publicKey))
}

/** Bytes of all kinds that no client would send. */
async function garbage(target: AttackTarget, attempt: number, rng: Rng): Promise<Uint8Array> {
  const hello = await realHello(target)
  const kinds: readonly (() => Uint8Array)[] = [
    () => random(rng, 1 + rng.below(2000)),
    () => concat([u32(0xffffffff), random(rng, 64)]),
    () => concat([u32(FrameLimit.hello + 1), random(rng, 300)]),
    () => u32(0),
    () => hello.with(4 + rng.below(67), rng.below(256)).with(4 + rng.below(3), rng.below(256)),
    () => concat([hello, encodeFrame(random(rng, 1 + rng.below(4000)))]),
    () => concat([hello, encodeFrame(concat([Uint8Array.of(3), random(rng, 17 + rng.below(600))]))]),
    () => concat([hello, u32(FrameLimit.handshake + 1), random(rng, 5000)]),
    () => concat([hello, hello]),
    () => new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  ]
  return inTurn(kinds, attempt)()
}

const SERVER_HELLO_BYTES = 167

const garbageFrames: Attack = {
  id: "garbage",
  title: "random and mutated frames, lying and oversize lengths",
  async run(target, attempt, rng) {
    const socket = await target.rawConnect()
    const answer = answerTo(socket, 1500)
    socket.write(await garbage(target, attempt, rng), () => socket.end())
    // A serverHello is public; anything beyond it would be an answer to garbage.
    return (await answer).bytes > SERVER_HELLO_BYTES
  },
}

const slowSender: Attack = {
  id: "slow-sender",
  title: "a hello a byte at a time: the server must end it",
  async run(target) {
    const socket = await target.rawConnect()
    const hello = await realHello(target)
    const answer = answerTo(socket, 20_000)
    let at = 0
    const drip = setInterval(() => socket.write(hello.subarray(at, ++at)), 400)
    const { closed } = await answer
    clearInterval(drip)
    return !closed // success is to be kept waiting for
  },
}

const flood: Attack = {
  id: "connection-flood",
  title: "500 connections at once that say nothing, while a person signs in",
  alone: true,
  async run(target) {
    const sockets: Socket[] = []
    try {
      for (let i = 0; i < 500; i++) sockets.push(await target.rawConnect())
      for (const socket of sockets) socket.on("error", () => {})
      const decision = await honestSession(target, await target.connect(), target.freshImpression())
      return !passed(decision) // success is that the person cannot sign in
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
}

const atOnce: Attack = {
  id: "two-at-once",
  title: "one picture in two sign-ins of one account at once: at most one may pass",
  async run(target) {
    const image = target.freshImpression()
    const both = [0, 1].map(async () => honestSession(target, await target.connect(), image))
    const decisions = await Promise.all(both)
    return decisions.filter(passed).length > 1
  },
}

export const socketAttacks: readonly Attack[] = [garbageFrames, slowSender, flood, atOnce]
