import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"

/** Application channel 3: what operators see and do. Bodies are JSON in UTF-8: `OperatorRequest` up, the answer of that
 *  request down, and `AuditLine[]` as events after "watch-audit". docs/protocol.md, Operators. Times are ms since
 *  1970. */
export type OperatorRequest =
  | { readonly ask: "overview" }
  | { readonly ask: "accounts" }
  | { readonly ask: "set-disabled"; readonly accountId: string; readonly disabled: boolean }
  | { readonly ask: "delete-account"; readonly accountId: string }
  | { readonly ask: "make-code"; readonly hours: number }
  | { readonly ask: "devices" }
  | { readonly ask: "revoke-device"; readonly deviceId: string }
  | { readonly ask: "models" }
  /** The newest `limit` entries before `before` (absent: of all), newest first. */
  | { readonly ask: "audit"; readonly before?: number; readonly limit: number }
  | { readonly ask: "watch-audit" }
  | { readonly ask: "experiments" }
  | { readonly ask: "captures" }
  | { readonly ask: "reports" }
  /** An address that shows the report once, within a minute. */
  | { readonly ask: "open-report"; readonly id: string }

export interface OperatorAnswers {
  readonly overview: Overview
  readonly accounts: readonly AccountLine[]
  readonly "set-disabled": Done
  readonly "delete-account": Done
  readonly "make-code": { readonly code: string }
  readonly devices: readonly DeviceLine[]
  readonly "revoke-device": Done
  readonly models: readonly ModelLine[]
  readonly audit: readonly AuditLine[]
  readonly "watch-audit": Done
  readonly experiments: readonly ExperimentLine[]
  readonly captures: readonly CaptureLine[]
  readonly reports: readonly ReportLine[]
  readonly "open-report": { readonly path: string }
}

export interface Done {
  readonly done: boolean
}

export interface Overview {
  readonly upSinceMs: number
  /** The sets of factors that let somebody in. */
  readonly ways: readonly (readonly string[])[]
  readonly enrolment: string
  readonly accounts: number
  readonly devices: number
  readonly linkedScanners: number
  readonly residentMb: number
  /** Of this process since its start: "sign-in passed" and the like. */
  readonly outcomes: readonly { readonly event: string; readonly reason: string; readonly count: number }[]
  /** Where time goes, ms. */
  readonly stages: readonly {
    readonly stage: string
    readonly count: number
    readonly p50: number
    readonly p95: number
    readonly p99: number
  }[]
}

export interface AccountLine {
  readonly id: string
  readonly name: string
  readonly operator: boolean
  readonly disabled: boolean
  readonly createdAtMs: number
  /** "right-index", "face". */
  readonly references: readonly string[]
}

export interface DeviceLine {
  readonly id: string
  readonly scannerId: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | undefined
  /** The device is connected and serves browsers now. */
  readonly linked: boolean
  /** Id of the promoted model that gives its verdicts, if there is one. */
  readonly model: string | undefined
}

export interface ModelLine {
  readonly id: string
  /** What the card says; undefined where it cannot be read: `problem` says why. */
  readonly target?: string | undefined
  readonly architecture?: string | undefined
  readonly threshold?: number | undefined
  readonly createdAt?: string | undefined
  /** Of the eval side: name, value, interval. */
  readonly figures?: readonly { readonly name: string; readonly value: string }[] | undefined
  readonly problem?: string | undefined
  /** Scanner ids that this server judges by it. */
  readonly usedFor: readonly string[]
}

export interface AuditLine {
  readonly seq: number
  readonly atMs: number
  readonly event: string
  readonly reason: string
  /** Name of the account, or its random id where it is gone. */
  readonly account?: string | undefined
  readonly deviceId?: string | undefined
  readonly address?: string | undefined
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined
}

export interface ExperimentLine {
  readonly name: string
  readonly experiment: string
  readonly createdAt: string
  readonly engine: string
  readonly finished: number
  readonly failed: number
  readonly cells: number
  readonly isFinished: boolean
  /** Cells that are being trained, epoch by epoch as of their last checkpoint. */
  readonly live: readonly {
    readonly cell: string
    readonly trainLoss: readonly number[]
    readonly devLoss: readonly number[]
  }[]
}

export interface CaptureLine {
  readonly dataset: string
  readonly plans: readonly {
    readonly plan: string
    readonly skipped: number
    readonly notes: number
    readonly consents: number
  }[]
  readonly images: number
  readonly scanners: readonly { readonly scanner: string; readonly images: number }[]
  readonly lastCapturedAt: string | undefined
}

export interface ReportLine {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly verdict: string
  readonly createdAt: string
  readonly flags: readonly string[]
}

export const encodeOperator = (value: OperatorRequest | OperatorAnswers[keyof OperatorAnswers]): Uint8Array =>
  utf8(JSON.stringify(value))

/** @throws SyntaxError for what is no JSON; the caller trusts the sender for its shape or checks it */
export const decodeOperator = (body: Uint8Array): unknown => JSON.parse(fromUtf8(body))
