interface Curves {
  readonly cell: string
  readonly trainLoss: readonly number[]
  readonly devLoss: readonly number[]
}

const WIDTH = 320
const HEIGHT = 120
const PAD = 6

/** Training and dev loss by epoch, drawn small; the numbers are said in words beside it. */
export function LossCurves({ cell, trainLoss, devLoss }: Curves) {
  const epochs = trainLoss.length
  const last = (values: readonly number[]): string => values.at(-1)?.toFixed(4) ?? "none yet"
  const words = `${epochs} epochs; training loss ${last(trainLoss)}, dev loss ${last(devLoss)}`
  const top = Math.max(...trainLoss, ...devLoss, 1e-9)
  const points = (values: readonly number[]): string =>
    values
      .map((value, i) => {
        const x = PAD + ((WIDTH - 2 * PAD) * i) / Math.max(1, epochs - 1)
        const y = HEIGHT - PAD - ((HEIGHT - 2 * PAD) * Math.min(value, top)) / top
        return `${x.toFixed(1)},${y.toFixed(1)}`
      })
      .join(" ")
  return (
    <figure class="curves">
      <figcaption>
        <span class="mono">{cell}</span>
        <span class="hint">{epochs === 0 ? "no epoch is finished yet" : words}</span>
      </figcaption>
      {epochs > 1 && (
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
          <polyline class="train" points={points(trainLoss)} />
          <polyline class="dev" points={points(devLoss)} />
        </svg>
      )}
    </figure>
  )
}
