import { connect, type Socket } from "node:net"
import { AppError } from "@sourceprint/core/errors.js"
import type { Transport, TransportListener } from "../transport.js"

const CONNECT_DEADLINE_MS = 3000

/** A scanner behind ser2net or a twin: raw bytes over one TCP connection (no telnet, no RFC 2217), so its line speed is
 *  whatever the far end set. */
export class TcpTransport implements Transport {
  readonly name: string
  private socket: Socket | undefined

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {
    this.name = `tcp://${host}:${port}`
  }

  get isOpen(): boolean {
    return this.socket !== undefined
  }

  async open(listener: TransportListener): Promise<void> {
    await this.close()
    const socket = await this.connected()
    this.socket = socket
    const lose = (why: string, cause?: unknown): void => {
      if (this.socket !== socket) return
      this.socket = undefined
      socket.destroy()
      listener.lost(new AppError("transport/lost", `${this.name} ${why}`, { cause }))
    }
    socket.on("data", (chunk: Buffer) => {
      if (this.socket === socket) listener.bytes(new Uint8Array(chunk))
    })
    socket.on("error", (cause) => lose(`broke: ${cause.message}`, cause))
    socket.on("close", () => lose("was closed by the other end"))
  }

  private connected(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.host, port: this.port, noDelay: true })
      const timer = setTimeout(() => socket.destroy(new Error("no answer")), CONNECT_DEADLINE_MS)
      socket.once("connect", () => {
        clearTimeout(timer)
        socket.removeAllListeners("error")
        resolve(socket)
      })
      socket.once("error", (cause) => {
        clearTimeout(timer)
        const why = `cannot connect to ${this.name}: ${cause.message}`
        reject(new AppError("transport/absent", `${why}; is the twin or ser2net running there?`, { cause }))
      })
    })
  }

  write(bytes: Uint8Array): Promise<void> {
    const { socket } = this
    if (socket === undefined) return Promise.reject(new AppError("transport/closed", `${this.name} is not open`))
    return new Promise((resolve, reject) => {
      socket.write(bytes, (cause) => {
        if (cause == null) resolve()
        else reject(new AppError("transport/write", `cannot write to ${this.name}: ${cause.message}`, { cause }))
      })
    })
  }

  setBaud(): Promise<boolean> {
    return Promise.resolve(false)
  }

  discardInput(): Promise<void> {
    return Promise.resolve() // the kernel's buffer cannot be emptied without reading it: the reader drains it
  }

  close(): Promise<void> {
    const { socket } = this
    this.socket = undefined
    if (socket === undefined) return Promise.resolve()
    return new Promise((resolve) => {
      socket.once("close", () => resolve())
      socket.destroy()
    })
  }
}
