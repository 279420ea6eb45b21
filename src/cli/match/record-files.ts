import { basename } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import type { Matcher, RecordFormat } from "@sourceprint/match/matcher.js"

/** @throws AppError "match/no-records" for a matcher whose templates have no published format */
export function recordsOf<Template>(matcher: Matcher<never, Template>): RecordFormat<Template> {
  if (matcher.records !== undefined) return matcher.records
  const cure = "take --matcher minutiae"
  throw new AppError("match/no-records", `the templates of ${matcher.id} have no published format; ${cure}`)
}

/** The same name with another ending; `flat`: without its folders. */
export const renamed = (file: string, extension: string, flat = false): string =>
  `${(flat ? basename(file) : file).replace(/\.[^./\\]+$/, "")}${extension}`
