import { Rng } from "@sourceprint/core/rng.js"
import { encodePacket } from "../../r307/packet.js"
import { Board, type BoardOptions, type BoardReply } from "./board.js"
import { CommandStream } from "./command-stream.js"
import { type FaultChooser, faultless } from "./faults.js"
import { garbled } from "./garbled.js"
import { type LineEnd, PacedLine } from "./paced-line.js"

export interface TwinOptions extends BoardOptions {
  /** True: output leaves at the board's baud. False: at once. */
  readonly paced?: boolean
  readonly faults?: FaultChooser
  /** Told of every image that is put into the image buffer, packed: what a transfer must deliver. */
  readonly onSensed?: (packed: Uint8Array) => void
}

/** A simulated module of the R307's family at the end of a line: bytes in, bytes out. */
export class TwinDevice {
  readonly board: Board
  faults: FaultChooser
  private stream = new CommandStream()
  private line: PacedLine | undefined
  private hostBaud: () => number | undefined = () => undefined
  private readonly rng: Rng

  constructor(private readonly options: TwinOptions) {
    this.board = new Board(options)
    this.faults = options.faults ?? faultless
    this.rng = new Rng("twin-faults")
  }

  /** Connects the device; what an earlier line still had to send is forgotten.
   *  @param hostBaud the speed at which the other end listens, where the line can tell; a speed other than the board's
   *  garbles both directions, as on a wire */
  attach(end: LineEnd, hostBaud: () => number | undefined = () => undefined): void {
    this.detach()
    this.hostBaud = hostBaud
    let lineBaud = this.board.baud
    const forward: LineEnd = {
      send: (bytes) => end.send(this.agrees(lineBaud) ? bytes : garbled(bytes)),
      unplug: () => {
        this.detach()
        this.board.powerCycle()
        end.unplug()
      },
    }
    this.line = new PacedLine(forward, () => {
      lineBaud = this.sendingBaud ?? this.board.baud
      return this.options.paced === true ? lineBaud : undefined
    })
  }

  /** While a reply to a speed change leaves, the old speed still counts. */
  private sendingBaud: number | undefined

  detach(): void {
    this.line?.clear()
    this.line = undefined
    this.stream = new CommandStream()
  }

  private agrees(baud: number): boolean {
    const host = this.hostBaud()
    return host === undefined || host === baud
  }

  receive(bytes: Uint8Array): void {
    const heard = this.agrees(this.board.baud) ? bytes : garbled(bytes)
    const { packets, spoiled } = this.stream.push(heard, performance.now())
    for (const packet of packets) {
      const before = this.board.sensed
      const oldBaud = this.board.baud
      const reply = this.board.handle(packet)
      const { sensed } = this.board
      if (sensed !== undefined && sensed !== before) this.options.onSensed?.(sensed)
      this.answer(reply, oldBaud)
    }
    if (spoiled?.address === this.board.address) this.answer(this.board.notReceived(spoiled.instruction))
  }

  private answer(reply: BoardReply | undefined, oldBaud = this.board.baud): void {
    if (reply === undefined) return
    const frames = reply.packets.map(encodePacket)
    const fault = this.faults(reply.instruction)
    this.sendingBaud = reply.baudAfter === undefined ? undefined : oldBaud
    this.line?.push(
      fault === undefined ? frames.map((frame) => ({ does: "send", bytes: frame })) : fault.emit(frames, this.rng),
    )
  }
}
