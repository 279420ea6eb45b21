import { delay } from "@sourceprint/core/async/delay.js"
import { AppError } from "@sourceprint/core/errors.js"
import { encodeFrame, PREFIX_BYTES } from "@sourceprint/protocol/frame.js"
import type { FramePort, PortEnd } from "@sourceprint/protocol/frame-port.js"

const CONNECT_TIMEOUT_MS = 15_000
/** A browser cannot tell the peer to wait, so what arrived and nobody took is bounded here. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024
/** `send` waits while more than this is on its way, so that an upload fills no memory. */
const MAX_UNSENT_BYTES = 1024 * 1024
const DRAIN_POLL_MS = 20

/** The body of a binary message that is one whole frame, prefix included. docs/protocol.md section 1 */
function bodyOf(data: unknown): Uint8Array | undefined {
  if (!(data instanceof ArrayBuffer) || data.byteLength <= PREFIX_BYTES) return undefined
  const length = new DataView(data).getUint32(0)
  return length === data.byteLength - PREFIX_BYTES ? new Uint8Array(data, PREFIX_BYTES) : undefined
}

class WebSocketPort implements FramePort {
  private readonly waiting: Uint8Array[] = []
  private waitingBytes = 0
  private ended: PortEnd | undefined
  private wake: (() => void) | undefined

  constructor(
    private readonly socket: WebSocket,
    onLost: () => void,
  ) {
    socket.addEventListener("message", ({ data }) => this.arrived(bodyOf(data)))
    socket.addEventListener("close", () => {
      this.end("closed")
      onLost()
    })
    socket.addEventListener("error", () => this.end("closed"))
  }

  private arrived(body: Uint8Array | undefined): void {
    if (this.ended !== undefined) return
    this.waitingBytes += body?.length ?? 0
    if (body === undefined || this.waitingBytes > MAX_WAITING_BYTES) {
      this.end("size")
      this.socket.close()
    } else {
      this.waiting.push(body)
      this.wake?.()
    }
  }

  private end(reason: PortEnd): void {
    this.ended ??= reason
    this.wake?.()
  }

  async receive(limitBytes: number, timeoutMs?: number): Promise<Uint8Array | PortEnd> {
    const untilMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs
    for (;;) {
      const body = this.waiting.shift()
      if (body !== undefined) {
        this.waitingBytes -= body.length
        if (body.length <= limitBytes) return body
        this.end("size")
        this.waiting.length = 0
      }
      if (this.ended !== undefined) return this.ended
      if (performance.now() >= untilMs) this.end("timeout")
      else await this.more(untilMs)
    }
  }

  private more(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(untilMs) ? setTimeout(() => this.wake?.(), untilMs - performance.now()) : undefined
      this.wake = () => {
        this.wake = undefined
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async send(body: Uint8Array): Promise<void> {
    if (this.ended !== undefined) return
    this.socket.send(encodeFrame(body))
    while (this.ended === undefined && this.socket.bufferedAmount > MAX_UNSENT_BYTES) {
      await delay(DRAIN_POLL_MS)
    }
  }

  close(): void {
    this.end("closed")
    this.socket.close()
  }
}

/** Frames to the server that this page came from. @param onLost the connection has ended, whoever ended it
 *  @throws AppError "client/unreachable" */
export function openWebSocketPort(onLost: () => void): Promise<FramePort> {
  const { protocol, host } = location
  const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/v1/socket`, "sourceprint.1")
  socket.binaryType = "arraybuffer"
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      clearTimeout(timer)
      socket.close()
      reject(new AppError("client/unreachable", "the server cannot be reached: is this computer online?"))
    }
    const timer = setTimeout(fail, CONNECT_TIMEOUT_MS)
    socket.addEventListener("error", fail, { once: true })
    socket.addEventListener("close", fail, { once: true })
    socket.addEventListener(
      "open",
      () => {
        clearTimeout(timer)
        socket.removeEventListener("error", fail)
        socket.removeEventListener("close", fail)
        resolve(new WebSocketPort(socket, onLost))
      },
      { once: true },
    )
  })
}
