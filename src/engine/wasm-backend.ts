import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import * as tf from "@tensorflow/tfjs"
import { registerComposedGradients } from "./kernels/composed-gradients.js"

const require = createRequire(import.meta.url)

/** Puts tfjs' wasm backend in force, with the stock kernels and the gradients composed of them. The binaries lie beside
 *  the package's own module: no download. One thread: parallel cells own a core each, and one thread adds in one
 *  order, so that a run repeats bit for bit.
 *  @returns the versions of what was loaded */
export async function startStockWasm(): Promise<Record<string, string>> {
  const wasm = await import("@tensorflow/tfjs-backend-wasm")
  if (tf.findBackend("wasm") === null) {
    wasm.setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/"))
    wasm.setThreadsCount(1)
    // The threaded binary starts a pool even for one thread; the single-threaded one is the same kernels without it.
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false)
  }
  registerComposedGradients()
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs could not start its wasm backend")
  await tf.ready()
  return { "tfjs-backend-wasm": wasm.version_wasm }
}
