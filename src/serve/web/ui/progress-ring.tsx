interface ProgressRingProps {
  readonly label: string
  /** In [0, 1]. */
  readonly value: number
  readonly words: string
}

const RADIUS = 20
const ROUND = 2 * Math.PI * RADIUS

/** A ring that closes as something comes to its end. */
export function ProgressRing({ label, value, words }: ProgressRingProps) {
  const share = Math.min(1, Math.max(0, value))
  return (
    <div
      class="ring"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
      aria-valuetext={words}
    >
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle class="ring-track" cx="24" cy="24" r={RADIUS} />
        <circle
          class="ring-value"
          cx="24"
          cy="24"
          r={RADIUS}
          stroke-dasharray={`${share * ROUND} ${ROUND}`}
          transform="rotate(-90 24 24)"
        />
      </svg>
      <span>{words}</span>
    </div>
  )
}
