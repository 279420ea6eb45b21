import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { liveState } from "@sourceprint/train/live-run.js"
import { listRuns } from "@sourceprint/train/run-folder.js"
import {
  dequeue,
  enqueue,
  moveEntry,
  pauseQueue,
  queueEntries,
  queueFolder,
  resumeQueue,
} from "@sourceprint/train/run-queue.js"
import { queueIsAt, workThroughQueue } from "@sourceprint/train/work-through-queue.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
let file: string
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 3 })
  file = join(tiny.folder, "tiny.yaml")
  await writeFile(file, tinyExperiment(tiny.dataset))
})
after(() => tiny.remove())

const add = (runs: string, epochs: number, place?: number) => enqueue(runs, file, [`training.epochs=${epochs}`], place)
const epochsOf = ({ set }: { set: readonly string[] }): number => Number(set[0]?.split("=")[1])
const order = async (runs: string): Promise<number[]> => (await queueEntries(runs)).map(epochsOf)
const logLine = (): void => {}

test("experiments are planned when they are added, once each, and put where they are wanted", async () => {
  const runs = join(tiny.folder, "order")
  assert.deepEqual(await queueEntries(runs), [])
  const first = await add(runs, 1)
  await add(runs, 2)
  const third = await add(runs, 3, 1)
  assert.deepEqual(await order(runs), [3, 1, 2])
  await moveEntry(runs, first.id, 1)
  await moveEntry(runs, third.id, 99)
  assert.deepEqual(await order(runs), [1, 2, 3])
  for (let i = 0; i < 80; i++) await moveEntry(runs, (await queueEntries(runs))[2]?.id ?? "", 2) // into ever less room
  assert.deepEqual(await order(runs), [1, 2, 3])
  await assert.rejects(add(runs, 2), (e) => hasCode(e, "queue/there"))
  await assert.rejects(add(runs, -1), (e) => hasCode(e, "config/invalid"))
  assert.equal((await dequeue(runs, first.id)).run, first.run)
  await assert.rejects(dequeue(runs, first.id), (e) => hasCode(e, "queue/unknown"))
  assert.deepEqual(await order(runs), [2, 3])
  assert.deepEqual(await listRuns(runs), { runs: [], damaged: [] })
})

test("entries run in their present order; one that fails stays with the reason, and waits if moved", async () => {
  const runs = join(tiny.folder, "work")
  for (const epochs of [1, 2, 3]) await add(runs, epochs)
  const ran: number[] = []
  const work = {
    waits: false,
    signal: new AbortController().signal,
    logLine,
    async run(entry: { readonly run: string; readonly set: readonly string[] }) {
      assert.equal(await queueIsAt(runs).then((run) => run ?? entry.run), entry.run)
      ran.push(epochsOf(entry))
      if (ran.length === 1) await add(runs, 4, 2)
      if (ran.length === 2) throw new AppError("config/invalid", "is no experiment")
      await assert.rejects(workThroughQueue(runs, work), (e) => hasCode(e, "queue/held"))
    },
  }
  const { finished, failed } = await workThroughQueue(runs, work)
  assert.deepEqual(ran, [1, 4, 2, 3])
  assert.deepEqual([finished, failed.map(epochsOf)], [3, [4]])
  const [left, ...more] = await queueEntries(runs)
  assert.match(left?.failure ?? "", /is no experiment/)
  assert.deepEqual(more, [])
  assert.equal(await liveState(queueFolder(runs)), undefined)

  await moveEntry(runs, left?.id ?? "", 1)
  assert.deepEqual((await workThroughQueue(runs, { ...work, run: async () => {} })).finished, 1)
  assert.deepEqual(await queueEntries(runs), [])
})

test("a pause lets nothing begin and takes back what it stopped; a stop by hand ends the queue's work", async () => {
  const runs = join(tiny.folder, "pause")
  for (const epochs of [1, 2]) await add(runs, epochs)
  const stopped = new AppError("experiment/stopped", "stopped with 0 of 6 jobs finished")
  const ran: number[] = []
  const said: string[] = []
  const hand = new AbortController()
  const working = workThroughQueue(runs, {
    waits: true,
    signal: hand.signal,
    logLine(line) {
      said.push(line)
      if (/paused/.test(line)) void resumeQueue(runs)
    },
    async run(entry) {
      ran.push(epochsOf(entry))
      if (ran.length === 1) await pauseQueue(runs)
      if (ran.length === 1) throw stopped
      if (epochsOf(entry) === 2) hand.abort()
      if (epochsOf(entry) === 2) throw stopped
    },
  })
  await assert.rejects(working, (e) => e === stopped)
  assert.deepEqual(ran, [1, 1, 2])
  assert.equal(said.filter((line) => /paused/.test(line)).length, 1)
  assert.deepEqual(await order(runs), [2], "what was stopped continues with the next call")
})
