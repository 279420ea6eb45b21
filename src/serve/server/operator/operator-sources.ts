import type { CaptureLine, ExperimentLine } from "@sourceprint/protocol/operator/operator-messages.js"

/** What operators see that the server's own parts do not know; passed in by whoever starts the server. */
export interface OperatorSources {
  /** Newest first. */
  experiments(): Promise<readonly ExperimentLine[]>
  captures(): Promise<readonly CaptureLine[]>
  /** Folder of rendered reports. */
  readonly reportsFolder: string
  /** Folder of promoted models. */
  readonly registryFolder: string
}
