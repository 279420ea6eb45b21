import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { projectRoot } from "./shared-data.js"

const run = promisify(execFile)

export interface OneNode {
  /** Why there is none here; undefined where it is up and `SLURM_CONF` of this process points at it. */
  readonly absent: string | undefined
  /** Lets a "wait-for-file" cell with this log go on. */
  allow(log: string): Promise<void>
  /** `kill -9` of this node's slurmd. */
  killDaemon(): Promise<void>
  startDaemon(): Promise<void>
  /** Takes the node away from under its tasks, and gives it back. */
  failNode(): Promise<void>
  stop(): Promise<void>
}

/** A real Slurm of one node, from `tools/slurm-one-node.sh`, on ports of its own. */
export async function oneNodeSlurm(killWaitSeconds = 3): Promise<OneNode> {
  const script = join(projectRoot, "tools/slurm-one-node.sh")
  const folder = await mkdtemp(join(tmpdir(), "slurm-"))
  const port = 20_000 + (process.pid % 10_000)
  const env = {
    ...process.env,
    SLURMCTLD_PORT: String(port),
    SLURMD_PORT: String(port + 10_000),
    SLURM_CPUS: "2",
    SLURM_KILL_WAIT: String(killWaitSeconds),
  }
  const act = (action: string) => run(script, [action, folder], { env })
  const absent = await act("start").then(
    () => undefined,
    (error: { stderr?: string; message: string }) =>
      `no Slurm here: ${(error.stderr ?? error.message).trim()}`,
  )
  if (absent === undefined) process.env.SLURM_CONF = join(folder, "slurm.conf")
  return {
    absent,
    allow: (log) => writeFile(`${log}.go`, ""),
    async killDaemon() {
      process.kill(Number(await readFile(join(folder, "slurmd.pid"), "utf8")), "SIGKILL")
    },
    startDaemon: async () => void (await act("slurmd")),
    async failNode() {
      const name = `NodeName=${hostname().split(".")[0]}`
      await run("scontrol", ["update", name, "State=DOWN", "Reason=trial"])
      await run("scontrol", ["update", name, "State=IDLE"]).catch(() => {}) // it may have come back by itself
    },
    async stop() {
      if (absent === undefined) await act("stop")
      delete process.env.SLURM_CONF
      await rm(folder, { recursive: true, force: true })
    },
  }
}
