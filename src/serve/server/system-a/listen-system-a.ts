import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { concat, utf8 } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import { messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { CryptoProvider } from "@sourceprint/protocol/crypto-provider.js"
import {
  decodeTokenFrame,
  encodeTokenFrame,
  localTimestamp,
  parseLocalTimestamp,
  parseRequest,
  type SystemAReply,
  sessionHash,
  signFields,
  type WireForm,
} from "@sourceprint/protocol/suites/system-a/exchange.js"
import { type FernetKey, fernetOpen, fernetSeal } from "@sourceprint/protocol/suites/system-a/fernet.js"
import type { Inspector } from "../auth/inspection/inspector.js"

/** The replaced system as it is: one key for everybody, one enrolled finger, one user. Its faults are what trials show;
 *  only the length in front is bounded here. */
export interface SystemADeps {
  readonly crypto: CryptoProvider
  readonly clock: Clock
  readonly log: Log
  readonly inspector: Inspector
  readonly key: FernetKey
  /** The key as the text that Hsig hashes. */
  readonly keyText: string
  readonly serverId: string
  /** Templates of the one enrolled finger. */
  readonly references: readonly Uint8Array[]
  readonly scannerId: string
  readonly checksScanner: boolean
  readonly passwordHash: string
  readonly secretHash: string
  /** The bytes of the replaced system, unless told. */
  readonly form?: WireForm
}

const WINDOW_MS = 20_000
const IDLE_MS = 15_000

/** The reply to a token, or undefined where the replaced system closed without one. */
async function answerSystemA(deps: SystemADeps, token: string): Promise<string | undefined> {
  const { crypto, clock, key, keyText, inspector, form } = deps
  const nowMs = clock.nowMs()
  const plain = await fernetOpen(crypto, key, token, Math.floor(nowMs / 1000))
  const request = plain && parseRequest(plain)
  if (request === undefined || request.server_id !== deps.serverId) return undefined
  if ((await signFields(crypto, request, keyText, form)) !== request.Hsig) return undefined
  const sentMs = parseLocalTimestamp(request.timestamp, form)
  if (sentMs === undefined || Math.abs(nowMs - sentMs) > WINDOW_MS) return undefined

  const { client_id, server_id, Hsig } = request
  const timestamp = localTimestamp(nowMs, form)
  const image = new Uint8Array(Buffer.from(request.image, "base64"))
  const found = await inspector.inspect({ image, references: deps.references, scannerId: deps.scannerId })
  const base = { client_id, server_id, timestamp }
  const verdict: Pick<SystemAReply, "Hs" | "label"> =
    !found.acceptable || found.score < found.scoreThreshold
      ? { label: "-1" }
      : deps.checksScanner && found.scanner?.accepted !== true
        ? { label: "0" }
        : { Hs: await passedHash(deps, request.timestamp, timestamp) }
  const reply: SystemAReply = { ...base, ...verdict, Hsig }
  return fernetSeal(crypto, key, utf8(JSON.stringify(reply)), Math.floor(nowMs / 1000))
}

function passedHash(deps: SystemADeps, clientTime: string, serverTime: string): Promise<string> | string {
  const { crypto, passwordHash, secretHash } = deps
  return deps.form === "strict" ? sessionHash(crypto, passwordHash, secretHash, clientTime, serverTime) : secretHash
}

/** Listens for the replaced system's clients, loudly. @throws AppError "serve/listen" */
export async function listenSystemA(
  deps: SystemADeps,
  host: string,
  port: number,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  deps.log.warn("system-a.on", {
    note:
      "the replaced, INSECURE suite is on: replayable, one shared key, password unchecked; for trials and " +
      "old clients only",
  })
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on("close", () => open.delete(socket))
    socket.on("error", () => socket.destroy())
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    let arrived: Uint8Array = new Uint8Array(0)
    socket.on("data", (chunk) => {
      arrived = concat([arrived, chunk])
      const token = decodeTokenFrame(arrived, deps.form)
      if (token === "more") return
      socket.removeAllListeners("data")
      if (token === "broken") return void socket.destroy()
      answerSystemA(deps, token).then(
        (reply) => (reply === undefined ? socket.destroy() : socket.end(encodeTokenFrame(reply, deps.form))),
        (error: unknown) => {
          deps.log.error("system-a.fault", { why: messageOf(error) })
          socket.destroy()
        },
      )
    })
  })
  const bound = await bindPort(server, { host, port })
  return {
    port: bound,
    async stop() {
      const closed = once(server, "close")
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
