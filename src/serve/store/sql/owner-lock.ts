import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { dirname } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import Database from "libsql"
import { createForOwner } from "./sqlite-file.js"

/** Makes this process the one server of a SQLite file, until it lets go or ends, however it ends: the lock is the
 *  operating system's, on `<file>.lock`; `<file>.owner` says whose it is. Commands beside the server need none.
 *  @returns how to let go
 *  @throws AppError "store/owned" with the owner's name */
export function ownFile(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true })
  createForOwner(`${file}.lock`)
  const lock = new Database(`${file}.lock`)
  try {
    lock.exec("begin exclusive")
  } catch (cause) {
    lock.close()
    const cure = "stop it first, or give this server a store of its own"
    throw new AppError("store/owned", `${file} belongs to a server that runs, ${ownerOf(file)}: ${cure}`, { cause })
  }
  const since = new Date().toISOString()
  writeFileSync(`${file}.owner`, `process ${process.pid} on ${hostname()} since ${since}\n`, { mode: 0o600 })
  return () => {
    rmSync(`${file}.owner`, { force: true })
    lock.close()
  }
}

function ownerOf(file: string): string {
  try {
    return readFileSync(`${file}.owner`, "utf8").trim()
  } catch {
    return "which has not said its name"
  }
}
