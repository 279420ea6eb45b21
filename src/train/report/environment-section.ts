import type { Section } from "@sourceprint/report/document.js"
import { formatNumber } from "@sourceprint/report/quantity.js"
import { stringify } from "yaml"
import type { LoadedRun } from "./load-run.js"

/** What is needed to do it again. */
export function environmentSection(run: LoadedRun): Section {
  const { environment, config, plan, jobs } = run
  const cpuSeconds = jobs.reduce((sum, { done }) => sum + done.cpuSeconds, 0)
  const resumes = jobs.reduce((sum, { done }) => sum + done.resumes, 0)
  const split = config.split
  const parts =
    "folds" in split
      ? `${split.folds} folds`
      : `train ${split.fractions.train}, dev ${split.fractions.dev}, eval ${split.fractions.eval}`
  return {
    kind: "section",
    title: "How it was run",
    blocks: [
      {
        kind: "facts",
        facts: [
          ["Run", [{ code: run.name }]],
          ["Begun", environment.createdAt.replace("T", " ").replace(/\..*/, " UTC")],
          [
            "Data",
            `${formatNumber(environment.imageCount, "count")} images, ` +
              `${config.dataset.folder.split(/[\\/]/).filter(Boolean).at(-1) ?? ""}, ` +
              (environment.datasetVersion === undefined
                ? "version not recorded"
                : `version ${environment.datasetVersion}`),
          ],
          ["Data hash", [{ code: environment.datasetHash.slice(0, 16) }]],
          ["Split", `by ${split.by}, ${parts}, seed ${split.seed}`],
          ["Seeds", config.seeds.join(", ")],
          ["Trained models", `${jobs.length} of ${plan.cells.length}${resumes === 0 ? "" : `, ${resumes} resumed`}`],
          ["CPU time", formatNumber(cpuSeconds, "s")],
          ["Engine", `${environment.engine.name} (${environment.engine.why})`],
          [
            "Versions",
            Object.entries(environment.engine.versions)
              .map(([name, version]) => `${name} ${version}`)
              .join(", "),
          ],
          ["Node", `${environment.node}, ${environment.platform}`],
          ["Processor", environment.cpu || "unknown"],
          ...(environment.plugins ?? []).map(
            ({ name, version = "without a version", file, sha256 }) =>
              [`Plug-in ${name}`, [`${version}, ${file}, `, { code: sha256.slice(0, 16) }]] as const,
          ),
          [
            "Code",
            [
              {
                code:
                  environment.commit === ""
                    ? "not in a repository"
                    : environment.commit.replace(/^(.{12})[0-9a-f]*/, "$1"),
              },
            ],
          ],
        ],
      },
      {
        kind: "details",
        summary: "Resolved configuration",
        blocks: [{ kind: "code", text: stringify(config) }],
      },
      {
        kind: "data",
        fileName: `${run.name}-metrics.json`,
        summary: "Every figure of this page, with intervals.",
        value: run.metrics,
      },
    ],
  }
}
