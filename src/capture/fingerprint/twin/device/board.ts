import { concat, u16, u32 } from "@sourceprint/core/bytes.js"
import type { Rng } from "@sourceprint/core/rng.js"
import {
  BAUD_STEP,
  Confirmation,
  DEFAULT_ADDRESS,
  DEFAULT_PASSWORD,
  Instruction,
  type InstructionName,
  NOTEPAD_PAGE_BYTES,
  NOTEPAD_PAGES,
  PACKET_SIZES_BYTES,
  type PacketSizeBytes,
  SystemParameter,
} from "../../r307/constants.js"
import { packNibbles, unpackNibbles } from "../../r307/image-decoder.js"
import { dataPackets, type Packet, PacketKind } from "../../r307/packet.js"
import { encodeProductInfo, type ProductInfo } from "../../r307/product-info.js"
import { hasInstruction, type R307Profile } from "../../r307/profile.js"
import { r307 } from "../../r307/profiles/r307.js"
import { encodeSystemParameters } from "../../r307/system-parameters.js"
import type { BoardMatcher } from "./board-matcher.js"
import { BoardTemplates, type Outcome } from "./board-templates.js"
import { parameterBytes } from "./parameter-bytes.js"
import type { Platen } from "./platen.js"

export interface BoardOptions {
  /** Which module of the family it is; the R307. */
  readonly profile?: R307Profile
  readonly platen: Platen
  readonly matcher: BoardMatcher
  /** For GetRandomCode. */
  readonly rng: Rng
  readonly width?: number
  readonly height?: number
  readonly address?: number
  readonly password?: number
  readonly baud?: number
  readonly packetSizeBytes?: PacketSizeBytes
  /** What it says of itself, where its profile has product information; absent: the truth. */
  readonly product?: ProductInfo
  /** True: its imaging sensor is broken, and CheckSensor says so. */
  readonly faulty?: boolean
}

export interface BoardReply {
  /** The instruction that is being answered. */
  readonly instruction: number
  readonly packets: readonly Packet[]
  /** The line's new speed, from behind this reply on. */
  readonly baudAfter?: number
}

const OK: Outcome = [Confirmation.ok]
/** Source: R307 user manual v1.20, "system identifier code" (fixed). */
const SYSTEM_ID = 0x0009
/** Bits of the status register. Bit 0, busy, is never seen: an answer ends the work. Source: R307 user manual v1.20,
 *  "system status register". */
const Status = { matched: 2, passwordVerified: 4, imageHeld: 8 } as const
const nameOf: ReadonlyMap<number, InstructionName> = new Map(
  Object.entries(Instruction).map(([name, code]) => [code, name as InstructionName]),
)

/** The firmware of an R307 or another module of its family as its wire shows it: packets in, packets out; library,
 *  buffers, notepad and settings inside. What it does not know is answered by an error, never by silence. */
export class Board {
  baud: number
  address: number
  packetSizeBytes: PacketSizeBytes
  led: "on" | "off" | undefined
  private readonly profile: R307Profile
  private password: number
  private proven: boolean
  /** VfyPwd has succeeded since power came. */
  private verified = false
  private securityLevel = 3
  private image: Uint8Array | undefined // packed
  private readonly templates: BoardTemplates
  private readonly notepad: Uint8Array[]
  private download: { readonly into: "image" | number; readonly parts: Uint8Array[] } | undefined
  private readonly width: number
  private readonly height: number

  constructor(private readonly options: BoardOptions) {
    this.baud = options.baud ?? 57600
    this.address = options.address ?? DEFAULT_ADDRESS
    this.packetSizeBytes = options.packetSizeBytes ?? 128
    this.password = options.password ?? DEFAULT_PASSWORD
    this.proven = this.password === DEFAULT_PASSWORD
    this.profile = options.profile ?? r307
    this.width = options.width ?? this.profile.widthPx
    this.height = options.height ?? this.profile.heightPx
    this.templates = new BoardTemplates(options.matcher, this.profile.librarySize, this.profile.templateBytes)
    this.notepad = Array.from({ length: NOTEPAD_PAGES }, () => new Uint8Array(NOTEPAD_PAGE_BYTES))
  }

