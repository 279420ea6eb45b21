import assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { countedRate } from "@sourceprint/core/metrics/counted-rate.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { publishReport, rebuildIndex } from "@sourceprint/report/report-folder.js"
import type { TrialRecord } from "@sourceprint/serve/trial/run-whole-trial.js"
import { TrialConfig } from "@sourceprint/serve/trial/trial-config.js"
import { trialEntry } from "@sourceprint/serve/trial/trial-entry.js"
import { trialReport } from "@sourceprint/serve/trial/trial-report.js"
import { trialVerdict } from "@sourceprint/serve/trial/trial-verdict.js"

const rateOf = (errors: number, trials: number) => countedRate(errors, trials, clopperPearsonInterval(errors, trials))

const record: TrialRecord = {
  simulated: true,
  config: TrialConfig.parse({ name: "tiny", seed: 1, people: 3, units: 2, matching: { threshold: 6 } }),
  sessions: {
    enrolled: 3,
    stages: {},
    scenarios: [
      {
        scenario: "genuine",
        genuine: true,
        sessions: 50,
        passed: 49,
        errorRate: rateOf(1, 50),
        reasons: { passed: 49, finger: 1 },
      },
      {
        scenario: "moulded-finger",
        genuine: false,
        sessions: 4,
        passed: 3,
        errorRate: rateOf(3, 4),
        reasons: { passed: 3, finger: 1 },
      },
      {
        scenario: "wrong-scanner",
        genuine: false,
        sessions: 5,
        passed: 0,
        errorRate: rateOf(0, 5),
        reasons: { scanner: 5 },
      },
    ],
  },
  attacks: [
    { id: "bit-flip", title: "A bit flipped", attempts: 40, successes: 0, rate: rateOf(0, 40) },
    { id: "frames", title: "Frames reordered", attempts: 9, successes: 1, rate: rateOf(1, 9) },
  ],
  systemA: [],
}

test("the index lists a trial with its counts, its rates and that it is simulated", async () => {
  const folder = await mkdtemp(join(tmpdir(), "trial-entry-"))
  try {
    const entry = trialEntry(record, "2026-01-01T00:00:00Z")
    assert.equal(
      entry.run.verdict,
      "The right person was let in in 49 of 50 sessions; others in 3 of 9 (moulded-finger 3 of 4); 1 of 49 attacks " +
        "on the protocol succeeded",
    )
    assert.equal(trialVerdict(record).breaches, 4, "an artefact that came through is no good news")
    assert.deepEqual(entry.run.flags, ["simulated"])
    assert.deepEqual(Object.keys(entry.run.values).sort(), ["attempts", "frr", "people", "successes", "units"])
    const page = await publishReport(folder, entry, renderReport(trialReport(record)))
    assert.equal(page, join(folder, "trial-tiny.html"))
    const index = await readFile((await rebuildIndex(folder)).path, "utf8")
    assert.match(index, /trial-tiny\.html/)
    assert.match(index, /others in 3 of 9 \(moulded-finger 3 of 4\)/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
