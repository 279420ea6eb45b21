import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { filesBelow } from "@sourceprint/core/files/files-below.js"
import { systemFault } from "@sourceprint/core/files/system-fault.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readImage, toGray } from "@sourceprint/core/image/read-image.js"
import { atResolution, type Resolution } from "@sourceprint/core/image/resolution.js"
import { FailureToEnrol, type Matcher } from "./matcher.js"

const IMAGE = /\.(bmp|png|tiff?|pgm|jpe?g|webp)$/i
/** Ending of a file that holds a template by `codec`. */
export const TEMPLATE_EXTENSION = ".template"
/** Of the formats that there are: another ending is taken for an image. */
const RECORD = /\.fmr$/i

/** Whether the file is a record of a published format (.fmr), which carries less than a template does. */
export const isPublishedRecord = (file: string): boolean => RECORD.test(file)

const isRecord = (file: string): boolean => RECORD.test(file) || file.endsWith(TEMPLATE_EXTENSION)

/** A file of a set and, where it is known before it is read that it gives no template, why. */
export interface SetFile {
  /** Path below the folder of the set; "" where the set is one file. */
  readonly path: string
  readonly problem?: string
}

/** Images and records of a folder and those below it, in order of their names, and what could not be looked into;
 *  hidden files are left out. A file is itself.
 *  @throws AppError "match/source" where `from` cannot be opened */
export async function templateFiles(from: string): Promise<readonly SetFile[]> {
  try {
    if (!(await stat(from)).isDirectory()) return [{ path: "" }]
    const { files, unreadable } = await filesBelow(from)
    const wanted: SetFile[] = files.filter((name) => IMAGE.test(name) || isRecord(name)).map((path) => ({ path }))
    for (const { path, reason } of unreadable) wanted.push({ path, problem: reason })
    return wanted.sort((a, b) => (a.path < b.path ? -1 : 1))
  } catch (cause) {
    throw new AppError("match/source", `cannot open ${from}: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
  }
}

/** How image files are read. */
export interface ImageReading {
  /** Of every image, in place of what its file says. */
  readonly dpi?: Resolution | undefined
  /** Takes what people should know of a file, such as a tag that is not believed. */
  readonly note?: (line: string) => void
}

/** The template in a file: of an image, in a record of the matcher's format (.fmr), or by its own codec (.template).
 *  @throws FailureToEnrol; AppError "image/unreadable", "match/record", "match/no-records"; each names the file */
export async function readTemplate<Template>(
  matcher: Matcher<GrayImage, Template>,
  file: string,
  reading: ImageReading = {},
): Promise<Template> {
  const read = RECORD.test(file) ? matcher.records : matcher.codec
  if (read === undefined) {
    const cure = "take --matcher minutiae, or the image itself"
    throw new AppError("match/no-records", `${file} is a record, which ${matcher.id} cannot read; ${cure}`)
  }
  if (!isRecord(file)) return await enrolFiles(matcher, [file], reading)
  try {
    return read.decode(new Uint8Array(await readFile(file)))
  } catch (cause) {
    throw new AppError("match/record", `cannot read ${file}: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
  }
}

/** One template of several images of the same finger or face. @throws as `readTemplate` */
async function enrolFiles<Template>(
  matcher: Matcher<GrayImage, Template>,
  files: readonly string[],
  { dpi, note = () => {} }: ImageReading,
): Promise<Template> {
  const images: GrayImage[] = []
  for (const file of files) {
    const read = await readImage(file)
    for (const line of read.notes) note(`${file}: ${line}`)
    images.push(atResolution(toGray(read), dpi))
  }
  return await matcher.enrol(images).catch((cause) => {
    if (!(cause instanceof FailureToEnrol)) throw cause
    const said = cause.message.replace(` (${cause.reason}) [${cause.code}]`, "")
    throw new FailureToEnrol(cause.reason, `${files.join(", ")}: ${said}`, { cause })
  })
}

/** References of one finger or face: all images together are one template, each record is one.
 *  @throws as `readTemplate` */
export async function readReferences<Template>(
  matcher: Matcher<GrayImage, Template>,
  files: readonly string[],
  reading: ImageReading = {},
): Promise<readonly Template[]> {
  const records = files.filter(isRecord)
  const images = files.filter((file) => !isRecord(file))
  const templates: Template[] = images.length === 0 ? [] : [await enrolFiles(matcher, images, reading)]
  for (const file of records) templates.push(await readTemplate(matcher, file, reading))
  return templates
}

/** What one file of a set came to. */
export type SetItem<Template> =
  | { readonly file: string; readonly template: Template }
  | { readonly file: string; readonly problem: string }

/** The template of every file below `folder`, one after the other; a file that gives none ends nothing. */
export async function* readTemplateSet<Template>(
  matcher: Matcher<GrayImage, Template>,
  folder: string,
  files: readonly SetFile[],
  reading: ImageReading = {},
): AsyncGenerator<SetItem<Template>> {
  for (const { path, problem } of files) {
    const file = path === "" ? folder : path
    if (problem !== undefined) {
      yield { file, problem }
      continue
    }
    try {
      const full = path === "" ? folder : join(folder, path)
      yield { file, template: await readTemplate(matcher, full, reading) }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      yield { file, problem: messageOf(error) }
    }
  }
}
