const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })

/** A moment in the reader's own time zone and language; the exact one is in the element. */
export function Moment({ atMs }: { atMs: number }) {
  const moment = new Date(atMs)
  return <time dateTime={moment.toISOString()}>{date.format(moment)}</time>
}

/** "3 d 4 h", "12 min", "8 s" */
export function durationWords(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
