import { readdir, readFile } from "node:fs/promises"
import { forgetPeak, peakBytesOf } from "./transfer-rig.js"

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

async function processes(): Promise<Process[]> {
  const found: Process[] = []
  for (const name of await readdir("/proc")) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    try {
      const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ")
      const stat = await readFile(`/proc/${pid}/stat`, "utf8")
      found.push({ pid, parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]), command })
    } catch (error) {
      // It ended between the listing and the look.
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error
    }
  }
  return found
}

/** The processes of the Chromium that keeps its profile in this folder. */
export class ChromiumMemory {
  private constructor(private readonly pids: ReadonlyMap<number, string>) {}

  static async of(profile: string): Promise<ChromiumMemory> {
    const all = await processes()
    const root = all.find(
      ({ command }) => command.includes(`--user-data-dir=${profile}`) && !command.includes("--type="),
    )
    if (root === undefined) throw new Error(`no Chromium runs in ${profile}`)
    const tree = new Set([root.pid])
    for (let grown = true; grown; ) {
      grown = false
      for (const { pid, parent } of all) {
        if (tree.has(parent) && !tree.has(pid)) {
          tree.add(pid)
          grown = true
        }
      }
    }
    const kindOf = ({ command }: Process): string => /--type=(\S+)/.exec(command)?.[1] ?? "browser"
    return new ChromiumMemory(new Map(all.filter(({ pid }) => tree.has(pid)).map((one) => [one.pid, kindOf(one)])))
  }

  /** From now on the peaks count again. */
  async forget(): Promise<void> {
    for (const pid of this.pids.keys()) await forgetPeak(pid)
  }

  /** The largest peak of one renderer, and the sum of the peaks of all processes: an upper bound of what all held at
   *  once. */
  async peaks(): Promise<{ readonly rendererBytes: number; readonly allBytes: number }> {
    let rendererBytes = 0
    let allBytes = 0
    for (const [pid, kind] of this.pids) {
      const peak = await peakBytesOf(pid).catch(() => 0) // it has ended
      allBytes += peak
      if (kind === "renderer") rendererBytes = Math.max(rendererBytes, peak)
    }
    return { rendererBytes, allBytes }
  }
}
