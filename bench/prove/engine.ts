/** The embedded engine against its peers. tfjs-node's ratios are printed where it is installed. */
import { nativeBindingStamp } from "@sourceprint/engine/native-binding.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { ShardTeam } from "@sourceprint/train/shards/shard-team.js"
import { trainingStep } from "@sourceprint/train/training-step.js"
import { greatestDifference, lossesOn, networks } from "../../test/support/engine-losses.js"
import { withoutKeras } from "../../test/support/python-peers.js"
import { type benchModels, benchModels as models, type Peer } from "../engine-child.js"
import { batchFor } from "../engine-models.js"
import { type Cost, EngineProcess, leastCost, startIfPossible } from "../engine-peers.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost, exactly } from "./figure.js"

type LogLine = (text: string) => void
const NO_NATIVE = "tfjs-node does not load here; `npm run engine:native` builds it where TensorFlow is installed"

const peerNames: Readonly<Record<Peer, string>> = {
  wasm: "embedded engine",
  stock: "stock tfjs wasm with composed gradients",
  native: "tfjs-node",
  cpu: "plain JavaScript backend",
  keras: "Keras",
}

const ms = (name: string, value: number, note?: string): Figure => ({
  name,
  value,
  unit: "ms/image",
  ...(note === undefined ? {} : { note }),
})

/** Training time per image of one model on one core: ours, stock wasm, native and Keras where they load. */
async function trainingCost(
  model: keyof typeof benchModels,
  logLine: LogLine,
  bounds: { readonly native: number; readonly keras?: number },
): Promise<Figure[]> {
  const batch = models[model].batchSize
  const label = models[model].name
  const ours = await EngineProcess.start("wasm", model, { cores: "0" })
  const peers = [
    await EngineProcess.start("stock", model, { cores: "0" }),
    await startIfPossible(logLine, "native", model, { cores: "0" }),
    await startIfPossible(logLine, "keras", model, { cores: "0" }),
  ].filter((e) => e !== undefined)
  try {
    for (const engine of [ours, ...peers]) await engine.order({ kind: "train", steps: 2 })
    const [own, ...costs] = await leastCost([ours, ...peers], { kind: "train", steps: 1 }, batch, 5)
    const cpuMs = (own as Cost).cpuMs
    const figures = [ms(`${label}: embedded engine, CPU time on one core`, cpuMs)]
    for (const [i, cost] of costs.entries()) {
      const { peer } = peers[i] as EngineProcess
      figures.push(ms(`${label}: ${peerNames[peer]}, CPU time on one core`, cost.cpuMs))
      if (peer === "stock") figures.push(atLeast(`${label}: faster than stock`, cost.cpuMs / cpuMs, 2, "times"))
      const ratio = `${label}: embedded / ${peerNames[peer]}`
      const bound = peer === "native" ? bounds.native : peer === "keras" ? bounds.keras : undefined
      if (bound !== undefined) figures.push(atMost(ratio, cpuMs / cost.cpuMs, bound, "times"))
      else if (peer === "keras") figures.push({ name: ratio, value: cpuMs / cost.cpuMs, unit: "times" })
    }
    for (const peer of ["native", "keras"] as const) {
      if (!peers.some((one) => one.peer === peer)) {
        figures.push(ms(`${label}: ${peerNames[peer]}`, Number.NaN, peer === "native" ? NO_NATIVE : `${withoutKeras}`))
      }
    }
    return figures
  } finally {
    for (const engine of [ours, ...peers]) engine.stop()
  }
}

