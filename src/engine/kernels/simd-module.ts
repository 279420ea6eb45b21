/** The compiled SIMD kernels, bound to the memory of tfjs' wasm backend. */

import type * as tf from "@tensorflow/tfjs"
import { allowRelaxedSimd, fusedAllowed, kernelModule } from "#binaries"

/** The parts of tfjs' wasm backend that a kernel beside it needs; verified for tfjs-backend-wasm 4.22. */
export interface WasmBackend extends tf.KernelBackend {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory }
    _malloc(bytes: number): number
    _free(address: number): void
  }
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } }
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo
}

/** Exported functions take addresses, sizes and 0/1 for false/true; see `assembly/` for each. */
type Exports = Readonly<Record<string, (...args: number[]) => number>>

/** Numbers of `assembly/tile.ts`. */
export const activations = { linear: 0, relu: 1, relu6: 2 } as const

/** The module with fused multiply-add where this engine accepts it, else the one without; SOURCEPRINT_ENGINE_FMA=off
 *  asks for the latter. */
async function compiledKernels(
  wasmUrl?: string,
): Promise<{ module: WebAssembly.Module; variant: SimdModule["variant"] }> {
  if (fusedAllowed()) {
    const relaxed = await kernelModule("kernels.relaxed.wasm", wasmUrl)
    if (!WebAssembly.validate(relaxed)) allowRelaxedSimd()
    if (WebAssembly.validate(relaxed)) return { module: await WebAssembly.compile(relaxed), variant: "relaxed" }
  }
  const plain = await kernelModule("kernels.wasm", wasmUrl)
  return { module: await WebAssembly.compile(plain), variant: "simd128" }
}

/** `variant` "relaxed": multiply-adds may be fused, one rounding instead of two. */
export class SimdModule {
  private constructor(
    readonly backend: WasmBackend,
    readonly variant: "simd128" | "relaxed",
    private readonly exports: Exports,
  ) {}

  static async load(backend: WasmBackend, wasmUrl?: string): Promise<SimdModule> {
    const { module, variant } = await compiledKernels(wasmUrl)
    const { memory } = backend.wasm.asm
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
    return new SimdModule(backend, variant, exports as Exports)
  }

  /** Runs an exported function. Addresses must have been taken after the last allocation only in the sense that the
   *  tensor still lives: linear memory grows in place, so an address stays good while a JavaScript view does not. */
  call(name: string, ...args: readonly (number | boolean)[]): number {
    const run = this.exports[name]
    if (run === undefined) throw new TypeError(`the kernel module has no ${name}`)
    return run(...args.map(Number))
  }

  /** Address of a tensor's first element. */
  address(tensor: tf.TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset
  }

  /** A float32 tensor's values, until the next allocation: that may make the memory grow, and a view is then empty. */
  view(tensor: tf.TensorInfo): Float32Array {
    const { buffer } = this.backend.wasm.asm.memory
    return new Float32Array(buffer, this.address(tensor), sizeOf(tensor.shape))
  }

  /** A copy of a float32 tensor's values. */
  read(tensor: tf.TensorInfo): Float32Array {
    return this.view(tensor).slice()
  }

  write(address: number, values: Float32Array): void {
    new Float32Array(this.backend.wasm.asm.memory.buffer, address, values.length).set(values)
  }

  /** A new float32 tensor with undefined values. */
  output(shape: readonly number[]): tf.TensorInfo {
    return this.backend.makeOutput([...shape], "float32")
  }

  /** Runs `f` with the address of `bytes` of scratch memory, 16-byte aligned, freed afterwards. */
  withScratch<T>(bytes: number, f: (address: number) => T): T {
    const block = this.backend.wasm._malloc(bytes + 16) >>> 0
    if (block === 0) throw new RangeError(`the wasm engine has no ${bytes} bytes left`)
    try {
      return f(Math.ceil(block / 16) * 16)
    } finally {
      this.backend.wasm._free(block)
    }
  }
}

/** What a kernel gets: its tensors, its attributes and the stock kernel for cases it does not cover. */
export interface KernelCall {
  readonly module: SimdModule
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>
  readonly attrs: Readonly<Record<string, unknown>>
  readonly stock: () => tf.TensorInfo | tf.TensorInfo[]
}
export type SimdKernel = (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[]

/** True when every tensor is float32 and none is empty. */
export const allFloat = (...tensors: readonly (tf.TensorInfo | undefined)[]): boolean =>
  tensors.every((t) => t === undefined || t === null || (t.dtype === "float32" && sizeOf(t.shape) > 0))

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)
