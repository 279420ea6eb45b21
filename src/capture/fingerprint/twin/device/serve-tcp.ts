import { createServer } from "node:net"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { OneHost } from "./one-host.js"
import type { TwinDevice } from "./twin-device.js"

/** A simulated sensor on a line. */
export interface ServedTwin {
  /** The name for `--port`: tcp://host:port or the path of a terminal. */
  readonly name: string
  /** Disconnects the host and frees the line. */
  close(): Promise<void>
}

/** The twin as a scanner behind ser2net: one host at a time; others are turned away. `port` 0 takes a free one.
 *  @throws AppError "twin/listen" */
export async function serveTwinTcp(device: TwinDevice, host = "127.0.0.1", port = 0): Promise<ServedTwin> {
  const hosts = new OneHost(device)
  const server = createServer({ noDelay: true }, (socket) => hosts.take(socket))
  const at = await bindPort(server, { host, port }, "twin/listen")
  return {
    name: `tcp://${host.includes(":") ? `[${host}]` : host}:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        hosts.close()
      }),
  }
}