  /** The power was cut: buffers are empty and the password must be given again; flash keeps its content. */
  powerCycle(): void {
    this.image = undefined
    this.templates.powerCycle()
    this.download = undefined
    this.proven = this.password === DEFAULT_PASSWORD
    this.verified = false
  }

  /** The packed image in the image buffer: what a faultless transfer must deliver. */
  get sensed(): Uint8Array | undefined {
    return this.image
  }

  handle(packet: Packet): BoardReply | undefined {
    if (packet.address !== this.address) return undefined
    if (packet.kind === PacketKind.data || packet.kind === PacketKind.endOfData) {
      this.take(packet)
      return undefined
    }
    if (packet.kind !== PacketKind.command) return undefined
    if (packet.body.length === 0) return this.notReceived(0)
    this.download = undefined
    const instruction = packet.body[0]
    const oldBaud = this.baud
    const [code, answer] = this.execute(instruction, packet.body.subarray(1))
    const ack = this.acknowledgement(code, answer)
    const payload = code === Confirmation.ok ? this.payloadOf(instruction, packet.body[1]) : undefined
    const data = payload === undefined ? [] : dataPackets(payload, this.address, this.packetSizeBytes)
    const speed = this.baud === oldBaud ? {} : { baudAfter: this.baud }
    return { instruction, packets: [ack, ...data], ...speed }
  }

  /** The answer to a command that came with a wrong checksum. */
  notReceived(instruction: number): BoardReply {
    return { instruction, packets: [this.acknowledgement(Confirmation.receiveError)] }
  }

  private acknowledgement(code: number, answer: Uint8Array = new Uint8Array(0)): Packet {
    return { kind: PacketKind.ack, address: this.address, body: concat([Uint8Array.of(code), answer]) }
  }

  private payloadOf(instruction: number, bufferId: number | undefined): Uint8Array | undefined {
    if (instruction === Instruction.upImage) return this.image
    if (instruction === Instruction.upChar) return this.templates.buffer(bufferId ?? 0)
    return undefined
  }

