/** What a page needs beyond its own markup; collected while blocks render, so that a plain page stays small. */
export type PagePart = "charts" | "tables" | "galleries" | "data"

export interface RenderContext {
  /** 1 for the page's title; a section's heading is one more than its parent's */
  readonly level: number
  readonly parts: Set<PagePart>
  /** ids are unique in the page and the same on every rendering */
  uniqueId(label: string): string
}

export function newRenderContext(): RenderContext {
  const used = new Map<string, number>()
  return {
    level: 1,
    parts: new Set(),
    uniqueId(label) {
      const slug =
        label
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, "-")
          .replace(/^-|-$/g, "") || "part"
      const times = (used.get(slug) ?? 0) + 1
      used.set(slug, times)
      return times === 1 ? slug : `${slug}-${times}`
    },
  }
}