/** Two jobs at once, clock time per image of both, against native with all its threads. */
async function twoJobs(logLine: LogLine): Promise<Figure[]> {
  const batch = models.plainCnn.batchSize
  const jobs = [await EngineProcess.start("wasm", "plainCnn"), await EngineProcess.start("wasm", "plainCnn")]
  const native = await startIfPossible(logLine, "native", "plainCnn")
  try {
    const all = [...jobs, ...(native === undefined ? [] : [native])]
    for (const engine of all) await engine.order({ kind: "train", steps: 2 })
    let [pair, alone, threads] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let round = 0; round < 4; round++) {
      const start = performance.now()
      await Promise.all(jobs.map((job) => job.order({ kind: "train", steps: 2 })))
      pair = Math.min(pair, (performance.now() - start) / (4 * batch))
      const one = await (jobs[0] as EngineProcess).order({ kind: "train", steps: 2 })
      alone = Math.min(alone, one.wallMs / (2 * batch))
      if (native !== undefined) {
        threads = Math.min(threads, (await native.order({ kind: "train", steps: 2 })).wallMs / (2 * batch))
      }
    }
    const memory = await (jobs[0] as EngineProcess).order({ kind: "memory" })
    const figures: Figure[] = [
      ms("one job, clock time", alone),
      ms("two jobs at once, clock time", pair),
      { name: "memory of a job", value: memory.residentMb, unit: "MB resident" },
    ]
    if (native === undefined) return [...figures, ms("tfjs-node, all threads", Number.NaN, NO_NATIVE)]
    const bound = { is: "at most", value: 1.5 } as const
    return [
      ...figures,
      ms("tfjs-node, all threads", threads),
      { name: "two jobs / tfjs-node with all its threads", value: pair / threads, unit: "times", bound },
    ]
  } finally {
    for (const job of jobs) job.stop()
    native?.stop()
  }
}

/** Against tfjs' plain JavaScript backend: one step of a batch of one there, a usual batch here. */
async function againstCpu(logLine: LogLine): Promise<Figure[]> {
  const [ours, plain] = [
    await EngineProcess.start("wasm", "plainCnn"),
    await EngineProcess.start("cpu", "plainCnn", { batchSize: 1 }),
  ]
  try {
    await ours.order({ kind: "train", steps: 2 })
    const [cost] = (await leastCost([ours], { kind: "train", steps: 1 }, models.plainCnn.batchSize, 4)) as [Cost]
    logLine("one image on the plain JavaScript backend takes a while")
    const { cpuMs } = await plain.order({ kind: "train", steps: 1 })
    return [
      ms("plain JavaScript backend, CPU time", cpuMs),
      atLeast("faster than the plain JavaScript backend", cpuMs / cost.cpuMs, 100, "times"),
    ]
  } finally {
    ours.stop()
    plain.stop()
  }
}

/** Losses of 50 steps from the same seed; ours against each peer. */
export async function lossAgreement(logLine: LogLine, steps: number): Promise<Figure[]> {
  const losses = async (peer: "wasm" | "cpu" | "native"): Promise<readonly number[] | undefined> => {
    const engine = await startIfPossible(logLine, peer, "smallCnn")
    const answer = await engine?.order({ kind: "train", steps })
    engine?.stop()
    return answer?.losses
  }
  const ours = (await losses("wasm")) ?? []
  const figures: Figure[] = []
  for (const peer of ["cpu", "native"] as const) {
    const theirs = await losses(peer)
    if (theirs === undefined) continue
    const worst = Math.max(...ours.map((loss, i) => Math.abs(loss - (theirs[i] as number))))
    figures.push(
      atMost(
        `greatest difference of ${steps} losses, wasm and ${peer}`,
        worst,
        1e-3,
        "",
        `the last loss is ${ours.at(-1)?.toPrecision(4)}`,
      ),
    )
  }
  return figures
}

/** Every network of the zoo on both engines, in processes of their own. */
async function onNative(logLine: LogLine): Promise<Figure[]> {
  if (nativeBindingStamp() === undefined)
    return [{ name: "not measured", value: Number.NaN, unit: "", note: NO_NATIVE }]
  const figures = []
  for (const network of networks) {
    logLine(network)
    const [native = [], wasm = []] = [
      ...(await lossesOn("native", [network], 50)),
      ...(await lossesOn("wasm", [network], 50)),
    ]
    figures.push(atMost(`${network}: greatest difference of 50 losses`, greatestDifference(native, wasm), 1e-3, ""))
  }
  return figures
}

