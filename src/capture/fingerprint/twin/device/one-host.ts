import type { Socket } from "node:net"
import { poll } from "@sourceprint/core/async/poll.js"
import type { TwinDevice } from "./twin-device.js"

/** The speed at which the host listens, on a line that has one. */
export interface HostSpeed {
  baud(): number | undefined
  /** Resolves at once where the speed is known to be `expected`, else when it was asked for again. */
  confirmed(expected: number): Promise<void>
}

/** How long a second host waits for the first to leave, as ser2net does with its default of one connection. */
const TAKEOVER_MS = 300

/** A device's line takes one host at a time; others are turned away. */
export class OneHost {
  private current: Socket | undefined

  constructor(private readonly device: TwinDevice) {}

  /** @param speed see TwinDevice.attach */
  take(socket: Socket, speed?: HostSpeed): void {
    socket.on("error", () => socket.destroy()) // a host that was killed resets the connection
    void poll(() => this.current === undefined, { everyMs: 5, withinMs: TAKEOVER_MS }).then((free) => {
      if (!free || socket.destroyed) socket.destroy()
      else this.connect(socket, speed)
    })
    socket.pause()
  }

  close(): void {
    this.current?.destroy()
  }

  private connect(socket: Socket, speed: HostSpeed | undefined): void {
    const { device } = this
    this.current = socket
    let heard = Promise.resolve()
    socket.on("data", (chunk) => {
      const bytes = new Uint8Array(chunk)
      if (speed === undefined) return device.receive(bytes)
      heard = heard
        .then(() => speed.confirmed(device.board.baud))
        .then(() => {
          if (!socket.destroyed) device.receive(bytes)
        })
      return undefined
    })
    socket.on("close", () => {
      this.current = undefined
      device.detach()
    })
    device.attach({ send: (bytes) => void socket.write(bytes), unplug: () => socket.destroy() }, speed?.baud)
    socket.resume()
  }
}
