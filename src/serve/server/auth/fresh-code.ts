import { randomInt } from "node:crypto"

/** No 0, 1, I, O: codes are read aloud. 12 letters of 32 are 60 bits. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

/** A single-use enrolment code: three groups of four letters. */
export function freshCode(): string {
  const group = (): string => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join("")
  return `${group()}-${group()}-${group()}`
}
