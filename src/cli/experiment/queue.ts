import { AppError } from "@sourceprint/core/errors.js"
import { engineChoices } from "@sourceprint/engine/select-engine.js"
import {
  dequeue,
  enqueue,
  isQueuePaused,
  moveEntry,
  pauseQueue,
  queueEntries,
  resumeQueue,
} from "@sourceprint/train/run-queue.js"
import { queueIsAt, stopQueuedRun, workThroughQueue } from "@sourceprint/train/work-through-queue.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { textTable } from "../text-table.js"
import { requireWholeSet } from "../whole-set.js"
import { runsOption, setOption } from "./options.js"
import { runAndReport } from "./run.js"

const entryPosition = {
  entry: { type: "string", demandOption: true, describe: "as `queue list` names it" },
} satisfies Record<string, Options>
const placeOption = {
  place: { type: "number", requiresArg: true, describe: "1 is the first; else the last" },
} satisfies Record<string, Options>

const addOptions = {
  files: { type: "string", array: true, demandOption: true, describe: "experiments/<name>.yaml" },
  ...setOption,
  ...runsOption,
  ...placeOption,
} satisfies Record<string, Options>
const addCommand: CommandModule<object, InferredOptionTypes<typeof addOptions>> = {
  command: "add <files..>",
  describe: "Plan experiments and put them into the queue",
  builder: addOptions,
  handler: async ({ files, set, runs, place }) => {
    let refused = 0
    for (const [i, file] of files.entries()) {
      try {
        const { id, run, jobs } = await enqueue(runs, file, set, place === undefined ? undefined : place + i)
        console.log(`${id}: ${run}, ${jobs} jobs`)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        refused++
        console.error(`not added: ${file}: ${error.message}`)
      }
    }
    requireWholeSet("queue/incomplete", refused, files.length, "experiments were not added")
  },
}

const listCommand: CommandModule<object, InferredOptionTypes<typeof runsOption>> = {
  command: "list",
  describe: "What waits, in its order; what is under way; what failed and why",
  builder: runsOption,
  handler: async ({ runs }) => {
    const [entries, at, isPaused] = await Promise.all([queueEntries(runs), queueIsAt(runs), isQueuePaused(runs)])
    if (isPaused) console.log("paused: nothing new begins")
    const rows = entries.map(({ id, run, jobs, file, set, failure }, i) => [
      i + 1,
      id,
      run,
      jobs,
      failure === undefined ? (run === at ? "under way" : "waits") : "failed",
      [file, ...set].join(" "),
    ])
    const heads = ["place", "entry", "run", "jobs", "state", "experiment"]
    console.log(rows.length === 0 ? `the queue of ${runs} is empty` : textTable(heads, rows))
    for (const { id, failure } of entries) if (failure !== undefined) console.log(`${id}: ${failure}`)
  },
}

const moveOptions = {
  ...entryPosition,
  place: { type: "number", demandOption: true, describe: "1 is the first" },
  ...runsOption,
} satisfies Record<string, Options>
const moveCommand: CommandModule<object, InferredOptionTypes<typeof moveOptions>> = {
  command: "move <entry> <place>",
  describe: "Put an entry elsewhere in the order; one that failed waits again",
  builder: moveOptions,
  handler: ({ entry, place, runs }) => moveEntry(runs, entry, place),
}

const removeOptions = { ...entryPosition, ...runsOption } satisfies Record<string, Options>
const removeCommand: CommandModule<object, InferredOptionTypes<typeof removeOptions>> = {
  command: "remove <entry>",
  describe: "Take an entry out; what its run has done so far stays",
  builder: removeOptions,
  handler: async ({ entry, runs }) => {
    const { run } = await dequeue(runs, entry)
    console.log(`${run} is out of the queue`)
  },
}

const pauseOptions = {
  ...runsOption,
  stop: { type: "boolean", default: false, describe: "stop the run that is under way too; its jobs save their state" },
} satisfies Record<string, Options>
const pauseCommand: CommandModule<object, InferredOptionTypes<typeof pauseOptions>> = {
  command: "pause",
  describe: "Let nothing new begin",
  builder: pauseOptions,
  handler: async ({ runs, stop }) => {
    await pauseQueue(runs)
    if (stop) await stopQueuedRun(runs)
  },
}

const resumeCommand: CommandModule<object, InferredOptionTypes<typeof runsOption>> = {
  command: "resume",
  describe: "Go on after a pause",
  builder: runsOption,
  handler: ({ runs }) => resumeQueue(runs),
}

const workOptions = {
  ...runsOption,
  wait: { type: "boolean", default: false, describe: "go on when the queue is empty, until Ctrl-C" },
  engine: { type: "string", choices: engineChoices, describe: "in place of the files'" },
  workers: { type: "number", requiresArg: true, describe: "processes at a time; else one a core" },
  out: { type: "string", default: "reports", requiresArg: true, describe: "where the pages of the runs lie" },
} satisfies Record<string, Options>
const workCommand: CommandModule<object, InferredOptionTypes<typeof workOptions>> = {
  command: "run",
  describe: "Run the entries one after another; the same command continues after a stop or a kill",
  builder: workOptions,
  handler: async ({ runs, wait, engine, workers, out }) => {
    const { finished, failed } = await stopOnInterrupt((signal) =>
      workThroughQueue(runs, {
        run: ({ file, set }) =>
          runAndReport({ file, set, runs, engine, workers, out, report: true, detach: false }, signal),
        waits: wait,
        signal,
        logLine: (line) => console.error(line),
      }),
    )
    console.log(`${finished} of ${finished + failed.length} runs are finished`)
    requireWholeSet("queue/incomplete", failed.length, finished + failed.length, "runs did not finish")
  },
}

export const experimentQueueCommand: CommandModule = {
  command: "queue <command>",
  describe: "Experiments that wait for each other: add, list, move, remove, pause, resume, run",
  builder: (yargs) =>
    yargs
      .command(addCommand)
      .command(listCommand)
      .command(moveCommand)
      .command(removeCommand)
      .command(pauseCommand)
      .command(resumeCommand)
      .command(workCommand)
      .demandCommand(1)
      .strict(),
  handler: () => {},
}
