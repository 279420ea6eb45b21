import { noTrace, type Trace } from "@sourceprint/core/trace.js"
import { evidence } from "./evidence.js"
import type { PrintView } from "./print-view.js"
import { type Evidence, similarityOf } from "./score.js"
import type { MinutiaeTemplate } from "./template-codec.js"

/** Similarity of two templates: that of their most similar views. Symmetric: the two are put in an order that depends
 *  on their content alone before anything is computed. */
export function compare(a: MinutiaeTemplate, b: MinutiaeTemplate, trace: Trace = noTrace): number {
  let best = 0
  let shown: { swapped: boolean; found: Evidence | undefined } = { swapped: false, found: undefined }
  for (const viewA of a.views) {
    for (const viewB of b.views) {
      const swapped = comesFirst(viewB, viewA)
      const found = swapped ? evidence(viewB, viewA) : evidence(viewA, viewB)
      const similarity = similarityOf(found)
      if (similarity <= best && shown.found !== undefined) continue
      best = similarity
      shown = { swapped, found }
    }
  }
  trace.record("pairing", () => pairsOf(shown.found, shown.swapped))
  trace.record("evidence", () => shown.found)
  return best
}

/** Indices of paired minutiae, [in `a`, in `b`] as the caller named them. */
function pairsOf(found: Evidence | undefined, swapped: boolean): readonly (readonly [number, number])[] {
  if (found === undefined) return []
  const { a, b } = found.pairing
  return a.map((i, k) => (swapped ? ([b[k], i] as const) : ([i, b[k]] as const)))
}

function comesFirst(p: PrintView, q: PrintView): boolean {
  if (p.x.length !== q.x.length) return p.x.length > q.x.length
  for (const key of ["x", "y", "angle", "orientation", "ridges"] as const) {
    const length = Math.min(p[key].length, q[key].length)
    for (let i = 0; i < length; i++) if (p[key][i] !== q[key][i]) return p[key][i] > q[key][i]
  }
  return false
}
