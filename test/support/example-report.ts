import { reliability } from "@sourceprint/core/metrics/calibration-error.js"
import { equalErrorRate } from "@sourceprint/core/metrics/equal-error-rate.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { Rng } from "@sourceprint/core/rng.js"
import { detChart, type NamedCurve, rocChart } from "@sourceprint/report/charts/error-charts.js"
import { reliabilityChart } from "@sourceprint/report/charts/reliability-chart.js"
import { scoreHistogram } from "@sourceprint/report/charts/score-histogram.js"
import type { ReportDocument } from "@sourceprint/report/document.js"
import { heatLayer } from "@sourceprint/report/heat-layer.js"
import { imageUri } from "@sourceprint/report/image-uri.js"

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Drawn scores of one model: the larger `skill`, the fewer errors. */
function drawnScores(rng: Rng, skill: number, genuineCount: number, impostorCount: number) {
  return {
    genuine: Float64Array.from({ length: genuineCount }, () => sigmoid(skill + 1.6 * rng.normal())),
    impostor: Float64Array.from({ length: impostorCount }, () => sigmoid(-skill + 1.6 * rng.normal())),
  }
}

function ridges(rng: Rng, side: number) {
  const phase = rng.between(0, 9)
  const pixels = Uint8Array.from({ length: side * side }, (_, k) => {
    const [x, y] = [(k % side) - side / 2, Math.floor(k / side) - side / 2]
    const r = Math.hypot(x, y * 0.8)
    return r > side * 0.46 ? 235 : 128 + 90 * Math.sin(r * 0.7 + phase + 3 * Math.atan2(y, x)) + 12 * rng.normal()
  })
  return { width: side, height: side, pixels }
}

