import { execFileSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { chmod, chown, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PATIENCE_MS } from "./patience.js"

const ROOT = "/usr/lib/postgresql"
const binFolder = existsSync(ROOT)
  ? readdirSync(ROOT)
      .map((version) => join(ROOT, version, "bin"))
      .find((folder) => existsSync(join(folder, "initdb")))
  : undefined

/** For `test(name, { skip: withoutPostgres }, …)`: false, or the reason to print. */
export const withoutPostgres: false | string =
  binFolder === undefined && "PostgreSQL is not installed (apt-get install postgresql)"

/** The server refuses to run as root: then it runs as the user `postgres`, who comes with the package. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: idOf("-u"), gid: idOf("-g") }
}

/** The address of the cluster that a run of the tests shares; a test has databases of its own in it. */
const SHARED = "SOURCEPRINT_TEST_POSTGRES"

/** Starts the cluster that `throwawayPostgres` of this process and its children then gives. @returns what ends it */
export async function sharePostgres(): Promise<() => Promise<void>> {
  if (withoutPostgres !== false) return () => Promise.resolve()
  const { url, stop } = await throwawayPostgres()
  process.env[SHARED] = url
  return stop
}

/** A PostgreSQL cluster in a temporary folder, on a socket file only; fsync as in production. */
export async function throwawayPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const shared = process.env[SHARED]
  if (shared !== undefined) return { url: shared, stop: () => Promise.resolve() }
  if (binFolder === undefined) throw new Error("PostgreSQL is not installed")
  const folder = await mkdtemp(join(tmpdir(), "pg-"))
  const user = postgresUser()
  if (user !== undefined) {
    await chmod(folder, 0o755)
    await chown(folder, user.uid, user.gid)
  }
  const run = (program: string, args: string[]): void => {
    execFileSync(join(binFolder, program), args, { cwd: folder, stdio: "ignore", ...user })
  }
  const data = join(folder, "data")
  run("initdb", ["-D", data, "-U", "sourceprint", "-A", "trust", "--no-sync"])
  run("pg_ctl", [
    "-D",
    data,
    "-w",
    "-t",
    String(PATIENCE_MS / 1000),
    "-o",
    `-k ${folder} -c listen_addresses= -c max_connections=120`,
    "-l",
    join(folder, "log"),
    "start",
  ])
  return {
    url: `postgres://sourceprint@localhost/postgres?host=${encodeURIComponent(folder)}`,
    async stop() {
      run("pg_ctl", ["-D", data, "-w", "-m", "immediate", "stop"])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
