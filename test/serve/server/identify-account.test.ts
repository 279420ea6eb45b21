import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { identifyAccount } from "@sourceprint/serve/server/identify-account.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"

test("a finger is found among all that are enrolled, templates of other matchers left aside", async () => {
  const folder = await mkdtemp(join(tmpdir(), "identify-"))
  const keys = KeyRing.random()
  const { store } = await openStore(join(folder, "s.db"), keys)
  const touches = new SyntheticImpressions(5, ScannerSettings.parse({ seed: 5 }))
  const of = (finger: string, i: number) => lineImage(touches, finger, "unit-1", 0, i)
  try {
    for (const [i, name] of ["anna", "björn"].entries()) {
      const sealed = (id: string, bytes: Uint8Array) => keys.seal(bytes, `template/${id}`)
      const template = minutiaeMatcher.codec.encode(await minutiaeMatcher.enrol([of(name, 0), of(name, 1)]))
      const common = { accountId: `a${i}`, modality: "finger" as const, createdAtMs: 1 }
      const account = {
        id: `a${i}`,
        name,
        createdAtMs: 1,
        sealedRecord: keys.seal(Uint8Array.of(1), `account/a${i}`),
      }
      await store.createAccount({
        account,
        nameKey: name,
        templates: [
          {
            ...common,
            id: `t${i}`,
            finger: "right-index",
            matcherId: "minutiae",
            sealed: sealed(`t${i}`, template),
          },
          {
            ...common,
            id: `o${i}`,
            finger: "right-thumb",
            matcherId: "other",
            sealed: sealed(`o${i}`, template),
          },
        ],
        enrolmentHash: `e${i}`,
        codeHash: undefined,
        imageDigests: [],
        audit: { atMs: 1, event: "enrolment", reason: "passed" },
      })
    }
    const search = (finger: string) => identifyAccount({ store, keys, matcher: minutiaeMatcher }, of(finger, 7), 2)
    for (const name of ["anna", "björn"]) {
      const { candidates, references } = await search(name)
      assert.equal(references, 2)
      assert.equal(candidates.length, 2)
      assert.equal(candidates[0].account.name, name)
      assert.equal(candidates[0].finger, "right-index")
      assert.ok(candidates[0].score > 2 * candidates[1].score)
    }
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
})
