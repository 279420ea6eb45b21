import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { AppError } from "@sourceprint/core/errors.js"
import type { Launcher } from "@sourceprint/core/launch/launcher.js"
import { rebuildIndex } from "@sourceprint/report/report-folder.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { runJob } from "@sourceprint/train/run-job.js"
import { jobFolder, runFile } from "@sourceprint/train/run-record.js"
import { openChromium, withoutChromium } from "../../test/support/chromium.js"
import { projectRoot } from "../../test/support/shared-data.js"
import { sweepExperiment } from "../../test/support/sweep-experiment.js"
import { tinyScanners } from "../../test/support/tiny-scanners.js"
import type { Claim, Figure } from "./claim.js"
import { atMost, exactly } from "./figure.js"

/** 4 targets × 5 folds × 2 seeds × 250 models. */
const CONFIGURATIONS = 250
const JOBS = 10_000
const RUNS = 1000

/** Seconds that a thing may take. */
const within = (name: string, value: number, bound: number, note?: string): Figure =>
  atMost(name, value, bound, "s", note)

/** Every job in this process, one after the other: the real jobs and their real files, without the cost of starting
 *  10,000 processes. */
const inThisProcess = (logLine: (text: string) => void): Launcher => ({
  async launch({ jobs, onEvent }) {
    for (const [index, { id, payload }] of jobs.entries()) {
      await runJob(payload, { stopping: false, progress: () => {} })
      await onEvent({ kind: "finished", id, peakMemoryMb: 0 })
      if ((index + 1) % 1000 === 0) logLine(`${index + 1} of ${jobs.length} jobs`)
    }
  },
})

export const sweepClaim: Claim = {
  title:
    "10,000 jobs: planned, listed and resumed in seconds; its report and an index of 1,000 runs open and are usable",
  async measure(logLine) {
    if (withoutChromium !== false) throw new AppError("prove/browser", String(withoutChromium))
    const folder = await mkdtemp(join(tmpdir(), "prove-sweep-"))
    const tiny = await tinyScanners({ scanners: 4, fingers: 5 })
    try {
      const [file, runsFolder, reportsFolder] = ["sweep.yaml", "runs", "reports"].map((name) => join(folder, name))
      await writeFile(file, sweepExperiment(tiny.dataset, CONFIGURATIONS))
      const command = async (...words: string[]): Promise<{ seconds: number; text: string }> => {
        const startMs = performance.now()
        const main = join(projectRoot, "src/cli/dist/main.js")
        const { stdout } = await promisify(execFile)(process.execPath, [main, "experiment", ...words], {
          cwd: projectRoot,
          maxBuffer: 2 ** 28,
        })
        return { seconds: (performance.now() - startMs) / 1000, text: stdout }
      }
      const plan = await command("plan", file)
      const made = await runExperiment(file, { runsFolder, launcher: inThisProcess(logLine), logLine })
      const { runFolder, runName, jobs } = made
      if (jobs !== JOBS) throw new AppError("prove/sweep", `the sweep has ${jobs} jobs`)
      await rm(runFile(runFolder, "metrics")) // as after a kill: every job is looked at again
      const list = await command("list", "--runs", runsFolder)
      const status = await command("status", runName, "--runs", runsFolder)
      const missing =
        (await readFile(runFile(runFolder, "plan"), "utf8")).match(/"id": "([^"]+\.f0\.s1\.[^"]+)"/)?.[1] ?? ""
      await rm(jobFolder(runFolder, missing), { recursive: true })
      const resume = await command("run", file, "--runs", runsFolder, "--no-report", "--workers", "1")
      const startMs = performance.now()
      const [page = "", index = ""] = await reportRuns({
        runsFolder,
        reportsFolder,
        which: [runName],
        worstErrors: 0,
        audit: false,
      })
      const reportSeconds = (performance.now() - startMs) / 1000
      await copyEntries(reportsFolder, runName, RUNS)
      await rebuildIndex(reportsFolder)
      return [
        within("experiment plan", plan.seconds, 10),
        within("experiment list", list.seconds, 10, list.text.match(/\d+\/\d+/)?.[0]),
        within("experiment status", status.seconds, 10),
        within("experiment run with one job missing, summary included", resume.seconds, 60),
        within("report made", reportSeconds, 120),
        ...(await opened("report", page, "Models compared")),
        ...(await opened("index", index, "Runs")),
      ]
    } finally {
      await tiny.remove()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** The same run under other names, so that the index has many. */
async function copyEntries(reportsFolder: string, id: string, count: number): Promise<void> {
  const text = await readFile(join(reportsFolder, "entries", `${id}.json`), "utf8")
  for (let i = 1; i < count; i++) {
    const name = `${id}-${i}`
    await writeFile(join(reportsFolder, "entries", `${name}.json`), text.replaceAll(id, name))
  }
}

/** Seconds until a page is drawn in Chromium, and of a click in it. */
async function opened(what: string, path: string, words: string): Promise<Figure[]> {
  const browser = await openChromium()
  try {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on("pageerror", (error) => complaints.push(error.message))
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())))
    const startMs = performance.now()
    await page.goto(pathToFileURL(path).href)
    await page.getByRole("heading", { name: words }).first().waitFor()
    const heading = page.locator("table thead button").nth(1)
    await heading.waitFor()
    const drawnMs = performance.now()
    await heading.click()
    await page.locator("th[aria-sort=ascending], th[aria-sort=descending]").first().waitFor()
    const sortedMs = performance.now()
    const { size } = await stat(path)
    return [
      atMost(`${what}: size`, size / 1e6, 20, "MB"),
      within(`${what}: until it is drawn`, (drawnMs - startMs) / 1000, 10),
      within(`${what}: until it is sorted`, (sortedMs - drawnMs) / 1000, 3),
      exactly(`${what}: errors in the console`, complaints.length, 0),
    ]
  } finally {
    await browser.close()
  }
}
