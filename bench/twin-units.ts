import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { runStudy } from "./twin-units/run-study.js"
import { fullStudy } from "./twin-units/study-plan.js"
import { studyReport } from "./twin-units/study-report.js"
import { unitFigures } from "./twin-units/unit-figures.js"

const REPORT = "reports/twin-units.html"

/** `npm run bench -- twin-units`: the whole study; prints its table and leaves the page with the figures. Simulated. */
export async function run(): Promise<void> {
  const tables = await runStudy(fullStudy, (text) => console.error(text))
  const figures = tables.map(unitFigures)
  console.log("simulated; right unit first and EER with 95 % intervals by drawing people again")
  for (const { strength, bits, enrolCount, rankOne, eer, probeCount } of figures) {
    const written = [rankOne, eer].map(
      ({ value, interval }) =>
        `${(100 * value).toFixed(1)} % [${(100 * interval.low).toFixed(1)}, ${(100 * interval.high).toFixed(1)}]`,
    )
    console.log(
      `strength ${strength}  ${bits} bits  ${String(enrolCount).padStart(2)} enrolled  rank-1 ` +
        `${written[0]}  EER ${written[1]}  n ${probeCount}`,
    )
  }
  await writeFileAtomic(REPORT, renderReport(studyReport(fullStudy, figures)))
  console.log(REPORT)
}
