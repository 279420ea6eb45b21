/** A round sign for a person or a room: its first letter on one of a few colours that the id chooses. Decoration
 *  only. */
export function Avatar({ id, title, online }: { id: string; title: string; online?: boolean | undefined }) {
  const first = [...title.trim()][0]?.toLocaleUpperCase() ?? "·"
  return (
    <span class={`avatar tint-${Number.parseInt(id.slice(0, 2), 16) % 6}`} aria-hidden="true">
      {first}
      {online !== undefined && <span class={online ? "presence here" : "presence"} />}
    </span>
  )
}
