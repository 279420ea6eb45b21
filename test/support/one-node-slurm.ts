import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import type { SlurmTask } from "@sourceprint/core/launch/slurm/slurm-queue.js"
import { projectRoot } from "./shared-data.js"

const run = promisify(execFile)

export interface OneNode {
  /** Why there is none here; undefined where it is up and `SLURM_CONF` of this process points at it. */
  readonly absent: string | undefined
  /** Lets a "wait-for-file" job with this log continue. */
  allow(log: string): Promise<void>
  /** `kill -9` of this node's slurmd. */
  killDaemon(): Promise<void>
  startDaemon(): Promise<void>
  /** Takes the node away from under its tasks, and gives it back. */
  failNode(): Promise<void>
  /** A job of every processor, for which the tasks that run must make room. */
  takeTheirPlace(): Promise<void>
  /** `scancel` of one task. */
  cancelTask(task: SlurmTask): Promise<void>
  /** Sends a signal to one of the daemons of this set-up. */
  signal(daemon: "slurmctld" | "slurmdbd", signal: NodeJS.Signals): Promise<void>
  stop(): Promise<void>
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })

/** Three ports side by side that nobody listens at, below those that systems give to outgoing connections: Slurm cannot
 *  be told to take any that is free. */
async function freePorts(): Promise<[number, number, number]> {
  for (;;) {
    const port = 20_000 + 3 * Math.floor(Math.random() * 4_000)
    const three = [port, port + 1, port + 2] as const
    if ((await Promise.all(three.map(isFree))).every(Boolean)) return [...three]
  }
}

export interface OneNodeOptions {
  /** Between SIGTERM and SIGKILL. */
  readonly killWaitSeconds?: number
  /** With a database and slurmdbd. */
  readonly accounts?: boolean
  /** The controller forgets ended jobs after this long (and at most 30 s later). */
  readonly minJobAgeSeconds?: number
}

/** A real Slurm of one node, from `tools/slurm-one-node.sh`, on ports of its own. */
export async function oneNodeSlurm({
  killWaitSeconds = 3,
  accounts = false,
  minJobAgeSeconds = 300,
}: OneNodeOptions = {}): Promise<OneNode> {
  const script = join(projectRoot, "tools/slurm-one-node.sh")
  const folder = await mkdtemp(join(tmpdir(), "slurm-"))
  const [controllerPort, nodePort, accountsPort] = await freePorts()
  const env = {
    ...process.env,
    SLURMCTLD_PORT: String(controllerPort),
    SLURMD_PORT: String(nodePort),
    SLURM_CPUS: "2",
    SLURM_KILL_WAIT: String(killWaitSeconds),
    SLURM_MIN_JOB_AGE: String(minJobAgeSeconds),
    ...(accounts ? { SLURMDBD_PORT: String(accountsPort) } : {}),
  }
  const act = (action: string) => run(script, [action, folder], { env })
  const absent = await act("start").then(
    () => undefined,
    (error: { stderr?: string; message: string }) => `no Slurm here: ${(error.stderr ?? error.message).trim()}`,
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
    async takeTheirPlace() {
      const what = ["--partition=urgent", "--cpus-per-task=2", "--output=/dev/null", "--wrap=sleep 1"]
      await run("sbatch", what)
    },
    cancelTask: async ({ jobId, index }) => void (await run("scancel", [`${jobId}_${index}`])),
    async signal(daemon, signal) {
      process.kill(Number(await readFile(join(folder, `${daemon}.pid`), "utf8")), signal)
    },
    async stop() {
      if (absent === undefined) await act("stop")
      delete process.env.SLURM_CONF
      await rm(folder, { recursive: true, force: true })
    },
  }
}
