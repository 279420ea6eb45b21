/** HTML that is safe to insert as it stands. Only `html`, `trusted` and `join` make it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Insertable = Html | string | number | undefined | false | readonly Insertable[]

/** Template for HTML: every inserted string is escaped, `Html` is inserted as it is, arrays are joined, `undefined` and
 *  `false` vanish. Attribute values must stand in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Insertable[]): Html {
  return new Html(parts.map((part, k) => part + insert(values[k])).join(""))
}

/** Marks text of our own (a style sheet, a serialised script) as safe. Never for anything from data. */
export const trusted = (text: string): Html => new Html(text)

function insert(value: Insertable): string {
  if (value === undefined || value === false) return ""
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(insert).join("")
  return escapeHtml(String(value))
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** JSON for a `<script type="application/json">`: `<` is escaped so that no content can end the element; NaN and
 *  infinities become null. */
export const scriptJson = (value: unknown): Html =>
  new Html(
    JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029"),
  )
