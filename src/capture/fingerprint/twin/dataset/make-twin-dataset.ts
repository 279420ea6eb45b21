import { access, readFile, rm } from "node:fs/promises"
import { basename, join } from "node:path"
import { formatManifest, MANIFEST_NAME, parseManifest } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { makeFolder } from "@sourceprint/core/files/make-folder.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { imagesPerPerson, personName, TwinDatasetPlan } from "./dataset-plan.js"
import { type PersonJob, partPath } from "./person-job.js"
import { twinCard } from "./twin-card.js"

export interface MakeOptions {
  /** Processes at a time; undefined: one a core. The images do not depend on it. */
  readonly workers?: number
  readonly progress?: Progress
  /** Aborting stops cleanly; the same call continues where it stopped. */
  readonly signal?: AbortSignal
}

export interface MadeDataset {
  readonly images: number
  /** Images written by this call; 0 when the dataset was complete. */
  readonly written: number
  readonly complete: boolean
}

const WORKER_MEMORY_MB = 1024
const PLAN_NAME = "twin-dataset.json"

/** Makes the dataset of `plan` in `folder`, or continues with it: people already written are kept. The manifest is
 *  written last, so that a folder with one is complete.
 *  @throws AppError "twin/other-plan" when the folder holds another dataset, "twin/dataset" when a worker failed */
export async function makeTwinDataset(
  folder: string,
  plan: TwinDatasetPlan,
  { workers, progress = noProgress, signal }: MakeOptions = {},
): Promise<MadeDataset> {
  await claimFolder(folder, plan)
  const images = plan.people * imagesPerPerson(plan)
  if (await exists(join(folder, MANIFEST_NAME))) return { images, written: 0, complete: true }
  const people = Array.from({ length: plan.people }, (_, person) => person)
  const waiting: number[] = []
  for (const person of people) {
    if (!(await exists(partPath(folder, personName(plan, person))))) waiting.push(person)
  }
  const failures: string[] = []
  const fractions = new Map<string, number>()
  const show = (note?: string): void => {
    const done = [...fractions.values()].reduce((sum, fraction) => sum + fraction, 0)
    progress.update(done * imagesPerPerson(plan), note)
  }
  progress.start(waiting.length * imagesPerPerson(plan), "images")
  await localLauncher({ workers, memoryMbPerWorker: WORKER_MEMORY_MB, crashRetries: 1 }).launch({
    jobs: waiting.map((person) => ({
      id: personName(plan, person),
      payload: { folder, plan, person } satisfies PersonJob,
    })),
    moduleUrl: new URL("./person-job.js", import.meta.url).href,
    onEvent: (event) => {
      if (event.kind === "failed") failures.push(`${event.id}: ${event.message}`)
      if (event.kind === "progress") fractions.set(event.id, event.fraction)
      if (event.kind === "finished") fractions.set(event.id, 1)
      show(event.id)
    },
    ...(signal === undefined ? {} : { signal }),
  })
  progress.stop()
  if (failures.length > 0) {
    throw new AppError(
      "twin/dataset",
      `${failures.length} of ${plan.people} people could not be written, first ${failures[0]}; ` +
        "what is written is kept, run the same command again",
    )
  }
  const finished = [...fractions.values()].filter((fraction) => fraction === 1).length
  const written = finished * imagesPerPerson(plan)
  if (finished < waiting.length) return { images, written, complete: false }
  await finish(folder, plan)
  return { images, written, complete: true }
}

/** Parts become the manifest; the order is that of the plan, whoever was first. */
async function finish(folder: string, plan: TwinDatasetPlan): Promise<void> {
  const samples: Sample[] = []
  for (let person = 0; person < plan.people; person++) {
    const path = partPath(folder, personName(plan, person))
    samples.push(...parseManifest(await readFile(path, "utf8"), path))
  }
  await writeFileAtomic(join(folder, "card.md"), twinCard(basename(folder), plan))
  await writeFileAtomic(join(folder, MANIFEST_NAME), formatManifest(samples))
  await rm(join(folder, ".parts"), { recursive: true, force: true })
}

/** The folder belongs to one plan for good: two plans in one folder would mix two worlds under the same names. */
async function claimFolder(folder: string, plan: TwinDatasetPlan): Promise<void> {
  const path = join(folder, PLAN_NAME)
  const text = `${JSON.stringify(plan, undefined, 2)}\n`
  await makeFolder(folder)
  const present = await readFile(path, "utf8").catch(() => undefined)
  if (present === undefined) {
    if (await exists(join(folder, MANIFEST_NAME))) {
      throw new AppError("twin/other-plan", `${folder} holds a dataset that is not simulated; choose another name`)
    }
    await writeFileAtomic(path, text)
    return
  }
  if (samePlan(present, plan)) return
  throw new AppError(
    "twin/other-plan",
    `${folder} holds a simulated dataset with other settings (${PLAN_NAME}); choose another name or delete the folder`,
  )
}

function samePlan(text: string, plan: TwinDatasetPlan): boolean {
  try {
    return JSON.stringify(TwinDatasetPlan.parse(JSON.parse(text))) === JSON.stringify(plan)
  } catch {
    return false // written by hand or by another version: not this plan
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
