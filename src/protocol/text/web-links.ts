/** A stretch of text; with `href` it is an address that may be opened. The texts joined are the whole text,
 *  unchanged. */
export interface TextPart {
  readonly text: string
  readonly href?: string
}

/** What can stand in an address as people paste it: no white space, no quotes or brackets of markup, no
 *  punctuation of scripts without spaces, no control or format
 *  characters (a right-to-left override could show one address and open another). */
const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`{}|\\^。，、！？；：「」『』（）【】《》\p{Cc}\p{Cf}]+/giu
const TRAILING = /[.,;:!?…。，、！？؟۔।*_~]+$/u
const PAIRS = [
  ["(", ")"],
  ["[", "]"],
] as const

const count = (text: string, sign: string): number => text.split(sign).length - 1

/** Without the punctuation of the sentence around it; a closing bracket stays when it was opened inside. */
function withoutSentence(candidate: string): string {
  let address = candidate
  for (;;) {
    const before = address
    address = address.replace(TRAILING, "")
    for (const [open, close] of PAIRS) {
      if (address.endsWith(close) && count(address, close) > count(address, open)) {
        address = address.slice(0, -1)
      }
    }
    if (address === before) return address
  }
}

/** Only http and https, only what parses, and nothing with a user name in front of the host, which is how an address
 *  pretends to be another. */
function opens(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, username, password, hostname } = new URL(address)
  return /^https?:$/.test(protocol) && username === "" && password === "" && hostname !== ""
}

/** Splits text into plain stretches and addresses that may be clicked. */
export function webLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  let done = 0
  for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
    const address = withoutSentence(candidate)
    if (!opens(address)) continue
    if (index > done) parts.push({ text: text.slice(done, index) })
    parts.push({ text: address, href: address })
    done = index + address.length
  }
  if (done < text.length) parts.push({ text: text.slice(done) })
  return parts
}
