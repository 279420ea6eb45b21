import assert from "node:assert/strict"
import { test } from "node:test"
import { fingerThreshold } from "@sourceprint/cli/serve/finger-threshold.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { ServeConfig } from "@sourceprint/serve/server/serve-config.js"

const matching = (given: object) => ServeConfig.parse({ store: "x.db", keyFile: "x.keys", matching: given }).matching

test("without a threshold the server takes the matcher's for FMR 0.01 %, and says what it costs", async () => {
  const { threshold, origin } = await fingerThreshold(matching({}))
  assert.equal(threshold, minutiaeMatcher.operatingPoints?.points.find(({ fmr }) => fmr === 0.0001)?.threshold)
  assert.match(origin, /for FMR 0\.01 %.*, FNMR [\d.]+ %/)
})

test("another rate or a threshold of one's own is taken", async () => {
  const strict = await fingerThreshold(matching({ fmr: 0.00001 }))
  assert.ok(strict.threshold > (await fingerThreshold(matching({ fmr: 0.01 }))).threshold)
  assert.equal((await fingerThreshold(matching({ threshold: 4.5, fmr: 0.01 }))).threshold, 4.5)
  assert.throws(() => matching({ fmr: 0.3 }))
})

test("a matcher that brings none asks for a calibration", async () => {
  await assert.rejects(
    fingerThreshold(matching({ matcher: "orb-harris" })),
    (e) => hasCode(e, "serve/threshold") && /matching\.threshold/.test(e.message),
  )
})