/** Tensors and resident memory after a warm-up and after many steps more. */
export async function flatMemory(_logLine: LogLine, steps: number): Promise<Figure[]> {
  const engine = await EngineProcess.start("wasm", "smallCnn")
  try {
    await engine.order({ kind: "train", steps: Math.min(100, steps) })
    const before = await engine.order({ kind: "memory" })
    await engine.order({ kind: "train", steps })
    const after = await engine.order({ kind: "memory" })
    return [
      exactly(`tensors more after ${steps} steps`, after.tensors - before.tensors, 0, "tensors"),
      atMost(
        `resident memory more after ${steps} steps`,
        after.residentMb - before.residentMb,
        20,
        "MB",
        `${before.residentMb.toFixed(0)} MB before`,
      ),
    ]
  } finally {
    engine.stop()
  }
}

/** One model on both cores: clock time of a step in two shards beside one. */
async function inShards(): Promise<Figure[]> {
  const { tf } = await selectEngine("wasm")
  const spec = models.plainCnn
  const batch = batchFor(tf, spec)
  const model = spec.build(tf)
  const inputShape = (model.inputs[0].shape as number[]).slice(1)
  const config = { classWeights: [1, 1], labelSmoothing: 0 } as const
  const team = await ShardTeam.start(tf, model, inputShape, 2, "wasm")
  try {
    const timed = async (step: () => unknown): Promise<number> => {
      const startMs = performance.now()
      await step()
      return (performance.now() - startMs) / batch.labels.length
    }
    let [one, two] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let round = 0; round < 8; round++) {
      one = Math.min(one, await timed(() => trainingStep(tf, model, inputShape, batch, config)))
      two = Math.min(two, await timed(() => team.step(batch, config)))
    }
    return [
      ms("one shard, clock time", one),
      ms("two shards, clock time", two),
      atLeast(
        "faster in two shards",
        one / two,
        1.5,
        "times",
        "same weights within 1e-4 of one shard's: npm test -- train/shards",
      ),
    ]
  } finally {
    await team.close()
  }
}

/** One image at a time through the trained network. */
async function singleImage(logLine: LogLine): Promise<Figure[]> {
  const ours = await EngineProcess.start("wasm", "plainCnn", { batchSize: 4 })
  const stock = await EngineProcess.start("stock", "plainCnn", { batchSize: 4 })
  const native = await startIfPossible(logLine, "native", "plainCnn", { batchSize: 4 })
  const engines = [ours, stock, ...(native === undefined ? [] : [native])]
  try {
    for (const engine of engines) await engine.order({ kind: "infer", images: 10 })
    const costs = await leastCost(engines, { kind: "infer", images: 10 }, 10, 6)
    const [mine, theirs, nativeCost] = costs as [Cost, Cost, Cost?]
    const figures = [ms("embedded engine, clock time", mine.wallMs), ms("stock tfjs wasm, clock time", theirs.wallMs)]
    if (nativeCost === undefined) return [...figures, ms("tfjs-node, single image", Number.NaN, NO_NATIVE)]
    const bound = { is: "at most", value: 1.2 } as const
    const ratio = mine.wallMs / nativeCost.wallMs
    return [
      ...figures,
      ms("tfjs-node", nativeCost.wallMs),
      { name: "embedded / tfjs-node", value: ratio, unit: "times", bound },
    ]
  } finally {
    for (const engine of engines) engine.stop()
  }
}

export const claims: readonly Claim[] = [
  {
    title: "training on one core: at most half of tfjs-node's time and 1.2 times Keras's on the first network",
    measure: async (logLine) => [
      ...(await trainingCost("plainCnn", logLine, { native: 0.5, keras: 1.2 })),
      ...(await trainingCost("residualNet", logLine, { native: 1 })),
      ...(await trainingCost("mobileNet", logLine, { native: 1 })),
    ],
  },
  { title: "two jobs on two cores: at most 1.5 times tfjs-node with all its threads", measure: twoJobs },
  { title: "at least 100 times the plain JavaScript backend", measure: againstCpu },
  { title: "losses of 50 steps agree between engines", measure: (logLine) => lossAgreement(logLine, 50) },
  { title: "memory stays flat over 1,000 steps", measure: (logLine) => flatMemory(logLine, 1000) },
  { title: "one image at a time: at most 1.2 times tfjs-node", measure: singleImage },
  { title: "one model on two cores: a batch in two shards", measure: inShards },
  { title: "50 steps of every network of the zoo on tfjs-node: the same losses, no crash", measure: onNative },
]
