import { readFile } from "node:fs/promises"
import { z } from "zod"
import { AppError, messageOf } from "../errors.js"

/** How a file that does not hold what it should is refused: the error's code, and what helps. */
export interface JsonRefusal {
  readonly code: string
  readonly cure: string
}

/** A JSON text as the schema takes it; `name` says in errors where it is from.
 *  @throws AppError of the refusal's code, with the name, every fault and the cure */
export function parseJson<T>(text: string, schema: z.ZodType<T>, name: string, { code, cure }: JsonRefusal): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AppError(code, `${name} is not JSON (${messageOf(cause)}); ${cure}`, { cause })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = z.prettifyError(parsed.error)
  throw new AppError(code, `${name} is damaged or of another version; ${cure}\n${faults}`, {
    cause: parsed.error,
  })
}

/** The value in a JSON file, or undefined where there is no file. @throws AppError of the refusal's code */
export async function readJson<T>(path: string, schema: z.ZodType<T>, refusal: JsonRefusal): Promise<T | undefined> {
  let text: string
  try {
    text = await readFile(path, "utf8")
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw new AppError(refusal.code, `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
  return parseJson(text, schema, path, refusal)
}
