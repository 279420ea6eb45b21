import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs"
import { dirname } from "node:path"
import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import type { SqliteDatabase, SqliteStatement } from "kysely"
import Database from "libsql"

type Connection = InstanceType<typeof Database>

/** What a write may wait for another process's write. */
const BUSY_MS = 5_000
const WRITES = /^\s*(?:insert|update|delete)\b/i

/** The connection of a SQLite file, which mends itself: after a failure that is not the statement's own it is opened
 *  again, and a file that was deleted or replaced beneath it is written back from what the connection still holds.
 *  Database, write-ahead log and index can be read by their owner alone. */
export class SqliteFile implements SqliteDatabase {
  private connection: Connection | undefined
  private opened: { main: Stats; log: Stats | undefined } | undefined
  private inTransaction = false
  private suspect = false
  private closed = false

  /** @param file an absolute path @throws AppError "store/…" */
  constructor(
    private readonly file: string,
    private readonly pragmas: readonly string[],
  ) {
    mkdirSync(dirname(file), { recursive: true })
    this.renew()
  }

  /** Before each use, while nothing is under way. @throws AppError "store/unavailable", "store/full" */
  renew(): void {
    if (this.closed) throw new TypeError("the database was closed")
    try {
      if (this.connection === undefined && this.opened !== undefined && !existsSync(this.file)) {
        throw new AppError("store/unavailable", `${this.file} is gone: put it back`)
      }
      if (this.connection !== undefined && this.isAstray()) this.writeBack(this.connection)
      this.connection ??= this.open()
    } catch (error) {
      throw storeError(this.file, error)
    }
  }

  private open(): Connection {
    createForOwner(this.file)
    const connection = new Database(this.file)
    try {
      for (const pragma of [...this.pragmas, `busy_timeout=${BUSY_MS}`]) connection.pragma(pragma)
      connection.exec("select 1 from sqlite_schema limit 1") // the log is there from the first read on: it can be known
      for (const end of ["", "-wal", "-shm"]) ownerAlone(this.file + end)
      this.opened = { main: statSync(this.file), log: statOf(`${this.file}-wal`) }
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** Whether another file, or none, lies where this one was opened. */
  private isAstray(): boolean {
    if (this.opened === undefined) return false
    const { main, log } = this.opened
    if (!isSameFile(main, statOf(this.file))) return true
    const logNow = statOf(`${this.file}-wal`)
    if (log === undefined) this.opened.log = logNow
    return log !== undefined && !isSameFile(log, logNow)
  }

  /** Nothing that was acknowledged is lost: the connection has all of it. A file that was put in the place stays beside
   *  it under another name. */
  private writeBack(connection: Connection): void {
    const { file } = this
    const rescued = `${file}.rescued`
    mkdirSync(dirname(file), { recursive: true })
    rmSync(rescued, { force: true })
    createForOwner(rescued)
    connection.exec(`vacuum into '${rescued.replaceAll("'", "''")}'`)
    const found = statOf(file)
    if (found !== undefined && !isSameFile(found, this.opened?.main)) renameSync(file, `${file}.replaced-${Date.now()}`)
    for (const end of ["-wal", "-shm"]) rmSync(file + end, { force: true })
    renameSync(rescued, file)
    connection.close()
    this.connection = undefined
    this.connection = this.open()
  }

  prepare(sql: string): SqliteStatement {
    return this.guarded((connection) => {
      const statement = connection.prepare(sql)
      // Only `exec` leaves no statement open when the file is locked: a single write is put between two of them.
      const alone = !this.inTransaction && WRITES.test(sql)
      const call = <T>(work: () => T): T => this.guarded(() => (alone ? this.alone(work) : work()))
      return {
        reader: statement.reader,
        all: (parameters) => call(() => statement.all(parameters)),
        run: (parameters) => call(() => statement.run(parameters) as ReturnType<SqliteStatement["run"]>),
        iterate: (parameters) => call(() => statement.iterate(parameters) as IterableIterator<unknown>),
      }
    })
  }

  /** Leaves no statement open, as a prepared pragma may. */
  exec(sql: string): void {
    this.guarded((connection) => connection.exec(sql))
  }

  private alone<T>(work: () => T): T {
    this.begin()
    try {
      const result = work()
      this.commit()
      return result
    } catch (error) {
      this.rollback()
      throw error
    }
  }

  begin(): void {
    this.guarded((connection) => connection.exec("begin immediate"))
    this.inTransaction = true
  }

  commit(): void {
    this.guarded((connection) => connection.exec("commit"))
    this.inTransaction = false
  }

  /** Whatever went wrong before, nothing stays of the transaction: SQLite itself may have ended it. */
  rollback(): void {
    this.inTransaction = false
    try {
      this.connection?.exec("rollback")
    } catch {
      this.suspect = true
    }
    if (this.suspect) this.drop()
  }

  close(): void {
    if (this.closed) return
    try {
      if (this.connection !== undefined && this.isAstray()) this.writeBack(this.connection)
    } finally {
      this.closed = true
      this.drop()
    }
  }

  private guarded<T>(work: (connection: Connection) => T): T {
    if (this.connection === undefined) throw new AppError("store/unavailable", `${this.file} is not open`)
    try {
      return work(this.connection)
    } catch (error) {
      if (isStatementsOwn(error)) throw error
      const failure = storeError(this.file, error)
      // A full disk and another's lock say nothing about the connection.
      this.suspect ||= failure.code === "store/unavailable"
      if (this.suspect && !this.inTransaction) this.drop()
      throw failure
    }
  }

  private drop(): void {
    this.suspect = false
    // Nothing may be lost with the connection: what was deleted beneath it is written back first, by `renew`.
    if (!this.closed && this.isAstray()) return
    const { connection } = this
    this.connection = undefined
    connection?.close()
  }
}

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })

const isSameFile = (one: Stats | undefined, other: Stats | undefined): boolean =>
  one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev

/** An empty file where there is none; SQLite gives the log and the index beside it the same mode. A file that is there
 *  is not opened: closing it again would release the locks that this process has on it. */
export function createForOwner(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "wx", 0o600))
}

function ownerAlone(path: string): void {
  const found = statOf(path)
  if (found === undefined || (found.mode & 0o077) === 0) return
  try {
    chmodSync(path, 0o600)
  } catch (cause) {
    const cure = "let its owner run this program, or do chmod 600 yourself"
    throw new AppError("store/mode", `${path} can be read by others and its mode cannot be changed: ${cure}`, { cause })
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? "")

/** A rule of the tables, or one of ours: the connection is as good as before. */
const isStatementsOwn = (error: unknown): boolean =>
  error instanceof AppError || codeOf(error).startsWith("SQLITE_CONSTRAINT") || error instanceof TypeError

function storeError(file: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const code = codeOf(cause)
  if (code === "SQLITE_FULL" || code === "ENOSPC") {
    return new AppError("store/full", `the disk of ${file} is full: free some space`, { cause })
  }
  if (code.startsWith("SQLITE_BUSY")) {
    const cure = "wait for it, or end it"
    return new AppError("store/busy", `another process has held ${file} locked for ${BUSY_MS / 1000} s: ${cure}`, {
      cause,
    })
  }
  return new AppError("store/unavailable", `${file} cannot be used: ${messageOf(cause)}`, { cause })
}

/** True for what passes by itself or when the disk is mended. */
export const isStoreTrouble = (error: unknown): boolean =>
  ["store/full", "store/busy", "store/unavailable", "store/lost"].some((code) => hasCode(error, code))
