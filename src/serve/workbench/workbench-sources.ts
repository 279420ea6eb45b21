import type { Answer, Ask, CallName } from "@sourceprint/core/workbench/workbench-data.js"

/** What answers the calls of the workbench's page; `open-report` is answered by the server itself. */
export type WorkbenchSources = {
  readonly [Name in Exclude<CallName, "open-report">]: (ask: Ask<Name>) => Promise<Answer<Name>>
} & {
  readonly reportsFolder: string
  /** A PNG, its longer side at most `sidePx`. */
  image(dataset: string, index: number, sidePx: number): Promise<Uint8Array>
}
