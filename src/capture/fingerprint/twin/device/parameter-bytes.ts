import { Instruction, type InstructionName, NOTEPAD_PAGE_BYTES } from "../../r307/constants.js"

const lengths: Partial<Readonly<Record<InstructionName, number>>> = {
  img2Tz: 1,
  search: 5,
  store: 3,
  loadChar: 3,
  upChar: 1,
  downChar: 1,
  deleteChar: 4,
  setSysPara: 2,
  setPwd: 4,
  vfyPwd: 4,
  setAddr: 4,
  writeNotepad: 1 + NOTEPAD_PAGE_BYTES,
  readNotepad: 1,
  highSpeedSearch: 5,
  readConList: 1,
  auraLed: 4,
}

/** Bytes of parameters behind each instruction code. */
export const parameterBytes: Readonly<Record<number, number>> = Object.fromEntries(
  Object.entries(Instruction).map(([name, code]) => [code, lengths[name as InstructionName] ?? 0]),
)
