import type { Banner } from "./blocks/banner.js"
import type { Cards } from "./blocks/cards.js"
import type { ChartBlock } from "./blocks/chart-block.js"
import type { Code } from "./blocks/code.js"
import type { DataBlock } from "./blocks/data.js"
import type { Facts } from "./blocks/facts.js"
import type { Gallery } from "./blocks/gallery.js"
import type { Matrix } from "./blocks/matrix.js"
import type { Prose } from "./blocks/prose.js"
import type { Table } from "./blocks/table.js"
import type { Text } from "./text.js"

/** What a report says, without any HTML: plain data that can be built anywhere and rendered any day. */
export interface ReportDocument {
  /** the question, as a sentence */
  readonly title: string
  /** small line above the title: kind, name, date */
  readonly kicker?: string
  readonly lead?: Text
  readonly blocks: readonly Block[]
  /** last line: what rendered the page, from which data */
  readonly footer?: Text
  /** a page to go back to ("index.html") */
  readonly index?: string
}

/** Anything that a section holds, told apart by `kind`. */
export type Block =
  | Section
  | Details
  | Columns
  | Prose
  | Banner
  | Cards
  | Table
  | ChartBlock
  | Matrix
  | Gallery
  | Facts
  | Code
  | DataBlock

/** A titled part; sections of the first level make the table of contents. */
export interface Section {
  readonly kind: "section"
  readonly title: string
  readonly lead?: Text
  readonly blocks: readonly Block[]
}

/** Closed until somebody wants it; opened for print. */
export interface Details {
  readonly kind: "details"
  readonly summary: string
  readonly open?: boolean
  readonly blocks: readonly Block[]
}

/** Blocks side by side where the page is wide enough. */
export interface Columns {
  readonly kind: "columns"
  readonly blocks: readonly Block[]
}
