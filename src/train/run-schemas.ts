import { FailureCause } from "@sourceprint/core/launch/failure-cause.js"
import type { StartsFrom } from "@sourceprint/core/launch/launcher.js"
import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import type { Interval } from "@sourceprint/core/metrics/interval.js"
import type { PairedDifference } from "@sourceprint/core/metrics/paired-bootstrap.js"
import type { Repeats } from "@sourceprint/core/metrics/repeats.js"
import type { ChosenThreshold } from "@sourceprint/core/metrics/threshold.js"
import { InputContract, Region, ViewConfig } from "@sourceprint/model/input-contract.js"
import { z } from "zod"
import type { ShortcutAudit } from "./audit/audit-shortcuts.js"
import { probeIds, probeScopes } from "./audit/probe-features.js"
import { AugmentConfig } from "./augment/augmented-patches.js"
import { SplitConfig, TrainingConfig } from "./experiment-config.js"
import type { PlanRecord } from "./plan.js"
import { PluginRef } from "./plugins/plugin.js"
import type {
  EpochRecord,
  JobDone,
  JobFailure,
  JobMetrics,
  NotedInterruption,
  RunEnvironment,
  SetFigures,
} from "./run-record.js"
import { type ConditionFigures, conditionKinds } from "./run-record.js"
import type { RunMetrics } from "./run-summary.js"

/** What the files of a run must hold to be read; the interfaces beside the writers say what each field means. */
const text = z.string()
const number = z.number()
const list = <T>(item: z.ZodType<T>) => z.array(item).readonly()

const interval: z.ZodType<Interval> = z.object({
  low: number,
  high: number,
  confidence: number,
  method: text,
})
const rate: z.ZodType<CountedRate> = z.object({ rate: number, errors: number, trials: number, interval })
const bootstrap: z.ZodType<BootstrapResult> = z.object({
  value: number,
  interval,
  usedReplicates: number,
  degenerate: z.boolean(),
})
const repeats: z.ZodType<Repeats> = z.object({
  count: number,
  mean: number,
  deviation: number,
  min: number,
  max: number,
  interval: interval.exactOptional(),
})
const threshold: z.ZodType<ChosenThreshold> = z.object({
  threshold: number,
  policy: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("eer") }),
    z.object({ kind: z.literal("target-fmr"), maxFmr: number }),
    z.object({ kind: z.literal("fixed"), threshold: number }),
  ]),
  chosenOn: text,
  genuineCount: number,
  impostorCount: number,
  fmr: number,
  fnmr: number,
})

export const environmentFile: z.ZodType<RunEnvironment> = z.object({
  engine: z.object({ name: text, why: text, versions: z.record(text, text) }),
  datasetHash: text,
  datasetVersion: number.exactOptional(),
  imageCount: number,
  node: text,
  platform: text,
  cpu: text,
  commit: text,
  createdAt: text,
  plugins: list(z.object({ name: text, version: text.exactOptional(), file: text, sha256: text })).exactOptional(),
})

const configuration = z.object({
  id: text,
  label: text,
  model: z.object({ id: text, settings: z.record(text, z.unknown()) }),
  view: ViewConfig,
  augment: AugmentConfig,
  training: TrainingConfig.extend({
    epochs: number,
    batchSize: number,
    learningRate: number,
    patience: number,
  }),
  split: SplitConfig,
  imagesPerScanner: number.optional(),
  plugins: list(PluginRef).optional(),
})
const verificationTask = z.object({ enrolmentImages: number, splitUnit: z.literal(true).exactOptional() })
const task = z.object({
  id: text,
  target: text,
  others: list(text),
  maxImagesPerOther: number.optional(),
  unseen: text.optional(),
  presentation: z.object({ unseen: text.exactOptional() }).exactOptional(),
  verification: verificationTask.exactOptional(),
})
export const planFile: z.ZodType<PlanRecord> = z.object({
  arms: list(configuration),
  tasks: list(task),
  cells: list(z.object({ id: text, arm: text, task: text, fold: number, seed: number })),
})

/** What a list of runs reads of each: one that another version made is listed all the same. */
export const listedRun = {
  environment: z.object({ createdAt: text, engine: z.object({ name: text }) }),
  config: z.object({ name: text }),
  plan: z.object({ cells: list(z.object({ id: text })) }),
}

