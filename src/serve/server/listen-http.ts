import { once } from "node:events"
import { createServer, type IncomingMessage } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { Socket } from "node:net"
import type { TlsOptions } from "node:tls"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { FrameLimit, PREFIX_BYTES } from "@sourceprint/protocol/frame.js"
import type { Express } from "express"
import { WebSocketServer } from "ws"
import { webSocketPort } from "../stream-port.js"
import type { ConnectionGate } from "./connection-gate.js"
import { closeOf, TLS_HANDSHAKE_MS } from "./listen-tcp.js"
import type { SocketLimits } from "./socket-limits.js"

export const SOCKET_PATH = "/v1/socket"
export const SOCKET_PROTOCOL = "sourceprint.1"

/** Slow headers and bodies, and connections that say nothing, are closed. */
const TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
}

/** How long a WebSocket peer has to agree to the end; one that is gone would be waited for half a minute. */
const FAREWELL_MS = 1_000

export interface HttpListening {
  readonly tls?: TlsOptions | undefined
  readonly behindProxy?: boolean
  readonly limits?: SocketLimits
}

export interface HttpListener {
  readonly port: number
  stop(): Promise<void>
}

/** The peer's address; behind a proxy the one that the proxy, the nearest of them, wrote down. */
function addressOf(request: IncomingMessage, behindProxy: boolean): string {
  const forwarded = request.headers["x-forwarded-for"]
  const last = (Array.isArray(forwarded) ? forwarded.join(",") : forwarded)?.split(",").at(-1)?.trim()
  return (behindProxy && last) || (request.socket.remoteAddress ?? "unknown")
}

/** HTTP, and the protocol as WebSocket at /v1/socket. A page of another origin may not open it.
 *  @throws AppError "serve/listen" */
export async function listenHttp(
  app: Express,
  gate: ConnectionGate,
  host: string,
  port: number,
  { tls, behindProxy = false, limits }: HttpListening = {},
): Promise<HttpListener> {
  const server =
    tls === undefined
      ? createServer(TIMES, app)
      : createTlsServer({ ...TIMES, ...tls, handshakeTimeout: TLS_HANDSHAKE_MS }, app)
  server.on("connection", (socket: Socket) => void limits?.accept(socket, !behindProxy))
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FrameLimit.session + PREFIX_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  })
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy())
    const { origin, host: asked } = request.headers
    const foreign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== asked)
    const offered = request.headers["sec-websocket-protocol"]?.split(/\s*,\s*/) ?? []
    if (request.url !== SOCKET_PATH || foreign || !offered.includes(SOCKET_PROTOCOL)) {
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
      return
    }
    const raw = request.socket
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const carrier = {
        closed: closeOf(raw),
        destroy: () => webSocket.terminate(),
        keep: () => limits?.keep(raw),
      }
      void gate.admit(webSocketPort(webSocket, raw), addressOf(request, behindProxy), carrier)
    })
  })
  const bound = await bindPort(server, { host, port })
  return {
    port: bound,
    async stop() {
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      sockets.close()
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, FAREWELL_MS)
      await closed
      clearTimeout(timer)
    },
  }
}
