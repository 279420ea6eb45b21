/** Times as people of this browser's language and zone write them. */
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" })
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" })
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" })

const DAY_MS = 24 * 60 * 60_000
const daysAgo = (atMs: number): number => {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0)
  return Math.round((midnight(Date.now()) - midnight(atMs)) / DAY_MS)
}
const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1)

export const clockTime = (atMs: number): string => clock.format(atMs)
export const fullTime = (atMs: number): string => full.format(atMs)

/** "Today", "Yesterday", "Friday, 20 November", "20 November 2025" */
export function dayWords(atMs: number): string {
  const days = daysAgo(atMs)
  if (days === 0 || days === 1) return capital(relative.format(-days, "day"))
  return days > 1 && days < 180 ? weekday.format(atMs) : date.format(atMs)
}

/** The time of today, else the day: for lists. */
export const listTime = (atMs: number): string => (daysAgo(atMs) === 0 ? clock.format(atMs) : short.format(atMs))
