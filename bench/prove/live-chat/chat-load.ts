import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { toHex } from "@sourceprint/core/bytes.js"
import type { Figure } from "../claim.js"
import { atMost, exactly } from "../figure.js"
import { chatServers } from "./chat-servers.js"
import { newToken } from "./live-person.js"
import type { LoadGo, LoadResult, LoadTask } from "./load-worker.js"

export interface ChatLoadOptions {
  readonly folder: string
  readonly store: string
  readonly rooms: number
  readonly membersPerRoom: number
  readonly perSecond: number
  readonly forMs: number
  /** Processes that the clients live in. */
  readonly workers: number
  readonly p99BoundMs: number
  logLine(text: string): void
}

const worker = fileURLToPath(new URL("./load-worker.js", import.meta.url))
/** Accounts made side by side. */
const SIDE_BY_SIDE = 8
const CLOCK_TICKS = 100 // of /proc/<pid>/stat a second, on Linux

/** CPU that another process has used so far, ms; undefined where /proc does not tell. */
async function cpuMsOf(pid: number | undefined): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined)
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")
  return fields && ((Number(fields[11]) + Number(fields[12])) * 1000) / CLOCK_TICKS
}

async function answerOf<T>(child: ChildProcess, message: LoadTask | LoadGo): Promise<T> {
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`a process of clients ended with ${code}`)
  })
  failed.catch(() => {}) // after the answer nobody waits for this
  child.send(message)
  const [answer] = await Promise.race([once(child, "message"), failed])
  return answer as T
}

/** Real chat clients in rooms of a real server process send so many messages a second, all together; measured is the
 *  time from the call that sends to the moment when another member has it decrypted and stored. */
export async function chatLoad(options: ChatLoadOptions): Promise<Figure[]> {
  const { rooms, membersPerRoom, perSecond, forMs, workers, logLine } = options
  const servers = await chatServers(options.folder, options.store, 1)
  const children = Array.from({ length: workers }, () =>
    fork(worker, { stdio: ["ignore", "ignore", "inherit", "ipc"] }),
  )
  try {
    const people = Array.from({ length: rooms * membersPerRoom }, (_, i) => `person-${i}`)
    const tokens = new Map<string, string>()
    const waiting = [...people]
    const { identity } = servers
    const enrol = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        tokens.set(name, toHex(await newToken(identity, () => servers.connect(0), name)))
      }
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, enrol))
    logLine(`${people.length} accounts`)
    const server = servers.alive[0]
    if (server === undefined) throw new Error("the server is gone")
    const groups = Array.from({ length: rooms }, (_, room) =>
      people
        .slice(room * membersPerRoom, (room + 1) * membersPerRoom)
        .map((name) => ({ name, token: tokens.get(name) ?? "" })),
    )
    await Promise.all(
      children.map((child, n) => {
        const task = { port: server.port, identity, rooms: groups.filter((_, room) => room % workers === n) }
        return answerOf<string>(child, task)
      }),
    )
    logLine(`${people.length} clients in ${rooms} rooms`)
    const warm = { perSecond: perSecond / workers, forMs: Math.min(3000, forMs / 4) }
    await Promise.all(children.map((child) => answerOf<LoadResult>(child, warm)))
    const cpuBefore = await cpuMsOf(server.child.pid)
    const beganMs = performance.now()
    const go = { perSecond: perSecond / workers, forMs }
    const results = await Promise.all(children.map((child) => answerOf<LoadResult>(child, go)))
    const tookMs = performance.now() - beganMs
    const cpuAfter = await cpuMsOf(server.child.pid)
    const serverMs = cpuBefore === undefined || cpuAfter === undefined ? Number.NaN : cpuAfter - cpuBefore
    return figuresOf(options, results, { tookMs, serverMs })
  } finally {
    for (const child of children) child.kill("SIGKILL")
    await servers.killAll()
  }
}

function figuresOf(
  { rooms, membersPerRoom, perSecond, p99BoundMs }: ChatLoadOptions,
  results: readonly LoadResult[],
  { tookMs, serverMs }: { readonly tookMs: number; readonly serverMs: number },
): Figure[] {
  const sent = results.reduce((sum, result) => sum + result.sent, 0)
  const times = results.flatMap(({ deliveriesMs }) => deliveriesMs).sort((a, b) => a - b)
  const at = (q: number): number => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? Number.NaN
  const clientsMs = results.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  const problems = results.flatMap((result) => result.problems)
  const missing = sent * (membersPerRoom - 1) - times.length
  return [
    { name: "clients connected", value: rooms * membersPerRoom, unit: "", note: `${rooms} rooms` },
    {
      name: "messages a second",
      value: (1000 * sent) / tookMs,
      unit: "/s",
      note: `${sent} messages, ${perSecond}/s asked for`,
    },
    exactly("deliveries missing", missing, 0, "", `of ${times.length}`),
    { name: "delivery p50", value: at(0.5), unit: "ms" },
    { name: "delivery p95", value: at(0.95), unit: "ms" },
    atMost("delivery p99", at(0.99), p99BoundMs, "ms"),
    { name: "delivery, the slowest", value: at(1), unit: "ms" },
    { name: "CPU of the server", value: (100 * serverMs) / tookMs, unit: "% of one core" },
    {
      name: "CPU of the clients",
      value: (100 * clientsMs) / tookMs,
      unit: "% of one core",
      note:
        `${((100 * clientsMs) / (clientsMs + serverMs)).toFixed(0)} % of all; encryption for ` +
        `${membersPerRoom} members is theirs`,
    },
    { name: "CPU of the server a message", value: serverMs / sent, unit: "ms", note: problems[0] ?? "" },
  ]
}
