import { createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions } from "node:tls"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { socketPort } from "../stream-port.js"
import type { ConnectionGate } from "./connection-gate.js"

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
): Promise<TcpListener> {
  const onSocket = (socket: Socket): void => {
    void gate.admit(socketPort(socket), socket.remoteAddress ?? "unknown")
  }
  const server: Server =
    tls === undefined ? createServer({ pauseOnConnect: true }, onSocket) : createTlsServer(tls, onSocket)
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
