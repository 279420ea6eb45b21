/** A byte line to a sensor: a serial port, a TCP socket, or memory in tests. It carries bytes and knows nothing of
 *  packets. It can be opened again after it was closed or lost. */
import type { AppError } from "@sourceprint/core/errors.js"

/** Who is told what arrives on a line. */
export interface TransportListener {
  /** Bytes as they arrive, in chunks of any size. */
  bytes(chunk: Uint8Array): void
  /** The other end is gone (unplugged, connection reset). Called at most once an `open`, never after `close`. */
  lost(reason: AppError): void
}

/** A line that carries bytes: a serial port, a TCP connection, or memory. */
export interface Transport {
  /** What a person calls it: "/dev/ttyUSB0", "tcp://127.0.0.1:7307". */
  readonly name: string
  readonly isOpen: boolean
  /** @throws AppError "transport/absent" | "transport/permission" | "transport/busy" | "transport/open" */
  open(listener: TransportListener): Promise<void>
  /** Hands the bytes to the system. @throws AppError "transport/closed" | "transport/lost" | "transport/write" */
  write(bytes: Uint8Array): Promise<void>
  /** Sets the line's speed; false where the line has none of its own (TCP). */
  setBaud(baud: number): Promise<boolean>
  /** Throws away what arrived and was not delivered yet. */
  discardInput(): Promise<void>
  /** Closes the line. */
  close(): Promise<void>
}
