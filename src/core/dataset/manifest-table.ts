import { readFile } from "node:fs/promises"
import { parse } from "csv-parse/sync"
import { AppError, messageOf } from "../errors.js"
import { systemCode, systemFault } from "../files/system-fault.js"
import { manifestColumns, optionalColumns } from "./sample.js"

/** A manifest's text as rows by column. Columns may be parted by commas, semicolons or tabs, as spreadsheets of several
 *  countries write them.
 *  @throws AppError "manifest/row" for what is no table of a manifest's columns; it says why */
export function manifestRows(text: string, name: string): Record<string, string>[] {
  const refuse = (why: string, cause?: unknown): never => {
    throw new AppError("manifest/row", `${name} ${why}`, { cause })
  }
  if (text.includes("\0")) refuse('is not in UTF-8 (in UTF-16?); save it as "CSV UTF-8"')
  if (text.trim() === "") refuse("is empty; put it back from a copy or make the dataset again")
  const [header = ""] = text.split(/\r?\n|\r/, 1)
  const delimiter = [",", ";", "\t"].find((mark) => header.split(mark).length >= manifestColumns.length) ?? ","
  try {
    return parse(text, {
      bom: true,
      delimiter,
      skip_empty_lines: true,
      columns: (columns: string[]) => {
        const missing = manifestColumns.filter((column) => !columns.includes(column))
        const known: readonly string[] = [...manifestColumns, ...optionalColumns]
        const unknown = columns.filter((column) => !known.includes(column))
        if (missing.length > 0) refuse(`has no column ${missing.join(", ")}; its first line is "${columns.join(",")}"`)
        if (unknown.length > 0) refuse(`has columns that are not known: ${unknown.join(", ")}`)
        return columns
      },
    })
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    return refuse(`is not a CSV table: ${messageOf(cause)}`, cause)
  }
}

/** The text of a manifest. @throws AppError "manifest/missing" where there is none, "manifest/unreadable" */
export async function manifestText(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((cause) => {
    if (systemCode(cause) !== "ENOENT")
      throw new AppError("manifest/unreadable", `${path} cannot be read: ${systemFault(cause) ?? messageOf(cause)}`, {
        cause,
      })
    const cure = `import images with "sourceprint data import" or name another dataset`
    throw new AppError("manifest/missing", `there is no ${path}; ${cure}`, { cause })
  })
}
