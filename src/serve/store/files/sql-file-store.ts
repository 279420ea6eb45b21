import { AppError } from "@sourceprint/core/errors.js"
import { type Selectable, sql } from "kysely"
import { toBytes } from "../sql/database.js"
import type { FileDatabase } from "./file-database.js"
import { FileRowState, type FileTables } from "./file-schema.js"
import type { FileQuota, FileStore, NewFile, StoredFile } from "./file-store.js"

/** Chunks deleted in one step: short enough that nobody notices. */
const COLLECT_CHUNKS = 32
const PG_DISK_FULL = "53100"
/** Of `minimumFreeBytes`: what is left of it for an upload that was begun; its space was counted when it began. */
const OF_A_PROMISE = 1 / 2

const fileOf = (row: Selectable<FileTables["files"]>): StoredFile => ({
  id: row.id,
  roomId: row.room_id,
  ownerId: row.owner_id,
  chunks: row.chunks,
  sealedBytes: row.sealed_bytes,
  createdAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
  finished: row.state === FileRowState.finished,
})

const isSame = (one: NewFile, other: NewFile): boolean =>
  one.roomId === other.roomId &&
  one.ownerId === other.ownerId &&
  one.chunks === other.chunks &&
  one.sealedBytes === other.sealedBytes

/** FileStore over SQLite or PostgreSQL; several servers may share it. */
export class SqlFileStore implements FileStore {
  constructor(private readonly database: FileDatabase) {}

  private get db() {
    return this.database.db
  }

  begin(file: NewFile, quota: FileQuota) {
    return guarded(async () => {
      const freeBytes = await this.database.freeBytes()
      return this.database.exclusively("quota of files", async (trx) => {
        const row = await trx.selectFrom("files").selectAll().where("id", "=", file.id).executeTakeFirst()
        if (row !== undefined) {
          return isSame(fileOf(row), file) && row.state !== FileRowState.removed ? "begun" : "taken"
        }
        const held = await trx
          .selectFrom("files")
          .select((c) => [c.fn.countAll<number>().as("files"), sumOf("sealed_bytes").as("bytes")])
          .where("owner_id", "=", file.ownerId)
          .where("state", "!=", FileRowState.removed)
          .executeTakeFirstOrThrow()
        const bytes = Number(held.bytes) + file.sealedBytes
        if (bytes > quota.bytesPerAccount || Number(held.files) >= quota.filesPerAccount) return "quota"
        const all = await trx.selectFrom("files").select(sumOf("sealed_bytes").as("bytes")).executeTakeFirst()
        if (Number(all?.bytes ?? 0) + file.sealedBytes > quota.totalBytes) return "full"
        if (freeBytes !== undefined) {
          // What other uploads were promised and have not sent yet is not free.
          const promised = await trx
            .selectFrom("files")
            .select(sumOf("sealed_bytes").as("bytes"))
            .where("state", "=", FileRowState.open)
            .executeTakeFirst()
          const stored = await trx
            .selectFrom("file_chunks")
            .innerJoin("files", "files.id", "file_chunks.file_id")
            .select((c) => c.fn.countAll<number>().as("chunks"))
            .where("files.state", "=", FileRowState.open)
            .executeTakeFirst()
          const owed = Math.max(0, Number(promised?.bytes ?? 0) - Number(stored?.chunks ?? 0) * 262_144)
          if (freeBytes - owed - file.sealedBytes < quota.minimumFreeBytes) return "full"
        }
        await trx
          .insertInto("files")
          .values({
            id: file.id,
            room_id: file.roomId,
            owner_id: file.ownerId,
            chunks: file.chunks,
            sealed_bytes: file.sealedBytes,
            state: FileRowState.open,
            created_at_ms: file.createdAtMs,
            expires_at_ms: file.expiresAtMs,
          })
          .execute()
        return "begun"
      })
    })
  }

  async file(id: string): Promise<StoredFile | undefined> {
    const query = this.db.selectFrom("files").selectAll().where("id", "=", id)
    const row = await query.where("state", "!=", FileRowState.removed).executeTakeFirst()
    return row && fileOf(row)
  }

  async present(id: string): Promise<number[]> {
    const query = this.db.selectFrom("file_chunks").select("idx").where("file_id", "=", id).orderBy("idx")
    return (await query.execute()).map(({ idx }) => idx)
  }

  put(id: string, index: number, sealed: Uint8Array, minimumFreeBytes = 0): Promise<boolean> {
    return guarded(async () => {
      const freeBytes = await this.database.freeBytes()
      if (freeBytes !== undefined && freeBytes - sealed.length < minimumFreeBytes * OF_A_PROMISE) throw diskFull()
      // Under PostgreSQL the file must not be removed and collected between the look and the insert.
      const held = sql.raw(this.database.kind === "postgres" ? "for share" : "")
      const stored = await sql`insert into file_chunks (file_id, idx, sealed)
        select ${id}, ${index}, ${sealed} from files where id = ${id} and state != ${FileRowState.removed} ${held}
        on conflict do nothing`.execute(this.db)
      return stored.numAffectedRows === 1n || (await this.file(id)) !== undefined
    })
  }

