import { fork } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdir, readFile } from "node:fs/promises"
import { availableParallelism, cpus, homedir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { contentId } from "@sourceprint/core/canonical-json.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { nativeBindingStamp } from "@sourceprint/engine/native-binding.js"
import { type Engine, type EngineChoice, type EngineName, selectEngine } from "@sourceprint/engine/select-engine.js"
import { z } from "zod"
import type { Configuration } from "./plan.js"
import { planOf } from "./zoo/plan-of.js"

/** What of a configuration decides how long its training step takes. */
export type TrialNetwork = Pick<Configuration, "label" | "model" | "view" | "training" | "plugins">

/** What the process of a trial says: a line for each network in turn, or why there is none. */
export type TrialMessage =
  | { readonly kind: "step"; readonly stepMs: number }
  | { readonly kind: "refused"; readonly why: string }

const TrialOutcome = z.union([
  /** The least of some steps. */
  z.strictObject({ stepMs: z.number() }),
  /** The signal or exit code with which the process ended. */
  z.strictObject({ crashed: z.string() }),
  /** The engine does not load, or did not answer. */
  z.strictObject({ refused: z.string() }),
])
export type TrialOutcome = z.infer<typeof TrialOutcome>

export interface ChooseOptions {
  /** Cores of a worker: an engine with threads may use as many. */
  readonly threads: number
  /** Where outcomes are remembered. */
  readonly cacheFolder?: string
  /** Identifies the native library; undefined: none is installed. */
  readonly nativeStamp?: string | undefined
  readonly tryOn?: typeof tryEngine
}

/** Native has to be this much faster: within it the embedded engine is taken, whose results are the same everywhere. */
const CLEARLY = 0.95
const MOST_TRIED = 8
const TRIAL_MS = 120_000
const trialModule = fileURLToPath(new URL("engine-trial.js", import.meta.url))

const defaultCache = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sourceprint", "engine-trials")

/** The engine in force for these configurations. `auto` trains a step of each network on every engine that is
 *  installed, in processes of their own, and takes the fastest; what was measured once on this machine is remembered.
 *  A native engine that ends its process is never chosen.
 *  @throws AppError "engine/…" as `selectEngine`; "engine/crashed" where `native` was asked for and crashes */
export async function chooseEngine(
  choice: EngineChoice,
  configurations: readonly TrialNetwork[],
  options: ChooseOptions,
): Promise<Engine> {
  const { threads } = options
  const stamp = "nativeStamp" in options ? options.nativeStamp : nativeBindingStamp()
  const networks = configurations.filter(isNetwork).slice(0, MOST_TRIED)
  if (networks.length === 0 || stamp === undefined || !["auto", "native"].includes(choice)) {
    const engine = await selectEngine(choice, { threads })
    return choice === "auto" && stamp === undefined
      ? { ...engine, why: `${engine.why}; native is not installed` }
      : engine
  }
  const native = await outcomes("native", networks, { ...options, stamp })
  const failed = native.findIndex((outcome) => !("stepMs" in outcome))
  const problem = failed < 0 ? undefined : problemOf(native[failed] as TrialOutcome, networks[failed]?.label)
  if (choice === "native") {
    if (problem?.code === "engine/crashed") {
      throw new AppError("engine/crashed", `${problem.text}; choose wasm (engine: wasm, or --engine wasm)`)
    }
    return await selectEngine("native", { threads })
  }
  if (problem !== undefined) return because(await selectEngine("wasm"), problem.text)
  const wasm = await outcomes("wasm", networks, { ...options, stamp })
  if (!wasm.every((outcome) => "stepMs" in outcome)) return await selectEngine("auto", { threads })
  const [nativeMs, wasmMs] = [totalMs(native), totalMs(wasm)]
  const cores = threads === 1 ? "one core" : `${threads} cores`
  const of = networks.length === 1 ? networks[0]?.label : `each of ${networks.length} networks`
  const times = `${nativeMs.toPrecision(3)} ms on native with ${cores}, ${wasmMs.toPrecision(3)} ms on wasm`
  const measured = `a step of ${of} takes ${times}`
  return because(await selectEngine(nativeMs < CLEARLY * wasmMs ? "native" : "wasm", { threads }), measured)
}

/** A crash of TensorFlow's library ends the process of the job; jobs of one run cannot go on with another engine. */
export const crashCure = ({ name }: Pick<Engine, "name">, runFolder: string): string =>
  name === "native"
    ? `; engine native, a library outside this program, may have ended it: delete ${runFolder}, run with --engine wasm`
    : ""

const because = (engine: Engine, why: string): Engine => ({ ...engine, why })
const isNetwork = (network: TrialNetwork): boolean => planOf(network).recipe.kind === "layers"
const totalMs = (of: readonly TrialOutcome[]): number =>
  of.reduce((sum, outcome) => sum + ("stepMs" in outcome ? outcome.stepMs : 0), 0)

function problemOf(outcome: TrialOutcome, label = ""): { code: string; text: string } {
  return "crashed" in outcome
    ? { code: "engine/crashed", text: `native ended its process with ${outcome.crashed} in a step of ${label}` }
    : { code: "engine/unavailable", text: `native cannot be used (${"refused" in outcome ? outcome.refused : ""})` }
}

/** An outcome for each network, remembered or tried; after a crash the ones behind it are not tried. */
async function outcomes(
  engine: EngineName,
  networks: readonly TrialNetwork[],
  { threads, stamp, cacheFolder = defaultCache(), tryOn = tryEngine }: ChooseOptions & { stamp: string },
): Promise<TrialOutcome[]> {
  const path = (network: TrialNetwork) =>
    join(cacheFolder, `${contentId(circumstances(engine, network, threads, stamp))}.json`)
  const known = await Promise.all(networks.map((network) => remembered(path(network))))
  const wanted = networks.filter((_, i) => known[i] === undefined)
  if (wanted.length === 0) return known as TrialOutcome[]
  const tried = await tryOn(engine, wanted, threads)
  for (const [i, outcome] of tried.entries()) {
    const network = wanted[i]
    if (network === undefined || "refused" in outcome) continue
    await remember(cacheFolder, path(network), outcome)
  }
  const next = tried.values()
  return known.map((outcome) => outcome ?? next.next().value).filter((outcome) => outcome !== undefined)
}

/** All that a measured time depends on: machine, versions, network. */
function circumstances(
  engine: EngineName,
  { model, view, training, plugins }: TrialNetwork,
  threads: number,
  stamp: string,
) {
  const { batchSize, optimiser } = training
  const machine = [process.platform, process.arch, cpus()[0]?.model ?? "", availableParallelism()]
  const version = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version
  const versions = { node: process.version, version, ...(engine === "native" ? { stamp } : {}) }
  return { engine, machine, versions, threads, model, view, batchSize, optimiser, ...(plugins ? { plugins } : {}) }
}

async function remembered(path: string): Promise<TrialOutcome | undefined> {
  try {
    return TrialOutcome.parse(JSON.parse(await readFile(path, "utf8")))
  } catch {
    return undefined // absent or broken: tried again
  }
}

async function remember(folder: string, path: string, outcome: TrialOutcome): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFileAtomic(path, JSON.stringify(outcome))
  } catch {
    // a folder that cannot be written costs another trial next time, nothing else
  }
}

