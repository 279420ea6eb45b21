import type { Socket } from "node:net"
import { encodeFrame, FrameLimit, FrameReader, PREFIX_BYTES } from "@sourceprint/protocol/frame.js"
import type { FramePort, PortEnd } from "@sourceprint/protocol/frame-port.js"
import type { WebSocket } from "ws"

/** What a port needs of its carrier. */
interface Carrier {
  write(bytes: Uint8Array, done: () => void): void
  pause(): void
  resume(): void
  destroy(): void
}

/** A peer that has not taken a frame by then is dropped. */
const WRITE_TIMEOUT_MS = 30_000
/** A WebSocket message beyond its payload (RFC 6455 section 5.2), in several frames and with control frames between. */
const MESSAGE_OVERHEAD_BYTES = 1024
/** How long a peer has to take the last frames, or to agree to the end; then what it did not take is freed. */
const FAREWELL_MS = 1_000

/** FramePort over a carrier that pushes. The carrier flows only while somebody waits for a frame, so a peer that sends
 *  ahead fills its own buffers and not ours. */
class StreamPort implements FramePort {
  private readonly reader = new FrameReader()
  private ended: PortEnd | undefined
  private closing = false
  /** Of the frame that is waited for. */
  limitBytes: number = FrameLimit.hello
  private wake: (() => void) | undefined

  constructor(private readonly carrier: Carrier) {
    carrier.pause()
  }

  push(chunk: Uint8Array): void {
    if (this.ended !== undefined) return
    this.reader.push(chunk)
    this.wake?.()
  }

  end(reason: PortEnd): void {
    this.ended ??= reason
    this.wake?.()
  }

  async receive(limitBytes: number, timeoutMs?: number): Promise<Uint8Array | PortEnd> {
    this.limitBytes = limitBytes
    let timedOut = false
    const onTime = (): void => {
      timedOut = true
      this.wake?.()
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTime, timeoutMs)
    try {
      for (;;) {
        const next = this.reader.next(limitBytes)
        if (next === "broken") return this.over("size")
        if (next !== "more") return next
        if (this.ended !== undefined) return this.over(this.ended)
        if (timedOut) return this.over("timeout")
        await this.more()
      }
    } finally {
      clearTimeout(timer)
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = undefined
        this.carrier.pause()
        resolve()
      }
      this.carrier.resume()
    })
  }

  private over(reason: PortEnd): PortEnd {
    this.ended = reason
    return reason
  }

  send(body: Uint8Array): Promise<void> {
    if (this.ended !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.close(), WRITE_TIMEOUT_MS)
      this.carrier.write(encodeFrame(body), () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  close(): void {
    this.end("closed")
    if (this.closing) return
    this.closing = true
    this.carrier.destroy()
  }
}

/** Frames over a TCP or TLS socket. The port listens to the socket from now on. */
export function socketPort(socket: Socket): FramePort {
  socket.setNoDelay(true)
  const port = new StreamPort({
    write: (bytes, done) => void (socket.destroyed ? done() : socket.write(bytes, () => done())),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy() {
      if (socket.writableLength === 0) return void socket.destroy()
      socket.destroySoon()
      const timer = setTimeout(() => socket.destroy(), FAREWELL_MS)
      socket.once("close", () => clearTimeout(timer))
    },
  })
  socket.on("data", (chunk) => port.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk))
  socket.on("end", () => port.end("closed"))
  socket.on("error", () => port.end("closed"))
  socket.on("close", () => port.end("closed"))
  return port
}

/** Frames over a WebSocket: each binary message is one whole frame, prefix included. Anything else counts as a length
 *  that lies. The message is bounded by the stage while it arrives, not by the largest of all stages.
 *  @param raw the socket below */
export function webSocketPort(socket: WebSocket, raw?: Socket): FramePort {
  const port = new StreamPort({
    write: (bytes, done) => socket.send(bytes, { binary: true }, () => done()),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    destroy() {
      socket.resume() // paused, it would never see the peer agree to the close
      socket.close()
      const timer = setTimeout(() => socket.terminate(), FAREWELL_MS)
      socket.once("close", () => clearTimeout(timer))
    },
  })
  // Of the message that is not yet whole: counted before the WebSocket reads the chunk, looked at after it.
  let arrivedBytes = 0
  raw?.prependListener("data", (chunk: Uint8Array) => {
    arrivedBytes += chunk.length
  })
  raw?.on("data", () => {
    if (arrivedBytes <= port.limitBytes + MESSAGE_OVERHEAD_BYTES) return
    port.end("size")
    socket.terminate()
  })
  socket.on("message", (data, isBinary) => {
    arrivedBytes = 0
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : Array.isArray(data) ? Buffer.concat(data) : data
    const whole =
      isBinary &&
      bytes.length > PREFIX_BYTES &&
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === bytes.length - PREFIX_BYTES
    if (whole) port.push(bytes)
    else port.end("size")
  })
  socket.on("error", () => port.end("size")) // without a listener an oversized message would end the process
  socket.on("close", () => port.end("closed"))
  return port
}
