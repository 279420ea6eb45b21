/** What the engine loads, in Node: WebAssembly modules beside the packages' own files, and the native library. In a
 *  browser `browser-binaries.ts` takes the place of this file (`#binaries` in package.json). */
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { setFlagsFromString } from "node:v8"

const require = createRequire(import.meta.url)

/** The folder or URL of tfjs-backend-wasm's modules. */
export const stockModules = (_wasmUrl?: string): string =>
  join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/")

/** By require, as tfjs itself (`tfjs.ts`). */
export const stockBackend = async () =>
  require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm")

/** The bytes of `kernels.wasm` or `kernels.relaxed.wasm`. */
export const kernelModule = async (name: string, _wasmUrl?: string): Promise<Uint8Array<ArrayBuffer>> =>
  Uint8Array.from(await readFile(new URL(`kernels/${name}`, import.meta.url)))

/** Whether fused multiply-add may be used; SOURCEPRINT_ENGINE_FMA=off forbids it. */
export const fusedAllowed = (): boolean => process.env.SOURCEPRINT_ENGINE_FMA !== "off"

/** On by default from Node 22; Node 20 has it behind a flag that acts on what is compiled afterwards. */
export const allowRelaxedSimd = (): void => setFlagsFromString("--experimental-wasm-relaxed-simd")

/** tfjs-node registers its backend while it loads. TensorFlow reads its number of threads from the environment, once.
 *  @throws where it is absent or cannot load its library */
export async function loadNative(threads?: number): Promise<Record<string, string>> {
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS ??= String(threads)
  const entry = require.resolve("@tensorflow/tfjs-node")
  const node = (await import(pathToFileURL(entry).href)) as {
    readonly default: { readonly version: Readonly<Record<string, string>> }
  }
  return { ...node.default.version }
}
