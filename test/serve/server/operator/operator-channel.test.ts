import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { asked } from "@sourceprint/protocol/calls.js"
import {
  type AuditLine,
  auditEvent,
  type OperatorAnswer,
  type OperatorRequest,
  operatorCalls,
} from "@sourceprint/protocol/operator/operator-messages.js"
import type { LinkedScanner } from "@sourceprint/serve/server/scanner/linked-scanner.js"
import { type OperatorServer, operatorServer } from "../../../support/operator-server.js"
import { until } from "../../../support/patience.js"

let host: OperatorServer
let ada: ApplicationLink
before(async () => {
  host = await operatorServer()
  await host.signUp("Ada", "of the operators")
  await host.signUp("Bob", "of the others")
  await host.makeOperator("Ada")
  ada = new ApplicationLink(await host.signIn("Ada", "of the operators"))
})
after(async () => {
  ada.close()
  await host.stop()
})

async function ask<R extends OperatorRequest>(request: R, link = ada): Promise<OperatorAnswer<R["ask"]>> {
  const answer = await asked(operatorCalls, request, (body) => link.request(Channel.operator, body))
  assert.ok(answer !== undefined)
  return answer
}
const refusedAs =
  (code: string) =>
  (error: unknown): boolean =>
    hasCode(error, `application/refused/${code}`)

test("only operators are answered, and only as long as they are operators", async () => {
  const bob = new ApplicationLink(await host.signIn("Bob", "of the others"))
  try {
    for (const request of ["overview", "accounts", "devices", "models", "watch-audit", "reports"] as const) {
      await assert.rejects(() => ask({ ask: request }, bob), refusedAs("operator"))
    }
    await host.makeOperator("Bob")
    assert.equal((await ask({ ask: "accounts" }, bob)).length, 2)
    const { store } = host.server.deps
    const account = await store.accountByName("bob")
    assert.ok(account)
    await store.updateAccount(account.id, { operator: false }, { atMs: 1, event: "admin", reason: "operator-ended" })
    await assert.rejects(() => ask({ ask: "accounts" }, bob), refusedAs("operator"))
  } finally {
    bob.close()
  }
})

test("what is asked wrongly is refused by one answer", async () => {
  for (const body of [
    new Uint8Array(0),
    new TextEncoder().encode("{"),
    new TextEncoder().encode('{"ask":"nothing"}'),
    new TextEncoder().encode('{"ask":"audit","limit":1e9}'),
    new TextEncoder().encode('{"ask":"open-report","id":"x","more":1}'),
  ]) {
    await assert.rejects(() => ada.request(Channel.operator, body), refusedAs("request"))
  }
})

test("the overview, accounts, models, a run under way and reports are shown as they are", async () => {
  const overview = await ask({ ask: "overview" })
  assert.equal(overview.accounts, 2)
  assert.deepEqual(overview.ways, [["password"]])
  assert.ok(
    overview.outcomes.some(({ event, reason, count }) => event === "sign-in" && reason === "passed" && count > 0),
  )
  assert.deepEqual((await ask({ ask: "accounts" })).map(({ name, operator }) => [name, operator]).sort(), [
    ["Ada", true],
    ["Bob", false],
  ])
  const models = await ask({ ask: "models" })
  const used = models.find(({ usedFor }) => usedFor.includes("fvc2000-db1"))
  assert.equal(used?.target, "fvc2000-db1")
  assert.ok(used?.figures?.some(({ name }) => name === "EER"))
  const [run] = await ask({ ask: "experiments" })
  assert.deepEqual([run.experiment, run.finished, run.cells, run.isFinished], ["sweep", 0, 2, false])
  assert.deepEqual(run.live, [{ cell: "one", trainLoss: [1, 1 / 2, 1 / 3], devLoss: [1.2, 0.7, 0.2 + 1 / 3] }])
  assert.deepEqual(await ask({ ask: "captures" }), [])
  assert.deepEqual(
    (await ask({ ask: "reports" })).map(({ id }) => id),
    ["trial-tiny"],
  )
})

