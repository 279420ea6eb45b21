import { join } from "node:path"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { openProfile } from "../../../test/support/chromium.js"
import { filePages } from "../../../test/support/file-pages.js"
import type { Figure } from "../claim.js"
import { atMost, exactly } from "../figure.js"
import { ChromiumMemory } from "./chromium-memory.js"
import { nthPosted, openRoom, showFile } from "./file-page.js"
import { sha256Of, writeBigFile } from "./transfer-rig.js"

const MB = 1e6
const PATIENCE_MS = 300_000

/** A file from one browser to another, by the pages' own parts: chosen, sent, fetched into the private file system,
 *  saved. */
export async function browserTransfer(
  folder: string,
  sizeBytes: number,
  logLine: (text: string) => void,
): Promise<readonly Figure[]> {
  const pages = await filePages()
  const profiles = { ada: join(folder, "ada-profile"), grace: join(folder, "grace-profile") }
  const [ada, grace] = [await openProfile(profiles.ada), await openProfile(profiles.grace)]
  try {
    const path = join(folder, "big.bin")
    const hash = await writeBigFile(path, sizeBytes, webCrypto.randomBytes(16))
    const sending = await openRoom(ada, pages.origin, pages.tokens.ada, pages.roomId)
    const receiving = await openRoom(grace, pages.origin, pages.tokens.grace, pages.roomId)
    const memory = {
      ada: await ChromiumMemory.of(profiles.ada),
      grace: await ChromiumMemory.of(profiles.grace),
    }
    const idle = { ada: await memory.ada.peaks(), grace: await memory.grace.peaks() }
    for (const one of [memory.ada, memory.grace]) await one.forget()
    logLine("sending")
    const startMs = performance.now()
    await sending.page.locator("input[type=file]").last().setInputFiles(path)
    const posted = await nthPosted(sending.page, 1, PATIENCE_MS)
    const sentMs = performance.now() - startMs
    logLine("receiving")
    await showFile(receiving.page, posted)
    const fetchMs = performance.now()
    await receiving.page.getByRole("button", { name: "Fetch big.bin" }).click()
    await receiving.page.getByText("verified").waitFor({ timeout: PATIENCE_MS })
    const receivedMs = performance.now() - fetchMs
    const most = { ada: await memory.ada.peaks(), grace: await memory.grace.peaks() }
    logLine("saving")
    const coming = receiving.page.waitForEvent("download")
    await receiving.page.getByRole("button", { name: "Save big.bin" }).click()
    const download = await coming
    const saved = join(folder, "saved.bin")
    await download.saveAs(saved)
    const above = (who: "ada" | "grace", name: string): Figure =>
      atMost(
        `${name}: most memory of the page above idle`,
        (most[who].rendererBytes - idle[who].rendererBytes) / MB,
        250,
        "MB",
        `renderer ${Math.round(most[who].rendererBytes / MB)} MB; all processes ` +
          `${Math.round(idle[who].allBytes / MB)} -> ${Math.round(most[who].allBytes / MB)} MB`,
      )
    const speed = (name: string, ms: number): Figure => ({
      name,
      value: sizeBytes / MB / (ms / 1000),
      unit: "MB/s",
    })
    return [
      exactly(
        "saved from the browser with an equal SHA-256",
        (await sha256Of(saved)) === hash ? 1 : 0,
        1,
        "file",
        download.suggestedFilename(),
      ),
      above("ada", "sender"),
      above("grace", "receiver"),
      exactly(
        "errors and policy violations of the pages",
        sending.faults.length + receiving.faults.length,
        0,
        "faults",
        [...sending.faults, ...receiving.faults].join("; "),
      ),
      speed("upload from the page", sentMs),
      speed("download in the page", receivedMs),
    ]
  } finally {
    await ada.close()
    await grace.close()
    await pages.stop()
  }
}
