import unhomoglyph from "unhomoglyph"
import { INVISIBLE } from "./new-name.js"

/** Marks that no letter has taken up: they do not tell two names apart. */
const LOOSE_MARKS = /(?=\p{Script=Inherited})\p{Mn}/gu

/** Skeleton of UTS #39 section 4, over Unicode's own table of confusables. */
const skeletonOf = (text: string): string => unhomoglyph(text.normalize("NFD")).normalize("NFD")

/** What names that look alike have in common: two of them look alike when they share one of these, as written or in
 *  lower case. To be compared, never shown. @returns one or two */
export function nameSkeletons(name: string): readonly string[] {
  const plain = name.normalize("NFKC").replace(LOOSE_MARKS, "").replace(INVISIBLE, "")
  const asWritten = skeletonOf(skeletonOf(plain).toLowerCase())
  const inLowerCase = skeletonOf(skeletonOf(plain.toLowerCase()).toLowerCase())
  return [...new Set([asWritten, inLowerCase])]
}

const known = new Map<string, readonly string[]>()
const KNOWN = 2_000

function remembered(name: string): readonly string[] {
  const found = known.get(name)
  if (found !== undefined) return found
  if (known.size >= KNOWN) known.clear()
  const skeletons = nameSkeletons(name)
  known.set(name, skeletons)
  return skeletons
}

/** The owners (ids) whose name looks like another owner's. An empty name looks like none. */
export function lookAlikes(names: Iterable<{ readonly owner: string; readonly name: string }>): ReadonlySet<string> {
  const owners = new Map<string, Set<string>>()
  for (const { owner, name } of names) {
    if (name === "") continue
    for (const skeleton of remembered(name)) owners.set(skeleton, (owners.get(skeleton) ?? new Set()).add(owner))
  }
  return new Set([...owners.values()].filter((alike) => alike.size > 1).flatMap((alike) => [...alike]))
}
