import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import * as tf from "@tensorflow/tfjs"
import { AppError, messageOf } from "../errors.js"
import { registerComposedGradients } from "./kernels/composed-gradients.js"
import { registerSimdKernels } from "./kernels/register-simd-kernels.js"

/** native: tfjs-node, TensorFlow's C library. wasm: the embedded engine, needs nothing installed. cpu: plain
 *  JavaScript, for checks only. auto: native where it loads, else wasm, else cpu. */
export type EngineChoice = "auto" | "native" | "wasm" | "cpu"
export type EngineName = Exclude<EngineChoice, "auto">
export const engineChoices: readonly EngineChoice[] = ["auto", "native", "wasm", "cpu"]

export interface Engine {
  /** The one copy of tfjs in this process, with the chosen backend in force. */
  readonly tf: typeof tf
  readonly name: EngineName
  /** One sentence for logs and run records: why this engine and not another. */
  readonly why: string
  /** Name -> version of what computes; belongs in a run record. */
  readonly versions: Readonly<Record<string, string>>
}

const require = createRequire(import.meta.url)
/** tfjs' own name of each backend. */
const backendOf = { native: "tensorflow", wasm: "wasm", cpu: "cpu" } as const

/** tfjs-node registers its backend while it loads; absent or unable to load its library: throws. */
async function loadNative(): Promise<Record<string, string>> {
  const entry = require.resolve("@tensorflow/tfjs-node")
  const node = (await import(pathToFileURL(entry).href)) as {
    readonly default: { readonly version: Readonly<Record<string, string>> }
  }
  return { ...node.default.version }
}

/** The binaries lie beside the package's own module: no download. One thread: parallel cells own a core each, and
 *  one thread adds in one order, so that a run repeats bit for bit. */
async function loadWasm(): Promise<Record<string, string>> {
  const wasm = await import("@tensorflow/tfjs-backend-wasm")
  if (tf.findBackend("wasm") === null) {
    wasm.setWasmPaths(`${join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/")}`)
    wasm.setThreadsCount(1)
    // The threaded binary starts a pool even for one thread; the single-threaded one is the same kernels without it.
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false)
  }
  registerComposedGradients()
  return { "tfjs-backend-wasm": wasm.version_wasm }
}

const load: Readonly<Record<EngineName, () => Promise<Record<string, string>>>> = {
  native: loadNative,
  wasm: loadWasm,
  cpu: async () => ({}),
}

/** Loads the chosen engine and puts it in force for the whole process; asking again is cheap.
 *  @throws AppError engine/choice for an unknown word, engine/unavailable where the named engine cannot load here */
export async function selectEngine(choice: EngineChoice): Promise<Engine> {
  if (!engineChoices.includes(choice)) {
    throw new AppError("engine/choice", `engine ${choice} is not one of ${engineChoices.join(", ")}`)
  }
  const order: readonly EngineName[] = choice === "auto" ? ["native", "wasm", "cpu"] : [choice]
  const refused: string[] = []
  for (const name of order) {
    try {
      const versions = await load[name]()
      if (!(await tf.setBackend(backendOf[name]))) throw new Error("tfjs could not start its backend")
      await tf.ready()
      if (name === "wasm") registerSimdKernels()
      const why =
        choice === name
          ? `${name} was asked for`
          : [`${name} is the fastest that loads here`, ...refused].join("; ")
      return { tf, name, why, versions: { tfjs: tf.version.tfjs, ...versions } }
    } catch (error) {
      refused.push(`${name} does not load (${messageOf(error).split("\n")[0]})`)
    }
  }
  const cure =
    choice === "native" ? "; run `npm run engine:native`, or choose wasm, which needs nothing installed" : ""
  throw new AppError("engine/unavailable", `${refused.join("; ")}${cure}`)
}
