import { stockBackend, stockModules } from "#binaries"
import { tf } from "#tfjs"
import { registerComposedGradients } from "./kernels/composed-gradients.js"

/** Puts tfjs' wasm backend in force, with the stock kernels and the gradients composed of them. One thread: parallel
 *  cells own a core each, and one thread adds in one order, so that a run repeats bit for bit.
 *  @returns the versions of what was loaded */
export async function startStockWasm(wasmUrl?: string): Promise<Record<string, string>> {
  const wasm = await stockBackend()
  if (tf.findBackend("wasm") === null) {
    wasm.setWasmPaths(stockModules(wasmUrl))
    wasm.setThreadsCount(1)
    // The threaded binary starts a pool even for one thread; the single-threaded one is the same kernels without it.
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false)
  }
  registerComposedGradients()
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs could not start its wasm backend")
  await tf.ready()
  return { "tfjs-backend-wasm": wasm.version_wasm }
}
