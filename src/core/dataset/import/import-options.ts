import type { Resolution } from "../../image/resolution.js"
import type { Presentation } from "../sample.js"

/** From where, into what, and by which layout. */
export interface ImportOptions {
  /** The folder with the images, or several: one dataset of them all. */
  readonly from: string | readonly string[]
  /** Names of folders in the folders of `from`: the others are not looked at. */
  readonly only?: readonly string[]
  /** The dataset's own folder, `data/<name>`. */
  readonly into: string
  /** "fvc", "system-a", or a pattern with {scanner}. */
  readonly layout: string
  /** Of all images, whatever files and layout say. Absent: by the layout, else by a tag that can be believed, else
   *  "unknown". */
  readonly dpi?: Resolution | undefined
  /** What all images show. Absent: nobody said. */
  readonly presentation?: Presentation | undefined
  /** Of attacks: the artefact's material. */
  readonly species?: string | undefined
  /** Copy the files into the dataset instead of referring to them where they are. */
  readonly copy?: boolean
  /** What to do where rows of an earlier import would vanish or get other labels. Absent: nothing is written.
   *  "replace": the rows are the import's. "keep": those rows stay as they are, and only new images are added. */
  readonly onLoss?: "replace" | "keep" | undefined
  /** Time that the kept version bears; the system's where absent. */
  readonly nowMs?: number
}

/** A file or folder that could not be read. */
export interface Refused {
  readonly path: string
  readonly reason: string
}
