import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { noProgress } from "@sourceprint/core/progress.js"
import { distinctPictures } from "@sourceprint/serve/trial/run-whole-trial.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"
import { crashRounds } from "../../bench/prove/authentication/crash-rounds.js"
import { projectRoot } from "../support/shared-data.js"

test("a server killed under load loses nothing that it acknowledged and lets no picture in twice", async () => {
  const folder = await mkdtemp(join(tmpdir(), "crash-"))
  const touches = new SyntheticImpressions(31, ScannerSettings.parse({ seed: 31 }))
  const found = await crashRounds({
    folder,
    store: join(folder, "s.db"),
    cli: join(projectRoot, "src/cli/dist/main.js"),
    kills: 2,
    clients: 2,
    lifeMs: [2500, 3500],
    threshold: 6,
    freshImpression: distinctPictures([0, 1, 2].map((i) => lineImage(touches, "victim", "unit-1", 0, i))),
    progress: noProgress,
  })
  assert.equal(found.kills, 2)
  assert.equal(found.lostEnrolments, 0)
  assert.equal(found.halfEnrolled, 0)
  assert.equal(found.replaysAccepted, 0)
  assert.equal(found.auditVerified, true)
  assert.ok(found.auditEntries > 0)
})
