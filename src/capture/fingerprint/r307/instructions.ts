/** Every instruction of the family as a typed request with its answer; which module has which is in its profile.
 *  Source: those of `constants.ts` (deadlines: the R307 manual's typical times, tripled). */
import { concat, u16, u32, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { type LedSetting, ledColours, ledModes } from "../../sensor.js"
import {
  Confirmation,
  INDEX_PAGE_TEMPLATES,
  Instruction,
  type InstructionName,
  NOTEPAD_PAGE_BYTES,
  NOTEPAD_PAGES,
} from "./constants.js"
import { type ProductInfo, parseProductInfo } from "./product-info.js"
import { parseSystemParameters, type SystemParameters } from "./system-parameters.js"

export interface Command<Answer> {
  readonly name: InstructionName
  /** Instruction code and parameters: the body of the command packet. */
  readonly body: Uint8Array
  /** Time for the acknowledgement to arrive, without line time. */
  readonly deadlineMs: number
  /** Codes that are an outcome, not an error. Absent: 0 alone. */
  readonly outcomes?: readonly number[]
  /** Bytes behind the confirmation code when it is 0. */
  readonly answerBytes: number
  parse(code: number, answer: Uint8Array): Answer
}

const QUICK_MS = 800
const FLASH_MS = 2000
const IMAGING_MS = 2500
const SEARCH_MS = 3000

function command<Answer>(
  name: InstructionName,
  parameters: readonly Uint8Array[],
  deadlineMs: number,
  answerBytes: number,
  parse: (code: number, answer: Uint8Array) => Answer,
  outcomes: readonly number[] = [Confirmation.ok],
): Command<Answer> {
  const body = concat([Uint8Array.of(Instruction[name]), ...parameters])
  return { name, body, deadlineMs, answerBytes, parse, outcomes }
}

const done = (): void => {}
const byte = (value: number, low: number, high: number, what: string): Uint8Array => {
  if (!Number.isInteger(value) || value < low || value > high)
    throw new AppError("sensor/parameter", `${what} is ${value}; it must be ${low} to ${high}`)
  return Uint8Array.of(value)
}
const buffer = (id: number): Uint8Array => byte(id, 1, 6, "the template buffer")
const readU16 = (bytes: Uint8Array, at = 0): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
const simple = (name: InstructionName, parameters: readonly Uint8Array[], deadlineMs = QUICK_MS) =>
  command(name, parameters, deadlineMs, 0, done)

/** Looks at the platen; true when a finger was there and its image is in the image buffer. */
export const genImg = (): Command<boolean> =>
  command("genImg", [], IMAGING_MS, 0, (code) => code === Confirmation.ok, [Confirmation.ok, Confirmation.noFinger])
export const img2Tz = (bufferId: number) => simple("img2Tz", [buffer(bufferId)], IMAGING_MS)

export interface MatchResult {
  readonly matched: boolean
  /** The device's own score; 0 without a match. */
  readonly score: number
}
export const match = (): Command<MatchResult> =>
  command(
    "match",
    [],
    SEARCH_MS,
    2,
    (code, answer) => ({
      matched: code === Confirmation.ok,
      score: answer.length === 2 ? readU16(answer) : 0,
    }),
    [Confirmation.ok, Confirmation.noMatch],
  )

export interface SearchHit {
  readonly page: number
  readonly score: number
}
function searching(name: "search" | "highSpeedSearch", bufferId: number, startPage: number, pages: number) {
  const parse = (code: number, answer: Uint8Array): SearchHit | undefined =>
    code === Confirmation.ok ? { page: readU16(answer), score: readU16(answer, 2) } : undefined
  const parameters = [buffer(bufferId), u16(startPage), u16(pages)]
  return command(name, parameters, SEARCH_MS, 4, parse, [Confirmation.ok, Confirmation.notFound])
}
/** The best stored template among `pages` from `startPage`, or undefined. */
export const search = (bufferId: number, startPage: number, pages: number): Command<SearchHit | undefined> =>
  searching("search", bufferId, startPage, pages)
export const highSpeedSearch = (bufferId: number, startPage: number, pages: number) =>
  searching("highSpeedSearch", bufferId, startPage, pages)

export const regModel = () => simple("regModel", [], IMAGING_MS)
export const store = (bufferId: number, page: number) => simple("store", [buffer(bufferId), u16(page)], FLASH_MS)
export const loadChar = (bufferId: number, page: number) => simple("loadChar", [buffer(bufferId), u16(page)], FLASH_MS)
/** Data packets with the template follow the acknowledgement. */
export const upChar = (bufferId: number) => simple("upChar", [buffer(bufferId)])
/** The host sends data packets with the template after the acknowledgement. */
export const downChar = (bufferId: number) => simple("downChar", [buffer(bufferId)])
/** Data packets with the image follow the acknowledgement. */
export const upImage = () => simple("upImage", [])
export const downImage = () => simple("downImage", [])
export const deleteChar = (page: number, count: number) => simple("deleteChar", [u16(page), u16(count)], FLASH_MS)
export const empty = () => simple("empty", [], FLASH_MS)
export const setSysPara = (parameter: number, value: number) =>
  simple("setSysPara", [byte(parameter, 0, 255, "the parameter"), byte(value, 0, 255, "its value")], FLASH_MS)
export const readSysPara = (): Command<SystemParameters> =>
  command("readSysPara", [], QUICK_MS, 16, (_, answer) => parseSystemParameters(answer))
export const setPwd = (password: number) => simple("setPwd", [u32(password)], FLASH_MS)
export const vfyPwd = (password: number) => simple("vfyPwd", [u32(password)])
export const getRandomCode = (): Command<number> =>
  command("getRandomCode", [], QUICK_MS, 4, (_, answer) => readU16(answer) * 65536 + readU16(answer, 2))
/** The acknowledgement comes from the new address. */
export const setAddr = (address: number) => simple("setAddr", [u32(address)], FLASH_MS)

/** Up to 32 bytes, the rest of the page becomes 0. */
export function writeNotepad(page: number, content: Uint8Array) {
  if (content.length > NOTEPAD_PAGE_BYTES)
    throw new AppError("sensor/parameter", `${content.length} bytes do not fit a notepad page of 32`)
  const padded = concat([content, new Uint8Array(NOTEPAD_PAGE_BYTES - content.length)])
  return simple("writeNotepad", [byte(page, 0, NOTEPAD_PAGES - 1, "the notepad page"), padded], FLASH_MS)
}
export const readNotepad = (page: number): Command<Uint8Array> =>
  command(
    "readNotepad",
    [byte(page, 0, NOTEPAD_PAGES - 1, "the notepad page")],
    QUICK_MS,
    NOTEPAD_PAGE_BYTES,
    (_, answer) => answer,
  )
export const templateNum = (): Command<number> =>
  command("templateNum", [], QUICK_MS, 2, (_, answer) => readU16(answer))

/** Numbers of the stored templates on one page of the index table (256 a page). */
export function readConList(indexPage: number): Command<readonly number[]> {
  const parse = (_: number, answer: Uint8Array): number[] => {
    const pages: number[] = []
    for (let bit = 0; bit < INDEX_PAGE_TEMPLATES; bit++) {
      if (((answer[bit >> 3] ?? 0) >> (bit & 7)) & 1) pages.push(indexPage * INDEX_PAGE_TEMPLATES + bit)
    }
    return pages
  }
  return command("readConList", [byte(indexPage, 0, 3, "the index page")], QUICK_MS, 32, parse)
}
export const readProdInfo = (): Command<ProductInfo> =>
  command("readProdInfo", [], QUICK_MS, -1, (_, answer) => parseProductInfo(answer))

export const ledOn = () => simple("ledOn", [])
export const ledOff = () => simple("ledOff", [])
/** The ring: control codes and colours count from 1, in the order of the port's lists (R503 manual v1.2.2; modules made
 *  to v1.1 know the first three colours alone). */
export const auraLed = ({ mode, speed, colour, cycles }: LedSetting) =>
  simple("auraLed", [
    Uint8Array.of(1 + ledModes.indexOf(mode)),
    byte(speed, 0, 255, "the LED speed"),
    Uint8Array.of(1 + ledColours.indexOf(colour)),
    byte(cycles, 0, 255, "the number of cycles"),
  ])
export const checkSensor = () => simple("checkSensor", [], IMAGING_MS)
export const handshake = () => simple("handshake", [])
/** The handshake of older firmware; its confirmation code is 0x55. */
export const getEcho = () => command("getEcho", [], QUICK_MS, 0, done, [Confirmation.ok, Confirmation.echo])

/** Text for a notepad page. @throws AppError "sensor/parameter" when it is longer than 32 bytes of UTF-8 */
export const notepadText = (text: string): Uint8Array => {
  const bytes = utf8(text)
  if (bytes.length > NOTEPAD_PAGE_BYTES)
    throw new AppError("sensor/parameter", `"${text}" is ${bytes.length} bytes, a notepad page holds 32`)
  return bytes
}
