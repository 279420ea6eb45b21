import { delay } from "@sourceprint/core/async/delay.js"
import { concat, utf8 } from "@sourceprint/core/bytes.js"
import { type CaptureMessage, MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { JobEnd, type Progress, Purpose, Stage, Unable } from "@sourceprint/protocol/scanner-progress.js"
import type { StoredDevice } from "../../store/store.js"
import type { AuthDeps } from "../auth/auth-deps.js"
import type { Connection } from "../auth/connection.js"
import type { CaptureContext } from "../auth/finger/capture-checks.js"
import type { JudgedCapture } from "../auth/finger/capture-round.js"
import { type JudgeAgainst, type Judgement, judgeCapture } from "../auth/finger/judge-capture.js"
import { mendable } from "../auth/reason.js"
import type { PeerEnd } from "../auth/secure-peer.js"
import { checkReports, imageReport } from "./linked-reports.js"
import type { LinkedScanner } from "./linked-scanner.js"

export interface LinkedRound extends JudgeAgainst {
  /** Of the account, for the person at the scanner. */
  readonly name: string
  readonly purpose: Purpose
  /** Captures still allowed (sign-in) or needed (sign-up), this one included. */
  readonly remaining: number
  /** False where a further touch follows a good one: nothing is said of its checks yet. Absent: true. */
  readonly isLast?: boolean
}

/** How long a person may look at the list of scanners. */
const CHOICE_MS = 180_000
/** A scanner that is gone or has a full line answers a choice with the list again, so often. */
const MAX_CHOICES = 60
/** How often one round may have a scanner wait in vain before it is refused. */
const MAX_VAIN = 3
const WAITING_EVERY_MS = 10_000
const BUSY_PAUSE_MS = 250
const MAX_BUSY = 80

const CHALLENGE_LABEL = utf8("sourceprint/1 linked challenge")
const CODE_LABEL = utf8("sourceprint/1 scanner code")

/** One capture for a peer without a scanner: it chooses a linked one, the challenge goes to that device, the checks
 *  run as for an own device. "vain": a scanner waited for a finger too often, the peer was told that it failed. "left":
 *  it went while a scanner waited. Both occupied a scanner for nothing, so they count as failures. */
export async function linkedRound(
  deps: AuthDeps,
  connection: Connection,
  round: LinkedRound,
): Promise<(JudgedCapture & { readonly device: StoredDevice }) | PeerEnd | "busy" | "vain" | "left"> {
  const { scanners, audit, crypto } = deps
  const { peer, address } = connection
  let vain = 0
  for (let choices = 0; choices < MAX_CHOICES; choices++) {
    await peer.send({ type: MessageType.scanners, remaining: round.remaining, scanners: scanners.list() })
    const received = await peer.receive(["scanner"], CHOICE_MS)
    if (typeof received === "string") return received
    const scanner = scanners.find(received.message.scannerId)
    if (scanner === undefined) continue
    const result = await inLine(deps, connection, round, scanner)
    if (result === "busy") continue
    if (result === "gone") return "left"
    if (result === "overloaded") return "busy"
    const requestSha256 = await crypto.sha256(received.bytes)
    if (typeof result === "object") return { ...result, requestSha256, device: scanner.device }
    const detail = { scannerId: scanner.device.scannerId, unable: result }
    await audit.write({ event: "scanner", reason: "timeout", address, deviceId: scanner.device.id, detail })
    if (result !== Unable.unlinked && ++vain === MAX_VAIN) {
      await peer.decide(Outcome.fail, requestSha256)
      return "vain"
    }
    await peer.send({ type: MessageType.progress, progress: { stage: Stage.unable, reason: result } })
  }
  return "busy"
}

type Judged = Omit<JudgedCapture, "requestSha256">

/** Waits for its turn at the scanner, telling the peer that it waits; a peer that leaves gives up its place. */
async function inLine(
  deps: AuthDeps,
  { peer, handshake }: Connection,
  round: LinkedRound,
  scanner: LinkedScanner,
): Promise<Judged | Unable | "gone" | "busy" | "overloaded"> {
  const send = async (progress: Progress): Promise<void> => {
    await peer.send({ type: MessageType.progress, progress })
  }
  const leaving = new AbortController()
  void peer.whenGone().then(() => leaving.abort())
  const ahead = scanner.jobs
  const tellWaiting = (): Promise<void> => send({ stage: Stage.waiting, ahead })
  const waiting = setInterval(() => void tellWaiting(), WAITING_EVERY_MS)
  try {
    if (ahead > 0) await tellWaiting()
    return await scanner.alone(() => {
      clearInterval(waiting)
      return atScanner(deps, round, scanner, handshake.h0, leaving.signal, send)
    })
  } finally {
    clearInterval(waiting)
  }
}

/** With the scanner to itself: asks for the touch, judges it, tells both ends. */
async function atScanner(
  deps: AuthDeps,
  round: LinkedRound,
  scanner: LinkedScanner,
  browserH0: Uint8Array,
  signal: AbortSignal,
  send: (progress: Progress) => Promise<void>,
): Promise<Judged | Unable | "gone" | "overloaded"> {
  const { clock, crypto, policy, metrics } = deps
  const { device, h0 } = scanner
  // It names both connections: a capture for it belongs to this sign-in whatever becomes of either.
  const challenge = await crypto.sha256(concat([CHALLENGE_LABEL, browserH0, h0, crypto.randomBytes(32)]))
  const request = {
    stage: Stage.touch,
    scannerId: device.scannerId,
    name: round.name,
    purpose: round.purpose,
    code: await codeOf(deps, browserH0, challenge),
    windowMs: policy.challengeMs,
    remaining: round.remaining,
  }
  const outstanding = { challenge, expiresAtMs: clock.nowMs() + policy.challengeMs }
  await send(request)
  if (signal.aborted) return "gone" // before the scanner is asked: it hears no end of what it never heard of
  const capturing = (): void => void send({ stage: Stage.capturing })
  const capture = await metrics.timed("scanner-touch", () => scanner.capture(request, challenge, { signal, capturing }))
  if (typeof capture !== "object") {
    await scanner.tell(JobEnd.cancelled)
    return capture
  }
  for (const report of imageReport(capture.image, "outline")) await send(report)
  const { skewMs, lastSequence } = scanner
  const ageMs = Math.abs(capture.captureTimeMs - skewMs - clock.nowMs())
  const context = { h0, device, skewMs, outstanding, lastSequence }
  const judged = await judgeWithRetry(deps, context, capture, round)
  scanner.lastSequence = Math.max(lastSequence, capture.sequence)
  if (judged === "busy") {
    await scanner.tell(JobEnd.cancelled)
    return "overloaded"
  }
  const nothingToMatch = round.purpose === Purpose.signIn && round.references.length === 0
  const reason = judged.reason ?? (nothingToMatch ? "finger" : undefined)
  await scanner.tell(endOf(reason, round))
  if (reason === undefined && round.isLast !== false) {
    if (policy.linkedImage === "after-pass") {
      for (const report of imageReport(capture.image, "whole")) await send(report)
    }
    for (const report of checkReports(ageMs, policy.freshnessWindowMs, judged.detail)) await send(report)
  }
  return { capture, reason, detail: { ...judged.detail, linked: true } }
}

/** Four digits that both ends show. Of the connection too, so that nobody chooses them. */
async function codeOf({ crypto }: AuthDeps, h0: Uint8Array, challenge: Uint8Array): Promise<string> {
  const hash = await crypto.sha256(concat([CODE_LABEL, h0, challenge]))
  return String(new DataView(hash.buffer, hash.byteOffset).getUint32(0) % 10_000).padStart(4, "0")
}

function endOf(reason: Judged["reason"], { purpose, remaining, isLast = true }: LinkedRound): JobEnd {
  if (reason === undefined) return isLast ? JobEnd.accepted : JobEnd.again
  const again = purpose === Purpose.signIn ? mendable.has(reason) && remaining > 1 : reason === "quality"
  return again ? JobEnd.again : JobEnd.refused
}

/** The capture is here: while the workers have no room it waits, and the person need not touch again. */
async function judgeWithRetry(
  deps: AuthDeps,
  context: CaptureContext,
  capture: CaptureMessage,
  round: LinkedRound,
): Promise<Judgement | "busy"> {
  for (let busy = 1; ; busy++) {
    const judged = await judgeCapture(deps, context, capture, round)
    if (judged !== "busy" || busy === MAX_BUSY) return judged
    await delay(BUSY_PAUSE_MS)
  }
}
