/** What V8 counted in one process, added to what others did. V8 gives nested ranges of characters with counts: an inner
 *  range overrules the one that it lies in. @returns 1 for every character of the script that was executed */
export function executedCharacters(sizeChars, functions, before = new Uint8Array(sizeChars)) {
  const here = new Uint8Array(sizeChars)
  const ranges = functions.flatMap((each) => each.ranges)
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  for (const { startOffset, endOffset, count } of ranges) here.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  return before.map((value, i) => value | here[i])
}

/** Lines of the source that hold code, with whether any of it was executed: Map of line number -> boolean.
 *  @param text compiled @param map node's SourceMap of it @param executed 1 for every character that was */
export function executedLines(text, map, executed) {
  const lines = new Map()
  let from = 0
  for (const [number, line] of text.split("\n").entries()) {
    const first = from + line.search(/\S/)
    const entry = map.findEntry(number, line.length)
    if (first >= from && entry.generatedLine === number) {
      const { originalLine } = map.findEntry(number, first - from)
      const done = executed.subarray(first, from + line.trimEnd().length).some((value) => value > 0)
      lines.set(originalLine, done || lines.get(originalLine) === true)
    }
    from += line.length + 1
  }
  return lines
}
