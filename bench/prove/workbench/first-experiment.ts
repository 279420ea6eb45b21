import { execFile } from "node:child_process"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { projectRoot } from "../../../test/support/shared-data.js"
import type { Claim, Figure, Finding } from "../claim.js"
import { atMost } from "../figure.js"

const command = join(projectRoot, "src/cli/dist/main.js")

/** The page's commands run one after another in an empty folder, after `npm ci`, which this clone has behind it.
 *  @param smaller changes the words of a command, to run it on fewer images */
export async function firstExperiment(smaller = (words: string): string => words): Promise<(Figure | Finding)[]> {
  const page = await readFile(join(projectRoot, "docs/first-experiment.md"), "utf8")
  const commands = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = ""]) => block.trim().split("\n"))
  const words = page.replace(/^```sh.*?^```/gms, "").split(/\s+/).length
  const folder = await mkdtemp(join(tmpdir(), "first-experiment-"))
  try {
    const said: string[] = []
    for (const line of commands.filter((line) => line !== "npm ci")) {
      if (!line.startsWith("npx sourceprint ")) throw new Error(`"${line}" is no command of this project`)
      const words = smaller(line.replace("npx sourceprint ", "")).match(/"[^"]*"|\S+/g) ?? []
      const args = words.map((word) => word.replaceAll('"', ""))
      said.push((await promisify(execFile)(process.execPath, [command, ...args], { cwd: folder })).stdout)
    }
    const reports = (await readdir(join(folder, "reports"))).filter((name) => /^first-.*\.html$/.test(name))
    const report = await readFile(join(folder, "reports", reports[0] ?? ""), "utf8")
    return [
      atMost("commands from a fresh clone to the report", commands.length, 5),
      atMost("words beside them, at 500 a page", words, 1000),
      { text: "the last command says where the report is", kept: said.at(-1)?.includes(reports[0] ?? " ") === true },
      {
        text: "the report answers the question of the page with both models",
        kept: ["Which of three units", "noise-reference-v2", "texture-ridge"].every((text) => report.includes(text)),
      },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const firstExperimentClaim: Claim<Figure | Finding> = {
  title: "docs/first-experiment.md: from a clone to a report of one's own in at most five commands and two pages",
  measure: () => firstExperiment(),
}
