import assert from "node:assert/strict"
import { SourceMap } from "node:module"
import { join } from "node:path"
import { test } from "node:test"
import { pathToFileURL } from "node:url"
import { projectRoot } from "../support/shared-data.js"

interface Tool {
  executedCharacters(size: number, functions: readonly object[], before?: Uint8Array): Uint8Array
  executedLines(text: string, map: SourceMap, executed: Uint8Array): Map<number, boolean>
}
const tool = (await import(pathToFileURL(join(projectRoot, "tools/executed-lines.mjs")).href)) as Tool

const text = "f(1);\n\nif (no) {\n  g();\n}\n"
/** Lines 0, 2, 3 and 4 of the text come from lines 1, 2, 3 and 5 of the source; the empty one from none. */
const map = new SourceMap({
  file: "a.js",
  version: 3,
  sources: ["a.ts"],
  sourcesContent: [""],
  names: [],
  mappings: "AACA;;AACA;EACA;AAEA",
  sourceRoot: "",
})
const range = (from: string, to: string, count: number) => {
  const startOffset = text.indexOf(from)
  return { startOffset, endOffset: text.indexOf(to, startOffset) + to.length, count }
}
const script = { startOffset: 0, endOffset: text.length, count: 1 }

test("a branch that was not taken is not executed; what another process executed counts", () => {
  const once = tool.executedCharacters(text.length, [{ ranges: [script, range("{", "}", 0)] }])
  const lines = [
    [1, true],
    [2, true],
    [3, false],
    [5, false],
  ]
  assert.deepEqual([...tool.executedLines(text, map, once)], lines)
  const both = tool.executedCharacters(text.length, [{ ranges: [script] }], once)
  assert.deepEqual([...tool.executedLines(text, map, both).values()], [true, true, true, true])
})
