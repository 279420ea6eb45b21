import { INVISIBLE } from "../new-name.js"

/** Names that Windows keeps for devices, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i
/** Control, format (right-to-left marks, zero-width), private, unassigned characters, line and paragraph separators,
 *  and what one of the common file systems forbids. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*]/gu
const MAX_BYTES = 200 // leaves room for " (2)" and ".part" within the 255 of the common file systems

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** A name under which a file from a peer may be stored and shown: one path part, nothing that a file system, a terminal
 *  or an eye takes for something else. The ending is kept when a name is cut. Never empty. */
export function safeFileName(name: string): string {
  const last = name.normalize("NFC").split(/[/\\]/).at(-1) ?? ""
  const plain = last
    .replace(UNSAFE, "_")
    .replace(INVISIBLE, "_")
    .replace(/\s+/gu, " ")
    .replace(/^[\s.]+|[\s.]+$/gu, "")
  const named = plain === "" || /^_+$/.test(plain) ? "file" : plain
  return cut(RESERVED.test(named) ? `_${named}` : named)
}

function cut(name: string): string {
  if (bytesOf(name) <= MAX_BYTES) return name
  const dot = name.lastIndexOf(".")
  const ending = dot > 0 && bytesOf(name.slice(dot)) <= 20 ? name.slice(dot) : ""
  let stem = ""
  let left = MAX_BYTES - bytesOf(ending)
  for (const character of ending === "" ? name : name.slice(0, dot)) {
    left -= bytesOf(character)
    if (left < 0) break
    stem += character
  }
  return stem.trimEnd() + ending
}

/** "photo (2).jpg" for n = 2; the name itself for n = 1. */
export function numberedName(name: string, n: number): string {
  if (n === 1) return name
  const dot = name.lastIndexOf(".")
  return dot > 0 ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`
}
