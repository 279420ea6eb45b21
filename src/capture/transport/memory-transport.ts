import { AppError } from "@sourceprint/core/errors.js"
import type { Transport, TransportListener } from "../transport.js"

/** The far end of a memory line, held by a twin or a test. */
export interface MemoryFarEnd {
  send(bytes: Uint8Array): void
  /** Pulls the plug: the near end learns that it was lost and cannot open again until `plugIn`. */
  unplug(): void
  plugIn(): void
  /** The near end's speed, as a real wire would carry it. */
  nearBaud(): number
  onBytes: (bytes: Uint8Array) => void
}

/** A line inside the process: same rules as a wire, no system in between. Delivery is asynchronous and in order. */
export class MemoryTransport implements Transport {
  readonly name = "memory"
  readonly far: MemoryFarEnd
  private listener: TransportListener | undefined
  private baud = 57600
  private plugged = true

  constructor() {
    this.far = {
      send: (bytes) => {
        const { listener } = this
        const copy = bytes.slice()
        setImmediate(() => {
          if (listener !== undefined && listener === this.listener) listener.bytes(copy)
        })
      },
      unplug: () => {
        this.plugged = false
        const { listener } = this
        this.listener = undefined
        listener?.lost(new AppError("transport/lost", `${this.name} was unplugged`))
      },
      plugIn: () => {
        this.plugged = true
      },
      nearBaud: () => this.baud,
      onBytes: () => {},
    }
  }

  get isOpen(): boolean {
    return this.listener !== undefined
  }

  open(listener: TransportListener): Promise<void> {
    if (!this.plugged) return Promise.reject(new AppError("transport/absent", `${this.name} is unplugged`))
    this.listener = listener
    return Promise.resolve()
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.listener === undefined) return Promise.reject(new AppError("transport/closed", `${this.name} is not open`))
    const copy = bytes.slice()
    setImmediate(() => this.far.onBytes(copy))
    return Promise.resolve()
  }

  setBaud(baud: number): Promise<boolean> {
    this.baud = baud
    return Promise.resolve(true)
  }

  discardInput(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.listener = undefined
    return Promise.resolve()
  }
}
