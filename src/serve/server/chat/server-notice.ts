import { fromBase64Url, toBase64Url } from "@sourceprint/core/base64url.js"

/** What servers on one database tell each other beside "look at this room": things that are in no table. One line of
 *  text. */
export type ServerNotice =
  | {
      readonly about: "signal"
      readonly roomId: string
      readonly clientId: string
      readonly bytes: Uint8Array
    }
  | {
      readonly about: "delivered"
      readonly roomId: string
      readonly clientId: string
      readonly before: number
      readonly seq: number
    }
  | { readonly about: "presence"; readonly accountId: string; readonly online: boolean }
  | { readonly about: "packages"; readonly clientId: string; readonly left: number }

export function encodeNotice(notice: ServerNotice): string {
  switch (notice.about) {
    case "signal":
      return `s ${notice.roomId} ${notice.clientId} ${toBase64Url(notice.bytes)}`
    case "delivered":
      return `d ${notice.roomId} ${notice.clientId} ${notice.before} ${notice.seq}`
    case "presence":
      return `p ${notice.accountId} ${notice.online ? 1 : 0}`
    case "packages":
      return `k ${notice.clientId} ${notice.left}`
  }
}

/** Undefined for what this version does not know. */
export function decodeNotice(text: string): ServerNotice | undefined {
  const [kind, ...words] = text.split(" ")
  const [first = "", second = "", third = "", fourth = ""] = words
  const whole = (word: string): number | undefined => (/^\d{1,15}$/.test(word) ? Number(word) : undefined)
  if (kind === "s" && words.length === 3) {
    const bytes = fromBase64Url(third)
    return bytes && { about: "signal", roomId: first, clientId: second, bytes }
  }
  if (kind === "d" && words.length === 4) {
    const before = whole(third)
    const seq = whole(fourth)
    if (before === undefined || seq === undefined) return undefined
    return { about: "delivered", roomId: first, clientId: second, before, seq }
  }
  if (kind === "p" && words.length === 2) {
    return { about: "presence", accountId: first, online: second === "1" }
  }
  if (kind === "k" && words.length === 2) {
    const left = whole(second)
    return left === undefined ? undefined : { about: "packages", clientId: first, left }
  }
  return undefined
}
