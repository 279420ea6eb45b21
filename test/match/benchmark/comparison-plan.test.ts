import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { planPairs } from "@sourceprint/match/benchmark/comparison-plan.js"
import { planFromFiles } from "@sourceprint/match/benchmark/protocol-files.js"
import { crossedSamples, sampleOf } from "../../support/small-dataset.js"

test("FVC's counts: 10 fingers of 8 give 280 genuine and 45 impostor comparisons; all pairs 3160", () => {
  const samples = crossedSamples({ scanners: 2, subjects: 10, fingers: 1, impressions: 8, ownPeople: true })
  const fvc = planPairs(samples, "fvc")
  assert.equal(fvc.length, 2)
  for (const { comparisons } of fvc) {
    assert.equal(comparisons.filter((c) => c.genuine).length, 280)
    assert.equal(comparisons.filter((c) => !c.genuine).length, 45)
  }
  for (const { templates, comparisons } of planPairs(samples, "all-pairs")) {
    assert.equal(comparisons.length, (80 * 79) / 2)
    assert.equal(comparisons.filter((c) => c.genuine).length, 280)
    for (const { reference, probe, genuine } of comparisons) {
      assert.equal(genuine, templates[reference].identity === templates[probe].identity)
      assert.notEqual(reference, probe)
    }
  }
})

test("sets without both kinds of comparison, and images without a person, are refused", () => {
  const one = crossedSamples({ scanners: 1, subjects: 1, fingers: 1, impressions: 4 })
  assert.throws(
    () => planPairs(one, "all-pairs"),
    (e) => hasCode(e, "benchmark/one-class"),
  )
  assert.throws(
    () => planPairs([sampleOf({ subject: "" })], "fvc"),
    (e) => hasCode(e, "benchmark/unlabelled"),
  )
})

test("protocol files: several images make one reference; faults name file and line", () => {
  const samples = crossedSamples({ scanners: 1, subjects: 2, fingers: 1, impressions: 3 })
  const [a1, a2, a3, b1] = samples.map((s) => s.path)
  const files = {
    enroll: `template,image\nA,${a1}\nA,${a2}\nB,${b1}\n`,
    probe: `template,image\nx,${a3}\n`,
    pairs: "reference,probe\nA,x\nB,x\n",
  }
  const plan = planFromFiles("set", files, samples)
  assert.deepEqual(
    plan.templates.map((t) => [t.id, t.role, t.images.length]),
    [
      ["A", "reference", 2],
      ["B", "reference", 1],
      ["x", "probe", 1],
    ],
  )
  assert.deepEqual(
    plan.comparisons.map((c) => c.genuine),
    [true, false],
  )
  const faults: readonly [Partial<typeof files>, RegExp][] = [
    [{ enroll: "template,image\nA,nowhere.bmp\n" }, /enroll\.csv line 2: nowhere\.bmp/],
    [{ enroll: `template,image\nA,${a1}\nA,${b1}\n` }, /enroll\.csv line 3: template A mixes/],
    [{ probe: `template,image\nx,${a3}\nx,${a2}\n` }, /a probe has one/],
    [{ pairs: "reference,probe\nA,x\nC,x\n" }, /pairs\.csv line 3: reference C/],
    [{ pairs: "left,right\nA,x\n" }, /column reference/],
    [{ pairs: "" }, /no rows/],
  ]
  for (const [change, reason] of faults) {
    assert.throws(
      () => planFromFiles("set", { ...files, ...change }, samples),
      (e) => hasCode(e, "benchmark/protocol") && reason.test(e.message),
    )
  }
})
