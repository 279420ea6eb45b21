import type { ChartBlock } from "@sourceprint/report/blocks/chart-block.js"
import type { Table } from "@sourceprint/report/blocks/table.js"
import type { ReportDocument } from "@sourceprint/report/document.js"
import { bitDepths, type StudyPlan } from "./study-plan.js"
import type { UnitFigures } from "./unit-figures.js"

const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`

function rankChart(
  title: string,
  xLabel: string,
  units: number,
  groups: readonly { readonly name: string; readonly figures: readonly UnitFigures[] }[],
  xOf: (figures: UnitFigures) => number,
): ChartBlock {
  return {
    kind: "chart",
    title,
    alt: `${title}: share of images whose own unit scores highest, for ${groups.map(({ name }) => name).join(", ")}.`,
    x: { label: xLabel, ...(xLabel.startsWith("Enrol") ? { scale: "log" as const } : {}) },
    y: { label: "Right unit first", unit: "rate", from: 0, to: 1 },
    guides: [{ at: "y", value: 1 / units, label: "chance" }],
    series: groups.map(({ name, figures }) => ({
      type: "line" as const,
      name,
      markers: true,
      x: figures.map(xOf),
      y: figures.map(({ rankOne }) => rankOne.value),
      low: figures.map(({ rankOne }) => rankOne.interval.low),
      high: figures.map(({ rankOne }) => rankOne.interval.high),
    })),
    note: "Simulated. Bands are 95 % intervals by drawing the probing people again.",
  }
}

/** The study as a page: question, verdict, two figures, the table. Simulated, and says so. */
export function studyReport(plan: StudyPlan, all: readonly UnitFigures[]): ReportDocument {
  const mostEnrolled = Math.max(...plan.enrolCounts)
  const strongest = Math.max(...plan.strengths)
  const pick = (keep: (one: UnitFigures) => boolean): UnitFigures[] => all.filter(keep)
  const best = pick((f) => f.strength === strongest && f.bits === 4)
  return {
    title: `Can ${plan.units} units of one scanner model be told apart?`,
    kicker: "Simulated · twin-units",
    lead:
      `Synthetic fingers on simulated units. ${plan.enrolPeople} people enrol the units in one session, ` +
      `${plan.probePeople} other people probe them in the next; a unit is known by its mean denoising ` +
      "residual, and an image goes to the unit with which it correlates best.",
    blocks: [
      {
        kind: "banner",
        tone: "verdict",
        title:
          `At the standard strength and 4 bits, ${best[0].enrolCount} enrolment image names the right unit ` +
          `in ${percent(best[0].rankOne.value)} of ${best[0].probeCount} images, ${mostEnrolled} in ` +
          `${percent(best[best.length - 1].rankOne.value)}.`,
        text:
          "Simulated: it holds for these assumptions about units " +
          "(src/capture/fingerprint/twin/scanner-settings.ts), not for any device.",
      },
      {
        kind: "section",
        title: "Where it fades",
        blocks: [
          rankChart(
            `Unit strength, ${mostEnrolled} enrolment images`,
            "Unit strength (1: typical units)",
            plan.units,
            bitDepths.map((bits) => ({
              name: `${bits} bits`,
              figures: pick((f) => f.bits === bits && f.enrolCount === mostEnrolled),
            })),
            ({ strength }) => strength,
          ),
        ],
      },
      {
        kind: "section",
        title: "How many enrolment images",
        blocks: bitDepths.map((bits) =>
          rankChart(
            `Enrolment images, ${bits} bits`,
            "Enrolment images a unit",
            plan.units,
            plan.strengths.map((strength) => ({
              name: `strength ${strength}`,
              figures: pick((f) => f.bits === bits && f.strength === strength),
            })),
            ({ enrolCount }) => enrolCount,
          ),
        ),
      },
      {
        kind: "section",
        title: "Every figure",
        blocks: [figuresTable(all)],
      },
    ],
    footer: "npm run bench -- twin-units",
  }
}

const figuresTable = (all: readonly UnitFigures[]): Table => ({
  kind: "table",
  title: "Every setting (simulated)",
  columns: [
    { key: "strength", label: "Unit strength" },
    { key: "bits", label: "Bits" },
    { key: "enrolCount", label: "Enrolment images" },
    { key: "rankOne", label: "Right unit first", unit: "rate", better: "higher" },
    { key: "eer", label: "EER", unit: "rate", better: "lower" },
    { key: "probeCount", label: "Probes", unit: "count" },
  ],
  rows: all.map(({ strength, bits, enrolCount, rankOne, eer, probeCount }) => ({
    strength,
    bits,
    enrolCount,
    rankOne: { value: rankOne.value, low: rankOne.interval.low, high: rankOne.interval.high },
    eer: { value: eer.value, low: eer.interval.low, high: eer.interval.high },
    probeCount,
  })),
  note: "95 % intervals by drawing the probing people again.",
})
