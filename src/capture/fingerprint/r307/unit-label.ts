import { fromUtf8 } from "@sourceprint/core/bytes.js"
import { notepadText } from "./instructions.js"

/** The last page of the notepad, which the maker's own software leaves alone. */
export const LABEL_PAGE = 15
const PREFIX = "sp:"

/** @throws AppError "sensor/parameter" for a name of more than 29 bytes */
export const encodeUnitLabel = (unit: string): Uint8Array => notepadText(PREFIX + unit)

/** The name on a notepad page; undefined for a page with anything else. */
export function parseUnitLabel(page: Uint8Array): string | undefined {
  const end = page.indexOf(0)
  try {
    const text = fromUtf8(end === -1 ? page : page.subarray(0, end))
    return text.startsWith(PREFIX) && text.length > PREFIX.length ? text.slice(PREFIX.length) : undefined
  } catch {
    return undefined // not UTF-8: somebody else's bytes
  }
}