/** A step of each network on an engine, in a process of its own: as many outcomes as it came to, in order. */
export function tryEngine(
  engine: EngineName,
  networks: readonly TrialNetwork[],
  threads: number,
  module = trialModule,
): Promise<TrialOutcome[]> {
  return new Promise((resolve) => {
    const given = networks.map(({ label, model, view, training, plugins }) => ({
      label,
      model,
      view,
      training,
      plugins,
    }))
    const child = fork(
      module,
      [engine, threads, given].map((value) => JSON.stringify(value)),
      {
        execArgv: [],
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      },
    )
    const seen: TrialOutcome[] = []
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill("SIGKILL")
    }, TRIAL_MS)
    child.on("message", (message: TrialMessage) => {
      seen.push(message.kind === "step" ? { stepMs: message.stepMs } : { refused: message.why.split("\n")[0] ?? "" })
    })
    const end = (last?: TrialOutcome): void => {
      clearTimeout(timer)
      resolve(last === undefined || seen.some((outcome) => "refused" in outcome) ? seen : [...seen, last])
    }
    child.once("error", (error) => end({ refused: error.message }))
    child.once("close", (code, signal) => {
      if (isLate) end({ refused: `no answer in ${TRIAL_MS / 1000} s` })
      else if (seen.length >= networks.length) end()
      else end({ crashed: signal ?? `exit code ${code}` })
    })
  })
}
