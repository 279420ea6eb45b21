import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { delay } from "@sourceprint/core/async/delay.js"
import { concat } from "@sourceprint/core/bytes.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { ServeConfig } from "../server/serve-config.js"
import type { Attack, Bounds } from "./attack.js"
import { honestSession, passed } from "./honest-session.js"

const LIMIT = 60
const limits = ServeConfig.parse({ limits: { connections: LIMIT, connectionsPerAddress: 1000 } }).limits
const few: Bounds = { config: { limits } }

async function silent(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => {})
  await once(socket, "connect").catch(() => {})
  return socket
}

const upgrade =
  "GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
  "Sec-WebSocket-Protocol: sourceprint.1\r\n\r\n"

async function webSocket(port: number): Promise<Socket> {
  const socket = await silent(port)
  if (socket.destroyed) return socket
  socket.write(upgrade)
  // Both may fail, and the one that nobody waits for any more may fail too.
  await Promise.race([once(socket, "data"), once(socket, "close")].map((event) => event.catch(() => {})))
  socket.resume()
  return socket
}

/** A WebSocket message of this size, of which `sentBytes` are sent. */
function part(sizeBytes: number, sentBytes: number): Uint8Array {
  const head = new Uint8Array(14)
  head.set([0x82, 0xff])
  new DataView(head.buffer).setBigUint64(2, BigInt(sizeBytes))
  return concat([head, new Uint8Array(sentBytes)])
}

const open = (sockets: readonly Socket[]): number => sockets.filter((socket) => !socket.destroyed).length

/** Sockets that the server holds: of all that were opened, those that it has not closed. */
async function held(sockets: readonly Socket[]): Promise<number> {
  for (let before = -1; before !== open(sockets); ) {
    before = open(sockets)
    await delay(500)
  }
  return open(sockets)
}

const silentSockets: Attack = {
  id: "silent-sockets",
  title: "silent connections, four times as many as may be, over each carrier, while a person signs in",
  alone: true,
  bounds: few,
  async run(target, attempt) {
    const { port, httpPort } = target.server()
    const kinds = [() => silent(httpPort), () => webSocket(httpPort), () => silent(port)]
    const sockets: Socket[] = []
    try {
      for (let n = 0; n < 4 * LIMIT; n++) sockets.push(await inTurn(kinds, attempt % 4 === 0 ? n : attempt)())
      const tooMany = (await held(sockets)) > LIMIT
      const decision = await honestSession(target, await target.connect(), target.freshImpression())
      return tooMany || !passed(decision)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
}

const largeBeforeHello: Attack = {
  id: "large-before-hello",
  title: "WebSockets that send half a megabyte before their hello and hold the end of it back",
  alone: true,
  async run(target) {
    const { httpPort } = target.server()
    const sockets: Socket[] = []
    try {
      for (let n = 0; n < 20; n++) sockets.push(await webSocket(httpPort))
      for (const socket of sockets) socket.write(part(500_000, 400_000))
      await delay(500) // the hello may take longer than that; what is held is held now
      return (await held(sockets)) > 0
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
}

const unanswered: Attack = {
  id: "unanswered-farewell",
  title: "WebSockets that are ended and never agree to it: the server holds more than it counts",
  alone: true,
  bounds: few,
  async run(target) {
    const { httpPort } = target.server()
    const sockets: Socket[] = []
    try {
      for (let n = 0; n < 4 * LIMIT; n++) {
        const socket = await webSocket(httpPort)
        socket.pause()
        socket.write(part(40, 40)) // no hello: the server ends it
        sockets.push(socket)
      }
      await delay(500)
      for (const socket of sockets) socket.resume()
      return (await held(sockets)) > LIMIT
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
}

export const holdingAttacks: readonly Attack[] = [largeBeforeHello, silentSockets, unanswered]
