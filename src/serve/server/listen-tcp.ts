import { createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions } from "node:tls"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { socketPort } from "../stream-port.js"
import type { ConnectionGate } from "./connection-gate.js"
import type { SocketLimits } from "./socket-limits.js"

export const TLS_HANDSHAKE_MS = 10_000

/** Resolves when the socket is closed, however it ended. */
export const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => (socket.closed ? resolve() : void socket.once("close", () => resolve())))

export interface TcpListener {
  readonly port: number
  /** Takes no new connection; resolves when the running ones have ended or `graceMs` is over. */
  stop(graceMs: number): Promise<void>
}

/** The protocol's TCP socket, with TLS where `tls` brings a certificate.
 *  @throws AppError "serve/listen" when the port is taken or may not be used */
export async function listenTcp(
  gate: ConnectionGate,
  host: string,
  port: number,
  tls?: TlsOptions,
  sockets?: SocketLimits,
): Promise<TcpListener> {
  const onSocket = (socket: Socket): void => {
    const carrier = {
      closed: closeOf(socket),
      destroy: () => void socket.destroy(),
      keep: () => sockets?.keep(socket),
    }
    void gate.admit(socketPort(socket), socket.remoteAddress ?? "unknown", carrier)
  }
  const server: Server =
    tls === undefined
      ? createServer({ pauseOnConnect: true }, (socket) => {
          if (sockets?.accept(socket, true) !== false) onSocket(socket)
        })
      : createTlsServer({ ...tls, handshakeTimeout: TLS_HANDSHAKE_MS }, onSocket)
  if (tls !== undefined) {
    server.on("connection", (socket: Socket) => void sockets?.accept(socket, true))
  }
  server.on("tlsClientError", (_error, socket: Socket) => socket.destroy())
  const bound = await bindPort(server, { host, port, backlog: 4096 })
  return {
    port: bound,
    async stop(graceMs) {
      server.close()
      await gate.drain(graceMs)
    },
  }
}