/** A report that uses every kind of block, from drawn numbers: for tests and for looking at the design. */
export async function exampleReport(modelCount = 5, targetCount = 8): Promise<ReportDocument> {
  const rng = new Rng("example report")
  const models = Array.from(
    { length: modelCount },
    (_, k) => `model-${String.fromCharCode(97 + (k % 26))}${k > 25 ? k : ""}`,
  )
  const targets = Array.from({ length: targetCount }, (_, k) => `Scanner ${k + 1}`)
  const scores = models.map((name, k) => ({
    name,
    ...drawnScores(rng.fork(name), 4 - 2.5 * (k / modelCount), 640, 4480),
  }))
  const curves: NamedCurve[] = scores.map(({ name, genuine, impostor }, k) => ({
    name,
    curve: errorCurve(genuine, impostor),
    ...(k >= 6 ? { hidden: true } : {}),
  }))
  const eers = curves.map(({ curve }) => equalErrorRate(curve))
  const items = await Promise.all(
    Array.from({ length: 8 }, async (_, k) => {
      const image = ridges(rng.fork(`image ${k}`), 160)
      const map = { columns: 8, rows: 8, values: Float32Array.from({ length: 64 }, () => rng.normal()) }
      return {
        title: `drawn/${101 + k}_${k + 1}.bmp`,
        tone: "error" as const,
        panels: [
          {
            label: targets[k % targetCount],
            image: await imageUri(image),
            overlays: [{ name: "heat map", image: await heatLayer(map, 160, 160) }],
          },
        ],
        facts: [
          ["said", `${targets[(k + 3) % targetCount]}`],
          ["probability", `${(97 - k * 3).toFixed(1)} %`],
        ] as const,
      }
    }),
  )
  return {
    title: "Which scanner took this image?",
    kicker: "Example · drawn numbers, no experiment · 21 November 2026",
    lead: [
      "Eight scanners, one-vs-all, split by finger. Every number on this page is drawn at random to show the layout.",
    ],
    index: "index.html",
    footer: ["Rendered from ", { code: "test/support/example-report.ts" }, "."],
    blocks: [
      {
        kind: "banner",
        tone: "verdict",
        title:
          `${models[0]} names the scanner best: mean balanced accuracy 99.21 %, pooled equal error rate ` +
          `${(eers[0] * 100).toFixed(2)} %.`,
        text:
          "Winner by the stated rule: highest mean balanced accuracy over the targets on eval, ties by " +
          "pooled equal error rate.",
      },
      {
        kind: "banner",
        tone: "danger",
        title: "Split by image: the same finger is in training and evaluation",
        text:
          "These figures are optimistic and say nothing about new people. They are here to be compared with " +
          "the honest split.",
      },
      {
        kind: "cards",
        cards: [
          {
            label: "Mean balanced accuracy",
            value: { value: 0.9921, low: 0.987, high: 0.9964, unit: "rate", n: "8 targets, 640 images" },
          },
          {
            label: "Pooled equal error rate",
            value: {
              value: eers[0],
              low: eers[0] * 0.6,
              high: eers[0] * 1.5,
              unit: "rate",
              n: "640 genuine, 4,480 impostor",
            },
          },
          {
            label: "False match rate at threshold",
            value: { value: 0.0022, low: 0.0011, high: 0.0041, unit: "rate", n: "10 of 4,480" },
          },
          { label: "Time an image", value: { value: 11.3, unit: "ms" }, note: "WASM, one thread, median" },
        ],
        intervals: "Ranges are 95 % intervals by bootstrap over 80 fingers, 1,000 replicates.",
      },
      {
        kind: "section",
        title: "Models compared",
        lead: "Figures on eval; thresholds were chosen on dev. A click on a heading sorts.",
        blocks: [
          {
            kind: "table",
            title: "All models",
            marked: 0,
            columns: [
              { key: "model", label: "Model", always: true },
              { key: "ba", label: "Balanced accuracy", unit: "rate", better: "higher" },
              { key: "eer", label: "Pooled EER", unit: "rate", better: "lower" },
              { key: "parameters", label: "Parameters", unit: "count", better: "lower" },
              { key: "size", label: "File", unit: "bytes" },
              { key: "ms", label: "Time an image", unit: "ms", better: "lower" },
              { key: "epochs", label: "Epochs", unit: "count" },
              { key: "optimiser", label: "Optimiser" },
            ],
            rows: models.map((model, k) => ({
              model,
              ba: { value: 1 - eers[k] * 0.9, low: 1 - eers[k] * 1.4, high: 1 - eers[k] * 0.6 },
              eer: { value: eers[k], low: eers[k] * 0.6, high: eers[k] * 1.5 },
              parameters: 12_000 * (k + 1) ** 2,
              size: 48_000 * (k + 1) ** 2,
              ms: 3.4 * (k + 1),
              epochs: 30,
              optimiser: "Adam, 0.001",
            })),
            note: "Differences to the winner by paired bootstrap are in the next table.",
          },
          {
            kind: "columns",
            blocks: [
              rocChart("ROC, pooled over targets", curves),
              detChart("DET, pooled over targets", curves, "Lower left is better."),
            ],
          },
        ],
      },
      {
        kind: "section",
        title: "Training",
        blocks: [
          {
            kind: "chart",
            title: "Loss by epoch",
            alt: "Training and dev loss fall over thirty epochs.",
            x: { label: "Epoch" },
            y: { label: "Cross-entropy", unit: "bits" },
            series: models.slice(0, 4).map((name, m) => {
              const x = Float64Array.from({ length: 30 }, (_, k) => k + 1)
              const y = x.map((epoch) => (0.7 + m * 0.1) * Math.exp(-epoch / (6 + m)) + 0.02)
              return { type: "line", name, x, y, low: y.map((v) => v * 0.8), high: y.map((v) => v * 1.25) }
            }),
            note: "Mean over folds and seeds; the band is the smallest and the largest.",
          },
        ],
      },
      {
        kind: "section",
        title: "By scanner",
        blocks: [
          {
            kind: "chart",
            title: "Balanced accuracy by target scanner",
            alt: "Balanced accuracy of three models for each scanner with intervals.",
            x: { label: "Target scanner", scale: "category" },
            y: { label: "Balanced accuracy", unit: "rate", from: 0.9, to: 1 },
            series: models.slice(0, 3).map((name, m) => {
              const y = Float64Array.from(targets, () => 0.995 - 0.01 * m - 0.02 * rng.float())
              return {
                type: "bars",
                name,
                x: targets,
                y,
                low: y.map((v) => v - 0.012),
                high: y.map((v) => Math.min(1, v + 0.006)),
              }
            }),
          },
          {
            kind: "matrix",
            title: "Confusion of the winner, all targets",
            rowTitle: "taken by",
            columnTitle: "said",
            rows: targets,
            columns: targets,
            counts: targets.map((_, r) => targets.map((_, c) => (r === c ? 76 + (r % 4) : r + 1 === c ? r % 3 : 0))),
          },
        ],
      },
      {
        kind: "section",
        title: "Scores and calibration",
        blocks: [
          {
            kind: "columns",
            blocks: [
              scoreHistogram(scores[0].genuine, scores[0].impostor, {
                title: "Scores of the winner",
                genuineName: "target",
                impostorName: "other scanners",
                scoreLabel: "Probability of the target",
                unit: "rate",
                threshold: 0.5,
              }),
              reliabilityChart(
                "Reliability",
                scores.slice(0, 2).map(({ name, genuine, impostor }) => ({
                  name,
                  reliability: reliability(genuine, impostor),
                })),
              ),
            ],
          },
        ],
      },
      {
        kind: "section",
        title: "Shortcut audit",
        blocks: [
          {
            kind: "banner",
            tone: "warning",
            title: "The probe “border” reaches 93.1 %: the models may have learned the frame, not the scanner",
            text: [
              "A probe sees only ",
              { em: "one" },
              " thing. Within 5 points of the model, it explains the result as well as the model does.",
            ],
          },
        ],
      },
      {
        kind: "section",
        title: "Worst errors",
        blocks: [{ kind: "gallery", title: "The most confident wrong decisions", items }],
      },
      {
        kind: "section",
        title: "How it was run",
        blocks: [
          {
            kind: "facts",
            facts: [
              ["Engine", "wasm (SIMD, 1 thread)"],
              ["Split", "by finger, 3 folds, seed 7"],
              ["Data", [{ code: "sha256 4f1c…" }]],
            ],
          },
          {
            kind: "details",
            summary: "Resolved configuration",
            blocks: [{ kind: "code", text: "name: example\nseed: 7\n</script><b>escaped</b>\n" }],
          },
          {
            kind: "data",
            fileName: "metrics.json",
            summary: "Every figure of this page.",
            value: { eers, trap: "</script>" },
          },
        ],
      },
    ],
  }
}
