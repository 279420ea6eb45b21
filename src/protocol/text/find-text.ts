/** Text search for people: case, width and the accents of Latin, Greek and Cyrillic letters make no difference; the
 *  vowel signs of other scripts do, since they make another word. */

const ACCENTS = /[\u0300-\u036f]/g

/** Text as it is compared. */
const foldedText = (text: string): string => text.normalize("NFKD").replace(ACCENTS, "").toLowerCase().normalize("NFC")

/** A query of words: text is found when it contains each of them. An empty query finds nothing. */
export function textFinder(query: string): (text: string) => boolean {
  const words = foldedText(query)
    .split(/\s+/u)
    .filter((word) => word !== "")
  return (text) => {
    if (words.length === 0) return false
    const folded = foldedText(text)
    return words.every((word) => folded.includes(word))
  }
}
