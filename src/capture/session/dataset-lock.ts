import { dirname } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { makeFolder } from "@sourceprint/core/files/make-folder.js"
import Database from "libsql"
import pLimit from "p-limit"

const RETRY_MS = 15

/** One writer at a time over all processes of this machine. The lock is SQLite's own on an empty database: the kernel
 *  lets it go when its process dies, however it dies, so no stale lock is ever left and none is ever broken by
 *  guess. */
export class DatasetLock {
  private database: Database.Database | undefined
  private readonly oneByOne = pLimit(1)

  constructor(private readonly path: string) {}

  /** Runs `work` while nobody else holds the lock. Calls within one process wait for each other too.
   *  @throws AppError "dataset/locked" after `deadlineMs` of waiting */
  run<Result>(work: () => Promise<Result>, deadlineMs = 30_000): Promise<Result> {
    return this.oneByOne(() => this.locked(work, deadlineMs))
  }

  private async locked<Result>(work: () => Promise<Result>, deadlineMs: number): Promise<Result> {
    const database = await this.opened()
    const endMs = performance.now() + deadlineMs
    while (!begins(database, this.path)) {
      if (performance.now() > endMs) {
        const seconds = Math.round(deadlineMs / 1000)
        const text = `${dirname(this.path)} is held by another process for ${seconds} s; is one hung?`
        throw new AppError("dataset/locked", text)
      }
      await delay(RETRY_MS * (0.5 + Math.random()))
    }
    try {
      return await work()
    } finally {
      database.exec("ROLLBACK")
    }
  }

  private async opened(): Promise<Database.Database> {
    await makeFolder(dirname(this.path))
    this.database ??= new Database(this.path)
    return this.database
  }

  close(): void {
    this.database?.close()
    this.database = undefined
  }
}

function begins(database: Database.Database, path: string): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE")
    return true
  } catch (cause) {
    const code = (cause as { code?: unknown }).code
    if (typeof code === "string" && code.startsWith("SQLITE_BUSY")) return false
    throw new AppError("dataset/lock", `cannot lock ${path}: ${messageOf(cause)}`, { cause })
  }
}
