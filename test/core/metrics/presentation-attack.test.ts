import assert from "node:assert/strict"
import { test } from "node:test"
import { type JudgedPresentation, presentationFigures } from "@sourceprint/core/metrics/presentation-attack.js"
import { Rng } from "@sourceprint/core/rng.js"

const one = (score: number, species: string | undefined, group: string): JudgedPresentation => ({
  score,
  species,
  group,
  accepted: score >= 0.5,
})

test("ISO/IEC 30107-3 by hand: BPCER, APCER of each species and the worst, APCER at a BPCER, D-EER", () => {
  const bonaFide = Array.from({ length: 20 }, (_, i) => one(i === 0 ? 0.3 : 0.6 + i / 100, undefined, `f${i >> 1}`))
  const gelatine = [0.1, 0.2, 0.55, 0.35].map((score, i) => one(score, "gelatine", `g${i}`))
  const latex = [0.1, 0.2].map((score, i) => one(score, "latex", `f${i}`))
  const figures = presentationFigures([...bonaFide, ...gelatine, ...latex], new Rng("figures"))
  assert.deepEqual([figures.bpcer.errors, figures.bpcer.trials], [1, 20])
  assert.deepEqual(
    figures.apcer.map(({ species, errors, trials }) => [species, errors, trials]),
    [
      ["gelatine", 1, 4],
      ["latex", 0, 2],
    ],
  )
  assert.equal(figures.worst.species, "gelatine")
  // at 1 % none of 20 may be refused: the threshold is 0.3, and 0.35 and 0.55 pass; at 5 % one may, and none passes
  assert.deepEqual(
    figures.apcerAtBpcer.map(({ bpcer, apcer }) => [bpcer, apcer.value]),
    [
      [0.01, 2 / 6],
      [0.05, 0],
    ],
  )
  assert.ok(figures.dEer.value > 0 && figures.dEer.value < 0.1)
  for (const { interval, rate } of figures.apcer) assert.ok(interval.low <= rate && rate <= interval.high)
  const latexBound = figures.apcer[1].interval
  assert.ok(latexBound.high > 0.6, "no error in two fingers bounds little")
})

test("bona fide presentations alone, or attacks alone, are no set", () => {
  assert.throws(() => presentationFigures([one(1, undefined, "a")], new Rng("x")), RangeError)
  assert.throws(() => presentationFigures([one(1, "latex", "a")], new Rng("x")), RangeError)
})
