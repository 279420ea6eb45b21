import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"

const left = (untilMs: number): number => Math.max(0, Math.ceil((untilMs - Date.now()) / 1000))

/** "1 minute 5 seconds" */
function secondsWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`
  if (minutes === 0) return count(rest, "second")
  return rest === 0 ? count(minutes, "minute") : `${count(minutes, "minute")} ${count(rest, "second")}`
}

/** A time that runs down. */
export function SecondsLeft({ untilMs }: { untilMs: number }) {
  const seconds = useSignal(left(untilMs))
  useEffect(() => {
    const timer = setInterval(() => {
      seconds.value = left(untilMs)
    }, 500)
    return () => clearInterval(timer)
  }, [untilMs])
  return <span class="seconds">{secondsWords(seconds.value)}</span>
}
