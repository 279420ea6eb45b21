/** `npm run bench -- kernels [word]`: where the time of a training step goes on the embedded engine, kernel by kernel,
 *  with the arithmetic rate of the heavy ones beside what the processor can do with 128-bit vectors. */

import { registerSimdKernels } from "@sourceprint/engine/kernels/register-simd-kernels.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import * as tf from "@tensorflow/tfjs"
import { type BenchModel, batchFor, benchTrainer, mobileNet, plainCnn, residualNet } from "./engine-models.js"

interface Spent {
  calls: number
  ms: number
  flop: number
}

/** CPU time of this process in milliseconds: what others do on the machine does not count. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Multiplications and additions that the textbook form of a kernel takes; 0 for those that only move numbers. */
function flopOf(name: string, inputs: Readonly<Record<string, tf.TensorInfo>>, out: tf.TensorInfo): number {
  const last = (t: tf.TensorInfo): number => t.shape.at(-1) as number
  switch (name) {
    case "Conv2D":
    case "FusedConv2D":
      return (2 * product(inputs.filter.shape) * product(out.shape)) / last(out)
    case "Conv2DBackpropInput":
      return (2 * product(inputs.filter.shape) * product(inputs.dy.shape)) / last(inputs.dy)
    case "Conv2DBackpropFilter":
      return (2 * product(out.shape) * product(inputs.dy.shape)) / last(inputs.dy)
    case "BatchMatMul":
    case "_FusedMatMul":
      return 2 * Math.sqrt(product(inputs.a.shape) * product(inputs.b.shape) * product(out.shape))
    default:
      return 0
  }
}

/** GFLOP/s of 12 chains of multiply-adds on registers: the ceiling of any kernel in this module on this processor. */
export async function measurePeak(): Promise<number> {
  const module = await registerSimdKernels()
  let best = 0
  for (let round = 0; round < 8; round++) {
    const start = cpuMs()
    module.call("multiplyAddPeak", 5_000_000)
    best = Math.max(best, (96 * 5_000_000) / (cpuMs() - start) / 1e6)
  }
  return best
}

/** Wraps every kernel of the backend in force so that its CPU time is added up; nested kernels count as their own. */
function timeKernels(): Map<string, Spent> {
  const spent = new Map<string, Spent>()
  let inner = 0
  for (const kernel of tf.getKernelsForBackend(tf.getBackend())) {
    const { kernelName, kernelFunc } = kernel
    tf.unregisterKernel(kernelName, kernel.backendName)
    tf.registerKernel({
      kernelName,
      backendName: kernel.backendName,
      kernelFunc: (params) => {
        const outside = inner
        inner = 0
        const start = cpuMs()
        const out = kernelFunc(params)
        const whole = cpuMs() - start
        const entry = spent.get(kernelName) ?? { calls: 0, ms: 0, flop: 0 }
        entry.calls++
        entry.ms += whole - inner
        if (!Array.isArray(out)) {
          entry.flop += flopOf(kernelName, params.inputs as Record<string, tf.TensorInfo>, out)
        }
        spent.set(kernelName, entry)
        inner = outside + whole
        return out
      },
    })
  }
  return spent
}

async function table(spec: BenchModel, spent: Map<string, Spent>, peak: number): Promise<void> {
  const steps = 3
  const model = spec.build(tf)
  const trainStep = benchTrainer(tf, spec, model, batchFor(tf, spec))
  await trainStep()
  await trainStep()
  spent.clear()
  const start = cpuMs()
  for (let i = 0; i < steps; i++) await trainStep()
  const total = cpuMs() - start
  const perImage = (ms: number): string => (ms / steps / spec.batchSize).toFixed(3).padStart(10)
  console.log(`\n${spec.name}, batch ${spec.batchSize}: ${perImage(total).trim()} ms CPU an image`)
  console.log("kernel                                calls   ms/image   share  GFLOP/s  of peak")
  let rest = total
  for (const [name, { calls, ms, flop }] of [...spent].sort((a, b) => b[1].ms - a[1].ms)) {
    rest -= ms
    if (ms < total / 500) continue
    const rate = flop / ms / 1e6
    const rates = flop > 0 ? `${rate.toFixed(1).padStart(8)} ${((100 * rate) / peak).toFixed(0).padStart(6)} %` : ""
    const share = `${((100 * ms) / total).toFixed(1).padStart(6)} %`
    console.log(`${name.padEnd(36)} ${String(calls / steps).padStart(6)} ${perImage(ms)} ${share} ${rates}`)
  }
  console.log(`${"outside kernels".padEnd(36)} ${"".padStart(6)} ${perImage(rest)}`)
  model.dispose()
}

export async function run(args: readonly string[]): Promise<void> {
  await selectEngine("wasm")
  const peak = await measurePeak()
  console.log(`128-bit multiply-add peak of this core: ${peak.toFixed(1)} GFLOP/s (registers only)`)
  const spent = timeKernels()
  for (const spec of [plainCnn, mobileNet, residualNet]) {
    if (args.length === 0 || args.some((word) => spec.name.includes(word))) await table(spec, spent, peak)
  }
}
