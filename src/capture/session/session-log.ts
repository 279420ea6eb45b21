import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { z } from "zod"
import { type CaptureDataset, SESSIONS_FOLDER } from "./capture-dataset.js"

const at = z.string()

/** What happened in a session beside its images: `sessions/<plan>.json` in the dataset. */
export const SessionLog = z.strictObject({
  plan: z.string(),
  consents: z.array(
    z.strictObject({ subject: z.string(), given: z.boolean(), text: z.string(), operator: z.string(), at }),
  ),
  /** Steps by their image path. */
  skipped: z.array(z.strictObject({ path: z.string(), why: z.string(), at })),
  undone: z.array(z.strictObject({ path: z.string(), at })),
  notes: z.array(z.strictObject({ text: z.string(), path: z.string(), at })),
})
export type SessionLog = z.infer<typeof SessionLog>

/** @throws AppError "session/log" when the file is not what this program wrote */
export async function readSessionLog(folder: string, plan: string): Promise<SessionLog> {
  const path = logPath(folder, plan)
  const text = await readFile(path, "utf8").catch(() => undefined)
  if (text === undefined) return { plan, consents: [], skipped: [], undone: [], notes: [] }
  try {
    return SessionLog.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError("session/log", `${path} is damaged: ${messageOf(cause)}; restore or remove it`, {
      cause,
    })
  }
}

/** Reads, changes and writes the log while no other process does. */
export function changeSessionLog(
  dataset: CaptureDataset,
  plan: string,
  change: (log: SessionLog) => void,
): Promise<SessionLog> {
  return dataset.exclusive(async () => {
    const log = await readSessionLog(dataset.folder, plan)
    change(log)
    await writeFileAtomic(logPath(dataset.folder, plan), `${JSON.stringify(log, null, 1)}\n`)
    return log
  })
}

const logPath = (folder: string, plan: string): string => join(folder, SESSIONS_FOLDER, `${plan}.json`)
