import { createServer, type Socket } from "node:net"
import { poll } from "@sourceprint/core/async/poll.js"
import { bindPort } from "@sourceprint/core/bind-port.js"
import type { TwinDevice } from "./twin-device.js"

/** A simulated sensor on a line. */
export interface ServedTwin {
  /** The name for `--port`: tcp://host:port or the path of a terminal. */
  readonly name: string
  /** Disconnects the host and frees the line. */
  close(): Promise<void>
}

/** The speed at which the host listens, on a line that has one. */
export interface HostSpeed {
  baud(): number | undefined
  /** Resolves at once where the speed is known to be `expected`, else when it was asked for again. */
  confirmed(expected: number): Promise<void>
}

/** How long a second host waits for the first to leave, as ser2net does with its default of one connection. */
const TAKEOVER_MS = 300

/** The twin as a scanner behind ser2net: one host at a time; others are turned away. `port` 0 takes a free one.
 *  @param speed see TwinDevice.attach
 *  @throws AppError "twin/listen" */
export async function serveTwinTcp(
  device: TwinDevice,
  host = "127.0.0.1",
  port = 0,
  speed?: HostSpeed,
): Promise<ServedTwin> {
  let current: Socket | undefined
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy()) // a host that was killed resets the connection
    void poll(() => current === undefined, { everyMs: 5, withinMs: TAKEOVER_MS }).then((free) => {
      if (!free || socket.destroyed) return socket.destroy()
      current = socket
      let heard = Promise.resolve()
      socket.on("data", (chunk) => {
        const bytes = new Uint8Array(chunk)
        if (speed === undefined) return device.receive(bytes)
        heard = heard.then(() => speed.confirmed(device.board.baud)).then(() => device.receive(bytes))
        return undefined
      })
      socket.on("close", () => {
        if (current !== socket) return
        current = undefined
        device.detach()
      })
      device.attach({ send: (bytes) => void socket.write(bytes), unplug: () => socket.destroy() }, speed?.baud)
      return socket.resume()
    })
    socket.pause()
  })
  const at = await bindPort(server, { host, port }, "twin/listen")
  return {
    name: `tcp://${host.includes(":") ? `[${host}]` : host}:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        current?.destroy()
      }),
  }
}
