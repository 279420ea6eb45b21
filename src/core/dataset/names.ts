import { z } from "zod"

/** One spelling of a name: composed letters (NFC), no white space around it. What a person types and a folder on a
 *  Mac, which decomposes letters, are then the same. */
export const plainName = (text: string): string => text.normalize("NFC").trim()

/** A name as it enters, by a file, a folder or a configuration. */
export const Name = z.string().overwrite(plainName)

/** Names that differ in the size of letters, or in dashes, spaces and underscores for each other: probably one thing.
 *  @returns groups of two and more, in order of first appearance */
export function alikeNames(names: Iterable<string>): string[][] {
  const groups = new Map<string, string[]>()
  for (const name of new Set(names)) {
    const key = name
      .normalize("NFKC")
      .toLowerCase()
      .replaceAll(/[\s_-]+/gu, " ")
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}
