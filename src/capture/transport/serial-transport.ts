import { AppError } from "@sourceprint/core/errors.js"
import type { SerialPort } from "serialport"
import type { Transport, TransportListener } from "../transport.js"

/** A write that never calls back (serialport 13 on a port that was just closed or pulled) is an error after this. */
const WRITE_DEADLINE_MS = 3000
const OPEN_DEADLINE_MS = 5000
/** How often a port is asked whether it is still there. */
const CHECK_MS = 250

/** A serial port by path; prefer `/dev/serial/by-id/…`, which stays with the adapter whatever was plugged in first. */
export class SerialTransport implements Transport {
  private port: SerialPort | undefined

  constructor(
    readonly name: string,
    private baud = 57600,
  ) {}

  get isOpen(): boolean {
    return this.port?.isOpen === true
  }

  async open(listener: TransportListener): Promise<void> {
    await this.close()
    const { SerialPort } = await import("serialport")
    const port = new SerialPort({ path: this.name, baudRate: this.baud, autoOpen: false, lock: true })
    await settled(OPEN_DEADLINE_MS, (done) => port.open(done)).catch((cause: unknown) => {
      throw openError(this.name, cause)
    })
    this.port = port
    const lose = (cause?: unknown): void => {
      if (this.port !== port) return
      this.port = undefined
      if (port.isOpen) port.close(() => {})
      const options = cause == null ? {} : { cause }
      listener.lost(this.gone(options))
    }
    port.on("data", (chunk: Buffer) => {
      if (this.port === port) listener.bytes(new Uint8Array(chunk))
    })
    port.on("error", lose)
    port.on("close", lose)
    watchHangUp(port, lose)
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { port } = this
    if (port?.isOpen !== true) throw new AppError("transport/closed", `${this.name} is not open`)
    const written = (done: (error?: Error | null) => void): void => {
      const closed = (): void => done(new Error("the port was closed")) // the write then never calls back
      port.once("close", closed)
      port.write(Buffer.from(bytes), (error) => {
        port.off("close", closed)
        done(error)
      })
    }
    await settled(WRITE_DEADLINE_MS, written).catch((cause: unknown) => {
      if (this.port !== port || !port.isOpen) throw this.gone({ cause })
      throw new AppError("transport/write", `cannot write to ${this.name}`, { cause })
    })
  }

  private gone(options: { cause?: unknown }): AppError {
    return new AppError("transport/lost", `${this.name} is gone: was the scanner unplugged?`, options)
  }

  async setBaud(baud: number): Promise<boolean> {
    this.baud = baud
    const { port } = this
    if (port?.isOpen !== true) return true
    await settled(WRITE_DEADLINE_MS, (done) => port.drain(done)).catch(() => {}) // a dead line shows on the next read
    await settled(WRITE_DEADLINE_MS, (done) => port.update({ baudRate: baud }, done)).catch((cause: unknown) => {
      throw new AppError("transport/baud", `${this.name} refuses ${baud} baud`, { cause })
    })
    return true
  }

  async discardInput(): Promise<void> {
    const { port } = this
    if (port?.isOpen !== true) return
    await settled(WRITE_DEADLINE_MS, (done) => port.flush(done)).catch(() => {}) // pseudo-terminals cannot flush
  }

  async close(): Promise<void> {
    const { port } = this
    this.port = undefined
    if (port?.isOpen !== true) return
    await settled(WRITE_DEADLINE_MS, (done) => port.close(done)).catch(() => {}) // it was closing by itself
  }
}

/** Calls `lose` when the port was hung up. Whoever reads just then gets no error but no bytes for ever, and serialport
 *  13 reads again and again; the speed, which Linux knows of every port, is asked in vain from then on. */
function watchHangUp(port: SerialPort, lose: (cause: unknown) => void): void {
  const ask = async (): Promise<unknown> => port.port?.getBaudRate()
  const watch = (): void => {
    if (!port.isOpen) return
    const timer = setInterval(() => void ask().catch(lose), CHECK_MS)
    port.once("close", () => clearInterval(timer))
  }
  ask().then(watch, () => {}) // a system that does not tell
}

/** A node-style callback as a promise that always settles. */
function settled(deadlineMs: number, start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs)
    start((error) => {
      clearTimeout(timer)
      if (error == null) resolve()
      else reject(error)
    })
  })
}

function openError(name: string, cause: unknown): AppError {
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/permission|EACCES/i.test(text)) {
    const cure = "add yourself to the dialout group (sudo usermod -aG dialout $USER) and log in again"
    return new AppError("transport/permission", `no permission to open ${name}; ${cure}`, { cause })
  }
  if (/lock|busy|EBUSY|EAGAIN|temporarily unavailable/i.test(text)) {
    const cure = "close the other session or serial monitor (fuser -v shows who holds it)"
    return new AppError("transport/busy", `${name} is in use by another program; ${cure}`, { cause })
  }
  if (/no such file|ENOENT|ENODEV|ENXIO/i.test(text)) {
    const cure = "is it plugged in? `sourceprint capture ports` lists what is there; use a /dev/serial/by-id name"
    return new AppError("transport/absent", `there is no ${name}; ${cure}`, { cause })
  }
  return new AppError("transport/open", `cannot open ${name}: ${text}`, { cause })
}
