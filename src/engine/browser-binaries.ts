/** What the engine loads, in a browser: the site serves `kernels.wasm` and `kernels.relaxed.wasm` of this package and
 *  the modules of tfjs-backend-wasm in one folder, whose URL `selectEngine` is given. */
import { AppError } from "@sourceprint/core/errors.js"

export function stockModules(wasmUrl?: string): string {
  if (wasmUrl === undefined) {
    throw new AppError(
      "engine/wasm-url",
      "in a browser, selectEngine needs wasmUrl: where the site serves the .wasm files",
    )
  }
  return wasmUrl
}

export const stockBackend = () => import("@tensorflow/tfjs-backend-wasm")

export async function kernelModule(name: string, wasmUrl?: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(stockModules(wasmUrl) + name)
  if (!response.ok) throw new AppError("engine/wasm-url", `${response.url} answers ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

export const fusedAllowed = (): boolean => true
export const allowRelaxedSimd = (): void => {}
export const loadNative = (): Promise<never> => Promise.reject(new Error("a browser has no native engine"))
