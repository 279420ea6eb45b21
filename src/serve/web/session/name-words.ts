import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { faultOfNewName } from "@sourceprint/protocol/new-name.js"

/** Why a text cannot be a name, in words; undefined where it can, or is empty still. */
export function nameFault(text: string): string | undefined {
  if (text.trim() === "") return undefined
  const points = [...text.normalize("NFKC").trim()].length
  if (points > 64) return `A name has at most 64 characters; this one has ${points}.`
  if (/ {2}/.test(text.normalize("NFKC").trim())) return "A name has no two spaces in a row."
  if (canonicalName(text) === undefined)
    return "This name has a character that cannot be seen (a control or formatting character). Type it again."
  return undefined
}

const newNameWords = {
  invisible: "This name has a character that shows nothing. Type it again.",
  marks: "This name has marks that belong to no letter. Type it again.",
  scripts: "This name mixes alphabets that no language mixes. Write it in one of them.",
} as const

/** As `nameFault`, for a name that nobody has yet. */
export function newNameFault(text: string): string | undefined {
  const name = canonicalName(text)
  const fault = name === undefined ? undefined : faultOfNewName(name)
  return nameFault(text) ?? (fault && newNameWords[fault])
}

/** What the name will be, where that differs from what was typed. */
export function nameNote(text: string): string | undefined {
  const name = canonicalName(text)
  return name === undefined || name === text ? undefined : `It will be written: ${name}`
}
