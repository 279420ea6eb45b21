/** Starts engines as processes and orders work from them. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { kerasPython, peerScript, withoutKeras } from "../test/support/python-peers.js"
import type { Answer, benchModels, Order, Peer } from "./engine-child.js"

/** A command held to `cores` as taskset takes them ("0"); absent: all. */
const onCores = (cores: string | undefined, command: readonly string[]): [string, string[]] => {
  const [first = "", ...rest] = [...(cores === undefined ? [] : ["taskset", "-c", cores]), ...command]
  return [first, rest]
}

export class EngineProcess {
  readonly peer: Peer
  private readonly child: ChildProcess
  private readonly answers: AsyncIterator<string> | undefined

  private constructor(peer: Peer, cores?: string) {
    this.peer = peer
    if (peer === "keras") {
      const command = onCores(cores, [kerasPython, peerScript("keras_engine.py")])
      this.child = spawn(...command, { stdio: ["pipe", "pipe", "ignore"] })
      this.answers = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
    } else {
      const child = fileURLToPath(new URL("engine-child.js", import.meta.url))
      const command = onCores(cores, [process.execPath, "--expose-gc", child])
      this.child = spawn(...command, { stdio: ["ignore", "ignore", "inherit", "ipc"] })
    }
  }

  /** @param options.cores as taskset takes them ("0"); absent: all. @throws when the engine does not load */
  static async start(
    peer: Peer,
    model: keyof typeof benchModels,
    options: { batchSize?: number; cores?: string } = {},
  ): Promise<EngineProcess> {
    if (peer === "keras" && withoutKeras) throw new Error(withoutKeras)
    const engine = new EngineProcess(peer, options.cores)
    const { batchSize } = options
    await engine.order({ kind: "load", peer, model, ...(batchSize === undefined ? {} : { batchSize }) })
    return engine
  }

  async order(order: Order): Promise<Answer> {
    const done = new AbortController()
    const { signal } = done
    const ended = once(this.child, "exit", { signal }).then(() => {
      throw new Error(`the ${this.peer} process ended`)
    })
    const answered = Promise.race([this.answerTo(order, signal), ended])
    const answer = await answered
    done.abort() // takes the listener that was not needed away; its rejection is of no interest
    ended.catch(() => {})
    if (answer.error !== undefined) {
      this.stop()
      throw new Error(`${this.peer}: ${answer.error}`)
    }
    return answer
  }

  private async answerTo(order: Order, signal: AbortSignal): Promise<Answer> {
    if (this.answers === undefined) {
      const answered = once(this.child, "message", { signal })
      this.child.send(order)
      return ((await answered) as [Answer])[0]
    }
    this.child.stdin?.write(`${JSON.stringify(order)}\n`)
    const { done, value } = await this.answers.next()
    if (done) throw new Error(`the ${this.peer} process ended`)
    return JSON.parse(value) as Answer
  }

  stop(): void {
    this.child.kill()
  }
}

/** A running process of `peer`, or undefined with the reason said where it does not load. */
export async function startIfPossible(
  logLine: (text: string) => void,
  ...args: Parameters<typeof EngineProcess.start>
): Promise<EngineProcess | undefined> {
  try {
    return await EngineProcess.start(...args)
  } catch (error) {
    logLine(`${args[0]} cannot be measured here: ${error instanceof Error ? error.message.split("\n")[0] : error}`)
    return undefined
  }
}

export interface Cost {
  /** Least CPU and clock time of the rounds, per image, in ms. */
  readonly cpuMs: number
  readonly wallMs: number
}

/** Interleaved rounds of `order` over the engines; the least time of each, per image: what others do on the machine
 *  only ever adds. */
export async function leastCost(
  engines: readonly EngineProcess[],
  order: Order,
  images: number,
  rounds: number,
): Promise<Cost[]> {
  const best = engines.map(() => ({ cpuMs: Number.POSITIVE_INFINITY, wallMs: Number.POSITIVE_INFINITY }))
  for (let round = 0; round < rounds; round++) {
    for (const [i, engine] of engines.entries()) {
      const { cpuMs, wallMs } = await engine.order(order)
      const entry = best[i] as { cpuMs: number; wallMs: number }
      entry.cpuMs = Math.min(entry.cpuMs, cpuMs / images)
      entry.wallMs = Math.min(entry.wallMs, wallMs / images)
    }
  }
  return best
}
