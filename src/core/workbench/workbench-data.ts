import type { DatasetVersion } from "../dataset/versions.js"

/** What the workbench in the browser (`sourceprint ui`) shows, and what it asks for: types that its server and its
 *  page share. All of it is read from files of the project; nothing here is kept anywhere else. */

/** "running": a process is at work on it now. "stopped": begun, not finished, nothing failed, nobody at work. */
export type RunState = "running" | "finished" | "failed" | "stopped"

export type CellValue =
  | number
  | string
  | boolean
  | { readonly value: number; readonly low: number; readonly high: number }

/** How a value is written and which end is better. */
export interface ValueColumn {
  readonly key: string
  readonly label: string
  readonly group: "result" | "setting"
  readonly unit?: string
  readonly better?: "lower" | "higher"
}

/** A run in a line. */
export interface RunRow {
  readonly name: string
  readonly experiment: string
  readonly question: string
  /** ISO 8601 */
  readonly createdAt: string
  readonly engine: string
  readonly state: RunState
  readonly finished: number
  readonly failed: number
  readonly jobs: number
  readonly title?: string
  readonly tags: readonly string[]
  /** Runs with the same text differ in their seeds alone. */
  readonly seedGroup: string
  readonly seeds: string
  /** Figures of the chosen model on eval: keys of `runFigures`. */
  readonly figures: Readonly<Record<string, CellValue>>
}

export interface RunRows {
  readonly rows: readonly RunRow[]
  /** Which figures a row may have. */
  readonly figures: readonly ValueColumn[]
  readonly damaged: readonly { readonly name: string; readonly reason: string }[]
}

export type JobStateName = "finished" | "failed" | "started" | "waiting"

export interface RunJob {
  readonly id: string
  /** Label of its model. */
  readonly model: string
  readonly task: string
  readonly fold: number
  readonly seed: number
  readonly state: JobStateName
  /** Of one at work, [0, 1]. */
  readonly fraction?: number
  readonly note?: string
  /** Why it failed. */
  readonly failure?: string
}

/** One epoch: losses are means over rows, accuracies in [0, 1]. */
export interface EpochPoint {
  readonly epoch: number
  readonly trainLoss: number
  readonly devLoss: number
  readonly trainAccuracy: number
  readonly devAccuracy: number
}

export interface JobCurves {
  readonly job: string
  readonly epochs: readonly EpochPoint[]
}

export interface ModelFigures {
  readonly label: string
  readonly isChosen: boolean
  readonly figures: Readonly<Record<string, CellValue>>
}

/** A run as it is now. */
export interface RunDetail {
  readonly row: RunRow
  /** The answer of a finished run in words. */
  readonly verdict: string
  readonly jobs: readonly RunJob[]
  /** Of jobs at work, as of their last epoch. */
  readonly curves: readonly JobCurves[]
  readonly models: readonly ModelFigures[]
  readonly notes: readonly { readonly at: string; readonly text: string }[]
  readonly settings: Readonly<Record<string, CellValue>>
  readonly datasetHash: string
  readonly datasetVersion?: number
  /** The last lines that the run wrote. */
  readonly log: readonly string[]
  /** It has a page among the reports. */
  readonly hasReport: boolean
}

/** A model of a run beside others. */
export interface ComparedRow {
  readonly run: string
  /** Title, else name, of the run. */
  readonly title: string
  readonly model: string
  readonly values: Readonly<Record<string, CellValue>>
}

/** The first run's figure minus the other's, on the same draws of fingers; absent where they do not compare. */
export interface PairedFigures {
  readonly run: string
  readonly balancedAccuracy?: {
    readonly difference: number
    readonly low: number
    readonly high: number
    readonly pValue: number
  }
  /** Why there is none. */
  readonly why?: string
}

export interface ComparedRuns {
  readonly rows: readonly ComparedRow[]
  /** Results, then the settings that differ. */
  readonly columns: readonly ValueColumn[]
  /** Settings that are the same everywhere. */
  readonly same: number
  readonly pairs: readonly PairedFigures[]
}

/** What is wrong with a configuration, and where: keys and indexes from the top. */
export interface FieldProblem {
  readonly path: readonly (string | number)[]
  readonly text: string
}

/** An experiment as the form has it, checked. */
export interface CheckedExperiment {
  readonly yaml: string
  readonly problems: readonly FieldProblem[]
  /** Absent where there are problems. */
  readonly plan?: {
    readonly name: string
    readonly run: string
    readonly jobs: number
    readonly models: readonly string[]
    readonly tasks: readonly string[]
    readonly images: number
    /** The run exists, and how far it is. */
    readonly state?: RunState
    /** A file with this name that says something else. */
    readonly takes?: string
  }
}

