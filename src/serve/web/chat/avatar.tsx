import { nameKey } from "@sourceprint/protocol/account-name.js"

/** The same for a name wherever it is shown, and however it is written. */
function tintOf(title: string): number {
  let sum = 0
  for (const letter of nameKey(title)) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return sum % 6
}

/** A round sign for a person or a room: its first letter on one of a few colours that the name chooses. Decoration
 *  only. */
export function Avatar({ title, online }: { title: string; online?: boolean | undefined }) {
  const first = [...title.trim()][0]?.toLocaleUpperCase() ?? "·"
  return (
    <span class={`avatar tint-${tintOf(title)}`} aria-hidden="true">
      {first}
      {online !== undefined && <span class={online ? "presence here" : "presence"} />}
    </span>
  )
}
