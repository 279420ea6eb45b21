import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { noProgress } from "@sourceprint/core/progress.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { attacks } from "@sourceprint/serve/trial/attack-classes.js"
import { startAttackContext } from "@sourceprint/serve/trial/attack-context.js"
import { honestSession, passed } from "@sourceprint/serve/trial/honest-session.js"
import { InterceptingPort } from "@sourceprint/serve/trial/intercepting-port.js"
import { runAttacks } from "@sourceprint/serve/trial/run-attacks.js"
import { textInspector, touch } from "../../support/auth-server.js"
import { PATIENCE_MS } from "../../support/patience.js"

const startContext = async () =>
  startAttackContext({
    folder: await mkdtemp(join(tmpdir(), "attack-")),
    makeInspector: () => Promise.resolve(textInspector),
    factors: ["password", "finger", "scanner"],
    freshImpression: () => touch("victim-finger", "unit-1"),
    strangersImpression: touch("strangers-finger", "unit-1"),
    // Short, since some attacks wait for them; the honest sign-ins have to keep them on a loaded machine too.
    tuning: { policy: { handshakeMs: 3000, challengeMs: 3000 } },
  })

/** Fewer of what waits for time-outs or costs more than most; no fewer than a class has variants. */
const fewer: Readonly<Record<string, number>> = {
  frames: 48,
  "slow-sender": 2,
  "connection-flood": 1,
  "replay-restart": 1,
  "replay-later": 4,
  "left-after-refusals": 2,
  "slows-the-owner": 1,
  "old-session": 4,
  "ended-session-listens": 2,
  "old-operator-session": 2,
  "unread-answers": 1,
  "look-alike-name": 10,
  "look-alike-scanner": 5,
  "weak-device-key": 5,
  "silent-sockets": 2,
  "large-before-hello": 1,
  "unanswered-farewell": 1,
  "two-at-once": 8,
  "fills-a-room": 2,
  "fills-the-disk": 1,
  "parallel-guesses": 2,
  "clock-set-back": 6,
  "audit-set-back": 2,
  "audit-cut-front": 3,
}

test("every attack class is refused, every time", async () => {
  const context = await startContext()
  try {
    const attempts = Object.fromEntries(attacks.map(({ id }) => [id, fewer[id] ?? 30]))
    const outcomes = await runAttacks(attacks, context.target, attempts, 1, noProgress)
    for (const { id, successes } of outcomes) assert.equal(successes, 0, id)
    assert.deepEqual(
      outcomes.map(({ id }) => id),
      attacks.map(({ id }) => id),
    )
    // The server is as good as before: the victim still signs in.
    const port = new InterceptingPort(await context.target.connect())
    assert.ok(passed(await honestSession(context.target, port, context.target.freshImpression())))
    const { deps } = context.target.server()
    const { store, auditKey } = await openStore(context.location, deps.keys)
    assert.equal((await verifyAudit(store, auditKey)).ok, true)
    await store.close()
  } finally {
    await context.stop()
  }
})

test("an attack that works is counted: a server without its replay guard is broken by the stolen capture", async () => {
  const context = await startAttackContext({
    folder: await mkdtemp(join(tmpdir(), "attack-")),
    makeInspector: () => Promise.resolve(textInspector),
    factors: ["password", "finger"],
    freshImpression: () => touch("victim-finger", "unit-1"),
    strangersImpression: touch("strangers-finger", "unit-1"),
    tuning: { policy: { refuseSeenImages: false, handshakeMs: PATIENCE_MS, challengeMs: PATIENCE_MS } },
    answerTimeoutMs: PATIENCE_MS,
  })
  try {
    const stolen = attacks.filter(({ id }) => id === "stolen-capture")
    const [outcome] = await runAttacks(stolen, context.target, { "stolen-capture": 6 }, 1, noProgress)
    assert.equal(outcome.successes, 2) // the variant that is signed again; the other two fail without the device's key
  } finally {
    await context.stop()
  }
})
