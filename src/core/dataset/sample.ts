import { z } from "zod"
import { Resolution } from "../image/resolution.js"
import { Name } from "./names.js"

/** A person's own finger, or an artefact held before the sensor (ISO/IEC 30107-3). */
export const Presentation = z.enum(["bona-fide", "attack"])
export type Presentation = z.infer<typeof Presentation>

const stated = {
  /** From the dataset's folder to the image, with '/'; may climb out of it, as imports refer to images in place. */
  path: z.string().min(1),
  /** Of the file's bytes, 64 hex digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The unit that took the image: the class that source identification asks for. */
  scanner: Name.min(1),
  scannerModel: Name,
  /** A person. Equal text means the same person, across scanners too. */
  subject: Name,
  /** Which finger of the subject. Subject and finger together name a finger. */
  finger: Name,
  /** 1, 2, … within subject, finger, scanner and session. */
  impression: z.int().min(0),
  session: Name,
  widthPx: z.int().min(1),
  heightPx: z.int().min(1),
  /** Dots per inch of the scan; a number only where somebody knew it. */
  dpi: Resolution,
  /** Bits a sample that carry information: 4 for an R307 over its serial line, even in an 8-bit file. */
  bitDepth: z.int().min(1).max(16),
  /** A part of the dataset with a purpose of its own ("main", "trial"). */
  collection: Name.min(1),
}
/** Absent where nobody said. */
const optional = {
  presentation: Presentation.exactOptional(),
  /** Of an attack: the species of the artefact, by its material. */
  species: Name.min(1).exactOptional(),
}

/** One image of a dataset. Text that is not known is empty: a split that needs it then refuses the dataset. */
export const Sample = z
  .strictObject({ ...stated, ...optional })
  .refine(({ presentation, species }) => species === undefined || presentation === "attack", {
    path: ["species"],
    message: "only an attack has a species; presentation must be attack",
  })
export type Sample = Readonly<z.infer<typeof Sample>>

/** Columns that every manifest.csv has, in order. */
export const manifestColumns = Object.keys(stated) as readonly (keyof Sample)[]
/** Columns that a manifest.csv may have after those, written where a sample states one. */
export const optionalColumns = Object.keys(optional) as readonly (keyof typeof optional)[]
