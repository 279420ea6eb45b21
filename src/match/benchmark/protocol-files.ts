import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { parse } from "csv-parse/sync"
import { type ComparisonPlan, identityOf, requireBothClasses, type TemplatePlan } from "./comparison-plan.js"

/** Texts of the three files of a protocol: `enroll.csv` (template, image: one row an image, several rows make one
 *  reference), `probe.csv` (template, image) and `pairs.csv` (reference, probe). Images are manifest paths. */
export interface ProtocolFiles {
  readonly enroll: string
  readonly probe: string
  readonly pairs: string
}

/** @throws AppError "benchmark/protocol" naming the file, the line and what is wrong */
export function planFromFiles(set: string, files: ProtocolFiles, samples: readonly Sample[]): ComparisonPlan {
  const byPath = new Map(samples.map((sample) => [sample.path, sample]))
  const references = templatesOf("enroll.csv", files.enroll, "reference", byPath)
  const probes = templatesOf("probe.csv", files.probe, "probe", byPath)
  for (const { id, images } of probes) {
    if (images.length > 1)
      throw fault("probe.csv", undefined, `template ${id} has ${images.length} images, a probe has one`)
  }
  const templates = [...references, ...probes]
  const position = (of: readonly TemplatePlan[], from: number) =>
    new Map(of.map((template, i) => [template.id, from + i] as const))
  const referenceAt = position(references, 0)
  const probeAt = position(probes, references.length)
  const comparisons = rowsOf("pairs.csv", files.pairs, ["reference", "probe"]).map(([reference, probe], row) => {
    const from = referenceAt.get(reference)
    const to = probeAt.get(probe)
    if (from === undefined) throw fault("pairs.csv", row, `reference ${reference} is not in enroll.csv`)
    if (to === undefined) throw fault("pairs.csv", row, `probe ${probe} is not in probe.csv`)
    return { reference: from, probe: to, genuine: templates[from]?.identity === templates[to]?.identity }
  })
  return requireBothClasses({ set, templates, comparisons })
}

function templatesOf(
  file: string,
  text: string,
  role: TemplatePlan["role"],
  byPath: ReadonlyMap<string, Sample>,
): TemplatePlan[] {
  const templates = new Map<string, { id: string; role: typeof role; images: Sample[]; identity: string }>()
  for (const [row, [id, path]] of rowsOf(file, text, ["template", "image"]).entries()) {
    const image = byPath.get(path)
    if (image === undefined) throw fault(file, row, `${path} is not in the manifest`)
    const identity = identityOf(image)
    const template = templates.get(id) ?? { id, role, images: [], identity }
    if (template.identity !== identity) {
      throw fault(file, row, `template ${id} mixes ${template.identity} and ${identity}`)
    }
    template.images.push(image)
    templates.set(id, template)
  }
  return [...templates.values()]
}

function rowsOf(file: string, text: string, columns: readonly [string, string]): [string, string][] {
  let rows: Record<string, string>[]
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true })
  } catch (cause) {
    throw new AppError("benchmark/protocol", `${file} is not a CSV table: ${messageOf(cause)}`, { cause })
  }
  if (rows.length === 0) throw fault(file, undefined, "it has no rows")
  const missing = columns.find((column) => rows[0]?.[column] === undefined)
  if (missing !== undefined) throw fault(file, undefined, `column ${missing} is missing`)
  return rows.map((row) => [row[columns[0]] ?? "", row[columns[1]] ?? ""])
}

const fault = (file: string, row: number | undefined, text: string): AppError =>
  new AppError("benchmark/protocol", `${file}${row === undefined ? "" : ` line ${row + 2}`}: ${text}`)
