import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type * as tfjs from "@tensorflow/tfjs"
import { loadNative } from "#binaries"

/** native: tfjs-node, TensorFlow's C library. wasm: the embedded engine, needs nothing installed. cpu: plain
 *  JavaScript, for checks only. auto: wasm, else native, else cpu; an experiment measures instead which of them trains
 *  its networks fastest (`chooseEngine` of @sourceprint/train). */
export type EngineChoice = "auto" | "native" | "wasm" | "cpu"
/** An engine that computes. */
export type EngineName = Exclude<EngineChoice, "auto">
/** Every choice, for command lines and configurations. */
export const engineChoices: readonly EngineChoice[] = ["auto", "native", "wasm", "cpu"]

/** A tfjs backend in force. */
export interface Engine {
  /** The one copy of tfjs in this process, with the chosen backend in force. */
  readonly tf: typeof tfjs
  readonly name: EngineName
  /** One sentence for logs and run records: why this engine and not another. */
  readonly why: string
  /** Name -> version of what computes; belongs in a run record. */
  readonly versions: Readonly<Record<string, string>>
}

/** What the place where the engine runs must say. */
export interface EngineOptions {
  /** In a browser: URL of the folder, with its last slash, where the site serves the .wasm files of this package
   *  (dist/kernels) and of tfjs-backend-wasm (dist). Node finds them by itself. */
  readonly wasmUrl?: string
  /** Cores that the native engine may use, if it is loaded for the first time in this process; absent: all. */
  readonly threads?: number | undefined
}

async function startNative({ threads }: EngineOptions): Promise<Record<string, string>> {
  const versions = await loadNative(threads)
  await setBackend("tensorflow")
  return versions
}

async function startWasm({ wasmUrl }: EngineOptions): Promise<Record<string, string>> {
  const { startStockWasm } = await import("./wasm-backend.js")
  const { registerSimdKernels } = await import("./kernels/register-simd-kernels.js")
  const versions = await startStockWasm(wasmUrl)
  return { ...versions, kernels: (await registerSimdKernels(wasmUrl)).variant }
}

async function startCpu(): Promise<Record<string, string>> {
  await setBackend("cpu")
  return {}
}

async function setBackend(name: string): Promise<void> {
  const { tf } = await import("#tfjs")
  if (!(await tf.setBackend(name))) throw new Error(`tfjs could not start its ${name} backend`)
  await tf.ready()
}

const start: Readonly<Record<EngineName, (options: EngineOptions) => Promise<Record<string, string>>>> = {
  native: startNative,
  wasm: startWasm,
  cpu: startCpu,
}

/** Loads the chosen engine and puts it in force for the whole process; asking again is cheap.
 *  @throws AppError engine/choice for an unknown word, engine/unavailable where the named engine cannot load here */
export async function selectEngine(choice: EngineChoice, options: EngineOptions = {}): Promise<Engine> {
  if (!engineChoices.includes(choice)) {
    throw new AppError("engine/choice", `engine ${choice} is not one of ${engineChoices.join(", ")}`)
  }
  const order: readonly EngineName[] = choice === "auto" ? ["wasm", "native", "cpu"] : [choice]
  const refused: string[] = []
  const { tf } = await import("#tfjs") // when first asked for: most commands run no network
  for (const name of order) {
    try {
      const versions = await start[name](options)
      const why =
        choice === name ? `${name} was asked for` : [`${name} is the first that loads here`, ...refused].join("; ")
      return { tf: tf as typeof tfjs, name, why, versions: { tfjs: tf.version.tfjs, ...versions } }
    } catch (error) {
      refused.push(`${name} does not load (${messageOf(error).split("\n")[0]})`)
    }
  }
  const cure = choice === "native" ? "; run `npm run engine:native`, or choose wasm, which needs nothing installed" : ""
  throw new AppError("engine/unavailable", `${refused.join("; ")}${cure}`)
}
