import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { importDataset } from "@sourceprint/core/dataset/import/import-dataset.js"
import { AppError } from "@sourceprint/core/errors.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { listRuns } from "@sourceprint/train/run-folder.js"
import { openChromium, withoutChromium } from "../../test/support/chromium.js"
import type { Claim, Figure } from "./claim.js"

/** `npm run prove -- report`: the report of a real run in Debian's chromium. The newest finished run of the committed
 *  experiment is taken; where there is none, a small part of it is trained first. */
const EXPERIMENT = "experiments/fvc-one-vs-all.yaml"
const SCREENSHOT = "docs/report.png"

const views = [
  { name: "light, 1280 px", colorScheme: "light", width: 1280 },
  { name: "dark, 1280 px", colorScheme: "dark", width: 1280 },
  { name: "light, 390 px", colorScheme: "light", width: 390 },
] as const

export const claims: readonly Claim[] = [
  {
    title: "A report in a real browser: no console error, no network request, every chart drawn, printable",
    async measure(logLine) {
      if (withoutChromium) throw new AppError("prove/browser", `${withoutChromium}; apt-get install chromium`)
      const folder = await mkdtemp(join(tmpdir(), "prove-report-"))
      try {
        const { runsFolder, name } = await aRun(folder, logLine)
        const options = { runsFolder, reportsFolder: join(folder, "reports"), which: [name] }
        const [page, index] = await reportRuns({ ...options, logLine })
        return [...(await look(page, SCREENSHOT)), ...(await look(index))]
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  },
]

async function aRun(folder: string, logLine: (text: string) => void) {
  const runs = (await listRuns("experiments/runs")).runs.filter(
    ({ isFinished, experiment }) => isFinished && experiment === "fvc-one-vs-all",
  )
  const newest = runs.at(-1)
  if (newest !== undefined) return { runsFolder: "experiments/runs", name: newest.name }
  logLine("no finished run of the experiment here: training texture-mlp on two targets")
  const dataset = join(folder, "data")
  await importDataset({ from: "../shared/data", only: ["fvc2000", "fvc2002"], into: dataset, layout: "fvc" })
  const runsFolder = join(folder, "runs")
  const overrides = [
    `dataset.folder=${dataset}`,
    'models=[{"id":"texture-mlp"}]',
    'tasks={"kind":"one-vs-all","targets":["fvc2000-db1","fvc2002-db4"]}',
  ]
  const { runName, state } = await runExperiment(EXPERIMENT, { overrides, runsFolder, logLine })
  if (state !== "finished") throw new AppError("prove/run", `the run ${runName} is ${state}`)
  return { runsFolder, name: runName }
}

async function look(path: string, screenshot?: string): Promise<Figure[]> {
  const browser = await openChromium()
  const address = pathToFileURL(resolve(path)).href
  const file = path.split(/[\\/]/).at(-1) ?? path
  const figures: Figure[] = []
  try {
    for (const { name, colorScheme, width } of views) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
      let messages = 0
      let requests = 0
      page.on("console", () => messages++)
      page.on("pageerror", () => messages++)
      page.on("request", (request) => {
        if (request.url() !== address && !/^(data|blob):/.test(request.url())) requests++
      })
      await page.goto(address)
      await page.pdf({ format: "A4" }) // draws every chart
      const undrawn = await page.locator(".plot:not(:has(.main-svg))").count()
      const wider = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")
      if (screenshot !== undefined && colorScheme === "light" && width > 1000)
        await page.screenshot({ path: screenshot, clip: { x: 0, y: 0, width, height: 1400 }, fullPage: true })
      const none = { is: "at most", value: 0 } as const
      figures.push(
        { name: `${file}, ${name}: console messages`, value: messages, unit: "", bound: none },
        { name: `${file}, ${name}: network requests`, value: requests, unit: "", bound: none },
        { name: `${file}, ${name}: charts not drawn`, value: undrawn, unit: "", bound: none },
        {
          name: `${file}, ${name}: wider than the window by`,
          value: Math.max(0, wider),
          unit: "px",
          bound: none,
        },
      )
      await page.close()
    }
  } finally {
    await browser.close()
  }
  return figures
}
