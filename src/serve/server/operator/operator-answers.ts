import type { ModelCard } from "@sourceprint/model/model-card.js"
import { listModels } from "@sourceprint/model/model-registry.js"
import type {
  AccountLine,
  AuditLine,
  DeviceLine,
  ModelLine,
  Overview,
  ReportLine,
} from "@sourceprint/protocol/operator/operator-messages.js"
import { formatNumber, formatRange } from "@sourceprint/report/quantity.js"
import { readEntries, renderedReports } from "@sourceprint/report/report-folder.js"
import type { AuditEvent } from "../../store/store.js"
import type { ChannelHost } from "../application/application-channel.js"
import { type ChannelContext, refusal } from "../application/channel.js"
import { codeHash } from "../auth/enrolment.js"
import { freshCode } from "../auth/fresh-code.js"
import { factorPoliciesOf } from "../serve-config.js"
import { auditLines } from "./audit-feed.js"

/** What an operator's page did, for the audit log. */
const byOperatorPage = (
  { account, clientAddress }: ChannelContext,
  atMs: number,
  reason: string,
  more: Partial<AuditEvent> = {},
): AuditEvent => ({
  atMs,
  event: "admin",
  reason,
  address: clientAddress,
  ...more,
  detail: { ...more.detail, operator: account.id },
})

export async function overview({ config, deps, anchor }: ChannelHost, upSinceMs: number): Promise<Overview> {
  const { store, metrics, scanners, policy } = deps
  return {
    upSinceMs,
    ways: factorPoliciesOf(config),
    enrolment: policy.enrolment,
    accounts: (await store.accounts()).length,
    devices: (await store.devices()).filter(({ revokedAtMs }) => revokedAtMs === undefined).length,
    linkedScanners: scanners.list().length,
    residentMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    auditEntries: (await store.auditHead())?.seq ?? 0,
    checkpoint: anchor.last && { seq: anchor.last.seq, atMs: anchor.last.atMs },
    outcomes: await metrics.outcomeCounts(),
    stages: Object.entries(await metrics.stageSummary()).map(([stage, { count, p50, p95, p99 }]) => ({
      stage,
      count,
      p50,
      p95,
      p99,
    })),
  }
}

export async function accounts({ deps: { store } }: ChannelHost): Promise<AccountLine[]> {
  const lines: AccountLine[] = []
  for (const { id, name, operator, disabled, createdAtMs } of await store.accounts()) {
    const references = (await store.templates(id)).map(({ finger, modality }) =>
      modality === "face" ? "face" : finger,
    )
    lines.push({ id, name, operator, disabled, createdAtMs, references: [...new Set(references)] })
  }
  return lines
}

export async function devices({ config, deps }: ChannelHost): Promise<DeviceLine[]> {
  const { models } = config.matching
  return (await deps.store.devices()).map(({ id, scannerId, createdAtMs, revokedAtMs }) => ({
    id,
    scannerId,
    createdAtMs,
    revokedAtMs,
    linked: revokedAtMs === undefined && deps.scanners.isLinked(id),
    model: Object.hasOwn(models, scannerId) ? models[scannerId] : undefined,
  }))
}

export async function models({ config }: ChannelHost, registryFolder: string): Promise<ModelLine[]> {
  const used = Object.entries(config.matching.models)
  return (await listModels(registryFolder)).map(({ id, card, problem }) => ({
    id,
    problem,
    target: card?.task.target,
    architecture: card?.model.id,
    threshold: card?.threshold.value,
    createdAt: card?.createdAt,
    figures: card && figuresOf(card),
    usedFor: used.filter(([, model]) => model === id || model.endsWith(`/${id}`)).map(([scanner]) => scanner),
  }))
}

export async function audit(
  { deps: { store } }: ChannelHost,
  before: number | undefined,
  limit: number,
): Promise<AuditLine[]> {
  const head = (await store.auditHead())?.seq ?? 0
  const last = Math.min(head, (before ?? head + 1) - 1)
  const first = Math.max(0, last - limit)
  const entries = last <= first ? [] : await store.auditAfter(first, last - first)
  return (await auditLines(store, entries)).reverse()
}

export async function reports(folder: string): Promise<ReportLine[]> {
  const [{ entries }, rendered] = [await readEntries(folder), await renderedReports(folder)]
  return [...entries.values()]
    .filter(({ run }) => rendered.has(run.id))
    .map(({ run: { id, kind, title, verdict, createdAt, flags = [] } }) => ({
      id,
      kind,
      title,
      verdict,
      createdAt,
      flags,
    }))
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

/** @throws refusal "account" for one that is gone, "self" for the operator's own */
export async function setDisabled(
  { deps: { store, clock, application } }: ChannelHost,
  context: ChannelContext,
  accountId: string,
  disabled: boolean,
): Promise<boolean> {
  requireOther(context, accountId)
  const reason = disabled ? "disabled" : "enabled"
  const event = byOperatorPage(context, clock.nowMs(), reason, { accountId })
  if (!(await store.updateAccount(accountId, { disabled }, event))) throw refusal("account", "that account is gone")
  await application.recheck({ accountId })
  return true
}

/** @throws refusal "account", "self" */
export async function deleteAccount(
  { deps: { store, clock, application } }: ChannelHost,
  context: ChannelContext,
  accountId: string,
): Promise<boolean> {
  requireOther(context, accountId)
  const event = byOperatorPage(context, clock.nowMs(), "account-deleted", { accountId })
  if (!(await store.deleteAccount(accountId, event))) throw refusal("account", "that account is gone")
  await application.recheck({ accountId })
  return true
}

function requireOther({ account }: ChannelContext, accountId: string): void {
  if (account.id === accountId) {
    throw refusal("self", "that is your own account: another operator, or the command line, can do this")
  }
}

/** @throws refusal "device" */
export async function revokeDevice(
  { deps: { store, clock, application } }: ChannelHost,
  context: ChannelContext,
  deviceId: string,
): Promise<boolean> {
  const event = byOperatorPage(context, clock.nowMs(), "device-revoked", { deviceId })
  if (!(await store.revokeDevice(deviceId, event))) throw refusal("device", "there is no such device in use")
  await application.recheck({ deviceId })
  return true
}

export async function makeCode(
  { deps: { store, clock, secrets } }: ChannelHost,
  context: ChannelContext,
  hours: number,
): Promise<string> {
  const code = freshCode()
  await store.addCode(codeHash(secrets.digestKey, code), clock.nowMs() + hours * 3_600_000)
  await store.appendAudit([byOperatorPage(context, clock.nowMs(), "code-made", { detail: { hours } })])
  return code
}

/** Of the eval side, with 95 % intervals where errors were counted. */
function figuresOf({ metrics }: ModelCard): { name: string; value: string }[] {
  const { balancedAccuracy, fmr, fnmr, eer } = metrics.eval
  const counted = ({ rate, errors, trials, interval }: typeof fmr): string =>
    `${formatNumber(rate, "rate")} [${formatRange(interval.low, interval.high, "rate")}], ${errors} of ${trials}`
  return [
    { name: "balanced accuracy", value: formatNumber(balancedAccuracy, "rate") },
    { name: "EER", value: formatNumber(eer, "rate") },
    { name: "FMR", value: counted(fmr) },
    { name: "FNMR", value: counted(fnmr) },
  ]
}
