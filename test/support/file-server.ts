import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import type { FileLink } from "@sourceprint/protocol/files/file-ports.js"
import { refusalOf } from "@sourceprint/serve/server/application/channel.js"
import { type FileRules, fileChannel } from "@sourceprint/serve/server/files/file-channel.js"
import type { FileStore } from "@sourceprint/serve/store/files/file-store.js"
import { openFileStore } from "@sourceprint/serve/store/files/open-file-store.js"

export const testFileRules: FileRules = {
  bytesPerAccount: 1e9,
  filesPerAccount: 100,
  totalBytes: 1e10,
  minimumFreeBytes: 0,
  maxFileBytes: 2 ** 31,
  keepMs: 30 * 86_400_000,
  keepUnfinishedMs: 2 * 86_400_000,
}

export interface FileServer {
  readonly files: FileStore
  readonly location: string
  /** Members as "account room", room in hex. */
  readonly members: Set<string>
  readonly clock: { now: number }
  /** The handler itself, without a connection below it. */
  linkOf(accountId: string): FileLink
  stop(): Promise<void>
}

/** The real handler over a real store, with a book of members that the test keeps. */
export async function fileServer(rules: Partial<FileRules> = {}): Promise<FileServer> {
  const location = join(await mkdtemp(join(tmpdir(), "file-server-")), "f.db")
  const files = await openFileStore(location)
  const members = new Set<string>()
  const clock = { now: 1_800_000_000_000 }
  const handler = fileChannel({
    files,
    clock: { nowMs: () => clock.now, monotonicMs: () => 0 },
    rules: { ...testFileRules, ...rules },
    isMember: (accountId, roomId) => Promise.resolve(members.has(`${accountId} ${roomId}`)),
    onRemoved: () => {},
  })
  return {
    files,
    location,
    members,
    clock,
    linkOf: (id) => ({
      async request(body, signal) {
        if (signal?.aborted) throw new AppError("files/stopped", "stopped")
        try {
          return await handler({ account: { id } } as Parameters<typeof handler>[0], body)
        } catch (error) {
          const refused = refusalOf(error)
          throw refused === undefined ? error : new AppError(`application/refused/${refused.code}`, refused.words)
        }
      },
    }),
    async stop() {
      await files.close()
    },
  }
}
