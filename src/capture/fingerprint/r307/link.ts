import { delay } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { Transport } from "../../transport.js"
import { confirmationError } from "./confirmation-error.js"
import { Confirmation, Instruction } from "./constants.js"
import type { Command } from "./instructions.js"
import { dataPackets, encodePacket, type Packet, PacketKind, payloadLineTimeMs } from "./packet.js"
import { PacketStream, type StreamNoise } from "./packet-stream.js"

export interface LinkDeadlines {
  /** Silence allowed between two packets of one transfer, beside their line time. */
  readonly packetMs: number
  /** Time for a whole transfer beside 1.5 × its line time. */
  readonly transferMs: number
  /** Multiplies the deadline of every command; 1 for a real module. */
  readonly commandScale: number
}
export const defaultDeadlines: LinkDeadlines = { packetMs: 1000, transferMs: 3000, commandScale: 1 }

/** The line is taken as quiet after this long without a byte. */
const QUIET_MS = 40
const SETTLE_LIMIT_MS = 2000

interface Waiter {
  resolve(packet: Packet): void
  reject(error: AppError): void
}

/** Packets over a transport: one command at a time, every wait with a deadline. */
export class R307Link {
  /** What error messages call the device. */
  model = "R307"
  /** What the device said its speed is; deadlines follow it. */
  baud = 57600
  private stream = new PacketStream()
  private queue: Packet[] = []
  private waiter: Waiter | undefined
  private lost: AppError | undefined
  private lastByteMs = 0

  constructor(
    readonly transport: Transport,
    public address: number,
    private readonly log: Log,
    private readonly deadlines: LinkDeadlines,
  ) {}

  get noise(): StreamNoise {
    return this.stream.noise
  }

  async open(): Promise<void> {
    this.lost = undefined
    this.stream = new PacketStream()
    this.queue = []
    await this.transport.open({
      bytes: (chunk) => this.receive(chunk),
      lost: (reason) => {
        this.lost = reason
        this.log.warn("r307.lost", { port: this.transport.name, reason: reason.message })
        this.waiter?.reject(reason)
      },
    })
    await this.settle()
  }

  close(): Promise<void> {
    this.waiter?.reject(new AppError("transport/closed", `${this.transport.name} was closed`))
    return this.transport.close()
  }

  /** Waits until the line is quiet and forgets everything that arrived: after it, the next packet answers the next
   *  command. Acknowledgements carry no instruction code, so a late one would be taken for another's.
   *  @throws AppError "sensor/babble" when the line does not become quiet */
  async settle(quietMs = QUIET_MS): Promise<void> {
    const startMs = performance.now()
    await this.transport.discardInput()
    this.lastByteMs = performance.now()
    for (;;) {
      const quietForMs = performance.now() - this.lastByteMs
      if (quietForMs >= quietMs) break
      if (performance.now() - startMs > SETTLE_LIMIT_MS + payloadLineTimeMs(36_864, 32, this.baud)) {
        throw new AppError("sensor/babble", `${this.transport.name} sends without end; is it another device?`)
      }
      await delay(Math.max(1, quietMs - quietForMs))
    }
    this.stream.reset()
    this.queue = []
  }

  /** One command and its acknowledgement.
   *  @throws AppError "sensor/no-answer" | "sensor/bad-answer" | "sensor/<confirmation>" | "transport/…" */
  command<Answer>(command: Command<Answer>, deadlineMs = command.deadlineMs): Promise<Answer> {
    return this.commandTo(this.address, command, deadlineMs)
  }

  /** The same, sent to another address than the one that will answer (SetAddr). */
  async commandTo<Answer>(address: number, command: Command<Answer>, givenMs = command.deadlineMs): Promise<Answer> {
    const deadlineMs = givenMs * this.deadlines.commandScale
    await this.send({ kind: PacketKind.command, address, body: command.body })
    const lineMs = payloadLineTimeMs(command.body.length + 64, 256, this.baud)
    const ack = await this.next(deadlineMs + lineMs, () =>
      this.silence(`gave no answer to ${command.name} within ${Math.round(deadlineMs + lineMs)} ms`),
    )
    return this.answerOf(command, ack)
  }

  private answerOf<Answer>(command: Command<Answer>, ack: Packet): Answer {
    const bad = (why: string): AppError =>
      new AppError("sensor/bad-answer", `${this.transport.name} answered ${command.name} with ${why}`)
    if (ack.kind !== PacketKind.ack) throw bad(`a packet of kind ${ack.kind}`)
    const [code] = ack.body
    if (code === undefined) throw bad("an empty acknowledgement")
    const answer = ack.body.subarray(1)
    if (!(command.outcomes ?? [Confirmation.ok]).includes(code)) {
      throw confirmationError(this.transport.name, command.name, code)
    }
    if (code === Confirmation.ok && command.answerBytes >= 0 && answer.length !== command.answerBytes) {
      throw bad(`${answer.length} bytes where ${command.answerBytes} were due`)
    }
    return command.parse(code, answer)
  }

