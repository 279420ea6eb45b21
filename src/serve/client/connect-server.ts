import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { socketPort } from "../stream-port.js"

export interface ServerAddress {
  readonly host: string
  readonly port: number
  /** TLS below the protocol. */
  readonly tls?: boolean
}

/** `host`, `host:port`, `[v6]:port`, with `tls://` in front for TLS; port 7600 unless told.
 *  @throws AppError "client/address" */
export function parseServer(text: string): ServerAddress {
  const tls = text.startsWith("tls://")
  const found = /^(\[[0-9a-fA-F:]+\]|[^:/\s]+)(?::(\d{1,5}))?$/.exec(tls ? text.slice(6) : text)
  const port = Number(found?.[2] ?? 7600)
  if (found === null || port > 65535) throw new AppError("client/address", `"${text}" is not host:port`)
  const [, host = ""] = found
  return { host: host.replace(/^\[|\]$/g, ""), port, tls }
}

export const serverName = ({ host, port }: ServerAddress): string => `${host}:${port}`

const CONNECT_TIMEOUT_MS = 10_000

/** @throws AppError "client/unreachable" in words that say what to look at */
export async function connectServer(address: ServerAddress): Promise<FramePort> {
  const { host, port, tls = false } = address
  const socket: Socket = tls ? connectTls({ host, port, servername: host }) : connect({ host, port })
  const timer = setTimeout(() => socket.destroy(new Error("no answer in 10 s")), CONNECT_TIMEOUT_MS)
  try {
    await once(socket, tls ? "secureConnect" : "connect")
    return socketPort(socket)
  } catch (cause) {
    socket.destroy()
    const why = messageOf(cause)
    throw new AppError("client/unreachable", `no server answers at ${serverName(address)} (${why}); is it running?`, {
      cause,
    })
  } finally {
    clearTimeout(timer)
  }
}
