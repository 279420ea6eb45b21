import { AppError } from "@sourceprint/core/errors.js"
import type { ScannerModelSettings } from "../twin/scanner-settings.js"
import { Instruction, type InstructionName } from "./constants.js"

/** Instructions that some modules of the family lack, in words. */
const optional = {
  highSpeedSearch: "high-speed search",
  readConList: "index table of its library",
  auraLed: "ring LED",
  checkSensor: "check of its sensor",
  readProdInfo: "product information",
  handshake: "handshake",
  getEcho: "handshake of older firmware",
  ledOn: "backlight that can be switched",
  ledOff: "backlight that can be switched",
} as const satisfies Partial<Readonly<Record<InstructionName, string>>>
export type OptionalInstruction = keyof typeof optional

/** One module of the family. All have the 22 instructions that are not optional. */
export interface R307Profile {
  readonly id: string
  readonly model: string
  readonly widthPx: number
  readonly heightPx: number
  readonly dpi: number
  /** Templates its library holds; a driver believes what the module says of itself. */
  readonly librarySize: number
  readonly templateBytes: number
  readonly has: readonly OptionalInstruction[]
  /** True: any module of the family that nobody named, whose image has the size that it or the byte count tells. */
  readonly anySize?: true
  /** True: it answers an instruction that it lacks with FC; others with 01. */
  readonly refuses?: true
  /** What its twin has otherwise than the R307's. */
  readonly twin?: Partial<ScannerModelSettings>
}

/** What the optical modules of the family have in common. */
export const opticalModule = { widthPx: 256, heightPx: 288, dpi: 500, templateBytes: 512 } as const

const isOptional = (name: InstructionName): name is OptionalInstruction => name in optional

export const hasInstruction = ({ has }: R307Profile, name: InstructionName): boolean =>
  !isOptional(name) || has.includes(name)

/** @throws AppError "sensor/unsupported" naming the instruction and the model that lacks it */
export function requireInstruction(profile: R307Profile, name: InstructionName): void {
  if (!isOptional(name) || hasInstruction(profile, name)) return
  const code = Instruction[name].toString(16).padStart(2, "0")
  throw new AppError("sensor/unsupported", `the ${profile.model} has no ${optional[name]} (${name}, 0x${code})`)
}
