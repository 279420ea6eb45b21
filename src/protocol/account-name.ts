/** The canonical form of an account's name, or undefined where it cannot be one: NFKC, trimmed, 1 to 64 code points,
 *  no control, format (bidirectional overrides, joiners), surrogate, private or unassigned character, no line break,
 *  no leading or doubled space. Two names that differ only in case are one account: compare `nameKey`. */
export function canonicalName(text: string): string | undefined {
  const name = text.normalize("NFKC").trim()
  const points = [...name].length
  if (points < 1 || points > 64 || name.length > 200) return undefined
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name) || / {2}/.test(name)) return undefined
  return new TextEncoder().encode(name).length <= 255 ? name : undefined
}

/** What accounts are looked up by. `name` is canonical. */
export const nameKey = (name: string): string => name.toLowerCase().normalize("NFKC")

/** Ids of devices, scanners and fingers as they appear in messages. */
export const isId = (text: string): boolean => /^[a-z0-9._-]{1,64}$/.test(text)
