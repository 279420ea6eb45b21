import type { Clock } from "@sourceprint/core/clock.js"
import { messageOf } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { FileStore } from "../../store/files/file-store.js"
import type { Store } from "../../store/store.js"

const SWEEP_EVERY_MS = 60_000

export interface FileKeeperDeps {
  readonly files: FileStore
  readonly store: Pick<Store, "account">
  readonly clock: Clock
  readonly log: Log
}

/** Deletes what has expired and what belonged to accounts that are gone, and frees the space in short steps, so that a
 *  2 GiB file goes without anybody waiting for it. */
export class FileKeeper {
  private readonly timer: NodeJS.Timeout
  private sweeping: Promise<void> | undefined
  private again = false
  private stopping = false
  /** Bytes that lay in the store at the last sweep. */
  heldBytes = 0

  constructor(private readonly deps: FileKeeperDeps) {
    this.timer = setInterval(() => this.sweep(), SWEEP_EVERY_MS)
    this.sweep()
  }

  /** Begins a sweep, or has the running one go round once more. */
  sweep(): void {
    this.again = true
    this.sweeping ??= this.run().finally(() => {
      this.sweeping = undefined
    })
  }

  async stop(): Promise<void> {
    this.stopping = true
    clearInterval(this.timer)
    await this.sweeping
  }

  private async run(): Promise<void> {
    const { files, store, clock, log } = this.deps
    try {
      while (this.again && !this.stopping) {
        this.again = false
        const expired = await files.expire(clock.nowMs())
        if (expired > 0) log.info("files.expired", { files: expired })
        for (const owner of await files.owners()) {
          if ((await store.account(owner)) !== undefined) continue
          log.info("files.orphaned", { files: await files.removeOwner(owner) })
        }
        while (!this.stopping && (await files.collect()));
        this.heldBytes = await files.totalBytes()
      }
    } catch (error) {
      log.error("files.sweep", { why: messageOf(error) })
    }
  }
}
