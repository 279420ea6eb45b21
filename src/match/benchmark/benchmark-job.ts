/** The work of one benchmark job, in a process of its own: some templates, or some comparisons. A job leaves one
 *  file, written whole or not at all; the file's presence is what "finished" means. */

import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { readImage, toGray } from "@sourceprint/core/image/read-image.js"
import { atResolution } from "@sourceprint/core/image/resolution.js"
import type { JobControl } from "@sourceprint/core/launch/launcher.js"
import { FailureToEnrol, type Matcher, type Modality, type ModalityImage } from "../matcher.js"
import { loadMatcher } from "../registry.js"
import { readPart, StoredPlan, type StoredTemplate, StoredTemplates } from "./stored-parts.js"

interface JobBase {
  readonly matcher: string
  readonly modality: Modality
  readonly output: string
  /** The set's plan file (see run-benchmark.ts); `from` and `to` cut the part that is this job's. */
  readonly plan: string
  readonly from: number
  readonly to: number
}
export type BenchmarkJob =
  | (JobBase & { readonly kind: "templates" })
  | (JobBase & { readonly kind: "comparisons"; readonly templateFiles: readonly string[] })

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export async function runJob(payload: unknown, control: JobControl): Promise<"finished" | "stopped"> {
  const job = payload as BenchmarkJob
  const plan = await readPart(job.plan, StoredPlan)
  const matcher = (await loadMatcher(job.modality, job.matcher)) as Matcher<ModalityImage[Modality], unknown>
  return job.kind === "templates"
    ? await makeTemplates(job, plan, matcher, control)
    : await compareTemplates(job, plan, matcher, control)
}

type AnyMatcher = Matcher<ModalityImage[Modality], unknown>

async function makeTemplates(
  job: BenchmarkJob,
  plan: StoredPlan,
  matcher: AnyMatcher,
  control: JobControl,
): Promise<"finished" | "stopped"> {
  const stored: StoredTemplate[] = []
  for (const [i, { role, images }] of plan.templates.slice(job.from, job.to).entries()) {
    if (control.stopping) return "stopped"
    const decoded: ModalityImage[Modality][] = []
    for (const { file, dpi } of images) {
      const read = await readImage(file)
      decoded.push(job.modality === "face" ? read.image : atResolution(toGray(read), dpi))
    }
    const startMs = cpuMs()
    try {
      const template =
        role === "probe" ? await matcher.probe(defined(decoded[0], "image")) : await matcher.enrol(decoded)
      const spentMs = cpuMs() - startMs
      const bytes = Buffer.from(matcher.codec.encode(template)).toString("base64")
      stored.push({ bytes, failure: null, quality: matcher.quality(template), cpuMs: spentMs })
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
      stored.push({ bytes: null, failure: error.reason, quality: 0, cpuMs: cpuMs() - startMs })
    }
    control.progress((i + 1) / (job.to - job.from), "enrolling")
  }
  await writeFileAtomic(job.output, JSON.stringify(stored))
  return "finished"
}

async function compareTemplates(
  job: Extract<BenchmarkJob, { kind: "comparisons" }>,
  plan: StoredPlan,
  matcher: AnyMatcher,
  control: JobControl,
): Promise<"finished" | "stopped"> {
  const templates: (unknown | undefined)[] = []
  for (const file of job.templateFiles) {
    for (const { bytes } of await readPart(file, StoredTemplates)) {
      templates.push(bytes === null ? undefined : matcher.codec.decode(Buffer.from(bytes, "base64")))
    }
  }
  const scores = new Float64Array(job.to - job.from)
  const startMs = cpuMs()
  for (let i = job.from; i < job.to; i++) {
    const reference = templates[plan.comparisons[i * 3] ?? -1]
    const probe = templates[plan.comparisons[i * 3 + 1] ?? -1]
    const score = reference === undefined || probe === undefined ? 0 : matcher.compare(reference, probe)
    if (!Number.isFinite(score) || score < 0) {
      throw new AppError("benchmark/score", `${job.matcher} gave the score ${score}; scores are finite and >= 0`)
    }
    scores[i - job.from] = score
    if (i % 100 === 0) {
      if (control.stopping) return "stopped"
      control.progress((i + 1 - job.from) / scores.length, "comparing")
    }
  }
  await writeFileAtomic(job.output, JSON.stringify({ cpuMs: cpuMs() - startMs, scores: [...scores] }))
  return "finished"
}