  /** The data packets of one transfer of about `expectedBytes`.
   *  @throws AppError "sensor/transfer" when they stop, are mixed with other packets or never end */
  async receiveData(expectedBytes: number, packetSizeBytes: number): Promise<Uint8Array[]> {
    const packetMs = this.deadlines.packetMs + 3 * payloadLineTimeMs(packetSizeBytes, packetSizeBytes, this.baud)
    const lineMs = payloadLineTimeMs(expectedBytes, packetSizeBytes, this.baud)
    const endMs = performance.now() + this.deadlines.transferMs + 1.5 * lineMs
    const bodies: Uint8Array[] = []
    let sizeBytes = 0
    for (;;) {
      const leftMs = Math.min(packetMs, endMs - performance.now())
      if (leftMs <= 0) throw this.broken(`a transfer ran past its deadline (${sizeBytes} bytes so far)`)
      const packet = await this.next(leftMs, () => this.broken(`a transfer stopped after ${sizeBytes} bytes`))
      if (packet.kind !== PacketKind.data && packet.kind !== PacketKind.endOfData) {
        throw this.broken(`a packet of kind ${packet.kind} came in the middle of a transfer`)
      }
      bodies.push(packet.body)
      sizeBytes += packet.body.length
      if (packet.kind === PacketKind.endOfData) return bodies
      if (sizeBytes > 2 * expectedBytes + 1024) throw this.broken(`a transfer ran past ${sizeBytes} bytes`)
    }
  }

  async sendData(payload: Uint8Array, packetSizeBytes: number): Promise<void> {
    for (const packet of dataPackets(payload, this.address, packetSizeBytes)) await this.send(packet)
  }

  private async send(packet: Packet): Promise<void> {
    if (this.lost !== undefined) throw this.lost
    const frame = encodePacket(packet)
    this.log.debug("r307.out", { port: this.transport.name, hex: seen(packet) })
    await this.transport.write(frame)
  }

  private receive(chunk: Uint8Array): void {
    this.lastByteMs = performance.now()
    const before = this.stream.noise
    for (const packet of this.stream.push(chunk)) {
      this.log.debug("r307.in", { port: this.transport.name, hex: seen(packet) })
      if (packet.address !== this.address) {
        this.log.warn("r307.foreign", { port: this.transport.name, address: packet.address.toString(16) })
        continue
      }
      if (this.waiter === undefined) this.queue.push(packet)
      else this.waiter.resolve(packet)
    }
    const { skippedBytes, badFrames } = this.stream.noise
    if (skippedBytes > before.skippedBytes || badFrames > before.badFrames) {
      const skipped = skippedBytes - before.skippedBytes
      const head = toHex(chunk.subarray(0, 16))
      this.log.debug("r307.noise", { port: this.transport.name, skipped, badFrames, chunk: head })
    }
  }

  private next(deadlineMs: number, late: () => AppError): Promise<Packet> {
    const queued = this.queue.shift()
    if (queued !== undefined) return Promise.resolve(queued)
    if (this.lost !== undefined) return Promise.reject(this.lost)
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.waiter = undefined
      }
      const waiter: Waiter = {
        resolve: (packet) => {
          end()
          resolve(packet)
        },
        reject: (error) => {
          end()
          reject(error)
        },
      }
      // The timer may be served before bytes that are already here: look at the line once more, then give up.
      const timer = setTimeout(() => setImmediate(() => this.waiter === waiter && waiter.reject(late())), deadlineMs)
      this.waiter = waiter
    })
  }

  private silence(what: string): AppError {
    const { skippedBytes, badChecksums } = this.stream.noise
    const noise = skippedBytes > 0 ? ` (${skippedBytes} bytes of noise, ${badChecksums} bad checksums)` : ""
    const cure = "check power, that RX and TX cross, and speed, address and port"
    return new AppError("sensor/no-answer", `${this.transport.name} ${what}${noise}; ${cure}`)
  }

  private broken(what: string): AppError {
    return new AppError("sensor/transfer", `${this.transport.name}: ${what}; check the cable or run capture tune`)
  }
}

/** The frame in hex without what must not be logged: passwords, and the content of images and templates. */
function seen(packet: Packet): string {
  const frame = encodePacket(packet)
  if (packet.kind === PacketKind.data || packet.kind === PacketKind.endOfData) {
    return `${toHex(frame.subarray(0, 9))}…${toHex(frame.subarray(frame.length - 2))}`
  }
  const secret: readonly number[] = [Instruction.setPwd, Instruction.vfyPwd]
  if (packet.kind === PacketKind.command && secret.some((code) => code === packet.body[0]))
    return `${toHex(frame.subarray(0, 10))}…`
  return toHex(frame)
}