const figures: z.ZodType<SetFigures> = z.object({
  balancedAccuracy: number,
  fmr: rate,
  fnmr: rate,
  eer: number,
  auc: number,
  brier: number,
  ece: number,
})
const condition: z.ZodType<ConditionFigures> = z.object({
  kind: z.enum(conditionKinds),
  condition: text,
  fmr: rate,
  fnmr: rate.exactOptional(),
  worstPair: z.object({ target: text, scanner: text, accepted: number, of: number }),
})
/** Of a finished job, and of one at work (see `live-run.ts`). */
export const epochsFile: z.ZodType<readonly EpochRecord[]> = list(
  z.object({
    epoch: number,
    learningRate: number,
    trainLoss: number,
    trainAccuracy: number,
    devLoss: number,
    devAccuracy: number,
  }),
)
const images = z.object({ target: number, others: number })
export const jobMetricsFile: z.ZodType<JobMetrics> = z.object({
  cell: text,
  arm: text,
  task: text,
  fold: number,
  seed: number,
  model: z.object({
    id: text,
    kind: z.enum(["layers", "classical"]),
    fileKind: text.exactOptional(),
    parameterCount: number,
    input: InputContract,
  }),
  images: z.object({ train: images, dev: images, eval: images }),
  history: epochsFile,
  bestEpoch: number,
  threshold,
  dev: figures,
  eval: figures,
  further: z.record(text, number).exactOptional(),
  conditions: list(condition).exactOptional(),
})
export const jobDoneFile: z.ZodType<JobDone> = z.object({
  cell: text,
  wallSeconds: number,
  cpuSeconds: number,
  peakMemoryMb: number,
  msPerImage: number,
  modelBytes: number,
  resumes: number,
  files: z.record(text, text),
})
export const jobFailureFile: z.ZodType<JobFailure> = z.object({
  cell: text,
  cause: FailureCause,
  message: text,
})
const startsFrom: z.ZodType<StartsFrom | "none"> = z.enum(["checkpoint", "beginning", "none"])
export const interruptionsFile: z.ZodType<readonly NotedInterruption[]> = list(
  z.object({
    cell: text,
    cause: FailureCause,
    message: text,
    next: startsFrom,
    occurrence: text,
    noticedAt: text,
  }),
)

const intervals = {
  balancedAccuracy: bootstrap,
  eer: bootstrap,
  auc: bootstrap,
  fmr: rate,
  fnmr: rate,
  brier: number,
  ece: number,
}
const difference: z.ZodType<PairedDifference> = z.object({ difference: number, interval, pValue: number })
export const runMetricsFile: z.ZodType<RunMetrics> = z.object({
  arms: list(
    z.object({
      arm: text,
      label: text,
      cells: number,
      parameterCount: number,
      pooled: z.object(intervals),
      tasks: list(z.object({ ...intervals, task: text, target: text })),
      seeds: repeats.exactOptional(),
      evalSet: text,
      conditions: list(condition).exactOptional(),
      verification: list(
        verificationTask.extend({
          balancedAccuracy: bootstrap,
          eer: bootstrap,
          auc: bootstrap,
          fmr: rate,
          fnmr: rate,
        }),
      ).exactOptional(),
    }),
  ),
  comparisons: list(
    z.object({
      first: text,
      second: text,
      balancedAccuracy: difference,
      eer: difference,
      auc: difference.exactOptional(),
    }),
  ),
  winner: z.object({ arm: text, label: text, rule: text, tied: list(text) }),
})

const probe = { probe: z.enum(probeIds), scope: z.enum(probeScopes) }
export const auditFile: z.ZodType<readonly ShortcutAudit[]> = list(
  z.object({
    region: Region,
    summaries: list(
      z.object({
        ...probe,
        sees: text,
        balancedAccuracy: number,
        auc: number,
        strongest: z.object({ task: text, balancedAccuracy: number }),
      }),
    ),
    figures: list(
      z.object({
        ...probe,
        task: text,
        fold: number,
        balancedAccuracy: number,
        fmr: rate,
        fnmr: rate,
        eer: number,
        auc: number,
      }),
    ),
  }),
)
