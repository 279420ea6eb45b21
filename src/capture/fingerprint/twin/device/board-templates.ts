import { concat, u16 } from "@sourceprint/core/bytes.js"
import { Confirmation, INDEX_PAGE_TEMPLATES } from "../../r307/constants.js"
import type { BoardMatcher } from "./board-matcher.js"

/** Confirmation code of an instruction and, where it is 0, the bytes behind it. */
export type Outcome = readonly [code: number, answer?: Uint8Array]
const OK: Outcome = [Confirmation.ok]

/** Templates on the twin's board: the working buffers (lost without power) and the library (flash). */
export class BoardTemplates {
  /** The last Match or Search found the finger. */
  matched = false
  private readonly buffers = new Map<number, Uint8Array>()
  private readonly library = new Map<number, Uint8Array>()

  constructor(
    private readonly matcher: BoardMatcher,
    private readonly librarySize: number,
    private readonly templateBytes = 512,
  ) {}

  get count(): number {
    return this.library.size
  }

  powerCycle(): void {
    this.buffers.clear()
    this.matched = false
  }

  buffer(id: number): Uint8Array | undefined {
    return this.buffers.get(id)
  }

  fill(id: number, template: Uint8Array): void {
    this.buffers.set(id, template)
  }

  extract(id: number, levels: Uint8Array, width: number, height: number): Outcome {
    const template = this.matcher.extract(levels, width, height)
    if (template === undefined) return [Confirmation.tooFewPoints]
    this.buffers.set(id, template)
    return OK
  }

  match(securityLevel: number): Outcome {
    const [first, second] = [this.buffers.get(1), this.buffers.get(2)]
    const score = first === undefined || second === undefined ? -1 : this.matcher.compare(first, second)
    this.matched = this.accepts(score, securityLevel)
    return this.matched ? [Confirmation.ok, u16(score)] : [Confirmation.noMatch, u16(0)]
  }

  search(securityLevel: number, id: number, startPage: number, pages: number): Outcome {
    const probe = this.buffers.get(id)
    let best = { page: 0, score: -1 }
    for (const [page, template] of this.library) {
      if (probe === undefined || page < startPage || page >= startPage + pages) continue
      const score = this.matcher.compare(template, probe)
      if (score > best.score || (score === best.score && page < best.page)) best = { page, score }
    }
    this.matched = this.accepts(best.score, securityLevel)
    if (!this.matched) return [Confirmation.notFound, concat([u16(0), u16(0)])]
    return [Confirmation.ok, concat([u16(best.page), u16(best.score)])]
  }

  combine(): Outcome {
    const [first, second] = [this.buffers.get(1), this.buffers.get(2)]
    if (first === undefined || second === undefined) return [Confirmation.combineFail]
    if (this.matcher.compare(first, second) < this.matcher.combiningThreshold) return [Confirmation.combineFail]
    // What several impressions were combined into is longer than the features of one, on some modules.
    const combined = concat([first, new Uint8Array(Math.max(0, this.templateBytes - first.length))])
    this.buffers.set(1, combined)
    this.buffers.set(2, combined)
    return OK
  }

  store(id: number, page: number): Outcome {
    const template = this.buffers.get(id)
    if (page >= this.librarySize) return [Confirmation.badPage]
    if (template === undefined) return [Confirmation.templateRead]
    this.library.set(page, template)
    return OK
  }

  load(id: number, page: number): Outcome {
    const template = this.library.get(page)
    if (page >= this.librarySize) return [Confirmation.badPage]
    if (template === undefined) return [Confirmation.templateRead]
    this.buffers.set(id, template)
    return OK
  }

  delete(page: number, count: number): Outcome {
    if (page + count > this.librarySize) return [Confirmation.deleteFail]
    for (let i = page; i < page + count; i++) this.library.delete(i)
    return OK
  }

  clear(): Outcome {
    this.library.clear()
    return OK
  }

  /** One bit a template, lowest number in the lowest bit of the first byte. */
  indexTable(indexPage: number): Uint8Array {
    const table = new Uint8Array(INDEX_PAGE_TEMPLATES / 8)
    for (const page of this.library.keys()) {
      const bit = page - indexPage * INDEX_PAGE_TEMPLATES
      if (bit >= 0 && bit < INDEX_PAGE_TEMPLATES) table[bit >> 3] |= 1 << (bit & 7)
    }
    return table
  }

  private accepts(score: number, securityLevel: number): boolean {
    return score >= 0 && score >= this.matcher.threshold(securityLevel)
  }
}
