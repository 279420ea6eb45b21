import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import type { EngineName } from "@sourceprint/engine/select-engine.js"
import {
  chooseEngine,
  crashCure,
  type TrialNetwork,
  type TrialOutcome,
  tryEngine,
} from "@sourceprint/train/choose-engine.js"
import type { ResolvedTraining } from "@sourceprint/train/plan.js"

const training = {
  batchSize: 2,
  epochs: 1,
  learningRate: 1e-3,
  patience: 1,
  optimiser: { kind: "adam" },
} as ResolvedTraining
const network = (sidePx: number, id = "small-cnn"): TrialNetwork => ({
  label: `${id} ${sidePx}`,
  model: { id, settings: {} },
  view: { region: { kind: "common-window", sidePx } },
  training,
})

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-trials-"))
})
after(() => rm(folder, { recursive: true }))

/** Choices from made-up outcomes; `asked` are the engines that were tried. */
function choices(of: Readonly<Partial<Record<EngineName, TrialOutcome>>>, stamp: string) {
  const asked: EngineName[] = []
  const options = {
    threads: 1,
    cacheFolder: folder,
    nativeStamp: stamp,
    tryOn: (engine: EngineName, networks: readonly TrialNetwork[]) => {
      asked.push(engine)
      const outcome = of[engine]
      return Promise.resolve(outcome === undefined ? [] : networks.map(() => outcome))
    },
  }
  return { asked, options }
}

test("wasm is taken where native is slower or as fast, with both figures, and the trial is remembered", async () => {
  for (const nativeMs of [25, 9.9]) {
    const { asked, options } = choices({ native: { stepMs: nativeMs }, wasm: { stepMs: 10 } }, `slower ${nativeMs}`)
    const { name, why } = await chooseEngine("auto", [network(64)], options)
    assert.equal(name, "wasm")
    assert.match(why, /small-cnn 64 takes .+ ms on native with one core, 10\.0 ms on wasm/)
    await chooseEngine("auto", [network(64)], options)
    assert.deepEqual(
      asked,
      nativeMs === 25 ? ["native", "wasm"] : ["native"],
      "wasm's own time does not change with native",
    )
    const again = await chooseEngine("auto", [network(64), network(96)], options)
    assert.match(again.why, /each of 2 networks/)
    assert.equal(asked.filter((engine) => engine === "native").length, 2, "the new network alone was tried")
  }
})

test("native that ends its process is not chosen by auto; asked for, it is refused with the cure", async () => {
  const { options } = choices({ native: { crashed: "SIGFPE" }, wasm: { stepMs: 10 } }, "crashes")
  const { name, why } = await chooseEngine("auto", [network(64)], options)
  assert.equal(name, "wasm")
  assert.match(why, /native ended its process with SIGFPE in a step of small-cnn 64/)
  await assert.rejects(
    chooseEngine("native", [network(64)], options),
    (e) => hasCode(e, "engine/crashed") && /SIGFPE.+small-cnn 64.+--engine wasm/.test(e.message),
  )
})

test("what does not load is said and tried again the next time", async () => {
  const { asked, options } = choices({ native: { refused: "no library" }, wasm: { stepMs: 10 } }, "absent")
  for (const _ of [1, 2]) {
    const { name, why } = await chooseEngine("auto", [network(64)], options)
    assert.deepEqual([name, why], ["wasm", "native cannot be used (no library)"])
  }
  assert.deepEqual(asked, ["native", "native"])
})

test("without a native library or a network nothing is tried", async () => {
  const { asked, options } = choices({}, "unused")
  const { why } = await chooseEngine("auto", [network(64)], { ...options, nativeStamp: undefined })
  assert.match(why, /native is not installed/)
  assert.equal((await chooseEngine("auto", [network(64, "texture-ridge")], options)).name, "wasm")
  assert.equal((await chooseEngine("cpu", [network(64)], options)).name, "cpu")
  assert.deepEqual(asked, [])
})

test("a trial trains the very networks in a process of its own, whose end is its outcome", async () => {
  const [first, ...more] = await tryEngine("wasm", [network(64)], 1)
  assert.deepEqual(more, [])
  assert.ok(first !== undefined && "stepMs" in first && first.stepMs > 0)
  const [broken] = await tryEngine("wasm", [network(64, "no-such-network")], 1)
  assert.ok(broken !== undefined && "refused" in broken && /no-such-network/.test(broken.refused))
  const crashing = join(folder, "crashing.mjs")
  await writeFile(crashing, 'process.send({ kind: "step", stepMs: 3 }, () => process.kill(process.pid, "SIGFPE"))')
  assert.deepEqual(await tryEngine("native", [network(64), network(96)], 1, crashing), [
    { stepMs: 3 },
    { crashed: "SIGFPE" },
  ])
})

test("a job that native's library ended says what to do; another engine's does not blame it", () => {
  assert.match(crashCure({ name: "native" }, "runs/tiny"), /native.+delete runs\/tiny.+--engine wasm/)
  assert.equal(crashCure({ name: "wasm" }, "runs/tiny"), "")
})
