import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import { type AuditLine, auditEvent } from "@sourceprint/protocol/operator/operator-messages.js"
import type { AuditEntry, Store } from "../../store/store.js"
import type { ChannelContext } from "../application/channel.js"

const LOOK_EVERY_MS = 1000
const AT_ONCE = 200

/** Entries with the names of their accounts, as far as these are there still. */
export async function auditLines(store: Store, entries: readonly AuditEntry[]): Promise<AuditLine[]> {
  const names = new Map((await store.accounts()).map(({ id, name }) => [id, name]))
  return entries.map(({ hash: _, accountId, ...entry }) => ({
    ...entry,
    account: accountId === undefined ? undefined : (names.get(accountId) ?? accountId),
  }))
}

/** New audit entries for those who watch, from this server and every other that shares the store. Looks into the store
 *  only while somebody watches. */
export class AuditFeed {
  private readonly watchers = new Set<ChannelContext>()
  private timer: NodeJS.Timeout | undefined
  private seen = 0
  private looking = false

  constructor(
    private readonly store: Store,
    private readonly log: Log,
  ) {}

  async watch(context: ChannelContext): Promise<void> {
    if (this.watchers.has(context)) return
    if (this.watchers.size === 0) this.seen = (await this.store.auditHead())?.seq ?? 0
    this.watchers.add(context)
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS)
    void context.closed.then(() => {
      this.watchers.delete(context)
      if (this.watchers.size === 0) this.stop()
    })
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Who is an operator no longer hears no more. */
  private async tell(watcher: ChannelContext, body: Uint8Array): Promise<void> {
    try {
      await watcher.require({ operator: true })
      watcher.sendEvent(body)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.watchers.delete(watcher)
    }
  }

  private async look(): Promise<void> {
    if (this.looking) return
    this.looking = true
    try {
      const entries = await this.store.auditAfter(this.seen, AT_ONCE)
      const last = entries.at(-1)
      if (last === undefined) return
      this.seen = last.seq
      const body = auditEvent.encode(await auditLines(this.store, entries))
      for (const watcher of this.watchers) await this.tell(watcher, body)
    } catch (error) {
      this.log.error("operator.audit", { why: messageOf(error) })
    } finally {
      this.looking = false
    }
  }
}
