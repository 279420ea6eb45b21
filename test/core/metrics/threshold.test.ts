import assert from "node:assert/strict"
import { test } from "node:test"
import { errorRatesAt } from "@sourceprint/core/metrics/error-rates.js"
import { chooseThreshold } from "@sourceprint/core/metrics/threshold.js"
import fc from "fast-check"

const f64 = (...values: number[]) => Float64Array.from(values)

test("separable scores: the threshold lies in the middle of the gap and says where it came from", () => {
  const chosen = chooseThreshold({ kind: "eer" }, f64(0.9, 0.8), f64(0.1, 0.2), "dev of fold 1")
  assert.equal(chosen.threshold, 0.5)
  assert.deepEqual(
    { ...chosen, threshold: 0 },
    {
      threshold: 0,
      policy: { kind: "eer" },
      chosenOn: "dev of fold 1",
      genuineCount: 2,
      impostorCount: 2,
      fmr: 0,
      fnmr: 0,
    },
  )
})

test("a target FMR that no score can keep: nothing seen is accepted, the threshold is finite", () => {
  const chosen = chooseThreshold({ kind: "target-fmr", maxFmr: 0 }, f64(0.5), f64(1), "dev")
  assert.ok(Number.isFinite(chosen.threshold) && chosen.threshold > 1)
  assert.equal(chosen.fnmr, 1)
  assert.ok(chooseThreshold({ kind: "target-fmr", maxFmr: 0 }, f64(-1), f64(0), "dev").threshold > 0)
  assert.equal(chooseThreshold({ kind: "eer" }, f64(Number.NaN), f64(Number.NaN), "dev").threshold, 0)
})

test("a fixed threshold is kept and its rates are told", () => {
  const chosen = chooseThreshold({ kind: "fixed", threshold: 0.5 }, f64(0.9, 0.2), f64(0.5, 0.1, 0.1), "dev")
  assert.equal(chosen.threshold, 0.5)
  assert.equal(chosen.fmr, 1 / 3)
  assert.equal(chosen.fnmr, 1 / 2)
})

test("the rates that come with a threshold are the rates at that threshold; the target is kept", () => {
  const set = fc.array(fc.oneof(fc.integer({ min: 0, max: 8 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    minLength: 1,
    maxLength: 20,
  })
  fc.assert(
    fc.property(set, set, fc.constantFrom(0, 0.05, 0.3, 1), (g, i, maxFmr) => {
      const [genuine, impostor] = [Float64Array.from(g), Float64Array.from(i)]
      for (const policy of [{ kind: "eer" }, { kind: "target-fmr", maxFmr }] as const) {
        const chosen = chooseThreshold(policy, genuine, impostor, "dev")
        const { fmr, fnmr } = errorRatesAt(chosen.threshold, genuine, impostor)
        assert.ok(Math.abs(fmr - chosen.fmr) < 1e-12 && Math.abs(fnmr - chosen.fnmr) < 1e-12)
        if (policy.kind === "target-fmr") assert.ok(fmr <= maxFmr)
      }
    }),
    { seed: 3 },
  )
})