test("the audit log is paged backwards and comes live, with names and addresses", async () => {
  const fresh: AuditLine[] = []
  ada.onEvent(Channel.operator, (body) => fresh.push(...(auditEvent.decode(body) ?? [])))
  await ask({ ask: "watch-audit" })
  const link = new ApplicationLink(await host.signIn("Bob", "of the others"))
  link.close()
  const signIn = () => fresh.find(({ reason }) => reason === "passed")
  await until(() => signIn() !== undefined, "the sign-in is in the log")
  const passed = signIn()
  assert.equal(passed?.account, "Bob")
  assert.match(passed?.address ?? "", /127\.0\.0\.1/)

  const [newest, older] = await ask({ ask: "audit", limit: 2 })
  assert.equal(newest.seq, older.seq + 1)
  const rest = await ask({ ask: "audit", limit: 500, before: older.seq })
  assert.deepEqual(
    rest.map(({ seq }) => seq),
    Array.from({ length: older.seq - 1 }, (_, i) => older.seq - 1 - i),
  )
})

test(
  "people are disabled and deleted, devices revoked, codes made; each leaves the operator's name in the " + "log",
  async () => {
    await host.signUp("Eve", "soon gone")
    const eve = new ApplicationLink(await host.signIn("Eve", "soon gone"))
    const accounts = await ask({ ask: "accounts" })
    const idOf = (name: string): string => accounts.find((account) => account.name === name)?.id ?? ""
    await assert.rejects(() => ask({ ask: "delete-account", accountId: idOf("Ada") }), refusedAs("self"))
    await assert.rejects(() => ask({ ask: "set-disabled", accountId: idOf("Ada"), disabled: true }), refusedAs("self"))
    assert.deepEqual(await ask({ ask: "set-disabled", accountId: idOf("Eve"), disabled: true }), {
      done: true,
    })
    await assert.rejects(() => host.signIn("Eve", "soon gone"))
    assert.deepEqual(await ask({ ask: "set-disabled", accountId: idOf("Eve"), disabled: false }), {
      done: true,
    })
    assert.deepEqual(await ask({ ask: "delete-account", accountId: idOf("Eve") }), { done: true })
    await assert.rejects(() => ask({ ask: "delete-account", accountId: idOf("Eve") }), refusedAs("account"))
    eve.close()

    const { store } = host.server.deps
    const device = { id: "door", scannerId: "unit-7", publicKey: "00".repeat(32), createdAtMs: 1 }
    await store.addDevice(device, { atMs: 1, event: "admin", reason: "device-added" })
    // Another device that serves a scanner of the same id makes this one no linked one.
    const desk = { device: { id: "desk", scannerId: "unit-7" }, words: "", jobs: 0, close() {} }
    host.server.deps.scanners.add(desk as unknown as LinkedScanner)
    assert.deepEqual(
      (await ask({ ask: "devices" })).map(({ id, linked }) => [id, linked]),
      [["door", false]],
    )
    host.server.deps.scanners.remove(desk as unknown as LinkedScanner)
    assert.deepEqual(await ask({ ask: "revoke-device", deviceId: "door" }), { done: true })
    await assert.rejects(() => ask({ ask: "revoke-device", deviceId: "door" }), refusedAs("device"))
    assert.match((await ask({ ask: "make-code", hours: 1 })).code, /^([A-Z2-9]{4}-){2}[A-Z2-9]{4}$/)

    const done = (await ask({ ask: "audit", limit: 20 })).filter(({ detail }) => detail?.operator === idOf("Ada"))
    assert.deepEqual(
      done.map(({ reason }) => reason),
      ["code-made", "device-revoked", "account-deleted", "enabled", "disabled"],
    )
  },
)

test("a report opens once, at an address of its own, in an origin of nobody", async () => {
  const { path } = await ask({ ask: "open-report", id: "trial-tiny" })
  const response = await fetch(`${host.origin}${path}`)
  assert.equal(response.status, 200)
  assert.match(response.headers.get("content-security-policy") ?? "", /^sandbox allow-scripts/)
  assert.doesNotMatch(response.headers.get("content-security-policy") ?? "", /allow-same-origin/)
  assert.match(await response.text(), /A report/)
  assert.equal((await fetch(`${host.origin}${path}`)).status, 404, "the address works once")
  assert.equal((await fetch(`${host.origin}/operator-report/guess`)).status, 404)
  for (const id of ["unknown", "../s", "entries/trial-tiny"]) {
    await assert.rejects(() => ask({ ask: "open-report", id }), refusedAs("report"))
  }
})
