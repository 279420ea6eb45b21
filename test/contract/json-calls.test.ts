import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { accountCalls } from "@sourceprint/protocol/account/account-messages.js"
import type { AnswerTo, Calls } from "@sourceprint/protocol/calls.js"
import type { Codec } from "@sourceprint/protocol/codec.js"
import { type OperatorRequest, operatorCalls } from "@sourceprint/protocol/operator/operator-messages.js"

/** One of every answer, with everything in it that may be there; a new request without its example does not compile. */
type Examples<C extends Calls> = { readonly [Ask in keyof C["answers"]]: AnswerTo<C, Ask> }

const operator: Examples<typeof operatorCalls> = {
  overview: {
    upSinceMs: 1,
    auditEntries: 7,
    checkpoint: { seq: 6, atMs: 2 },
    ways: [["password", "finger"]],
    enrolment: "code",
    accounts: 2,
    devices: 1,
    linkedScanners: 0,
    residentMb: 120,
    outcomes: [{ event: "sign-in", reason: "passed", count: 3 }],
    stages: [{ stage: "opaque", count: 3, p50: 1.5, p95: 2, p99: 2 }],
  },
  accounts: [{ id: "a", name: "Ada", operator: true, disabled: false, createdAtMs: 5, references: ["right-index"] }],
  "set-disabled": { done: true },
  "delete-account": { done: true },
  "make-code": { code: "K7QD" },
  devices: [{ id: "d", scannerId: "s", createdAtMs: 5, revokedAtMs: 6, linked: false, model: "m" }],
  "revoke-device": { done: true },
  models: [
    {
      id: "m",
      target: "s",
      architecture: "tiny",
      threshold: 0.5,
      createdAt: "2026-01-01",
      figures: [{ name: "EER", value: "0.01" }],
      problem: "none",
      usedFor: ["s"],
    },
  ],
  audit: [
    {
      seq: 1,
      atMs: 5,
      event: "sign-in",
      reason: "passed",
      account: "Ada",
      deviceId: "d",
      address: "::1",
      detail: { score: 7.5, face: "none", kept: true },
    },
  ],
  "watch-audit": { done: true },
  experiments: [
    {
      name: "r",
      experiment: "e",
      createdAt: "2026-01-01",
      engine: "wasm",
      finished: 1,
      failed: 0,
      cells: 2,
      isFinished: false,
      live: [{ cell: "c", trainLoss: [0.7], devLoss: [0.6] }],
    },
  ],
  captures: [
    {
      dataset: "d",
      plans: [{ plan: "p", skipped: 0, notes: 1, consents: 2 }],
      images: 40,
      scanners: [{ scanner: "s", images: 40 }],
      lastCapturedAt: "2026-01-01",
    },
  ],
  reports: [{ id: "r", kind: "train", title: "t", verdict: "v", createdAt: "2026-01-01", flags: ["f"] }],
  "open-report": { path: "/reports/x" },
}

type JsonOfAccount = Omit<Examples<typeof accountCalls>, "beginFace" | "startPasswordChange">
const account: JsonOfAccount = {
  overview: {
    name: "Ada",
    createdAtMs: 5,
    factors: [{ id: "f", kind: "passkey", label: "blue key", createdAtMs: 5 }],
    recoveryCodesLeft: 10,
    sessions: [{ id: "s", factors: ["password"], deviceId: "d", createdAtMs: 5, expiresAtMs: 6, current: true }],
    devices: [{ id: "d", scannerId: "s", revoked: false }],
    offers: { passkey: true, face: false },
    freshUntilMs: 7,
  },
  newRecoveryCodes: ["0123-4567-89AB-CDEF"],
  passkeyOptions: {
    challenge: "AAAA",
    rp: { name: "prints" },
    user: { id: "AA", name: "Ada", displayName: "" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  },
  addPasskey: null,
  addFace: { outcome: "again" },
  removeFactor: null,
  endSession: null,
  deleteAccount: null,
  finishPasswordChange: null,
}

/** The value with one of its parts after another in a form that no JSON answer of ours has there. */
function* spoilt(value: unknown): Generator<unknown> {
  yield [[[]]]
  if (typeof value !== "object" || value === null) return
  for (const [name, part] of Object.entries(value)) {
    for (const other of spoilt(part)) {
      yield Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other }
    }
  }
}

