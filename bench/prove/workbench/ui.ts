import { join } from "node:path"
import { workbenchSources } from "@sourceprint/cli/ui/workbench-sources.js"
import { serveWorkbench } from "@sourceprint/serve/workbench/serve-workbench.js"
import type { Page } from "playwright-core"
import { seriousFindings } from "../../../test/support/axe.js"
import { openChromium } from "../../../test/support/chromium.js"
import { projectRoot } from "../../../test/support/shared-data.js"
import { tabTo } from "../../../test/support/tab-to.js"
import { watchedPage } from "../../../test/support/watched-page.js"
import { copiesOfRun, type WorkbenchWorld, workbenchWorld } from "../../../test/support/workbench-world.js"
import type { Claim, Figure } from "../claim.js"
import { atMost, exactly } from "../figure.js"

const RUNS = 1000
const MOST_SECONDS = 2

/** Gives the work a workbench on a project with a dataset, a finished run and copies of it, and a browser page. */
async function atWorkbench<Result>(
  copies: number,
  options: Parameters<typeof watchedPage>[2],
  work: (page: Page, world: WorkbenchWorld, faults: string[]) => Promise<Result>,
): Promise<Result> {
  const world = await workbenchWorld()
  const browser = await openChromium()
  try {
    await copiesOfRun(world.runs, world.finished, copies)
    const { page, faults } = await watchedPage(browser, world.origin, { bypassCSP: true, ...options })
    return await work(page, world, faults)
  } finally {
    await browser.close()
    await world.stop()
  }
}

/** From the address, which the command prints once it has read the runs, to the first rows of the list. */
function manyRuns(): Promise<Figure[]> {
  return atWorkbench(RUNS - 1, {}, async (page, world) => {
    const sources = workbenchSources({ ...world, out: world.reports })
    const startMs = performance.now()
    await sources.runs({}) // as `sourceprint ui` does
    const read = (performance.now() - startMs) / 1000
    const served = await serveWorkbench(sources)
    const open = async (): Promise<number> => {
      const openMs = performance.now()
      await page.goto(served.url)
      await page.getByText(`${RUNS} of ${RUNS} runs`).waitFor()
      await page.locator("tbody tr").nth(20).waitFor()
      return (performance.now() - openMs) / 1000
    }
    try {
      const first = await open()
      await page.goto("about:blank")
      return [
        { name: "runs read before the address is printed", value: read, unit: "s" },
        atMost(`the list of ${RUNS} runs, opened the first time`, first, MOST_SECONDS, "s"),
        atMost("opened again", await open(), MOST_SECONDS, "s"),
      ]
    } finally {
      await served.close()
    }
  })
}

/** Light and dark, on a phone, a desktop, and a desktop at 200 %. */
const forms = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 390 },
  { colorScheme: "light", width: 640 },
] as const
/** Pictures for the documents: page, form. */
const pictured = new Set(["runs light 1280", "compare light 1280", "datasets-data light 1280"])

function looks(logLine: (text: string) => void): Promise<Figure[]> {
  return atWorkbench(24, {}, async (page, world, faults) => {
    await page.goto(world.url)
    const compared = [1, 2, 3, 4, 5, 6, 7, 8].map((copy) => `copy-000${copy}`).join(",")
    const places = ["runs", `runs/${world.finished}`, `compare/${compared}`, "new", `new/${world.finished}`]
    const findings: string[] = []
    let count = 0
    for (const { colorScheme, width } of forms) {
      await page.setViewportSize({ width, height: 860 })
      await page.emulateMedia({ colorScheme })
      for (const place of [...places, "datasets", "datasets/data", "trials", "registry"]) {
        await page.goto(`${world.origin}/${place}`)
        await page.getByText("Asking the server").waitFor({ state: "detached" })
        await page.waitForFunction(() => document.querySelector("main .picture-place") === null)
        const name = place.startsWith("compare") ? "compare" : place.replace("/", "-")
        if (pictured.has(`${name} ${colorScheme} ${width}`))
          await page.screenshot({ path: join(projectRoot, "docs/pages", `workbench-${name}.png`) })
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        const found = [...(wide > 0 ? [`${wide} px too wide`] : []), ...(await seriousFindings(page))]
        findings.push(...found.map((finding) => `${place} ${colorScheme} ${width}: ${finding}`))
        count++
      }
      logLine(`${colorScheme}, ${width} px: ${findings.length} findings so far`)
    }
    findings.push(...faults)
    const note = `in ${count} looks${findings.length === 0 ? "" : `: ${findings.slice(0, 4).join("; ")}`}`
    return [exactly("serious findings of axe, pages too wide, faults on the console", findings.length, 0, "", note)]
  })
}

/** Nobody touches a mouse: a clone of a run, another name, a network; then its jobs, curves, log and verdict. */
function liveRun(logLine: (text: string) => void): Promise<Figure[]> {
  return atWorkbench(0, { viewport: { width: 1280, height: 860 } }, async (page, world, faults) => {
    await page.goto(world.url)
    await page.goto(`${world.origin}/new/${world.finished}`)
    await page.getByText("is there already: finished").waitFor()
    const fill = async (label: RegExp, text: string): Promise<void> => {
      await tabTo(page, label)
      await page.keyboard.press("Control+A")
      await page.keyboard.type(text)
    }
    await fill(/^name$/, "watched")
    await tabTo(page, /^id$/)
    await page.keyboard.type("small")
    await tabTo(page, /^Leave out models\.0\.settings$/)
    await page.keyboard.press("Enter")
    await fill(/^epochs$/, "150")
    await fill(/^patience$/, "150")
    await page.getByText(/^1 jobs: 1 models/).waitFor()
    await tabTo(page, /^Start$/)
    await page.keyboard.press("Enter")
    await page.waitForURL(/\/runs\/watched-/)
    const seen: string[] = []
    const see = async (what: string, look: Promise<unknown>): Promise<void> => {
      await look
      seen.push(what)
      logLine(`seen: ${what}`)
    }
    await see("running", page.getByText("running", { exact: true }).waitFor())
    await see("its epochs in the list of jobs", page.getByText(/epoch \d+\/150/).waitFor())
    await see("a curve", page.locator(".curves svg").first().waitFor())
    await page.screenshot({ path: join(projectRoot, "docs/pages", "workbench-live.png") })
    await see("its end in the log", page.getByText("finished: 1 of 1 jobs are finished").waitFor())
    await see("finished", page.getByText("finished", { exact: true }).first().waitFor())
    await see("its verdict", page.getByText(/^small-cnn: balanced accuracy/).waitFor())
    await see("its report", page.getByRole("button", { name: "Open the report" }).waitFor())
    return [
      exactly("steps of a run seen live, started by keyboard alone", seen.length, 7, "of 7", seen.join(", ")),
      exactly("faults on the console", faults.length, 0, "", faults.slice(0, 3).join("; ")),
    ]
  })
}

export const uiClaims: readonly Claim[] = [
  { title: `The workbench in Chromium: ${RUNS} runs open in ${MOST_SECONDS} s`, measure: manyRuns },
  { title: "The workbench: nothing that axe finds, in light and dark, on a phone, at 200 %", measure: looks },
  { title: "The workbench: a run started from the form by keyboard alone and watched to its end", measure: liveRun },
]