  private take(packet: Packet): void {
    if (this.download === undefined) return
    const { into, parts } = this.download
    parts.push(packet.body)
    const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0)
    const most = into === "image" ? (this.width * this.height) / 2 : this.profile.templateBytes
    if (sizeBytes > most) this.download = undefined // what does not fit the buffer is not received
    if (this.download === undefined || packet.kind !== PacketKind.endOfData) return
    const content = concat(parts)
    if (into !== "image") this.templates.fill(into, content)
    else if (sizeBytes === most) this.image = content
    this.download = undefined
  }

  private execute(instruction: number, parameters: Uint8Array): Outcome {
    const view = new DataView(parameters.buffer, parameters.byteOffset, parameters.byteLength)
    const due = parameterBytes[instruction]
    if (due === undefined || !this.knows(instruction)) return this.unknown()
    if (parameters.length !== due) return [Confirmation.receiveError]
    const open: readonly number[] = [Instruction.vfyPwd, Instruction.readProdInfo, Instruction.handshake]
    if (!this.proven && !open.includes(instruction)) return [Confirmation.passwordNeeded]
    switch (instruction) {
      case Instruction.genImg: {
        const levels = this.options.platen.look()
        if (levels === undefined) return [Confirmation.noFinger]
        this.image = packNibbles(levels)
        return OK
      }
      case Instruction.img2Tz:
        if (this.image === undefined) return [Confirmation.noPrimaryImage]
        return this.templates.extract(parameters[0], unpackNibbles(this.image), this.width, this.height)
      case Instruction.match:
        return this.templates.match(this.securityLevel)
      case Instruction.search:
      case Instruction.highSpeedSearch:
        return this.templates.search(this.securityLevel, parameters[0], view.getUint16(1), view.getUint16(3))
      case Instruction.regModel:
        return this.templates.combine()
      case Instruction.store:
        return this.templates.store(parameters[0], view.getUint16(1))
      case Instruction.loadChar:
        return this.templates.load(parameters[0], view.getUint16(1))
      case Instruction.upChar:
        return this.templates.buffer(parameters[0]) === undefined ? [Confirmation.uploadTemplate] : OK
      case Instruction.downChar:
        this.download = { into: parameters[0], parts: [] }
        return OK
      case Instruction.upImage:
        return this.image === undefined ? [Confirmation.uploadImage] : OK
      case Instruction.downImage:
        this.download = { into: "image", parts: [] }
        return OK
      case Instruction.deleteChar:
        return this.templates.delete(view.getUint16(0), view.getUint16(2))
      case Instruction.empty:
        return this.templates.clear()
      case Instruction.setSysPara:
        return this.setParameter(parameters[0], parameters[1])
      case Instruction.readSysPara:
        return [Confirmation.ok, this.systemParameters()]
      case Instruction.setPwd:
        this.password = view.getUint32(0)
        return OK
      case Instruction.vfyPwd:
        this.proven = view.getUint32(0) === this.password
        this.verified = this.proven
        return this.proven ? OK : [Confirmation.wrongPassword]
      case Instruction.getRandomCode:
        return [Confirmation.ok, u32(this.options.rng.u32())]
      case Instruction.setAddr:
        this.address = view.getUint32(0)
        return OK
      case Instruction.writeNotepad:
        if (parameters[0] >= NOTEPAD_PAGES) return [Confirmation.badNotepadPage]
        this.notepad[parameters[0]] = parameters.slice(1)
        return OK
      case Instruction.readNotepad:
        if (parameters[0] >= NOTEPAD_PAGES) return [Confirmation.badNotepadPage]
        return [Confirmation.ok, this.notepad[parameters[0]]]
      case Instruction.templateNum:
        return [Confirmation.ok, u16(this.templates.count)]
      case Instruction.readConList:
        return [Confirmation.ok, this.templates.indexTable(parameters[0])]
      case Instruction.readProdInfo:
        return [Confirmation.ok, encodeProductInfo(this.options.product ?? this.product())]
      case Instruction.ledOn:
      case Instruction.ledOff:
        this.led = instruction === Instruction.ledOn ? "on" : "off"
        return OK
      case Instruction.auraLed:
        this.led = parameters[0] === 4 ? "off" : "on"
        return OK
      case Instruction.checkSensor:
        return this.options.faulty === true ? [Confirmation.sensorFault] : OK
      case Instruction.handshake:
        return OK
      case Instruction.getEcho:
        return [Confirmation.echo]
      default:
        return this.unknown()
    }
  }

  private unknown(): Outcome {
    return [this.profile.refuses === true ? Confirmation.unsupported : Confirmation.receiveError]
  }

  private knows(instruction: number): boolean {
    const name = nameOf.get(instruction)
    return name !== undefined && hasInstruction(this.profile, name)
  }

  private product(): ProductInfo {
    const { width, height, profile } = this
    return { model: profile.model, serial: "00000001", sensorModel: "twin", width, height }
  }

  private setParameter(parameter: number, value: number): Outcome {
    switch (parameter) {
      case SystemParameter.baud:
        if (value < 1 || value > 12) return [Confirmation.badRegisterValue]
        this.baud = value * BAUD_STEP
        return OK
      case SystemParameter.securityLevel:
        if (value < 1 || value > 5) return [Confirmation.badRegisterValue]
        this.securityLevel = value
        return OK
      case SystemParameter.packetSize: {
        const size = PACKET_SIZES_BYTES[value]
        if (size === undefined) return [Confirmation.badRegisterValue]
        this.packetSizeBytes = size
        return OK
      }
      default:
        return [Confirmation.badRegister]
    }
  }

  private systemParameters(): Uint8Array {
    const { securityLevel, address, packetSizeBytes, baud } = this
    return encodeSystemParameters({
      status:
        (this.templates.matched ? Status.matched : 0) |
        (this.verified ? Status.passwordVerified : 0) |
        (this.image === undefined ? 0 : Status.imageHeld),
      systemId: SYSTEM_ID,
      librarySize: this.profile.librarySize,
      securityLevel,
      address,
      packetSizeBytes,
      baud,
    })
  }
}