  async chunk(id: string, index: number): Promise<Uint8Array | undefined> {
    const query = this.db.selectFrom("file_chunks").select("sealed").where("file_id", "=", id)
    const row = await query.where("idx", "=", index).executeTakeFirst()
    return row && toBytes(row.sealed)
  }

  finish(id: string, expiresAtMs: number) {
    return guarded(() =>
      this.database.durably(async (trx) => {
        const found = trx.selectFrom("files").selectAll().where("id", "=", id)
        // Nobody removes it between the look and the change.
        const row = await (this.database.kind === "postgres" ? found.forUpdate() : found).executeTakeFirst()
        if (row === undefined || row.state === FileRowState.removed) return "unknown"
        if (row.state === FileRowState.finished) return "finished"
        const there = await trx
          .selectFrom("file_chunks")
          .select((c) => c.fn.countAll<number>().as("chunks"))
          .where("file_id", "=", id)
          .executeTakeFirstOrThrow()
        if (Number(there.chunks) !== row.chunks) return "incomplete"
        const finished = { state: FileRowState.finished, expires_at_ms: expiresAtMs }
        await trx.updateTable("files").set(finished).where("id", "=", id).execute()
        return "finished"
      }),
    )
  }

  private async removeWhere(
    column: "id" | "owner_id" | "expires_at_ms",
    operator: "=" | "<=",
    value: string | number,
  ): Promise<number> {
    const removed = this.db
      .updateTable("files")
      .set({ state: FileRowState.removed })
      .where(column, operator, value)
      .where("state", "!=", FileRowState.removed)
    return Number((await guarded(() => removed.executeTakeFirst())).numUpdatedRows)
  }

  remove = async (id: string): Promise<boolean> => (await this.removeWhere("id", "=", id)) > 0
  removeOwner = (ownerId: string): Promise<number> => this.removeWhere("owner_id", "=", ownerId)
  expire = (nowMs: number): Promise<number> => this.removeWhere("expires_at_ms", "<=", nowMs)

  async owners(): Promise<string[]> {
    const query = this.db.selectFrom("files").select("owner_id").distinct()
    const rows = await query.where("state", "!=", FileRowState.removed).execute()
    return rows.map((row) => row.owner_id)
  }

  async usage(ownerId: string): Promise<{ bytes: number; files: number }> {
    const held = await this.db
      .selectFrom("files")
      .select((c) => [c.fn.countAll<number>().as("files"), sumOf("sealed_bytes").as("bytes")])
      .where("owner_id", "=", ownerId)
      .where("state", "!=", FileRowState.removed)
      .executeTakeFirstOrThrow()
    return { bytes: Number(held.bytes), files: Number(held.files) }
  }

  async totalBytes(): Promise<number> {
    const all = this.db.selectFrom("files").select(sumOf("sealed_bytes").as("bytes"))
    return Number((await all.executeTakeFirstOrThrow()).bytes)
  }

  collect(): Promise<boolean> {
    return guarded(async () => {
      const removed = this.db.selectFrom("files").select("id").where("state", "=", FileRowState.removed)
      const row = await removed.limit(1).executeTakeFirst()
      if (row === undefined) return this.database.shrink()
      const some = this.db.selectFrom("file_chunks").select("idx").where("file_id", "=", row.id).limit(COLLECT_CHUNKS)
      const gone = await this.db
        .deleteFrom("file_chunks")
        .where("file_id", "=", row.id)
        .where("idx", "in", some)
        .executeTakeFirst()
      if (gone.numDeletedRows === 0n) await this.db.deleteFrom("files").where("id", "=", row.id).execute()
      return true
    })
  }

  probe(nowMs: number): Promise<void> {
    const at_ms = nowMs
    const write = this.db.insertInto("file_probes").values({ one: 1, at_ms })
    return guarded(async () => void (await write.onConflict((c) => c.column("one").doUpdateSet({ at_ms })).execute()))
  }

  close(): Promise<void> {
    return this.database.close()
  }
}

const sumOf = (column: "sealed_bytes") => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`

/** A full disk is the one failure that callers tell from others. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code = (cause as { code?: unknown }).code
    throw code === PG_DISK_FULL ? diskFull(cause) : cause
  }
}

const diskFull = (cause?: unknown): AppError =>
  new AppError("store/full", "the disk of the file store is full; free space or delete files", { cause })