export interface DatasetRow {
  readonly name: string
  readonly images: number
  readonly scanners: number
  readonly people: number
  readonly fingers: number
  readonly version?: number
  /** Why it cannot be read. */
  readonly problem?: string
}

export interface ImageRow {
  /** Place in the canonical order: names the image of this dataset. */
  readonly index: number
  readonly path: string
  readonly scanner: string
  readonly subject: string
  readonly finger: string
  readonly impression: number
  readonly session: string
  readonly size: string
}

export interface CountRow {
  readonly name: string
  readonly images: number
}

export interface DatasetDetail {
  readonly row: DatasetRow
  readonly byScanner: readonly (CountRow & { readonly people: number })[]
  readonly byPerson: readonly CountRow[]
  readonly images: readonly ImageRow[]
  readonly versions: readonly DatasetVersion[]
  /** The manifest is not the newest version. */
  readonly changedSince: boolean
  readonly warnings: readonly string[]
}

/** What reading every image has found. */
export interface DatasetCheck {
  readonly columns: readonly string[]
  /** One a scanner: number of images, then means of image statistics. */
  readonly quality: readonly (readonly (string | number)[])[]
  readonly unreadable: readonly string[]
  readonly altered: readonly string[]
  readonly duplicates: readonly {
    readonly a: string
    readonly b: string
    readonly sameBytes: boolean
    readonly correlation: number
    readonly labelsDiffer: boolean
  }[]
}

export interface RegistryModel {
  readonly id: string
  readonly target?: string
  readonly architecture?: string
  readonly balancedAccuracy?: number
  readonly eer?: number
  readonly sizeBytes?: number
  readonly aliases: readonly string[]
  readonly problem?: string
}

export interface AliasStep {
  readonly alias: string
  readonly model: string
  readonly at: string
  readonly by: string
  readonly why: string
}

export interface RegistryView {
  readonly models: readonly RegistryModel[]
  readonly aliases: readonly AliasStep[]
  /** Every move, oldest first. */
  readonly history: readonly AliasStep[]
}

/** A report that is no experiment's: of a trial or a benchmark. */
export interface TrialRow {
  readonly id: string
  readonly kind: string
  readonly question: string
  readonly verdict: string
  readonly createdAt: string
  readonly flags: readonly string[]
  readonly values: Readonly<Record<string, CellValue>>
  readonly columns: readonly ValueColumn[]
  readonly hasReport: boolean
}

/** What the page may ask for: request and answer by name. */
export interface WorkbenchCalls {
  readonly runs: { ask: object; answer: RunRows }
  readonly run: { ask: { run: string }; answer: RunDetail }
  readonly "job-curves": { ask: { run: string; job: string }; answer: JobCurves }
  readonly compare: { ask: { runs: readonly string[]; models: "chosen" | "all" }; answer: ComparedRuns }
  readonly note: {
    ask: {
      run: string
      title?: string | undefined
      text?: string | undefined
      tag?: readonly string[] | undefined
      untag?: readonly string[] | undefined
    }
    answer: object
  }
  readonly stop: { ask: { run: string }; answer: object }
  /** Goes on with a run that was stopped or in which jobs failed. */
  readonly resume: { ask: { run: string }; answer: { run: string } }
  readonly schema: { ask: object; answer: { schema: unknown; datasets: readonly string[] } }
  readonly check: { ask: { experiment: unknown }; answer: CheckedExperiment }
  readonly clone: { ask: { run: string }; answer: { experiment: unknown } }
  readonly start: { ask: { experiment: unknown }; answer: { run: string } }
  readonly datasets: { ask: object; answer: readonly DatasetRow[] }
  readonly dataset: { ask: { dataset: string }; answer: DatasetDetail }
  readonly "check-dataset": { ask: { dataset: string }; answer: DatasetCheck }
  readonly registry: { ask: object; answer: RegistryView }
  readonly promote: { ask: { run: string }; answer: { models: readonly string[] } }
  readonly "move-alias": { ask: { alias: string; model: string; why: string }; answer: object }
  readonly "roll-back": { ask: { alias: string; why: string }; answer: object }
  readonly trials: { ask: object; answer: readonly TrialRow[] }
  readonly "open-report": { ask: { id: string }; answer: { path: string } }
}
export type CallName = keyof WorkbenchCalls
export type Ask<Name extends CallName> = WorkbenchCalls[Name]["ask"]
export type Answer<Name extends CallName> = WorkbenchCalls[Name]["answer"]

/** Carries the key that the address gave the page. */
export const KEY_HEADER = "x-workbench-key"
