import unhomoglyph from "unhomoglyph"

/** Marks that no letter has taken up: they do not tell two names apart. */
const LOOSE_MARKS = /(?=\p{Script=Inherited})\p{Mn}/gu
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu

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
