import { batch, type ReadonlySignal, signal } from "@preact/signals"
import type { ChatEntry } from "@sourceprint/protocol/chat/room/room-record.js"

/** Reads a room's history on this device, ascending by seq: the `limit` entries nearest to the bound. */
export interface HistoryReader {
  before(seq: number | undefined, limit: number): Promise<readonly ChatEntry[]>
  after(seq: number, limit: number): Promise<readonly ChatEntry[]>
}

const PAGE = 60
const MOST_HELD = 240

/** The stretch of a room's history that a page holds: it grows at the end that is looked at and shrinks at the other,
 *  so that a history of any length costs the same. */
export class HistoryWindow {
  private readonly held = signal<readonly ChatEntry[]>([])
  private readonly older = signal(true)
  private readonly newer = signal(false)
  private loading: Promise<void> | undefined

  constructor(private readonly reader: HistoryReader) {}

  get entries(): ReadonlySignal<readonly ChatEntry[]> {
    return this.held
  }
  get hasOlder(): ReadonlySignal<boolean> {
    return this.older
  }
  /** False: the window ends where the conversation does. */
  get hasNewer(): ReadonlySignal<boolean> {
    return this.newer
  }

  private show(entries: readonly ChatEntry[], older: boolean, newer: boolean): void {
    batch(() => {
      this.held.value = entries
      this.older.value = older
      this.newer.value = newer
    })
  }

  /** One at a time: a scroll asks many times. */
  private once(load: () => Promise<void>): Promise<void> {
    this.loading ??= load().finally(() => {
      this.loading = undefined
    })
    return this.loading
  }

  toNewest(): Promise<void> {
    return this.once(async () => {
      const page = await this.reader.before(undefined, PAGE)
      this.show(page, page.length === PAGE, false)
    })
  }

  /** The stretch around one entry. */
  around(seq: number): Promise<void> {
    return this.once(async () => {
      const before = await this.reader.before(seq, PAGE / 2)
      const from = await this.reader.after(seq - 1, PAGE / 2)
      this.show([...before, ...from], before.length === PAGE / 2, from.length === PAGE / 2)
    })
  }

  loadOlder(): Promise<void> {
    return this.once(async () => {
      const first = this.held.value.at(0)
      if (!this.older.value || first === undefined) return
      const page = await this.reader.before(first.seq, PAGE)
      const all = [...page, ...this.held.value]
      this.show(all.slice(0, MOST_HELD), page.length === PAGE, this.newer.value || all.length > MOST_HELD)
    })
  }

  loadNewer(): Promise<void> {
    return this.once(async () => {
      const last = this.held.value.at(-1)
      if (!this.newer.value || last === undefined) return
      const page = await this.reader.after(last.seq, PAGE)
      const all = [...this.held.value, ...page.filter(({ seq }) => seq > last.seq)]
      this.show(all.slice(-MOST_HELD), this.older.value || all.length > MOST_HELD, page.length === PAGE)
    })
  }

  /** An entry as it is now; replies among those held quote it as that. */
  replace(entry: ChatEntry): void {
    const all = this.held.value.map((one): ChatEntry => {
      if (one.seq === entry.seq) return one.quoted === undefined ? entry : { ...entry, quoted: one.quoted }
      return one.quoted?.seq === entry.seq ? { ...one, quoted: entry } : one
    })
    this.show(all, this.older.value, this.newer.value)
  }

  /** An entry that was stored just now. @param shrink the reader is at the end: drop from the beginning */
  append(entry: ChatEntry, shrink: boolean): void {
    const { value: held } = this.held
    if (this.newer.value || (held.at(-1)?.seq ?? 0) >= entry.seq) return
    const all = [...held, entry]
    const kept = shrink ? all.slice(-MOST_HELD) : all
    this.show(kept, this.older.value || kept.length < all.length, false)
  }
}