const examples: readonly (readonly [string, Codec<unknown>, unknown])[] = [
  ...Object.entries(operator).map(
    ([ask, value]) => [`operator ${ask}`, operatorCalls.answers[ask as keyof typeof operator], value] as const,
  ),
  ...Object.entries(account).map(
    ([ask, value]) => [`account ${ask}`, accountCalls.answers[ask as keyof typeof account], value] as const,
  ),
]
for (const [name, codec, value] of examples) {
  test(`the answer to ${name} is parsed: no cut of it, no byte more, no part of another form`, () => {
    const bytes = codec.encode(value)
    assert.deepEqual(codec.decode(bytes), value)
    for (let cut = 0; cut < bytes.length; cut++) assert.equal(codec.decode(bytes.subarray(0, cut)), undefined)
    assert.equal(codec.decode(Uint8Array.of(...bytes, 0)), undefined)
    assert.equal(codec.decode(Uint8Array.of(...bytes, 0xff)), undefined)
    for (const other of spoilt(value)) {
      assert.equal(codec.decode(utf8(JSON.stringify(other))), undefined, JSON.stringify(other))
    }
  })
}

const requests: { readonly [Ask in OperatorRequest["ask"]]: Extract<OperatorRequest, { ask: Ask }> } = {
  overview: { ask: "overview" },
  accounts: { ask: "accounts" },
  "set-disabled": { ask: "set-disabled", accountId: "a", disabled: true },
  "delete-account": { ask: "delete-account", accountId: "a" },
  "make-code": { ask: "make-code", hours: 1.5 },
  devices: { ask: "devices" },
  "revoke-device": { ask: "revoke-device", deviceId: "d" },
  models: { ask: "models" },
  audit: { ask: "audit", before: 9, limit: 500 },
  "watch-audit": { ask: "watch-audit" },
  experiments: { ask: "experiments" },
  captures: { ask: "captures" },
  reports: { ask: "reports" },
  "open-report": { ask: "open-report", id: "r" },
}
const read = (value: unknown) => operatorCalls.request.decode(utf8(JSON.stringify(value)))

for (const request of Object.values(requests)) {
  test(`an operator's request ${request.ask} has its fields and no other`, () => {
    assert.deepEqual(read(request), request)
    assert.equal(read({ ...request, more: 1 }), undefined)
    for (const other of spoilt(request)) assert.equal(read(other), undefined, JSON.stringify(other))
    const bytes = operatorCalls.request.encode(request)
    for (let cut = 0; cut < bytes.length; cut++) {
      assert.equal(operatorCalls.request.decode(bytes.subarray(0, cut)), undefined)
    }
  })
}

test("an operator's request is one that there is, within its bounds", () => {
  for (const ask of ["", "toString", "__proto__", "constructor", "nothing"]) assert.equal(read({ ask }), undefined)
  assert.equal(read({ ask: "audit", limit: 501 }), undefined)
  assert.equal(read({ ask: "audit", limit: 1.5 }), undefined)
  assert.equal(read({ ask: "audit", limit: 1, before: 0 }), undefined)
  assert.equal(read({ ask: "make-code", hours: 0 }), undefined)
  assert.equal(read({ ask: "open-report", id: "" }), undefined)
  assert.equal(read({ ask: "delete-account", accountId: "x".repeat(129) }), undefined)
  assert.deepEqual(read({ ask: "audit", limit: 1 }), { ask: "audit", limit: 1 })
})
