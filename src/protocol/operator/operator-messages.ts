import type { AnswerTo, RequestOf } from "../calls.js"
import {
  type Form,
  type Formed,
  json,
  jsonCalls,
  many,
  mapOf,
  maybe,
  number,
  object,
  text,
  truth,
  within,
} from "../json-form.js"

const done = object({ done: truth })

const overview = object({
  upSinceMs: number,
  /** The sets of factors that let somebody in. */
  ways: many(many(text)),
  enrolment: text,
  accounts: number,
  devices: number,
  linkedScanners: number,
  residentMb: number,
  auditEntries: number,
  /** The last that this server wrote outside its store since it started. */
  checkpoint: maybe(object({ seq: number, atMs: number })),
  /** Of this process since its start: "sign-in passed" and the like. */
  outcomes: many(object({ event: text, reason: text, count: number })),
  /** Where time goes, ms. */
  stages: many(object({ stage: text, count: number, p50: number, p95: number, p99: number })),
})
export type Overview = Formed<typeof overview>

const accountLine = object({
  id: text,
  name: text,
  operator: truth,
  disabled: truth,
  createdAtMs: number,
  /** "right-index", "face". */
  references: many(text),
})
export type AccountLine = Formed<typeof accountLine>

const deviceLine = object({
  id: text,
  scannerId: text,
  createdAtMs: number,
  revokedAtMs: maybe(number),
  /** The device is connected and serves browsers now. */
  linked: truth,
  /** Id of the promoted model that gives its verdicts, if there is one. */
  model: maybe(text),
})
export type DeviceLine = Formed<typeof deviceLine>

const modelLine = object({
  id: text,
  /** What the card says; absent where it cannot be read: `problem` says why. */
  target: maybe(text),
  architecture: maybe(text),
  threshold: maybe(number),
  createdAt: maybe(text),
  /** Of the eval side: name, value, interval. */
  figures: maybe(many(object({ name: text, value: text }))),
  problem: maybe(text),
  /** Scanner ids that this server judges by it. */
  usedFor: many(text),
})
export type ModelLine = Formed<typeof modelLine>

const isDetail: Form<string | number | boolean> = (value) => text(value) || number(value) || truth(value)
const auditLine = object({
  seq: number,
  atMs: number,
  event: text,
  reason: text,
  /** Name of the account, or its random id where it is gone. */
  account: maybe(text),
  deviceId: maybe(text),
  address: maybe(text),
  detail: maybe(mapOf(isDetail)),
})
export type AuditLine = Formed<typeof auditLine>

const experimentLine = object({
  name: text,
  experiment: text,
  createdAt: text,
  engine: text,
  finished: number,
  failed: number,
  cells: number,
  isFinished: truth,
  /** Cells that are being trained, epoch by epoch as of their last checkpoint. */
  live: many(object({ cell: text, trainLoss: many(number), devLoss: many(number) })),
})
export type ExperimentLine = Formed<typeof experimentLine>

const captureLine = object({
  dataset: text,
  plans: many(object({ plan: text, skipped: number, notes: number, consents: number })),
  images: number,
  scanners: many(object({ scanner: text, images: number })),
  lastCapturedAt: maybe(text),
})
export type CaptureLine = Formed<typeof captureLine>

const reportLine = object({
  id: text,
  kind: text,
  title: text,
  verdict: text,
  createdAt: text,
  flags: many(text),
})
export type ReportLine = Formed<typeof reportLine>

const id: Form<string> = (value): value is string => text(value) && value.length >= 1 && value.length <= 128

/** Application channel 3: what operators see and do. Bodies are JSON in UTF-8. docs/protocol.md, Operators. Times
 *  are ms since 1970. */
export const operatorCalls = jsonCalls("ask", {
  overview: [{}, overview],
  accounts: [{}, many(accountLine)],
  "set-disabled": [{ accountId: id, disabled: truth }, done],
  "delete-account": [{ accountId: id }, done],
  "make-code": [{ hours: within(0.1, 720) }, object({ code: text })],
  devices: [{}, many(deviceLine)],
  "revoke-device": [{ deviceId: id }, done],
  models: [{}, many(modelLine)],
  /** The newest `limit` entries before `before` (absent: of all), newest first. */
  audit: [{ before: maybe(within(1, Number.MAX_SAFE_INTEGER, true)), limit: within(1, 500, true) }, many(auditLine)],
  /** New entries come as events from then on. */
  "watch-audit": [{}, done],
  experiments: [{}, many(experimentLine)],
  captures: [{}, many(captureLine)],
  reports: [{}, many(reportLine)],
  /** An address that shows the report once, within a minute. */
  "open-report": [{ id }, object({ path: text })],
})
export type OperatorRequest = RequestOf<typeof operatorCalls>
export type OperatorAnswer<Ask extends OperatorRequest["ask"]> = AnswerTo<typeof operatorCalls, Ask>
export const auditEvent = json(many(auditLine))
