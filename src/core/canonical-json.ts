import { createHash } from "node:crypto"

/** JSON with sorted keys and no spaces: two values that mean the same give the same text. Keys whose value is
 *  undefined are left out, as JSON.stringify does. Numbers must be finite. */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`${value} has no JSON form`)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`
  }
  return JSON.stringify(value) ?? "null"
}

/** SHA-256 of bytes or text, 64 hex digits. */
export const sha256Hex = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")

/** The first `digits` hex digits of the SHA-256 of the canonical JSON: an id that follows from content alone. */
export const contentId = (value: unknown, digits = 12): string => sha256Hex(canonicalJson(value)).slice(0, digits)
